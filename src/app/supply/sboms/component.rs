//! One component: what it needs, what needs it, and where else it is.

use std::collections::{BTreeSet, HashMap};

use crate::app::supply::sboms::{Opened, sections, vulnerable};
use crate::app::supply::words::{counted, link, missing, subject, text_or};
use crate::app::{App, Error};
use crate::base::{EvidenceId, UnixMillis};
use crate::report::table::{Cell, CellView};
use crate::report::view::Crumb;
use crate::report::view::supply::{DetailPage, Grid, Pair, Section};
use crate::store::{ComponentLine, PackageUse};

/// Components of a set that are named; the rest is counted.
const MOST_NAMED: usize = 200;
/// Documents with the same package that are named.
const MOST_USES: u64 = 50;

/// The described thing itself, among the ends of edges.
const ROOT: i32 = -1;

/// Everything that can be reached, as a set: a graph of a few edges can have millions of paths.
fn reached(from: i32, next: &HashMap<i32, Vec<i32>>) -> BTreeSet<i32> {
    let mut seen = BTreeSet::new();
    let mut left = vec![from];
    while let Some(at) = left.pop() {
        for to in next.get(&at).into_iter().flatten() {
            if *to != from && seen.insert(*to) {
                left.push(*to);
            }
        }
    }
    seen
}

impl App {
    /// One component of a bill of materials.
    ///
    /// # Errors
    /// When there is no such document or component, or the database fails.
    pub async fn component_page(&self, id: EvidenceId, ordinal: i32) -> Result<DetailPage, Error> {
        let opened = self.sbom_opened(id).await?;
        let no = opened.row.no;
        let no_such = || Error::not_found("the SBOM has no such component; its page lists all of them");
        let found = self.store.components_at(no, &[ordinal]).await?;
        let line = found.into_iter().next().ok_or_else(no_such)?;
        let mut sections = vec![hits(&opened.insight, ordinal)];
        let edges = self.store.dependency_edges(no).await?;
        for (title, set) in sets(ordinal, &edges) {
            sections.push(self.set_section((id, no), title, &set).await?);
        }
        let uses = match line.purl_key.as_str() {
            "" => Vec::new(),
            key => self.store.package_uses(key, MOST_USES).await?,
        };
        sections.push(uses_section(&uses, &line));
        Ok(page(&opened, &line, sections))
    }

    async fn set_section(
        &self,
        (id, no): (EvidenceId, i32),
        title: &str,
        set: &BTreeSet<i32>,
    ) -> Result<Section, Error> {
        let named: Vec<i32> = set.iter().copied().filter(|at| *at != ROOT).take(MOST_NAMED).collect();
        let mut items = Vec::new();
        if set.contains(&ROOT) {
            items.push(Cell::Text("The described thing itself".to_owned()));
        }
        for line in self.store.components_at(no, &named).await? {
            let version = line.version.as_deref().unwrap_or_default();
            let label = format!("{} {version}", line.name);
            items.push(link(label.trim(), format!("/sboms/{id}/components/{}", line.ordinal)));
        }
        let count = counted(set.len() as u64, "component", "components");
        let section =
            Section::new(format!("{title}: {count}")).items(&items, "None that the document states");
        let left = set.len().saturating_sub(items.len());
        let more = (left > 0).then(|| CellView::of(&Cell::Text(format!("and {left} more"))));
        Ok(Section { more, ..section })
    }
}

/// What it needs and what needs it: directly, and in all.
fn sets(ordinal: i32, edges: &[(i32, i32)]) -> [(&'static str, BTreeSet<i32>); 4] {
    let (mut needs, mut needed): (HashMap<i32, Vec<i32>>, HashMap<i32, Vec<i32>>) = Default::default();
    for (from, to) in edges {
        needs.entry(*from).or_default().push(*to);
        needed.entry(*to).or_default().push(*from);
    }
    let direct = |map: &HashMap<i32, Vec<i32>>| {
        map.get(&ordinal).into_iter().flatten().copied().collect::<BTreeSet<_>>()
    };
    [
        ("Depends on directly", direct(&needs)),
        ("Depends on in all", reached(ordinal, &needs)),
        ("Needed directly by", direct(&needed)),
        ("Needed by in all", reached(ordinal, &needed)),
    ]
}

fn page(opened: &Opened, line: &ComponentLine, sections: Vec<Section>) -> DetailPage {
    let name = if line.name.is_empty() { "(no name)".to_owned() } else { line.name.clone() };
    let document = super::title(&opened.row);
    DetailPage {
        way: vec![
            Crumb::link("SBOMs", "/sboms"),
            Crumb::link(document, format!("/sboms/{}", opened.row.id)),
            Crumb::here(name.clone()),
        ],
        heading: name,
        marks: vec![CellView::of(&vulnerable(&opened.insight, line))],
        lead: line.version.clone().unwrap_or_else(|| "version not stated".to_owned()),
        sections,
        side: vec![facts(line, opened.insight.relation(line.ordinal))],
        ..DetailPage::default()
    }
}

fn facts(line: &ComponentLine, relation: Option<&str>) -> Section {
    let licences: Vec<String> = line.licences.iter().flat_map(|l| l.lines()).map(str::to_owned).collect();
    Section::new("About").pairs(vec![
        Pair::new("Version", &Cell::text_or(line.version.clone(), "not stated")),
        Pair::new("Package URL", &Cell::text_or(line.purl.clone(), "none: advisories cannot be matched")),
        Pair::new("Relation", &text_or(relation, "not stated")),
        Pair::new("Type", &Cell::text_or(line.component_type.clone(), "not stated")),
        Pair::new("Supplier", &Cell::text_or(line.supplier.clone(), "not stated")),
        Pair::new(
            "Licences",
            &if licences.is_empty() { missing("not stated") } else { Cell::List(licences) },
        ),
    ])
}

fn hits(insight: &crate::app::supply::insight::Insight, ordinal: i32) -> Section {
    let mut grid = Grid::new("Advisories that name it", &["Advisory", "Severity", "Fixed in", "Because"]);
    for hit in insight.hits.iter().filter(|h| h.ordinals.contains(&ordinal)) {
        grid.push(&[
            Cell::Text(hit.advisory.clone()),
            Cell::Chip {
                mark: sections::severity_mark(hit.severity),
                word: sections::severity_word(hit.severity).to_owned(),
            },
            if hit.fixed.is_empty() { missing("no fix is known") } else { Cell::List(hit.fixed.clone()) },
            Cell::Text(hit.proof.clone()),
        ]);
    }
    Section::new("Vulnerabilities").grid(grid, "No advisory we hold names it at this version")
}

fn uses_section(uses: &[PackageUse], line: &ComponentLine) -> Section {
    let mut grid = Grid::new("Documents that have the same package", &["Document", "Asset", "Speaks for"]);
    for using in uses {
        grid.push(&[
            link(&using.file, format!("/sboms/{}/components/{}", using.id, using.ordinal)),
            subject(&using.subject),
            Cell::Time(UnixMillis(using.observed_at)),
        ]);
    }
    let nothing = match line.purl_key.is_empty() {
        true => "It has no package URL to look for",
        false => "Nowhere else",
    };
    Section::new("The same package in").grid(grid, nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reached_is_a_set_whatever_the_number_of_paths() {
        let mut next: HashMap<i32, Vec<i32>> = HashMap::new();
        for at in 0..64 {
            next.insert(2 * at, vec![2 * at + 2, 2 * at + 1]);
            next.insert(2 * at + 1, vec![2 * at + 2]);
        }
        next.insert(128, vec![0]);

        assert_eq!(reached(0, &next).len(), 128);
    }
}
