//! Normalised severity. The raw word and its scorer are kept beside it, never replaced by it.

use serde::{Deserialize, Serialize};

/// How bad a finding is, on the scale every tool's own words are mapped to. Ordered from mild to bad.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The tool did not say, or said something we do not know. Never treated as harmless.
    #[default]
    Unknown,
    /// Informational.
    None,
    /// CVSS 0.1–3.9.
    Low,
    /// CVSS 4.0–6.9.
    Medium,
    /// CVSS 7.0–8.9.
    High,
    /// CVSS 9.0–10.0.
    Critical,
}

impl Severity {
    /// The word used in storage, files and pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Maps a CVSS base score (0.0–10.0) by the qualitative scale of CVSS v3.1 §5.
    pub fn from_cvss(score: f64) -> Self {
        match score {
            s if !(0.0..=10.0).contains(&s) => Self::Unknown,
            s if s < 0.1 => Self::None,
            s if s < 4.0 => Self::Low,
            s if s < 7.0 => Self::Medium,
            s if s < 9.0 => Self::High,
            _ => Self::Critical,
        }
    }

    /// Maps a tool's word ("Moderate", "IMPORTANT", "error"); an unknown word is `Unknown`, not an error.
    pub fn from_word(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "blocker" => Self::Critical,
            "high" | "important" | "error" | "major" => Self::High,
            "medium" | "moderate" | "warning" | "warn" => Self::Medium,
            "low" | "minor" | "note" | "negligible" => Self::Low,
            "none" | "info" | "informational" => Self::None,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_order_and_map() {
        assert!(Severity::Critical > Severity::High && Severity::Low > Severity::None);
        assert_eq!(Severity::from_cvss(9.0), Severity::Critical);
        assert_eq!(Severity::from_cvss(6.99), Severity::Medium);
        assert_eq!(Severity::from_cvss(f64::NAN), Severity::Unknown);
        assert_eq!(Severity::from_word("IMPORTANT"), Severity::High);
        assert_eq!(Severity::from_word("UNTRIAGED"), Severity::Unknown);
    }
}
