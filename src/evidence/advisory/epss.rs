//! EPSS scores as FIRST publishes them every day (<https://www.first.org/epss/data_stats>): CSV, mostly compressed.
//!
//! The first line is a comment with the model's version and the day; a file without it is read with a warning, because
//! a score without its day cannot be told from a stale one.

use std::collections::HashSet;

use csv::StringRecord;

use super::json::time;
use super::{EpssScore, EpssScores, Exploitation};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads EPSS scores.
pub struct Epss;

impl Decoder for Epss {
    fn format(&self) -> &'static str {
        "epss"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = String::from_utf8_lossy(probe.bytes.get(..4_096).unwrap_or(probe.bytes));
        let mut lines = head.trim_start_matches('\u{FEFF}').lines();
        let header = lines.find(|line| !line.starts_with('#') && !line.trim().is_empty());
        header.is_some_and(|line| Columns::of(&StringRecord::from_iter(line.split(','))).is_some())
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let mut reader = Reader::default();
        reader.comment(input.bytes);
        let mut rows = csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(input.bytes);
        let columns = rows.headers().ok().and_then(Columns::of).ok_or_else(|| {
            DecodeError::new("malformed-epss", "there is no header with `cve`, `epss` and `percentile`")
        })?;
        let mut row = StringRecord::new();
        loop {
            match rows.read_record(&mut row) {
                Ok(false) => return Ok(reader.finish()),
                Ok(true) => reader.row(columns.score(&row)),
                Err(error) if error.is_io_error() => return Ok(reader.finish()),
                Err(_) => reader.row(None),
            }
        }
    }
}

/// Where the three columns are.
struct Columns {
    cve: usize,
    probability: usize,
    percentile: usize,
}

impl Columns {
    fn of(header: &StringRecord) -> Option<Self> {
        let place = |names: &[&str]| {
            header.iter().position(|name| {
                let name = name.trim().trim_start_matches('\u{FEFF}').trim_matches('"');
                names.iter().any(|known| name.eq_ignore_ascii_case(known))
            })
        };
        Some(Self {
            cve: place(&["cve"])?,
            probability: place(&["epss"])?,
            percentile: place(&["percentile", "epss percentile", "epss_percentile"])?,
        })
    }

    fn score(&self, row: &StringRecord) -> Option<EpssScore> {
        let share = |at: usize| {
            let share: f64 = row.get(at)?.trim().parse().ok()?;
            (0.0..=1.0).contains(&share).then_some(share)
        };
        let cve = row.get(self.cve)?.trim().to_ascii_uppercase();
        let score = |probability, percentile| EpssScore { cve: cve.clone(), probability, percentile };
        (!cve.is_empty()).then_some(score(share(self.probability)?, share(self.percentile)?))
    }
}

#[derive(Default)]
struct Reader {
    found: EpssScores,
    seen: HashSet<String>,
    records: Records,
    warnings: Warnings,
}

impl Reader {
    /// `#model_version:v2025.03.14,score_date:2025-12-26T12:55:00Z`
    fn comment(&mut self, bytes: &[u8]) {
        let head = String::from_utf8_lossy(bytes.get(..1_024).unwrap_or(bytes));
        let comments = head.trim_start_matches('\u{FEFF}').lines().map_while(|line| line.strip_prefix('#'));
        for (name, value) in comments.flat_map(|c| c.split(',')).filter_map(|field| field.split_once(':')) {
            match name.trim() {
                "model_version" => self.found.model = Some(value.trim().to_owned()),
                "score_date" => self.found.scored = time(Some(value.trim())),
                _ => {}
            }
        }
        if self.found.scored.is_none() {
            let message = "no day is stated for the scores, so their age cannot be judged; import the file as FIRST \
                           publishes it, with its `#model_version` line";
            self.warnings.add("no-score-date", || "line 1".to_owned(), message);
        }
    }

    fn row(&mut self, score: Option<EpssScore>) {
        self.records.read += 1;
        let place = format!("record {}", self.records.read);
        match score {
            None => {
                self.records.dropped += 1;
                let message = "a row without a CVE id and two numbers between 0 and 1 was dropped";
                self.warnings.add("unreadable-record", || place, message);
            }
            Some(score) if !self.seen.insert(score.cve.clone()) => {
                self.records.merged += 1;
                self.warnings.add(
                    "scored-twice",
                    || place,
                    "a vulnerability is scored twice; the first counts",
                );
            }
            Some(score) => {
                self.records.kept += 1;
                self.found.scores.push(score);
            }
        }
    }

    fn finish(self) -> Decoded {
        Decoded {
            format_version: self.found.model.clone(),
            encoding: Encoding::Csv,
            produced_at: self.found.scored,
            counts: Counts::from([("scores".to_owned(), self.records.read)]),
            evidence: Evidence::Exploitation(Exploitation::Predicted(self.found)),
            records: self.records,
            warnings: self.warnings.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
