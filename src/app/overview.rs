//! Gathers the overview page and the figures a health check or monitor asks for.

use crate::app::report::vendor_rows;
use crate::app::{App, Error, FrameworkStatus};
use crate::base::UnixMillis;
use crate::controls::{Evaluation, RequirementVerdict};
use crate::evidence::EvidenceKind;
use crate::report::view::{AttentionItem, FrameworkBar, KindRow, LedgerFacts, RunRow as RunLine};
use crate::report::{Mark, Overview};
use crate::store::{EvidenceRow, RunRow, RunState};

impl App {
    /// The overview as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self) -> Result<Overview, Error> {
        let now = self.now();
        let (name, sample) = self.shown_organisation().await?;
        let mut overview = Overview::new(&name, concat!("Attestry ", env!("CARGO_PKG_VERSION")), now);
        overview.sample = sample;
        let items = self.store.evidence_until(now).await?;
        overview.kinds = kind_rows(&items);
        let mut open = Vec::new();
        if let Some(evaluation) = self.newest_evaluation(now).await? {
            open = open_requirements(&self.status_counts(&evaluation));
            overview.as_of = evaluation.at.to_display();
            overview.frameworks =
                self.catalog.frameworks.iter().map(|f| FrameworkBar::new(f, &evaluation, None)).collect();
        }
        if let Some(checkpoint) = self.store.checkpoint_newest(now).await? {
            let head = self.store.ledger_tree_head().await?;
            overview.ledger =
                Some(LedgerFacts::new(head.size, &head.root.to_hex(), checkpoint.at, &self.fingerprint()));
        }
        let runs = self.store.run_list(10).await?;
        overview.attention = attention(&items, &runs, overview.frameworks.is_empty());
        overview.attention.extend(open);
        let sources = self.store.source_list().await?;
        let named = |id: &Option<String>| {
            let source = sources.iter().find(|s| Some(&s.id) == id.as_ref());
            source.map(|s| s.name.clone())
        };
        overview.runs = runs.iter().map(|run| run_line(run, named(&run.source_id))).collect();
        Ok(overview.with_vendors(&vendor_rows(&self.scores_at(now).await?)))
    }

    async fn newest_evaluation(&self, at: UnixMillis) -> Result<Option<Evaluation>, Error> {
        let Some(row) = self.store.evaluation_newest(at).await? else { return Ok(None) };
        let verdicts = self.store.evaluation_requirements(row.no).await?;
        let requirements: Vec<RequirementVerdict> = verdicts
            .into_iter()
            .filter_map(|v| {
                Some(RequirementVerdict {
                    status: serde_json::from_value(serde_json::Value::String(v.status)).ok()?,
                    framework: v.framework,
                    id: v.item,
                    explanation: v.explanation,
                    tests: Vec::new(),
                    provide: None,
                })
            })
            .collect();
        Ok(Some(Evaluation { at: row.at, catalog: row.catalog, results: Vec::new(), requirements }))
    }
}

fn kind_rows(items: &[EvidenceRow]) -> Vec<KindRow> {
    let shown = [
        EvidenceKind::Sbom,
        EvidenceKind::Scan,
        EvidenceKind::Access,
        EvidenceKind::Document,
        EvidenceKind::Advisories,
        EvidenceKind::Changes,
    ];
    let row = |kind: EvidenceKind| {
        let of_kind: Vec<_> = items.iter().filter(|i| i.kind == kind.as_str()).collect();
        let accepted = of_kind.iter().filter(|i| i.status == "accepted").count();
        let newest = of_kind.iter().map(|i| i.collected_at).max();
        KindRow::new(kind, accepted as u64, (of_kind.len() - accepted) as u64, newest)
    };
    shown.into_iter().map(row).collect()
}

fn open_requirements(counts: &[FrameworkStatus]) -> Vec<AttentionItem> {
    use crate::controls::RequirementStatus as S;
    let line = |framework: &FrameworkStatus| {
        let of = |statuses: &[S]| statuses.iter().map(|s| framework.count(*s)).sum::<u64>();
        let (not_met, unclear) = (of(&[S::EvidenceNotMet, S::Missing]), of(&[S::Stale, S::Unknown]));
        let id = &framework.framework;
        let what = format!(
            "{id}: {not_met} not met, {unclear} stale or unknown; `attestry evaluate --framework {id}` names them"
        );
        (not_met + unclear > 0).then_some(AttentionItem { what, href: None })
    };
    counts.iter().filter_map(line).collect()
}

fn attention(items: &[EvidenceRow], runs: &[RunRow], never_evaluated: bool) -> Vec<AttentionItem> {
    let mut lines = Vec::new();
    let mut say = |what: String| lines.push(AttentionItem { what, href: None });
    if items.is_empty() {
        say("No evidence is stored yet: import files with `attestry import PATH`, or declare a source"
            .to_owned());
    } else if never_evaluated {
        say("Evidence is stored but nothing was evaluated yet: run `attestry evaluate`".to_owned());
    }
    let quarantined = items.iter().filter(|i| i.status != "accepted").count();
    if quarantined > 0 {
        say(format!("{quarantined} files in quarantine prove nothing until somebody looks at them"));
    }
    for run in runs.iter().filter(|r| matches!(r.state, RunState::Failed | RunState::Abandoned)).take(3) {
        let first = run.detail.lines().next().unwrap_or_default();
        let why = if first.is_empty() { "its process ended" } else { first };
        say(format!("The {} of {} {}: {why}", run.job, run.started_at.to_display(), run.state.as_str()));
    }
    lines
}

fn run_line(run: &RunRow, source: Option<String>) -> RunLine {
    let mark = match run.state {
        RunState::Done => Mark::Met,
        RunState::Failed => Mark::NotMet,
        RunState::Abandoned => Mark::Attention,
        RunState::Ready | RunState::Running => Mark::Unknown,
    };
    let took = run.finished_at.map_or_else(|| "running".to_owned(), |end| took(end.since(run.started_at)));
    let mut detail =
        format!("{} accepted, {} seen before, {} quarantined", run.accepted, run.duplicates, run.quarantined);
    if run.missed > 0 {
        detail = format!("{detail}; stands for {} missed runs", run.missed);
    }
    if let Some(problem) = run.detail.lines().next().filter(|l| !l.is_empty()) {
        detail = format!("{detail}; {problem}");
    }
    RunLine {
        what: source.map_or_else(|| run.job.clone(), |name| format!("{} {name}", run.job)),
        class: mark.class(),
        status: run.state.as_str().to_owned(),
        started: run.started_at.to_display(),
        took,
        detail,
    }
}

fn took(millis: i64) -> String {
    if millis < 1000 {
        format!("{millis} ms")
    } else {
        format!("{}.{} s", millis / 1000, millis % 1000 / 100)
    }
}
