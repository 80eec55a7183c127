//! Vulnerability advisories: one model for OSV and RustSec records.

mod cvss_vector;
mod index;
mod intervals;
mod osv;
mod rustsec;
mod semver_order;

pub use index::{Index, Match, Outcome, Report};
pub use osv::Osv;
pub use rustsec::RustSec;

use serde::{Deserialize, Serialize};

use crate::base::{Severity, UnixMillis};

/// One advisory as one source states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// The source's identifier (`RUSTSEC-2024-0001`).
    pub id: String,
    /// Other identifiers of the same vulnerability.
    pub aliases: Vec<String>,
    /// When it was published.
    pub published: Option<UnixMillis>,
    /// When it was last changed.
    pub modified: Option<UnixMillis>,
    /// When it was withdrawn; a withdrawn advisory matches nothing.
    pub withdrawn: Option<UnixMillis>,
    /// One line.
    pub summary: String,
    /// Normalised severity.
    pub severity: Severity,
    /// CVSS vector as written, if any.
    pub cvss: Option<String>,
    /// `vulnerability`, `unmaintained`, `unsound`, `notice` or `malicious`.
    pub class: String,
    /// What it affects; every entry and every interval is kept.
    pub affected: Vec<Affected>,
}

/// One affected package of an advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// OSV ecosystem name (`crates.io`).
    pub ecosystem: String,
    /// Package name.
    pub package: String,
    /// Affected intervals; a version is affected when any contains it.
    pub intervals: Vec<Interval>,
    /// Versions listed one by one.
    pub versions: Vec<String>,
    /// RustSec's own form, kept as written: affected is what meets none of these requirements.
    pub requirements: Option<Requirements>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First affected version; `None` (OSV `0`) is the beginning.
    pub introduced: Option<String>,
    /// First version no longer affected.
    pub fixed: Option<String>,
    /// Last affected version, when no fix is known.
    pub last_affected: Option<String>,
}
