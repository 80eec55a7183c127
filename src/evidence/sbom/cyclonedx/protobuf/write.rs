//! How values of the messages are written in the JSON form: words for numbers, texts for times.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::component::{LicenceChoice, Tool};
use super::message::{Dependency, Timestamp};
use crate::base::UnixMillis;

macro_rules! words {
    ($($name:ident: [$($word:literal),+ $(,)?];)+) => {$(
        pub(super) fn $name<S: Serializer>(number: &i32, serializer: S) -> Result<S::Ok, S::Error> {
            const WORDS: &[&str] = &[$($word),+];
            word(WORDS, *number).serialize(serializer)
        }
    )+};
}

/// The word of a number; empty words and unknown numbers say nothing.
fn word(words: &[&'static str], number: i32) -> Option<&'static str> {
    words.get(usize::try_from(number).ok()?).copied().filter(|word| !word.is_empty())
}

words! {
    component_type: ["", "application", "framework", "library", "operating-system", "device", "file", "container",
        "firmware", "device-driver", "platform", "machine-learning-model", "data", "cryptographic-asset"];
    scope: ["", "required", "optional", "excluded"];
    algorithm: ["", "MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512",
        "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "Streebog-256", "Streebog-512"];
    reference_type: ["other", "vcs", "issue-tracker", "website", "advisories", "bom", "mailing-list", "social",
        "chat", "documentation", "support", "distribution", "license", "build-meta", "build-system",
        "security-contact", "attestation", "threat-model", "adversary-model", "risk-assessment",
        "distribution-intake", "vulnerability-assertion", "exploitability-statement", "pentest-report",
        "static-analysis-report", "dynamic-analysis-report", "runtime-analysis-report",
        "component-analysis-report", "maturity-report", "certification-report", "quality-metrics",
        "codified-infrastructure", "model-card", "poam", "log", "configuration", "evidence", "formulation",
        "source-distribution", "electronic-signature", "digital-signature", "rfc-9116", "release-notes",
        "patent", "patent-family", "patent-assertion", "citation"];
    patch_type: ["", "unofficial", "monkey", "backport", "cherry-pick"];
    issue_type: ["", "defect", "enhancement", "security"];
    acknowledgement: ["", "declared", "concluded"];
    aggregate: ["not_specified", "complete", "incomplete", "incomplete_first_party_only",
        "incomplete_third_party_only", "unknown", "incomplete_first_party_proprietary_only",
        "incomplete_first_party_opensource_only", "incomplete_third_party_proprietary_only",
        "incomplete_third_party_opensource_only"];
    evidence_field: ["", "group", "name", "version", "purl", "cpe", "swid", "hash", "omniborId", "swhid"];
    technique: ["source-code-analysis", "binary-analysis", "manifest-analysis", "ast-fingerprint",
        "hash-comparison", "instrumentation", "dynamic-analysis", "filename", "attestation", "other"];
    flow: ["", "inbound", "outbound", "bi-directional", "unknown"];
    severity: ["unknown", "critical", "high", "medium", "low", "info", "none"];
    method: ["", "CVSSv2", "CVSSv3", "CVSSv31", "OWASP", "other", "CVSSv4", "SSVC"];
    state: ["", "resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected"];
    justification: ["", "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
        "requires_environment", "protected_by_compiler", "protected_at_runtime", "protected_at_perimeter",
        "protected_by_mitigating_control"];
}

const RESPONSES: &[&str] = &["", "can_not_fix", "will_not_fix", "update", "rollback", "workaround_available"];
const PHASES: &[&str] =
    &["design", "pre-build", "build", "post-build", "operations", "discovery", "decommission"];
const STATUSES: &[&str] = &["unknown", "affected", "unaffected"];

pub(super) fn responses<S: Serializer>(numbers: &[i32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(numbers.iter().map(|number| word(RESPONSES, *number)))
}

pub(super) fn phase<S: Serializer>(number: &Option<i32>, serializer: S) -> Result<S::Ok, S::Error> {
    number.and_then(|number| word(PHASES, number)).serialize(serializer)
}

pub(super) fn status<S: Serializer>(number: &Option<i32>, serializer: S) -> Result<S::Ok, S::Error> {
    number.and_then(|number| word(STATUSES, number)).serialize(serializer)
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000));
        serializer.serialize_str(&UnixMillis(millis).to_rfc3339())
    }
}

impl Serialize for LicenceChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let detailed = self.detailed.as_ref();
        let expression = match (self.expression.as_str(), detailed) {
            ("", Some(detailed)) => &detailed.expression,
            (expression, _) => expression,
        };
        let number = detailed.map_or(0, |detailed| detailed.acknowledgement).max(self.acknowledgement);
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("license", &self.license)?;
        map.serialize_entry("expression", expression)?;
        map.serialize_entry("acknowledgement", &word(&["", "declared", "concluded"], number))?;
        map.end()
    }
}

/// Tools of every version as one list: until 1.4 each was a message, since then one message holds them all.
pub(super) fn tools<S: Serializer>(tools: &[Tool], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(None)?;
    for tool in tools {
        if !tool.name.is_empty() {
            list.serialize_element(tool)?;
        }
        for component in &tool.components {
            list.serialize_element(component)?;
        }
        for service in &tool.services {
            list.serialize_element(service)?;
        }
    }
    list.end()
}

/// Nested dependencies as one list.
pub(super) fn dependencies<S: Serializer>(list: &[Dependency], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry<'a> {
        r#ref: &'a str,
        depends_on: Vec<&'a str>,
    }
    let mut seq = serializer.serialize_seq(None)?;
    let mut waiting: Vec<&Dependency> = list.iter().rev().collect();
    while let Some(dependency) = waiting.pop() {
        let depends_on = dependency.dependencies.iter().map(|d| d.reference.as_str()).collect();
        seq.serialize_element(&Entry { r#ref: &dependency.reference, depends_on })?;
        // a leaf inside another one says nothing that its parent has not said
        waiting.extend(dependency.dependencies.iter().rev().filter(|d| !d.dependencies.is_empty()));
    }
    seq.end()
}
