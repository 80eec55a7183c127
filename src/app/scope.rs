//! What is declared: assets, vendors, sources, schedules.

use crate::app::cron::Cron;
use crate::app::{App, AssetConfig, Error, SourceConfig, VendorConfig};
use crate::base::{SourceId, UnixMillis};
use crate::evidence::{Evidence, Reading};
use crate::store::{AssetRow, ScheduleRow, SourceRow, VendorRow};

/// Recurring jobs: name and which configured expression drives it.
pub const JOBS: [&str; 4] = ["match", "evaluate", "score", "checkpoint"];

impl App {
    /// Takes over what the configuration declares.
    pub(super) async fn declare_configured(&self) -> Result<(), Error> {
        let config = self.config.clone();
        self.declare(&config.asset, &config.vendor).await?;
        for source in &config.source {
            self.declare_source(source).await?;
        }
        let schedule = &config.schedule;
        let times = [&schedule.matching, &schedule.evaluate, &schedule.score, &schedule.checkpoint];
        for (job, cron) in JOBS.iter().zip(times) {
            self.declare_schedule(job, job, None, cron).await?;
        }
        Ok(())
    }

    /// Declares assets and vendors.
    ///
    /// # Errors
    /// When a key or date is malformed or the database does not answer.
    pub async fn declare(&self, assets: &[AssetConfig], vendors: &[VendorConfig]) -> Result<(), Error> {
        let now = self.now();
        for asset in assets {
            self.store.asset_put(&asset_row(asset, now)?).await?;
        }
        for vendor in vendors {
            self.store.vendor_put(&vendor_row(vendor, now)?).await?;
        }
        Ok(())
    }

    /// Evidence on an asset or vendor nobody declared makes it known: better in scope and visible than lost.
    pub(super) async fn declare_subject(&self, subject: &str, reading: &Reading) -> Result<(), Error> {
        let Some(key) = subject.strip_prefix("asset:") else { return Ok(()) };
        if self.store.asset_exists(key).await? {
            return Ok(());
        }
        let asset_type = match &reading.evidence {
            Some(Evidence::Access(_)) => "cloud_account",
            Some(Evidence::Changes(_)) => "repository",
            Some(
                Evidence::Sbom(_)
                | Evidence::Scan(_)
                | Evidence::Document(_)
                | Evidence::Advisories(_)
                | Evidence::Exploitation(_)
                | Evidence::Vex(_)
                | Evidence::Attestation(_),
            )
            | None => "deployable",
        };
        let row = AssetRow {
            key: key.to_owned(),
            name: key.to_owned(),
            asset_type: asset_type.to_owned(),
            in_scope: true,
            environment: "production".to_owned(),
            owner: String::new(),
            data_classes: Vec::new(),
            internet_facing: false,
            updated_at: self.now(),
        };
        Ok(self.store.asset_put(&row).await?)
    }

    /// Declares a source and its schedule; returns its id.
    ///
    /// # Errors
    /// When its kind or schedule is wrong or the database does not answer.
    pub async fn declare_source(&self, source: &SourceConfig) -> Result<String, Error> {
        let config = source.settings().map_err(|e| Error::invalid(format!("source {}: {e}", source.name)))?;
        let row = SourceRow {
            id: SourceId::new().to_string(),
            name: source.name.clone(),
            source_type: source.source_type.clone(),
            config: config.to_string(),
            secret: None,
            enabled: source.enabled,
            cursor: String::new(),
            updated_at: self.now(),
        };
        let id = self.store.source_put(&row).await?;
        let cron = source.schedule.as_deref().filter(|_| source.enabled).unwrap_or_default();
        self.declare_schedule(&id, "collect", Some(id.clone()), cron).await?;
        Ok(id)
    }

    async fn declare_schedule(
        &self,
        id: &str,
        job: &str,
        source_id: Option<String>,
        cron: &str,
    ) -> Result<(), Error> {
        if cron.is_empty() {
            return Ok(self.store.schedule_remove(id).await?);
        }
        let parsed = Cron::parse(cron).map_err(|e| Error::invalid(e.to_string()))?;
        let next_at = parsed.next_after(self.now()).unwrap_or(UnixMillis(i64::MAX));
        let row =
            ScheduleRow { id: id.to_owned(), job: job.to_owned(), source_id, cron: cron.to_owned(), next_at };
        Ok(self.store.schedule_put(&row).await?)
    }

    /// The source of that name.
    pub(super) async fn source_named(&self, name: &str) -> Result<SourceRow, Error> {
        if let Some(source) = self.store.source_by_name(name).await? {
            return Ok(source);
        }
        let names: Vec<String> = self.store.source_list().await?.into_iter().map(|s| s.name).collect();
        let known = if names.is_empty() { "none is declared".to_owned() } else { names.join(", ") };
        Err(Error::not_found(format!("there is no source `{name}` ({known}); declare it with [[source]]")))
    }
}

fn asset_row(asset: &AssetConfig, now: UnixMillis) -> Result<AssetRow, Error> {
    super::import::checked_key(&asset.key)?;
    Ok(AssetRow {
        key: asset.key.clone(),
        name: if asset.name.is_empty() { asset.key.clone() } else { asset.name.clone() },
        asset_type: asset.asset_type.clone(),
        in_scope: asset.in_scope,
        environment: asset.environment.clone(),
        owner: asset.owner.clone(),
        data_classes: asset.data_classes.clone(),
        internet_facing: asset.internet_facing,
        updated_at: now,
    })
}

/// Whether a declared vendor's key and dates can be read.
pub(super) fn check_vendor(vendor: &VendorConfig) -> Result<(), Error> {
    super::import::checked_key(&vendor.key)?;
    let dates = [&vendor.engaged_at, &vendor.reviewed_at, &vendor.contract_until];
    let events = vendor.event.iter().flat_map(|e| [Some(&e.at), e.reviewed_at.as_ref()]);
    for date in dates.into_iter().map(Option::as_ref).chain(events).flatten() {
        UnixMillis::parse_lenient(date).map_err(|e| Error::invalid(format!("vendor {}: {e}", vendor.key)))?;
    }
    Ok(())
}

fn vendor_row(vendor: &VendorConfig, now: UnixMillis) -> Result<VendorRow, Error> {
    check_vendor(vendor)?;
    let facts = serde_json::to_string(vendor).map_err(|e| {
        Error::new(crate::base::ErrorKind::Internal, "could not write a vendor's facts").caused_by(e)
    })?;
    Ok(VendorRow { key: vendor.key.clone(), name: vendor.name.clone(), facts, updated_at: now })
}
