//! Evaluates after something changed, and tells which verdicts that turned.

use std::collections::BTreeMap;

use crate::app::{App, Error, EvaluateRequest};
use crate::controls::{RequirementStatus, RequirementVerdict};
use crate::report::view::evidence_pages::{StatusChip, TurnedLine};

/// A requirement whose verdict changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// Framework id.
    pub framework: String,
    /// Item id.
    pub id: String,
    /// What it was; `None` when it was never judged.
    pub before: Option<RequirementStatus>,
    /// What it is.
    pub after: RequirementStatus,
}

impl App {
    /// Evaluates now and compares with the evaluation before.
    pub(in crate::app) async fn evaluate_and_tell(&self) -> Result<Vec<Turned>, Error> {
        let before = self.newest_statuses().await?;
        let evaluation = self.evaluate(&EvaluateRequest::default()).await?;
        let turned = |verdict: RequirementVerdict| {
            let was = before.get(&(verdict.framework.clone(), verdict.id.clone())).copied();
            (was != Some(verdict.status)).then_some(Turned {
                framework: verdict.framework,
                id: verdict.id,
                before: was,
                after: verdict.status,
            })
        };
        Ok(evaluation.requirements.into_iter().filter_map(turned).collect())
    }

    /// Statuses of the newest evaluation by framework and id.
    async fn newest_statuses(&self) -> Result<BTreeMap<(String, String), RequirementStatus>, Error> {
        let Some(row) = self.store.evaluation_newest(self.now()).await? else { return Ok(BTreeMap::new()) };
        let rows = self.store.evaluation_requirements(row.no).await?;
        let status = |word: String| serde_json::from_value(serde_json::Value::String(word)).ok();
        Ok(rows.into_iter().filter_map(|r| Some(((r.framework, r.item), status(r.status)?))).collect())
    }

    /// The changes as a page shows them. What never was judged before is no change.
    pub(super) fn turned_lines(&self, turned: &[Turned]) -> Vec<TurnedLine> {
        let line = |t: &Turned| {
            let framework = self.catalog.framework(&t.framework);
            let item = framework.and_then(|f| f.items.iter().find(|i| i.id == t.id));
            let title = item.map(|i| i.title.clone());
            TurnedLine {
                id: format!("{} {}", t.framework, t.id),
                title: title.unwrap_or_default(),
                href: format!("/controls/{}/{}", t.framework, t.id),
                before: t.before.map(StatusChip::of_requirement),
                after: StatusChip::of_requirement(t.after),
            }
        };
        turned.iter().filter(|t| t.before.is_some()).map(line).collect()
    }
}
