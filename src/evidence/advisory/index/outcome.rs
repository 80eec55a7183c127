//! What the index answers: matches, each with its proof.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, Severity, UnixMillis};

/// The answer for one package version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "detail", rename_all = "snake_case")]
pub enum Outcome {
    /// At least one vulnerability applies.
    Affected(Vec<Match>),
    /// The advisories of that ecosystem were asked and none was found. Not a proof that there is none.
    #[serde(rename = "none_found")]
    NotAffected,
    /// It cannot be told.
    Unknown {
        /// Why, for a person.
        reason: String,
        /// Advisories that name the package and may apply.
        candidates: Vec<String>,
        /// Vulnerabilities that apply for certain beside the doubt.
        matches: Vec<Match>,
    },
}

/// One vulnerability that applies, under all its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The name to show: its CVE id, else its GHSA id, else the first.
    pub id: String,
    /// Every name it is known by, sorted.
    pub ids: Vec<String>,
    /// What each source said that found the version affected, by id.
    pub reports: Vec<Report>,
    /// Ids of sources that know the package and do not find this version affected.
    pub disagreeing: Vec<String>,
    /// The worst severity stated.
    pub severity: Severity,
    /// `malicious` or `vulnerability` when a source says so, else the first source's class.
    pub class: String,
    /// When it was first published.
    pub published: Option<UnixMillis>,
    /// Versions above this one that carry the fix, lowest first.
    pub fixed: Vec<String>,
}

/// What one source said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The source's id.
    pub id: String,
    /// The format it was read from (`osv`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Digest of the advisory as it was when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Digest>,
    /// What was compared with what.
    pub proof: Proof,
    /// Severity as the source states it.
    pub severity: Severity,
    /// Class as the source states it.
    pub class: String,
    /// When the source published it.
    pub published: Option<UnixMillis>,
    /// One line in the source's words.
    pub summary: String,
}

/// Everything needed to make the comparison again by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// OSV name of the ecosystem, with the release the advisory speaks about (`Debian:12`).
    pub ecosystem: String,
    /// The package's name as it was looked up.
    pub name: String,
    /// The version as it was compared.
    pub version: String,
    /// The interval, list or requirements that hold it, as the source writes them; several joined by `; `.
    pub interval: String,
    /// The order versions were compared in (`semver`, `pep440`, `dpkg`).
    pub comparator: String,
    /// How surely the advisory speaks about this package.
    pub confidence: Confidence,
}

/// How surely an advisory speaks about the package asked for. Ordered from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Vendor and product of a CPE are the same; who packaged the software is not known.
    Cpe,
    /// The name is the same, by way of the source package or without a stated release.
    NameMatch,
    /// The package URL names the advisory's package, and its release where the advisory has one.
    ExactPurl,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, interval, .. } = self;
        match interval.starts_with(['[', '(']) {
            true => write!(f, "{version} is in {interval}"),
            false if interval.starts_with("the listed") => write!(f, "{version} is among {interval}"),
            false if interval.starts_with("every") => write!(f, "{version} is affected like {interval}"),
            false => write!(f, "{version} is {interval}"),
        }
    }
}
