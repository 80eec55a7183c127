//! Names of feeds: the database, and for OSV the ecosystem.

use std::fmt;

use crate::evidence::EvidenceKind;
use crate::evidence::decoder::DECODERS;

/// A feed by name: a format that holds advisories (`rustsec`), or one ecosystem of OSV (`osv:npm`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedName(String);

impl FeedName {
    /// Reads a name.
    ///
    /// # Errors
    /// With the names there are, when it is none of them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = Self(text.to_owned());
        let formats = formats();
        let sound = match name.ecosystem() {
            Some(ecosystem) => name.format() == "osv" && is_ecosystem(ecosystem),
            None => formats.contains(&name.format()),
        };
        if sound {
            return Ok(name);
        }
        let known = formats.join("`, `");
        Err(format!("`{text}` is no feed: write `osv:ECOSYSTEM` (osv:npm) or one of `{known}`"))
    }

    /// The format its documents are of, as receipts name it.
    pub fn format(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(format, _)| format)
    }

    /// The ecosystem as OSV names it (`crates.io`, `Debian:12`).
    pub fn ecosystem(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_, ecosystem)| ecosystem)
    }

    /// Where the publisher has it; `None` for databases that are no single file.
    ///
    /// Sources: RustSec's repository as GitHub archives it; <https://google.github.io/osv.dev/data/>;
    /// <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>; <https://www.first.org/epss/data_stats>.
    pub fn published_at(&self) -> Option<String> {
        if let Some(ecosystem) = self.ecosystem() {
            let folder = ecosystem.replace(' ', "%20");
            return Some(format!("https://osv-vulnerabilities.storage.googleapis.com/{folder}/all.zip"));
        }
        let address = match self.format() {
            "rustsec" => "https://codeload.github.com/rustsec/advisory-db/tar.gz/refs/heads/main",
            "kev" => "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
            "epss" => "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
            _ => return None,
        };
        Some(address.to_owned())
    }

    /// Whether it says how urgent vulnerabilities are, not which package has them: no match rests on it.
    pub fn ranks_only(&self) -> bool {
        matches!(self.format(), "kev" | "epss")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Formats that hold advisories.
fn formats() -> Vec<&'static str> {
    let advisories = DECODERS.iter().filter(|d| d.kind() == EvidenceKind::Advisories);
    let mut formats: Vec<&str> = advisories.map(|d| d.format()).collect();
    formats.dedup();
    formats
}

/// OSV names ecosystems in letters, digits, blanks and a few signs. The name becomes part of an address.
fn is_ecosystem(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || " .:-_".contains(c);
    !text.trim().is_empty() && text.len() <= 60 && text.chars().all(fits) && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_format_and_perhaps_an_ecosystem() {
        let npm = FeedName::parse("osv:npm").unwrap();
        let debian = FeedName::parse("osv:Debian:12").unwrap();

        assert_eq!((npm.format(), npm.ecosystem()), ("osv", Some("npm")));
        assert_eq!(debian.ecosystem(), Some("Debian:12"));
        assert_eq!(FeedName::parse("rustsec").unwrap().ecosystem(), None);
        let rocky = FeedName::parse("osv:Rocky Linux").unwrap().published_at().unwrap();
        assert!(rocky.ends_with("/Rocky%20Linux/all.zip"), "{rocky}");
    }

    #[test]
    fn what_is_no_feed_is_answered_with_those_there_are() {
        for wrong in ["", "osv:", "osv:../x", "osv:a/b", "rustsec:main", "cyclonedx", "osv:a?b"] {
            let error = FeedName::parse(wrong).unwrap_err();
            assert!(error.contains("osv:npm") && error.contains("`rustsec`"), "{error}");
        }
    }

    #[test]
    fn urgency_is_told_from_advisories() {
        let ranks = |name: &str| FeedName::parse(name).unwrap().ranks_only();

        assert!(ranks("kev") && ranks("epss"));
        assert!(!ranks("osv") && !ranks("rustsec"));
    }
}
