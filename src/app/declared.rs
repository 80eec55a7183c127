//! What the configuration declares: assets, vendors and sources, in the shape of `[[asset]]`, `[[vendor]]`, `[[source]]`.

use serde::{Deserialize, Serialize};

use crate::risk::{EventKind, Level};

/// A system component, declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetConfig {
    /// Stable key.
    pub key: String,
    /// Name as shown; the key when absent.
    #[serde(default)]
    pub name: String,
    /// `deployable`, `repository`, `cloud_account`, `website`, …
    #[serde(rename = "type")]
    pub asset_type: String,
    /// Whether it is in scope of the audits.
    #[serde(default = "yes")]
    pub in_scope: bool,
    /// `production`, `staging`, …
    #[serde(default = "production")]
    pub environment: String,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// Data classes it handles (`cardholder`, `personal`).
    #[serde(default)]
    pub data_classes: Vec<String>,
    /// Whether the internet reaches it.
    #[serde(default)]
    pub internet_facing: bool,
}

const fn yes() -> bool {
    true
}

fn production() -> String {
    "production".to_owned()
}

/// A third party, declared. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorConfig {
    /// Stable key.
    pub key: String,
    /// Name as shown.
    pub name: String,
    /// Services in use.
    #[serde(default)]
    pub services: Vec<String>,
    /// Data classes shared (`cardholder`, `personal`, …).
    #[serde(default)]
    pub data_classes: Vec<String>,
    /// Who answers for the relation.
    #[serde(default)]
    pub owner: String,
    /// Countries the data goes to.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Data sensitivity: 0, 0.25, 0.5, 0.75 or 1.
    pub sensitivity: Level,
    /// Operational criticality, on the same scale.
    pub criticality: Level,
    /// Access to our systems, on the same scale.
    pub access: Level,
    /// Sub-processors known.
    #[serde(default)]
    pub sub_processors: Vec<String>,
    /// When the relation began.
    #[serde(default)]
    pub engaged_at: Option<String>,
    /// When it was last reviewed.
    #[serde(default)]
    pub reviewed_at: Option<String>,
    /// Purposes of processing.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Systems it reaches.
    #[serde(default)]
    pub systems: Vec<String>,
    /// When the contract ends.
    #[serde(default)]
    pub contract_until: Option<String>,
    /// What happened.
    #[serde(default)]
    pub event: Vec<VendorEvent>,
}

/// Something that happened at or to a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorEvent {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: String,
    /// Whether it goes on.
    #[serde(default)]
    pub open: bool,
    /// Whether it is past its deadline.
    #[serde(default)]
    pub past_sla: bool,
    /// When a person reviewed it.
    #[serde(default)]
    pub reviewed_at: Option<String>,
}

/// A source, declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// Unique name.
    pub name: String,
    /// `local-repository` or `directory`.
    #[serde(rename = "type")]
    pub source_type: String,
    /// Directory it reads.
    pub path: std::path::PathBuf,
    /// Asset the evidence is about.
    #[serde(default)]
    pub asset: Option<String>,
    /// Five POSIX cron fields in UTC; collected only by hand when absent.
    #[serde(default)]
    pub schedule: Option<String>,
    /// Whether it is collected at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}
