//! The normalised inputs of an evaluation: subjects, and what the evidence says about each. Serialised into packs
//! as replay data, so every map is ordered and nothing depends on insertion order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};
use crate::evidence::EvidenceKind;

/// One field of a record. Instants are integers (milliseconds since 1970); the [`FactSchema`] says which are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// Whole number or instant.
    Int(i64),
    /// Fraction.
    Num(f64),
    /// Words.
    Text(String),
    /// Several words, sorted where order means nothing.
    List(Vec<String>),
}

/// Fields by name. An unknown fact is an absent field, never a made-up value.
pub type Record = BTreeMap<String, Value>;

/// What tests are about. Each kind's fields are listed in [`FactSchema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A system component: deployable, repository, cloud account, website.
    Asset,
    /// A third party.
    Vendor,
    /// An advisory feed.
    Feed,
    /// A source evidence is collected from.
    Source,
    /// This installation itself.
    Installation,
}

/// One thing tests are about, with the evidence on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its stable key (`payments-api`).
    pub id: String,
    /// Its fields, as declared or computed.
    pub fields: Record,
    /// Evidence on it, newest observation first.
    pub observations: Vec<Observation>,
}

/// One evidence item as the tests see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The evidence item's id.
    pub evidence: String,
    /// Digest of its stored bytes.
    pub sha256: Digest,
    /// What it is evidence of.
    pub kind: EvidenceKind,
    /// Its format (`cyclonedx`, `sarif`, …).
    pub format: String,
    /// The instant it speaks for: produced, else collected; a later *seen again* moves it forward.
    pub observed_at: UnixMillis,
    /// Summary fields, addressed as `evidence.<name>`.
    pub fields: Record,
    /// Rows by name (`components`, `matches`, `findings`, `accounts`, `documents`, `changes`).
    pub rows: BTreeMap<String, Vec<Record>>,
}

/// Everything an evaluation may look at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Every subject, ordered by kind and id.
    pub subjects: Vec<Subject>,
}

/// The type of a field, checked when a predicate is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// [`Value::Bool`].
    Bool,
    /// [`Value::Int`] or [`Value::Num`].
    Number,
    /// [`Value::Int`] holding milliseconds since 1970.
    Time,
    /// [`Value::Text`].
    Text,
    /// [`Value::List`].
    List,
}

/// Which fields exist, per subject kind, evidence kind and row table.
pub struct FactSchema;

/// A table of fields.
type Fields = &'static [(&'static str, FieldType)];

const ASSET: Fields = &[
    ("id", FieldType::Text),
    ("name", FieldType::Text),
    ("type", FieldType::Text),
    ("in_scope", FieldType::Bool),
    ("environment", FieldType::Text),
    ("owner", FieldType::Text),
    ("data_classes", FieldType::List),
    ("internet_facing", FieldType::Bool),
];
const VENDOR: Fields = &[
    ("id", FieldType::Text),
    ("name", FieldType::Text),
    ("services", FieldType::List),
    ("data_classes", FieldType::List),
    ("owner", FieldType::Text),
    ("countries", FieldType::List),
    ("purposes", FieldType::List),
    ("systems", FieldType::List),
    ("sub_processors", FieldType::List),
    ("cardholder_data", FieldType::Bool),
    ("personal_data", FieldType::Bool),
    ("engaged_at", FieldType::Time),
    ("reviewed_at", FieldType::Time),
    ("contract_until", FieldType::Time),
    ("open_breach", FieldType::Bool),
    ("residual_score", FieldType::Number),
    ("tier", FieldType::Text),
];
const FEED: Fields = &[
    ("id", FieldType::Text),
    ("last_updated", FieldType::Time),
    ("advisories", FieldType::Number),
    ("whole", FieldType::Bool),
    ("followed", FieldType::Bool),
];
const SOURCE: Fields = &[
    ("id", FieldType::Text),
    ("type", FieldType::Text),
    ("enabled", FieldType::Bool),
    ("scheduled", FieldType::Bool),
    ("last_success", FieldType::Time),
    ("last_outcome", FieldType::Text),
];
const INSTALLATION: Fields = &[
    ("id", FieldType::Text),
    ("ledger_size", FieldType::Number),
    ("checkpoint_at", FieldType::Time),
    ("quarantined", FieldType::Number),
    ("vendors", FieldType::Number),
    ("assets_in_scope", FieldType::Number),
];
/// Fields every observation has.
const EVIDENCE: Fields = &[
    ("format", FieldType::Text),
    ("observed_at", FieldType::Time),
    ("collected_at", FieldType::Time),
    ("produced_at", FieldType::Time),
    ("completeness", FieldType::Text),
    ("records_dropped", FieldType::Number),
    ("tool", FieldType::Text),
];
const SBOM: Fields = &[
    ("components", FieldType::Number),
    ("dependencies", FieldType::Number),
    ("purl_share", FieldType::Number),
    ("version_share", FieldType::Number),
    ("licence_share", FieldType::Number),
    ("supplier_share", FieldType::Number),
    ("described", FieldType::Text),
];
const SCAN: Fields = &[
    ("findings", FieldType::Number),
    ("open", FieldType::Number),
    ("successful", FieldType::Text),
    ("category", FieldType::Text),
];
const ACCESS: Fields = &[("accounts", FieldType::Number), ("system", FieldType::Text)];
const CHANGES: Fields = &[("changes", FieldType::Number), ("head", FieldType::Text)];
const NO_FIELDS: Fields = &[];

const COMPONENTS: Fields = &[
    ("id", FieldType::Text),
    ("name", FieldType::Text),
    ("version", FieldType::Text),
    ("purl", FieldType::Text),
    ("supplier", FieldType::Text),
    ("licences", FieldType::List),
];
const MATCHES: Fields = &[
    ("id", FieldType::Text),
    ("advisory", FieldType::Text),
    ("aliases", FieldType::List),
    ("component", FieldType::Text),
    ("version", FieldType::Text),
    ("outcome", FieldType::Text),
    ("severity", FieldType::Text),
    ("class", FieldType::Text),
    ("fix_available", FieldType::Bool),
    ("fixed_in", FieldType::List),
    ("published_at", FieldType::Time),
    ("interval", FieldType::Text),
];
const FINDINGS: Fields = &[
    ("id", FieldType::Text),
    ("tool", FieldType::Text),
    ("rule", FieldType::Text),
    ("severity", FieldType::Text),
    ("state", FieldType::Text),
    ("title", FieldType::Text),
    ("location", FieldType::Text),
];
const ACCOUNTS: Fields = &[
    ("id", FieldType::Text),
    ("name", FieldType::Text),
    ("kind", FieldType::Text),
    ("console", FieldType::Text),
    ("mfa", FieldType::Text),
    ("created_at", FieldType::Time),
    ("last_activity", FieldType::Time),
    ("password_last_used", FieldType::Time),
    ("password_last_changed", FieldType::Time),
    ("active_keys", FieldType::Number),
    ("oldest_active_key_rotated", FieldType::Time),
    ("never_used_active_keys", FieldType::Number),
];
const DOCUMENTS: Fields = &[
    ("id", FieldType::Text),
    ("document", FieldType::Text),
    ("title", FieldType::Text),
    ("issuer", FieldType::Text),
    ("issued", FieldType::Time),
    ("period_from", FieldType::Time),
    ("period_to", FieldType::Time),
    ("valid_until", FieldType::Time),
    ("bridge_until", FieldType::Time),
    ("covers", FieldType::List),
    ("opinion", FieldType::Text),
    ("exceptions", FieldType::Number),
    ("article_28_points", FieldType::List),
    ("confirmed_by", FieldType::Text),
    ("confirmed_at", FieldType::Time),
];
const CHANGE_ROWS: Fields = &[
    ("id", FieldType::Text),
    ("author", FieldType::Text),
    ("committer", FieldType::Text),
    ("committed_at", FieldType::Time),
    ("merge", FieldType::Bool),
    ("reviewers", FieldType::List),
    ("independent", FieldType::Bool),
    ("signed", FieldType::Bool),
];

impl FactSchema {
    /// Fields of a subject, addressed as `subject.<name>` (in a population just `<name>`).
    pub const fn subject(kind: SubjectKind) -> Fields {
        match kind {
            SubjectKind::Asset => ASSET,
            SubjectKind::Vendor => VENDOR,
            SubjectKind::Feed => FEED,
            SubjectKind::Source => SOURCE,
            SubjectKind::Installation => INSTALLATION,
        }
    }

    /// Fields every observation has, addressed as `evidence.<name>`.
    pub const fn evidence() -> Fields {
        EVIDENCE
    }

    /// Further fields of an observation of that kind.
    pub const fn evidence_of(kind: EvidenceKind) -> Fields {
        match kind {
            EvidenceKind::Sbom => SBOM,
            EvidenceKind::Scan => SCAN,
            EvidenceKind::Access => ACCESS,
            EvidenceKind::Changes => CHANGES,
            EvidenceKind::Document
            | EvidenceKind::Advisories
            | EvidenceKind::Vex
            | EvidenceKind::Attestation
            | EvidenceKind::Settings => NO_FIELDS,
        }
    }

    /// Row tables an observation of that kind can have.
    pub const fn tables(kind: EvidenceKind) -> &'static [&'static str] {
        match kind {
            EvidenceKind::Sbom => &["components", "matches"],
            EvidenceKind::Scan => &["findings"],
            EvidenceKind::Access => &["accounts"],
            EvidenceKind::Changes => &["changes"],
            EvidenceKind::Document => &["documents"],
            EvidenceKind::Advisories
            | EvidenceKind::Vex
            | EvidenceKind::Attestation
            | EvidenceKind::Settings => &[],
        }
    }

    /// Whether that field of an observation counts records, so that its zero is silence and needs proof.
    pub fn counts_records(kind: EvidenceKind, field: &str) -> bool {
        match kind {
            EvidenceKind::Sbom => field == "components",
            EvidenceKind::Scan => matches!(field, "findings" | "open"),
            EvidenceKind::Access => field == "accounts",
            EvidenceKind::Changes => field == "changes",
            EvidenceKind::Document
            | EvidenceKind::Advisories
            | EvidenceKind::Vex
            | EvidenceKind::Attestation
            | EvidenceKind::Settings => false,
        }
    }

    /// Fields of the rows of that name; `None` when no such table exists.
    pub fn rows(name: &str) -> Option<Fields> {
        Some(match name {
            "components" => COMPONENTS,
            "matches" => MATCHES,
            "findings" => FINDINGS,
            "accounts" => ACCOUNTS,
            "documents" => DOCUMENTS,
            "changes" => CHANGE_ROWS,
            _ => return None,
        })
    }
}
