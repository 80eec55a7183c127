//! Statements on vulnerabilities inside an SPDX 3 document. SPDX 3.0.1 Security profile.

use std::collections::{HashMap, HashSet};

use crate::evidence::sbom::spdx::v3::index::{Index, tail};
use crate::evidence::sbom::spdx::v3::raw::{Other, addresses};
use crate::evidence::sbom::{Affected, Analysis, StatedVulnerability};

/// Statements by vulnerability and what is said of it; one entry for all it is said of.
#[derive(Debug, Default)]
pub(super) struct Statements {
    known: HashMap<(String, Option<Analysis>), usize>,
    list: Vec<StatedVulnerability>,
}

impl Statements {
    /// Adds an assessment: a relation from the vulnerability to what it is said of.
    pub(super) fn add(&mut self, statement: &Other<'_>, index: &Index) {
        let state = match statement.relation.get().unwrap_or_default() {
            "fixedIn" => "fixed",
            "doesNotAffect" => "not_affected",
            "affects" => "affected",
            "underInvestigationFor" => "under_investigation",
            other => other,
        };
        let analysis = Analysis {
            state: Some(state.to_owned()),
            justification: statement.justification.owned(),
            responses: statement.action.owned().into_iter().collect(),
            detail: statement.impact.owned(),
            ..Analysis::default()
        };
        for vulnerability in addresses(statement.from) {
            self.entry(&vulnerability, Some(&analysis), &addresses(statement.to), index);
        }
    }

    /// Adds that an element has vulnerabilities, without saying whether they matter.
    pub(super) fn associate(&mut self, element: &str, vulnerabilities: &[String], index: &Index) {
        for vulnerability in vulnerabilities {
            self.entry(vulnerability, None, &[element.to_owned()], index);
        }
    }

    fn entry(&mut self, address: &str, analysis: Option<&Analysis>, of: &[String], index: &Index) {
        let next = self.list.len();
        let at = *self.known.entry((address.to_owned(), analysis.cloned())).or_insert(next);
        if at == next {
            let id = index.vulnerabilities.get(address).map_or_else(|| tail(address), String::as_str);
            self.list.push(StatedVulnerability {
                id: id.to_owned(),
                reference: Some(address.to_owned()),
                analysis: analysis.cloned(),
                ..StatedVulnerability::default()
            });
        }
        if let Some(entry) = self.list.get_mut(at) {
            let affected = of.iter().map(|id| Affected { reference: id.clone(), ..Affected::default() });
            entry.affects.extend(affected);
        }
    }

    /// The statements, in document order; vulnerabilities nothing is said of follow by name.
    pub(super) fn finish(mut self, index: &Index) -> Vec<StatedVulnerability> {
        let said: HashSet<&String> = self.known.keys().map(|(address, _)| address).collect();
        let all = index.vulnerabilities.iter();
        let mut silent: Vec<(&String, &String)> =
            all.filter(|(address, _)| !said.contains(address)).collect();
        silent.sort_unstable();
        self.list.extend(silent.into_iter().map(|(address, id)| StatedVulnerability {
            id: id.clone(),
            reference: Some(address.clone()),
            ..StatedVulnerability::default()
        }));
        self.list
    }
}
