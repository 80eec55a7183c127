//! How bad sources say an advisory is: every vector, score and word, each with who stated it.

use serde::{Deserialize, Serialize};

use super::cvss_score::{CvssScore, CvssVersion};
use crate::base::Severity;

/// One source's rating.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Who rates (`nvd@nist.gov`, `GitHub_M`), or the kind of rating where nobody is named (`CVSS_V3`, `Ubuntu`).
    pub source: String,
    /// The vector, score or word as written.
    pub written: String,
    /// The score computed from the vector, or the bare score; 0.0–10.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Version of the vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<CvssVersion>,
    /// Normalised severity.
    pub severity: Severity,
}

impl Rating {
    /// Reads a vector (CVSS 2, 3.x, 4.0), a bare score or a word.
    pub fn new(source: impl Into<String>, written: &str) -> Self {
        let written = written.trim();
        let rating = |score, version, severity| Self {
            source: source.into(),
            written: written.chars().take(1_000).collect(),
            score,
            version,
            severity,
        };
        if let Ok(cvss) = CvssScore::of(written) {
            return rating(Some(cvss.base), Some(cvss.version), cvss.severity);
        }
        match written.parse::<f64>() {
            Ok(score) if (0.0..=10.0).contains(&score) => {
                rating(Some(score), None, Severity::from_cvss(score))
            }
            Ok(_) | Err(_) => rating(None, None, Severity::from_word(written)),
        }
    }
}

/// The severity of an advisory: that of the vector of the newest CVSS version, the worst of several; without any
/// vector the worst word or bare score. A vector says why, so it goes before words.
pub fn overall(ratings: &[Rating]) -> Severity {
    let newest = ratings.iter().filter_map(|r| r.version.map(family)).max();
    let counts = ratings.iter().filter(|r| newest.is_none() || r.version.map(family) == newest);
    counts.map(|r| r.severity).max().unwrap_or(Severity::Unknown)
}

/// The rating that [`overall`] goes by, for showing.
pub fn leading(ratings: &[Rating]) -> Option<&Rating> {
    let newest = ratings.iter().filter_map(|r| r.version.map(family)).max();
    let counts = ratings.iter().filter(|r| newest.is_none() || r.version.map(family) == newest);
    counts.max_by(|a, b| {
        (a.severity, a.score.unwrap_or(0.0))
            .partial_cmp(&(b.severity, b.score.unwrap_or(0.0)))
            .unwrap_or(std::cmp::Ordering::Equal)
    })
}

/// 3.0 and 3.1 are one scale.
const fn family(version: CvssVersion) -> u8 {
    match version {
        CvssVersion::V2 => 2,
        CvssVersion::V30 | CvssVersion::V31 => 3,
        CvssVersion::V4 => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_all_versions_scores_and_words_are_read() {
        let severity = |text: &str| Rating::new("x", text).severity;

        assert_eq!(severity("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Severity::Critical);
        assert_eq!(severity("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L"), Severity::Low);
        assert_eq!(
            severity("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            Severity::Critical
        );
        assert_eq!(severity("AV:N/AC:L/Au:N/C:P/I:P/A:P"), Severity::High);
        assert_eq!(severity("7.2"), Severity::High);
        assert_eq!(severity("MODERATE"), Severity::Medium);
        assert_eq!(severity("CVSS:3.1/AV:broken"), Severity::Unknown);
        assert_eq!(severity("99"), Severity::Unknown);
    }

    #[test]
    fn the_newest_vector_leads_and_the_worst_of_several_counts() {
        let worst = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let mild = "CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L";
        let list = [
            Rating::new("a", "AV:N/AC:L/Au:N/C:C/I:C/A:C"),
            Rating::new("b", mild),
            Rating::new("vendor", "CRITICAL"),
        ];

        assert_eq!(overall(&list), Severity::Low);
        assert_eq!(leading(&list).map(|r| r.source.as_str()), Some("b"));
        let both = [Rating::new("nvd", worst), Rating::new("cna", mild)];
        assert_eq!(overall(&both), Severity::Critical);
        assert_eq!(overall(&[Rating::new("x", "LOW"), Rating::new("y", "high")]), Severity::High);
        assert_eq!(overall(&[]), Severity::Unknown);
    }
}
