//! Looks things up by id while a page is built.

use std::collections::{BTreeSet, HashMap};

use crate::base::{Severity, UnixMillis};
use crate::controls::{
    Catalog, ControlTest, Evaluation, Framework, Item, Link, RequirementStatus, RequirementVerdict,
    TestResult,
};
use crate::report::mark::{Mark, Tally};
use crate::report::view::requirement::is_open;
use crate::report::view::shared::{EvidenceLine, EvidenceRow};

/// Everything pages about one framework draw on. Maps are for look-ups only; order comes from the catalogue.
pub(crate) struct Sources<'a> {
    pub framework: &'a Framework,
    verdicts: HashMap<&'a str, &'a RequirementVerdict>,
    results: HashMap<&'a str, &'a TestResult>,
    tests: HashMap<&'a str, &'a ControlTest>,
    evidence: HashMap<&'a str, (&'a EvidenceRow, Option<String>)>,
}

impl<'a> Sources<'a> {
    pub fn new(
        framework: &'a Framework,
        catalog: &'a Catalog,
        evaluation: &'a Evaluation,
        evidence: impl Iterator<Item = (&'a EvidenceRow, Option<String>)>,
    ) -> Self {
        let own = evaluation.requirements.iter().filter(|v| v.framework == framework.id);
        Self {
            framework,
            verdicts: own.map(|v| (v.id.as_str(), v)).collect(),
            results: evaluation.results.iter().map(|r| (r.test.as_str(), r)).collect(),
            tests: catalog.tests.iter().map(|t| (t.id.as_str(), t)).collect(),
            evidence: evidence.map(|(row, href)| (row.id.as_str(), (row, href))).collect(),
        }
    }

    pub fn verdict(&self, item: &str) -> Option<&'a RequirementVerdict> {
        self.verdicts.get(item).copied()
    }

    pub fn result(&self, test: &str) -> Option<&'a TestResult> {
        self.results.get(test).copied()
    }

    pub fn test(&self, test: &str) -> Option<&'a ControlTest> {
        self.tests.get(test).copied()
    }

    /// Whether a link speaks about this item of this framework.
    pub fn speaks(&self, link: &Link, item: &str) -> bool {
        let ours = link.framework == self.framework.id || self.framework.aliases.contains(&link.framework);
        ours && link.id == item
    }

    /// The status shown for an assessed item; one that was not evaluated is unknown, never left out.
    pub fn status(&self, item: &Item) -> RequirementStatus {
        self.verdict(&item.id).map_or(RequirementStatus::Unknown, |v| v.status)
    }

    pub fn tally<'b>(&self, items: impl IntoIterator<Item = &'b Item>) -> Tally {
        items
            .into_iter()
            .filter(|i| i.is_assessed())
            .map(|i| Mark::of_requirement(self.status(i)).0)
            .collect()
    }

    /// The worst severity among an item's tests that do not simply pass.
    pub fn severity(&self, item: &str) -> Option<Severity> {
        let tests = self.verdict(item).map(|v| v.tests.as_slice()).unwrap_or_default();
        let open = |id: &&String| self.result(id).is_none_or(|r| is_open(r.status));
        tests.iter().filter(open).filter_map(|id| self.test(id)).map(|t| t.severity).max()
    }

    /// When the newest evidence a test relied on was collected.
    pub fn newest(&self, test: &str) -> Option<UnixMillis> {
        let subjects = self.result(test).map(|r| r.subjects.as_slice()).unwrap_or_default();
        let relied = subjects.iter().flat_map(|s| &s.relied_on);
        relied.filter_map(|id| self.evidence.get(id.as_str())).map(|(row, _)| row.collected_at).max()
    }

    /// The evidence some tests relied on, ordered by ledger index, then id; beyond `most` it is only counted.
    pub fn relied_on(&self, tests: &[String], most: usize) -> Relied {
        let ids: BTreeSet<&str> = tests
            .iter()
            .filter_map(|t| self.result(t))
            .flat_map(|r| &r.subjects)
            .flat_map(|s| &s.relied_on)
            .map(String::as_str)
            .collect();
        let mut rows: Vec<_> = ids.iter().filter_map(|id| self.evidence.get(id)).collect();
        rows.sort_by_key(|(row, _)| (row.ledger_index.unwrap_or(u64::MAX), row.id.as_str()));
        rows.truncate(most);
        Relied {
            more: (ids.len() - rows.len()) as u64,
            lines: rows.into_iter().map(|(row, href)| EvidenceLine::new(row, href.clone())).collect(),
        }
    }
}

/// Evidence that was relied on.
pub(crate) struct Relied {
    pub lines: Vec<EvidenceLine>,
    /// Items that are not among the lines, also those of which the caller gave no row.
    pub more: u64,
}
