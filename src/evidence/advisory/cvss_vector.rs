//! Severity from what advisories write: a CVSS vector, a bare score, or a word.

use std::str::FromStr;

use crate::base::Severity;

/// The severity of a vector (CVSS 2, 3.x, 4.0), a bare score or a word.
pub(super) fn severity_of(written: &str) -> Severity {
    let written = written.trim();
    // No vector of any version is longer; what is longer is not worth parsing.
    if written.len() > 1_000 {
        return Severity::Unknown;
    }
    if let Ok(cvss) = cvss::Cvss::from_str(written.trim_end_matches('/')) {
        return Severity::from_cvss(cvss.score());
    }
    match written.parse::<f64>() {
        Ok(score) => Severity::from_cvss(score),
        Err(_) => Severity::from_word(written),
    }
}

/// Whether the text is a vector rather than a word or a score, and of which version: newer is larger.
pub(super) fn vector_rank(written: &str) -> u8 {
    let written = written.trim();
    match written.get(..7) {
        Some("CVSS:4.") => 4,
        Some("CVSS:3.") => 3,
        _ if written.starts_with("AV:") || written.starts_with("(AV:") => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_all_versions_scores_and_words_are_read() {
        assert_eq!(severity_of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Severity::Critical);
        assert_eq!(severity_of("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L"), Severity::Low);
        assert_eq!(
            severity_of("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            Severity::Critical
        );
        assert_eq!(severity_of("AV:N/AC:L/Au:N/C:P/I:P/A:P"), Severity::High);
        assert_eq!(severity_of("7.2"), Severity::High);
        assert_eq!(severity_of("MODERATE"), Severity::Medium);
        assert_eq!(severity_of("CVSS:3.1/AV:broken"), Severity::Unknown);
    }

    proptest::proptest! {
        #[test]
        fn no_vector_makes_it_panic(text in "(CVSS:[234]\\.[01]/)?([A-Z]{1,3}:[A-Z]{1,2}/){0,14}[A-Z]{0,3}:?[A-Z]?") {
            let _ = severity_of(&text);
        }
    }
}
