//! Gathers what the framework report shows.

use crate::app::score::ScoreLine;
use crate::app::{App, Error, EvaluateRequest};
use crate::base::{ErrorKind, UnixMillis};
use crate::controls::Evaluation;
use crate::evidence::ReceiptStatus;
use crate::report::view::ReportInput;
use crate::report::{self, FrameworkReport, Pages, RenderError};
use crate::store::EvidenceRow;

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        Self::new(ErrorKind::Internal, format!("could not {error}")).caused_by(error)
    }
}

impl App {
    /// Evaluates and renders one framework's report as a self-contained HTML document.
    ///
    /// # Errors
    /// When the framework is unknown, the instant lies in the future, or the database fails.
    pub async fn framework_report(
        &self,
        framework: &str,
        as_of: Option<UnixMillis>,
    ) -> Result<String, Error> {
        let request = EvaluateRequest { frameworks: vec![framework.to_owned()], as_of };
        let evaluation = self.evaluate(&request).await?;
        self.render_report(framework, &evaluation, self.now()).await
    }

    pub(super) async fn render_report(
        &self,
        framework: &str,
        evaluation: &Evaluation,
        generated_at: UnixMillis,
    ) -> Result<String, Error> {
        let frameworks = self.frameworks(&[framework.to_owned()])?;
        let framework = frameworks.first().ok_or_else(|| Error::invalid("no framework is named"))?;
        let evidence: Vec<report::EvidenceRow> =
            self.store.evidence_until(evaluation.at).await?.iter().map(evidence_row).collect();
        let vendors = vendor_rows(&self.scores_at(evaluation.at).await?);
        let (organisation, sample) = self.shown_organisation().await?;
        let report = FrameworkReport::build(&ReportInput {
            framework,
            catalog: &self.catalog,
            evaluation,
            evidence: &evidence,
            vendors: &vendors,
            organisation: &organisation,
            sample,
            generated_at,
            fingerprint: &self.fingerprint(),
        });
        Ok(Pages::new()?.framework_report(&report)?)
    }
}

pub(super) fn evidence_row(row: &EvidenceRow) -> report::EvidenceRow {
    let version = row.format_version.as_deref().unwrap_or_default();
    report::EvidenceRow {
        id: row.id.to_string(),
        kind: row.kind.parse().ok(),
        format: format!("{} {version}", row.format).trim().to_owned(),
        file: row.file.clone(),
        subject: row.subject.clone(),
        sha256: row.sha256,
        bytes: row.bytes,
        produced_at: row.produced_at,
        collected_at: row.collected_at,
        ledger_index: u64::try_from(row.ledger_index).ok(),
        status: status_of(row),
    }
}

pub(super) fn status_of(row: &EvidenceRow) -> ReceiptStatus {
    if row.status == "accepted" { ReceiptStatus::Accepted } else { ReceiptStatus::Quarantined }
}

pub(super) fn vendor_rows(lines: &[ScoreLine]) -> Vec<report::VendorRow> {
    let row = |line: &ScoreLine| {
        let score = &line.score;
        report::VendorRow {
            name: line.facts.name.clone(),
            tier: capitalised(score.tier.as_str()),
            inherent: score.inherent.get(),
            residual: score.residual.get(),
            confidence: score.confidence.get(),
            floors: score.floors_applied.iter().map(|f| f.reason.clone()).collect(),
            waterfall: score.waterfall.iter().map(|s| (s.label.clone(), s.value.get())).collect(),
        }
    };
    lines.iter().map(row).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
