//! What the configuration declares: assets, vendors and sources, in the shape of `[[asset]]`, `[[vendor]]`, `[[source]]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::collect::{self, FeedSettings};
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
    /// `local-repository`, `directory` or `advisory-feed`.
    #[serde(rename = "type")]
    pub source_type: String,
    /// Directory it reads; for a feed a file, instead of an address.
    #[serde(default)]
    pub path: PathBuf,
    /// Asset the evidence is about.
    #[serde(default)]
    pub asset: Option<String>,
    /// Five POSIX cron fields in UTC; collected only by hand when absent.
    #[serde(default)]
    pub schedule: Option<String>,
    /// Whether it is collected at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Which feed (`rustsec`, `osv:npm`, `kev`, `epss`).
    #[serde(default)]
    pub feed: Option<String>,
    /// Address of a mirror of the feed.
    #[serde(default)]
    pub url: Option<String>,
    /// File with a bearer token for that address.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Whether that address may be a private one.
    #[serde(default)]
    pub private_addresses: bool,
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            source_type: String::new(),
            path: PathBuf::new(),
            asset: None,
            schedule: None,
            enabled: true,
            feed: None,
            url: None,
            token_file: None,
            private_addresses: false,
        }
    }
}

impl SourceConfig {
    /// The settings its collector is made with, as JSON.
    ///
    /// # Errors
    /// When the type is unknown, or a key is missing, wrong or not one of that type.
    pub(super) fn settings(&self) -> Result<serde_json::Value, String> {
        collect::check_kind(&self.source_type).map_err(|e| e.to_string())?;
        if self.source_type == collect::ADVISORY_FEED {
            return self.feed_settings();
        }
        if self.path.as_os_str().is_empty() {
            return Err("path is missing".to_owned());
        }
        let of_feed = self.feed.is_some() || self.url.is_some() || self.token_file.is_some();
        if of_feed || self.private_addresses {
            let keys = "feed, url, token_file and private_addresses";
            return Err(format!("{keys} are keys of type `{}`", collect::ADVISORY_FEED));
        }
        Ok(serde_json::json!({ "path": self.path, "asset": self.asset }))
    }

    fn feed_settings(&self) -> Result<serde_json::Value, String> {
        let Some(feed) = self.feed.clone() else {
            return Err("feed is missing: write rustsec, osv:ECOSYSTEM, kev or epss".to_owned());
        };
        if self.asset.is_some() {
            return Err("asset: a feed is about no asset".to_owned());
        }
        let settings = FeedSettings {
            feed,
            url: self.url.clone(),
            path: Some(self.path.clone()).filter(|path| !path.as_os_str().is_empty()),
            token_file: self.token_file.clone(),
            private_addresses: self.private_addresses,
        };
        settings.check().map_err(|e| e.to_string())?;
        serde_json::to_value(&settings).map_err(|e| e.to_string())
    }
}
