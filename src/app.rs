//! The use cases, one file each. Drivers (`cli`, `web`, `jobs`) call these and nothing below.

pub mod api;
mod audit;
mod cadence;
mod changes;
mod collect;
mod config;
mod controls_pages;
pub mod cron;
mod declared;
mod demo;
mod error;
mod evaluate;
mod evidence_pages;
mod explain;
mod facts;
mod feeds;
mod gaps;
mod gate;
pub mod identity;
mod import;
mod keys;
mod ledger;
mod matching;
mod memory;
mod metrics;
mod overview;
mod pack;
mod people;
mod progress;
mod report;
mod run;
mod sample;
mod scope;
mod score;
mod shown;
mod standing;
mod summary;
mod supply;
mod surroundings;
mod withdrawal;
mod work;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::base::Clock;
use crate::controls::{Catalog, Diagnostic, SourceFile};
use crate::report::Overview;
use crate::report::view::GapsPage;
use crate::risk::RuleSet;
use crate::store::{BlobStore, Store};

pub use crate::store::Finish;

pub use audit::{AuditView, Ended, Erased, Event, Identifying, TrailFormat, audit_days};
pub use collect::Collected;
pub use config::{
    Advisories, Config, GroupRole, Log, LogFormat, Organisation, Overrides, Schedules, SecondFactor,
    Sessions, Sso,
};
pub use declared::{AssetConfig, SourceConfig, VendorConfig, VendorEvent};
pub use demo::{DemoOptions, DemoSummary, finish_of};
pub use error::Error;
pub use evaluate::{EvaluateRequest, FrameworkStatus, frameworks_of};
pub use evidence_pages::{Handed, Raw, Turned, Uploads};
pub use explain::Explained;
pub use feeds::{FeedState, FeedStatus};
pub use gate::{GateRequest, Knowledge, gate};
pub use import::{Import, Origin, SeenAgain};
pub use keys::Signer;
pub use ledger::LedgerReport;
pub use metrics::Figures;
pub use pack::{PackMade, PackOrder, PackRequest, PackStand, pack_diff, pack_replay, pack_verify};
pub use progress::{NoProgress, Progress};
pub use run::{HeldRun, LEASE_MS, owner};
pub use sample::controls_in;
pub use score::ScoreLine;
pub use supply::{Exported, Listing, RunProgress};
pub use withdrawal::{Decided, PendingWithdrawal, Verdict};

/// The running product: everything a use case needs. Cheap to clone through an [`Arc`].
pub struct App {
    store: Store,
    blobs: BlobStore,
    signer: Arc<Signer>,
    catalog: Catalog,
    control_files: Vec<SourceFile>,
    rules: RuleSet,
    rules_text: String,
    config: Config,
    clock: Arc<dyn Clock>,
    wake: Notify,
    standings: memory::Memory<i32, standing::Standing>,
    overviews: memory::Memory<surroundings::Moment, Overview>,
    gap_pages: memory::Memory<surroundings::Moment, GapsPage>,
    sso: Option<identity::single_sign_on::SingleSignOn>,
    insights: supply::Insights,
    sample: shown::SampleKnown,
}

impl App {
    /// Opens the data directory, creating and migrating it when it is new.
    ///
    /// # Errors
    /// When configuration, control files, database, blob store or keys cannot be used.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let (catalog, control_files) = load_catalog(&config)?;
        let (rules, rules_text) = score::load_rules()?;
        std::fs::create_dir_all(&config.data)
            .map_err(|e| Error::upstream(format!("could not create {}: {e}", config.data.display())))?;
        let store = Store::connect(&config.database()?).await?;
        let blobs = BlobStore::open_directory(&config.data.join("blobs"))?;
        store.finding_register_fill().await?;
        let signer = Arc::new(Signer::open(&config, &store, clock.now()).await?);
        let sso = identity::provider::prepared(&config)?;
        let (wake, insights) = (Notify::new(), supply::Insights::default());
        let sample = shown::SampleKnown::default();
        let app = Self {
            store,
            blobs,
            signer,
            catalog,
            control_files,
            rules,
            rules_text,
            config,
            clock,
            wake,
            standings: memory::Memory::default(),
            overviews: memory::Memory::default(),
            gap_pages: memory::Memory::default(),
            sso,
            insights,
            sample,
        };
        app.reap().await?;
        app.declare_configured().await?;
        Ok(app)
    }

    /// The configuration in effect.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The catalogue in effect.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Fingerprint of the key that signs ledger and packs.
    pub fn fingerprint(&self) -> String {
        self.signer.fingerprint()
    }

    /// Woken when a run was queued by hand.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }
}

/// Loads the built-in catalogue and the user's own files beside it.
///
/// # Errors
/// With every problem in the files.
pub fn load_catalog(config: &Config) -> Result<(Catalog, Vec<SourceFile>), Error> {
    let files = control_files(config)?;
    let catalog = Catalog::load(&files).map_err(|e| {
        let problems: Vec<String> = e.diagnostics.iter().map(diagnostic_text).collect();
        Error::invalid(format!(
            "the control files have {} problems:\n{}",
            problems.len(),
            problems.join("\n")
        ))
    })?;
    Ok((catalog, files))
}

/// The built-in control files, and those of the configured directory.
///
/// # Errors
/// When the directory cannot be read.
pub fn control_files(config: &Config) -> Result<Vec<SourceFile>, Error> {
    let mut files = sample::builtin_controls();
    if let Some(directory) = &config.controls {
        files.extend(sample::controls_in(directory)?);
    }
    Ok(files)
}

/// A problem of a control file as it is printed: place, message, and the line with a caret.
pub fn diagnostic_text(d: &Diagnostic) -> String {
    let place = format!("{}:{}:{}: {} [{}]", d.file, d.line, d.column, d.message, d.code);
    if d.excerpt.is_empty() { place } else { format!("{place}\n{}", d.excerpt) }
}

/// Every regular file below a directory, in bytewise order of path, hidden ones left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(directory: &std::path::Path) -> Result<Vec<std::path::PathBuf>, Error> {
    crate::collect::files_below(directory)
        .map_err(|e| Error::new(e.kind(), collect::in_words(&e)).caused_by(e))
}
