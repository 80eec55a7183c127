//! The main job once through, on real input: this workspace, and a sample organisation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::app::sample::{SampleFile, SampleOrganisation};
use crate::app::score::ScoreLine;
use crate::app::{
    App, AssetConfig, Error, FrameworkStatus, Import, Origin, PackMade, PackRequest, Progress, SourceConfig,
};
use crate::base::{ErrorKind, FixedClock};
use crate::evidence::{EvidenceKind, Receipt, ReceiptStatus};
use crate::store::Finish;

/// What the demonstration works on.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Workspace to collect from.
    pub path: PathBuf,
    /// Where the pack goes.
    pub pack: PathBuf,
}

/// What the demonstration did.
#[derive(Debug, Clone, Serialize)]
pub struct DemoSummary {
    /// The sample organisation's name.
    pub organisation: String,
    /// Accepted evidence per kind (also what was there before).
    pub evidence: Vec<(EvidenceKind, u64)>,
    /// Documents in quarantine.
    pub quarantined: u64,
    /// Requirements per status per framework.
    pub frameworks: Vec<FrameworkStatus>,
    /// Vendor scores.
    pub vendors: Vec<ScoreLine>,
    /// What could not be collected, in words.
    pub problems: Vec<String>,
    /// The pack.
    pub pack: PackMade,
}

impl App {
    /// Collects the workspace, imports the sample organisation, evaluates, scores and writes one signed pack.
    ///
    /// # Errors
    /// When the data directory holds other evidence, or something fails that is not a verdict.
    pub async fn demo(&self, options: &DemoOptions, progress: &dyn Progress) -> Result<DemoSummary, Error> {
        let sample = SampleOrganisation::northwind_pay(self.now())?;
        self.claim_for_sample(&sample.name).await?;
        self.declare(&sample.assets, &sample.vendors).await?;
        let mut problems = self.load_sample(&sample, progress).await?;
        self.sample_people_add().await?;
        problems.extend(self.collect_workspace(&options.path, progress).await?);
        progress.begin("scoring vendors", 0);
        let vendors = self.score_vendors().await?;
        progress.end(&format!("{} vendors", vendors.len()));
        self.match_assets().await?;
        progress.begin("evaluating all frameworks", 0);
        let (evaluation, _) = self.evaluate_and_keep(self.now()).await?;
        let frameworks = self.status_counts(&evaluation);
        progress.end(&format!(
            "{} requirements, {} tests",
            evaluation.requirements.len(),
            evaluation.results.len()
        ));
        let request = PackRequest {
            frameworks: frameworks.iter().map(|f| f.framework.clone()).collect(),
            as_of: Some(evaluation.at),
            from: None,
            output: options.pack.clone(),
            engagement: None,
        };
        let pack = self.pack_create(&request, progress).await?;
        let (evidence, quarantined) = self.evidence_counts().await?;
        let organisation = sample.name;
        Ok(DemoSummary { organisation, evidence, quarantined, frameworks, vendors, problems, pack })
    }

    /// Sample data never mixes with anybody's real evidence.
    async fn claim_for_sample(&self, name: &str) -> Result<(), Error> {
        if self.store.setting_get("sample").await?.is_some() {
            return Ok(());
        }
        if self.store.evidence_count().await? > 0 {
            let data = self.config.data.display();
            return Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "{data} holds evidence that is not the sample's: give the demo a directory of its own (--data)"
                ),
            ));
        }
        self.store.setting_put("sample", name).await?;
        self.shown_organisation().await?;
        Ok(())
    }

    async fn collect_workspace(&self, path: &Path, progress: &dyn Progress) -> Result<Vec<String>, Error> {
        let path = path.canonicalize().map_err(|e| {
            let kind = if e.kind() == std::io::ErrorKind::NotFound {
                ErrorKind::NotFound
            } else {
                ErrorKind::Upstream
            };
            Error::new(kind, format!("could not open {}: {e}", path.display()))
        })?;
        progress.begin(&format!("collecting {}", path.display()), 0);
        let (asset, source) = workspace(path);
        self.declare(&[asset], &[]).await?;
        self.declare_source(&source).await?;
        let mut problems = Vec::new();
        let mut count = 0;
        for (_, collected) in self.collect(&[source.name]).await? {
            count += collected.receipts.len();
            problems.extend(collected.problems);
        }
        progress.end(&format!("{count} documents"));
        Ok(problems)
    }

    /// Imports the sample, once: bytes seen again count as fresh, and its stale evidence is meant to be stale.
    async fn load_sample(
        &self,
        sample: &SampleOrganisation,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Error> {
        if self.store.setting_get("sample_loaded").await?.is_some() {
            return Ok(Vec::new());
        }
        progress.begin(&format!("importing {}", sample.name), sample.files.len() as u64);
        let mut problems = Vec::new();
        for files in sample.files.chunk_by(|a, b| a.days_ago == b.days_ago) {
            let days_ago = files.first().map_or(0, |file| file.days_ago);
            if days_ago == 0 {
                problems.extend(self.import_sample(files, progress).await?);
                continue;
            }
            let then = FixedClock::new(self.now().plus_days(-days_ago));
            let earlier = Self::open(self.config.clone(), Arc::new(then)).await?;
            problems.extend(earlier.import_sample(files, progress).await?);
            earlier.match_assets().await?;
            earlier.evaluate_and_keep(earlier.now()).await?;
        }
        self.store.setting_put("sample_loaded", &self.now().to_rfc3339()).await?;
        progress.end(&format!("{} documents", sample.files.len()));
        Ok(problems)
    }

    /// Imports what came in on one day; what was quarantined, in words.
    async fn import_sample(
        &self,
        files: &[SampleFile],
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Error> {
        let run = self.run_here("import", None).await?;
        let mut receipts = Vec::new();
        for file in files {
            let origin = Origin::upload(self.now(), Some(run.row.id.to_string()));
            let bytes = Bytes::from(file.bytes.clone());
            let import =
                Import { file: file.name.clone(), bytes, kind: None, asset: file.asset.clone(), origin };
            receipts.extend(self.import(&import).await?);
            progress.advance(1);
        }
        self.finish(run, &finish_of(&receipts)).await?;
        let quarantined = receipts.iter().filter(|r| r.status == ReceiptStatus::Quarantined);
        Ok(quarantined
            .map(|r| format!("{}: {}", r.file, r.errors.first().map_or("", |e| &e.message)))
            .collect())
    }

    async fn evidence_counts(&self) -> Result<(Vec<(EvidenceKind, u64)>, u64), Error> {
        let items = self.store.evidence_until(self.now()).await?;
        let of_kind = |kind: EvidenceKind| {
            items.iter().filter(|i| i.kind == kind.as_str() && i.status == "accepted").count() as u64
        };
        let counts = EvidenceKind::ALL.into_iter().map(|k| (k, of_kind(k))).filter(|(_, n)| *n > 0).collect();
        let quarantined = items.iter().filter(|i| i.status != "accepted").count() as u64;
        Ok((counts, quarantined))
    }
}

/// Counts for a run that imported files.
pub fn finish_of(receipts: &[Receipt]) -> Finish {
    let count =
        |status| u32::try_from(receipts.iter().filter(|r| r.status == status).count()).unwrap_or(u32::MAX);
    Finish {
        accepted: count(ReceiptStatus::Accepted),
        duplicates: count(ReceiptStatus::Duplicate),
        quarantined: count(ReceiptStatus::Quarantined),
        error: String::new(),
    }
}

/// The workspace as an asset and a source of its own.
fn workspace(path: PathBuf) -> (AssetConfig, SourceConfig) {
    let folder =
        path.file_name().map_or_else(|| "workspace".to_owned(), |n| n.to_string_lossy().into_owned());
    let word: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let key = format!("workspace-{word}");
    let asset = AssetConfig {
        key: key.clone(),
        name: format!("Workspace {folder}"),
        asset_type: "deployable".to_owned(),
        in_scope: true,
        environment: "development".to_owned(),
        owner: "Whoever runs this demonstration".to_owned(),
        data_classes: vec!["none".to_owned()],
        internet_facing: false,
    };
    let source = SourceConfig {
        name: key.clone(),
        source_type: "local-repository".to_owned(),
        path,
        asset: Some(key),
        ..SourceConfig::default()
    };
    (asset, source)
}
