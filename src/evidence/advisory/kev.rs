//! CISA's Known Exploited Vulnerabilities catalogue, as JSON and as CSV.
//!
//! Its schema: <https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json>.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use super::json::{lax, time};
use super::{Exploitation, KevCatalogue, KevEntry};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records, Warnings,
};

/// Reads the catalogue in JSON.
pub struct KevJson;

/// Reads the catalogue in CSV.
pub struct KevCsv;

impl Decoder for KevJson {
    fn format(&self) -> &'static str {
        "kev"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let is_meant = |head: &crate::evidence::decoder::JsonOutline| {
            head.has("catalogVersion") && (head.has("vulnerabilities") || head.has("dateReleased"))
        };
        is_meant(probe.head()) || probe.json().is_some_and(is_meant)
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document: Document = serde_json::from_slice(input.bytes).map_err(|e| DecodeError::json(&e))?;
        let Some(list) = document.vulnerabilities else {
            let message = "the catalogue has no `vulnerabilities`; fetch it again";
            return Err(DecodeError::at("no-vulnerabilities", "/vulnerabilities", message));
        };
        let mut reader = Reader::default();
        reader.catalogue.version = document.version;
        reader.catalogue.released = time(document.released.as_deref());
        if reader.catalogue.released.is_none() {
            reader.warnings.add(
                "no-date",
                || "/dateReleased".to_owned(),
                "the catalogue states no release date",
            );
        }
        let written = list.len() as u64;
        for (at, entry) in list.into_iter().enumerate() {
            reader.row(serde_json::from_value(entry).ok(), || format!("/vulnerabilities/{at}"));
        }
        if document.count.as_u64().is_some_and(|count| count != written) {
            let message = "`count` is not the number of entries: the catalogue may be cut short";
            reader.warnings.add("count-differs", || "/count".to_owned(), message);
        }
        Ok(reader.finish(Encoding::Json))
    }
}

impl Decoder for KevCsv {
    fn format(&self) -> &'static str {
        "kev"
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        let head = String::from_utf8_lossy(probe.bytes.get(..1_024).unwrap_or(probe.bytes));
        let head =
            head.trim_start_matches('\u{FEFF}').lines().next().unwrap_or_default().to_ascii_lowercase();
        let names: Vec<&str> = head.split(',').map(|name| name.trim().trim_matches('"')).collect();
        ["cveid", "dateadded", "duedate"].iter().all(|name| names.contains(name))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let mut reader = Reader::default();
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(input.bytes);
        for (at, row) in rows.deserialize::<Row>().enumerate() {
            reader.row(row.ok(), || format!("record {}", at + 1));
        }
        reader.catalogue.released = reader.catalogue.entries.iter().map(|entry| entry.added).max();
        Ok(reader.finish(Encoding::Csv))
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "catalogVersion")]
    version: Option<String>,
    #[serde(rename = "dateReleased")]
    released: Option<String>,
    #[serde(default)]
    count: Value,
    vulnerabilities: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(default, rename = "cveID", deserialize_with = "lax")]
    cve: String,
    #[serde(default, deserialize_with = "lax")]
    vendor_project: String,
    #[serde(default, deserialize_with = "lax")]
    product: String,
    #[serde(default, deserialize_with = "lax")]
    vulnerability_name: String,
    #[serde(default, deserialize_with = "lax")]
    date_added: String,
    #[serde(default, deserialize_with = "lax")]
    due_date: String,
    #[serde(default, deserialize_with = "lax")]
    required_action: String,
    #[serde(default, deserialize_with = "lax")]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    cwes: Option<Cwes>,
}

/// A list in JSON, one text with commas in CSV.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cwes {
    List(Vec<Option<String>>),
    Text(String),
}

#[derive(Default)]
struct Reader {
    catalogue: KevCatalogue,
    seen: HashSet<String>,
    records: Records,
    warnings: Warnings,
}

impl Reader {
    fn row(&mut self, row: Option<Row>, place: impl Fn() -> String) {
        self.records.read += 1;
        let Some(entry) = row.and_then(|row| self.entry(row, &place)) else {
            self.records.dropped += 1;
            let message = "an entry without a CVE id or the day it was added was dropped";
            self.warnings.add("unreadable-record", place, message);
            return;
        };
        if !self.seen.insert(entry.cve.clone()) {
            self.records.merged += 1;
            self.warnings.add(
                "listed-twice",
                place,
                "a vulnerability is listed twice; the first entry counts",
            );
            return;
        }
        self.records.kept += 1;
        self.catalogue.entries.push(entry);
    }

    fn entry(&mut self, row: Row, place: &impl Fn() -> String) -> Option<KevEntry> {
        let cve = row.cve.trim().to_ascii_uppercase();
        let added = time(Some(&row.date_added)).filter(|_| !cve.is_empty())?;
        let due = time(Some(&row.due_date));
        if due.is_none_or(|due| due < added) {
            let message = "a due date is missing or before the day the vulnerability was added";
            self.warnings.add("odd-due-date", place, message);
        }
        let cwes = match row.cwes {
            Some(Cwes::List(list)) => list.into_iter().flatten().collect(),
            Some(Cwes::Text(text)) => text.split(',').map(|cwe| cwe.trim().to_owned()).collect(),
            None => Vec::new(),
        };
        Some(KevEntry {
            cve,
            name: row.vulnerability_name,
            vendor: row.vendor_project,
            product: row.product,
            added,
            due: due.filter(|due| *due >= added),
            ransomware: row.known_ransomware_campaign_use.trim().eq_ignore_ascii_case("known"),
            action: row.required_action,
            cwes: cwes.into_iter().filter(|cwe: &String| !cwe.is_empty()).collect(),
        })
    }

    fn finish(self, encoding: Encoding) -> Decoded {
        Decoded {
            format_version: self.catalogue.version.clone(),
            encoding,
            produced_at: self.catalogue.released,
            counts: Counts::from([("vulnerabilities".to_owned(), self.records.read)]),
            evidence: Evidence::Exploitation(Exploitation::Known(self.catalogue)),
            records: self.records,
            warnings: self.warnings.finish(),
        }
    }
}

#[cfg(test)]
mod tests;
