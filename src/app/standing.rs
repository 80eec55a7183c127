//! The verdicts of a stored evaluation with the evidence they rely on. An evaluation never changes, so what was read
//! once is remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::report::evidence_row;
use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::controls::Evaluation;
use crate::report;

/// An evaluation as pages need it.
#[derive(Debug)]
pub(super) struct Standing {
    /// Verdicts and results.
    pub evaluation: Evaluation,
    /// Evidence its results rely on.
    pub evidence: Vec<report::EvidenceRow>,
    /// Evidence whose completeness is not proven: its id, and what it is instead.
    pub unproven: BTreeMap<String, String>,
}

impl App {
    /// What the newest evaluation up to `at` says; `None` before the first. One statement when it is remembered.
    pub(super) async fn standing(&self, at: UnixMillis) -> Result<Option<Arc<Standing>>, Error> {
        let Some(row) = self.store.evaluation_newest(at).await? else { return Ok(None) };
        if let Some(known) = self.standings.get(&row.no) {
            return Ok(Some(known));
        }
        let results = self.store.evaluation_results(row.no).await?;
        let requirements = self.store.evaluation_verdicts(row.no).await?;
        let subjects = results.iter().flat_map(|r| &r.subjects);
        let relied: BTreeSet<&String> = subjects.flat_map(|s| &s.relied_on).collect();
        let ids: Vec<String> = relied.into_iter().cloned().collect();
        let rows = self.store.evidence_of_ids(&ids).await?;
        let unproven = rows.iter().filter(|r| r.completeness != "proven");
        let unproven = unproven.map(|r| (r.id.to_string(), r.completeness.clone())).collect();
        let evidence = rows.iter().map(evidence_row).collect();
        let evaluation = Evaluation { at: row.at, catalog: row.catalog, results, requirements };
        Ok(Some(self.standings.put(row.no, Standing { evaluation, evidence, unproven })))
    }
}
