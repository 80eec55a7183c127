//! Our own match report: what advisories say of the components of one bill of materials, with the proof of each answer.
//!
//! It answers the three questions assessors ask of PCI DSS 6.3.2: *evaluated* when, against which advisories, by whom;
//! *relevant* or set aside, by whose statement; of an asset that is *in scope* of what. It is evidence like any scan:
//! kept in the ledger, packed, and its findings stand until a newer report no longer names them.

use serde::{Deserialize, Serialize};

use crate::base::{Digest, EvidenceId, IdentityHasher, Severity, UnixMillis};
use crate::evidence::advisory::Report;
use crate::evidence::scan::{ClockStart, Finding, FindingState, Scan, Tool};
use crate::evidence::{
    Counts, DecodeError, Decoded, Decoder, Encoding, Evidence, EvidenceKind, Probe, Records,
};

/// Reads `{"attestry":"matches/v1", …}`.
pub struct MatchReports;

/// The format's stable name.
pub const FORMAT: &str = "attestry-matches";

const MARK: &str = "matches/v1";

/// The tool that the findings of a report name.
pub const MATCHER: &str = "attestry";

/// What the advisories said of one bill of materials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchReport {
    attestry: String,
    /// The bill of materials that was asked about.
    pub sbom: AskedSbom,
    /// The advisories that were asked, one entry a feed.
    pub feeds: Vec<AskedFeed>,
    /// Distinct packages in the document.
    pub packages: u64,
    /// Packages that could be evaluated.
    pub evaluated: u64,
    /// Why the others could not be.
    pub not_evaluated: Vec<NotEvaluated>,
    /// One entry a vulnerability and package, sorted.
    pub matches: Vec<Matched>,
}

/// The bill of materials a report is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedSbom {
    /// Its evidence item.
    pub evidence: EvidenceId,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// The instant it speaks for.
    pub observed_at: UnixMillis,
    /// Where the asset is in scope of the audits; `false` says the report is for information.
    pub in_scope: bool,
}

/// A feed as it was when it was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedFeed {
    /// Its key (`osv`).
    pub key: String,
    /// The instant its content speaks for.
    pub updated: UnixMillis,
    /// Whether a whole database was there; single records prove nothing about what they do not name.
    pub whole: bool,
    /// Records in force.
    pub advisories: u64,
}

/// Packages that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotEvaluated {
    /// Why.
    pub reason: String,
    /// How many.
    pub packages: u64,
}

/// One vulnerability in one package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// The name to show: its CVE id, else its GHSA id, else the first.
    pub vulnerability: String,
    /// Every name it is known by, sorted.
    pub ids: Vec<String>,
    /// The package, with its group in front.
    pub package: String,
    /// Its package URL without version; the same for every version of the package.
    pub purl: String,
    /// Versions of it in the document that are hit, as written.
    pub versions: Vec<String>,
    /// What was decided.
    pub outcome: MatchOutcome,
    /// The worst severity stated.
    pub severity: Severity,
    /// `vulnerability`, `unmaintained`, `unsound`, `notice` or `malicious`.
    pub class: String,
    /// One line in a source's words.
    pub summary: String,
    /// Versions that carry the fix, lowest first.
    pub fixed: Vec<String>,
    /// When a fix was known to exist: the publication of an advisory that names one. The deadline counts from here.
    pub fix_known: Option<UnixMillis>,
    /// Each source's word and the comparison that was made.
    pub reports: Vec<Report>,
    /// Sources that know the package and do not find these versions affected.
    pub disagreeing: Vec<String>,
}

/// What was decided about a vulnerability in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum MatchOutcome {
    /// It applies.
    Affected,
    /// A trusted statement says that it does not apply here, and why.
    SetAside {
        /// Who said so.
        by: String,
        /// The justification given.
        why: String,
        /// The statement.
        statement: String,
    },
    /// It cannot be told; it may apply.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl MatchReport {
    /// A report on that document that names nothing yet.
    pub fn new(sbom: AskedSbom, feeds: Vec<AskedFeed>) -> Self {
        let (not_evaluated, matches) = (Vec::new(), Vec::new());
        Self { attestry: MARK.to_owned(), sbom, feeds, packages: 0, evaluated: 0, not_evaluated, matches }
    }

    /// The report's bytes. The same answers give the same bytes, so that a second look at the same document and
    /// advisories is a report seen again.
    pub fn encode(&self) -> Vec<u8> {
        // Strings, numbers, booleans and lists only: serialising them to memory has no way to fail.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

impl Matched {
    /// Stable identity: vulnerability and package, never the version, so that a decision carries over to the next one.
    fn identity(&self) -> Digest {
        IdentityHasher::new("match").field(&self.vulnerability).field(&self.purl).finish()
    }

    fn finding(&self) -> Finding {
        let (state, raw) = match &self.outcome {
            MatchOutcome::Affected => (FindingState::Open, self.severity.as_str().to_owned()),
            MatchOutcome::SetAside { by, why, .. } => {
                (FindingState::Suppressed, format!("set aside by {by}: {why}"))
            }
            MatchOutcome::Unknown { reason } => (FindingState::Review, reason.clone()),
        };
        let clock = match self.fix_known {
            Some(known) => ClockStart::At(known),
            None => ClockStart::Never,
        };
        let what = if self.summary.is_empty() { &self.vulnerability } else { &self.summary };
        Finding {
            identity: self.identity(),
            tool: MATCHER.to_owned(),
            rule: self.vulnerability.clone(),
            severity: self.severity,
            severity_raw: raw,
            title: format!("{}: {what}", self.package),
            location: Some(format!("{} {}", self.package, self.versions.join(", ")).trim().to_owned()),
            state,
            clock,
        }
    }
}

impl Decoder for MatchReports {
    fn format(&self) -> &'static str {
        FORMAT
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Scan
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        probe.head().text("attestry").is_some_and(|mark| mark.starts_with("matches/"))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let report: MatchReport = serde_json::from_slice(input.bytes).map_err(|error| {
            let message = format!(
                "this is no match report of the form {MARK}: {error}; `attestry evaluate` and the service write them"
            );
            DecodeError::at("malformed-matches", format!("line {}", error.line()), message)
        })?;
        if report.attestry != MARK {
            let message = format!("match report version `{}` is not read, only `{MARK}`", report.attestry);
            return Err(DecodeError::at("unsupported-version", "/attestry", message));
        }
        Ok(decoded(&report))
    }
}

fn decoded(report: &MatchReport) -> Decoded {
    let findings: Vec<Finding> = report.matches.iter().map(Matched::finding).collect();
    let count = findings.len() as u64;
    let scan = Scan {
        tools: vec![Tool { name: MATCHER.to_owned(), version: None }],
        finished_at: None,
        successful: Some(true),
        findings,
    };
    Decoded {
        format_version: Some(MARK.to_owned()),
        encoding: Encoding::Json,
        evidence: Evidence::Scan(scan),
        records: Records { read: count, kept: count, merged: 0, dropped: 0 },
        counts: Counts::from([("findings".to_owned(), count)]),
        warnings: Vec::new(),
        produced_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: MatchOutcome) -> MatchReport {
        let sbom = AskedSbom {
            evidence: EvidenceId::new(),
            sha256: Digest::of(b"bom"),
            observed_at: UnixMillis(5),
            in_scope: true,
        };
        let feed = AskedFeed { key: "osv".to_owned(), updated: UnixMillis(4), whole: true, advisories: 600 };
        let mut report = MatchReport::new(sbom, vec![feed]);
        (report.packages, report.evaluated) = (3, 2);
        report.not_evaluated.push(NotEvaluated { reason: "no package URL".to_owned(), packages: 1 });
        report.matches.push(Matched {
            vulnerability: "CVE-2024-1".to_owned(),
            ids: vec!["CVE-2024-1".to_owned(), "RUSTSEC-2024-0001".to_owned()],
            package: "time".to_owned(),
            purl: "pkg:cargo/time".to_owned(),
            versions: vec!["0.1.43".to_owned()],
            outcome,
            severity: Severity::High,
            class: "vulnerability".to_owned(),
            summary: "Segfault".to_owned(),
            fixed: vec!["0.2.23".to_owned()],
            fix_known: Some(UnixMillis(3)),
            reports: Vec::new(),
            disagreeing: Vec::new(),
        });
        report
    }

    fn only_finding(report: &MatchReport) -> Finding {
        let bytes = report.encode();
        let probe = Probe::new("m.json", &bytes);
        assert!(MatchReports.recognises(&probe));
        let Evidence::Scan(scan) = MatchReports.decode(&probe).unwrap().evidence else {
            panic!("a match report is a scan");
        };
        scan.findings[0].clone()
    }

    #[test]
    fn a_match_is_a_finding_whose_clock_counts_from_the_fix() {
        let found = only_finding(&report(MatchOutcome::Affected));

        assert_eq!((found.rule.as_str(), found.state), ("CVE-2024-1", FindingState::Open));
        assert_eq!(found.location.as_deref(), Some("time 0.1.43"));
        assert_eq!(found.clock, ClockStart::At(UnixMillis(3)));
    }

    #[test]
    fn what_is_set_aside_or_cannot_be_told_is_not_open_and_keeps_its_identity() {
        let open = only_finding(&report(MatchOutcome::Affected));
        let aside = MatchOutcome::SetAside {
            by: "security@example.com".to_owned(),
            why: "vulnerable_code_not_present".to_owned(),
            statement: "vex-1".to_owned(),
        };
        let aside = only_finding(&report(aside));
        let mut newer = report(MatchOutcome::Unknown { reason: "no version".to_owned() });
        newer.matches[0].versions = vec!["0.1.44".to_owned()];
        let unknown = only_finding(&newer);

        assert_eq!((aside.state, aside.identity), (FindingState::Suppressed, open.identity));
        assert!(aside.severity_raw.contains("vulnerable_code_not_present"));
        assert_eq!((unknown.state, unknown.identity), (FindingState::Review, open.identity));
    }

    #[test]
    fn a_vulnerability_without_a_fix_has_no_deadline() {
        let mut without = report(MatchOutcome::Affected);
        without.matches[0].fix_known = None;

        assert_eq!(only_finding(&without).clock, ClockStart::Never);
    }

    #[test]
    fn other_versions_and_missing_members_are_explained() {
        let error = |text: &str| MatchReports.decode(&Probe::new("m", text.as_bytes())).unwrap_err();
        let newer = String::from_utf8(report(MatchOutcome::Affected).encode()).unwrap();

        assert_eq!(error(&newer.replace(MARK, "matches/v9")).code, "unsupported-version");
        assert!(error(r#"{"attestry":"matches/v1"}"#).message.contains("sbom"));
    }
}
