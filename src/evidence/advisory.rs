//! Vulnerability advisories: one model for every source, and the [`Index`] that matches package versions to them.
//!
//! OSV, RustSec, GitHub, CSAF, CVE and NVD records become [`Advisory`]; what says *how urgent* a vulnerability is
//! (CISA KEV, EPSS) becomes [`Exploitation`], and [`priority`] weighs both. Pure: no clock, no I/O.

mod cpe;
mod csaf;
mod cve5;
mod cvss_score;
mod epss;
mod exploitation;
mod gather;
mod github;
mod index;
mod intervals;
mod json;
mod kev;
mod nvd;
mod order;
mod osv;
pub mod priority;
mod range_text;
mod rating;
mod requirement;
mod rustsec;

pub use csaf::CsafAdvisory;
pub use cve5::Cve5;
pub use cvss_score::{CvssError, CvssScore, CvssVersion};
pub use epss::Epss;
pub use exploitation::{EpssScore, EpssScores, Exploitation, KevCatalogue, KevEntry};
pub use github::GitHubAdvisories;
pub use index::{
    Affecting, Confidence, Index, LookupKey, Match, Outcome, PackageQuery, Proof, Report, package_query,
};
pub use kev::{KevCsv, KevJson};
pub use nvd::Nvd;
pub use osv::Osv;
pub use rating::Rating;
pub use rustsec::RustSec;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, Severity, UnixMillis};

/// One advisory as one source states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// The source's identifier (`RUSTSEC-2024-0001`).
    pub id: String,
    /// The format it was read from (`osv`, `nvd`): two sources may use one identifier.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Other identifiers of the same vulnerability.
    pub aliases: Vec<String>,
    /// Vulnerabilities it belongs to without being the same: OSV `upstream` and `related`. They merge nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// When it was published.
    pub published: Option<UnixMillis>,
    /// When it was last changed.
    pub modified: Option<UnixMillis>,
    /// When it was withdrawn; a withdrawn advisory matches nothing.
    pub withdrawn: Option<UnixMillis>,
    /// One line.
    pub summary: String,
    /// Normalised severity: that of the newest CVSS version stated; without a vector the worst word or bare score.
    pub severity: Severity,
    /// Every rating stated, each with who stated it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// `vulnerability`, `unmaintained`, `unsound`, `notice` or `malicious`.
    pub class: String,
    /// Weaknesses (`CWE-79`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwes: Vec<String>,
    /// What it affects; every entry and every interval is kept.
    pub affected: Vec<Affected>,
    /// Digest of the record's content, whatever its layout; `None` for what was stored before digests were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Digest>,
}

impl Advisory {
    /// An advisory of that format and id that says nothing yet.
    pub fn new(source: &str, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            source: source.to_owned(),
            aliases: Vec::new(),
            related: Vec::new(),
            published: None,
            modified: None,
            withdrawn: None,
            summary: String::new(),
            severity: Severity::Unknown,
            ratings: Vec::new(),
            class: "vulnerability".to_owned(),
            cwes: Vec::new(),
            affected: Vec::new(),
            revision: None,
        }
    }

    /// Sets the ratings and the severity that follows from them.
    pub(crate) fn rate(&mut self, ratings: Vec<Rating>) {
        self.severity = rating::overall(&ratings);
        self.ratings = ratings;
    }
}

/// One affected package of an advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// OSV ecosystem name with its release as written (`crates.io`, `Debian:12`), or `CPE`.
    pub ecosystem: String,
    /// Package name; `vendor:product` for a CPE.
    pub package: String,
    /// Affected intervals; a version is affected when any contains it.
    pub intervals: Vec<Interval>,
    /// Versions listed one by one.
    pub versions: Vec<String>,
    /// RustSec's own form, kept as written: affected is what meets none of these requirements.
    pub requirements: Option<Requirements>,
    /// Ranges of commits; kept, not judged: nothing here knows a repository's history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<CommitRange>,
    /// Package URL or CPE name as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Functions and packages that hold the fault, where the source names them (`net/http.Serve`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<String>,
}

/// Commits of a repository between events (OSV schema, `GIT` ranges).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRange {
    /// Address of the repository.
    pub repo: String,
    /// First affected and first fixed commits, paired in the order they are written.
    pub intervals: Vec<Interval>,
}

/// Cargo version requirements that say which versions are **not** affected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// Versions that carry the fix; empty when there is none.
    pub patched: Vec<String>,
    /// Versions that never had the fault.
    pub unaffected: Vec<String>,
}

/// A half-open or closed interval of versions in the ecosystem's own order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First affected version; `None` (OSV `0`) is the beginning.
    pub introduced: Option<String>,
    /// Last version before the first affected one, where the source names that instead (`> 1.0`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// First version that carries the fix; the interval's end when [`Self::last_affected`] is not stated.
    pub fixed: Option<String>,
    /// Last affected version, where the source names that.
    pub last_affected: Option<String>,
}

impl Interval {
    /// The interval as mathematics writes it: `[1.0.0, 1.2.0)`, `(1.0, 1.5]`, `[0, no fix known)`.
    pub fn shown(&self) -> String {
        let from = match (&self.introduced, &self.after) {
            (Some(first), _) => format!("[{first}"),
            (None, Some(before)) => format!("({before}"),
            (None, None) => "[0".to_owned(),
        };
        match (&self.last_affected, &self.fixed) {
            (Some(last), _) => format!("{from}, {last}]"),
            (None, Some(fixed)) => format!("{from}, {fixed})"),
            (None, None) => format!("{from}, no fix known)"),
        }
    }
}
