//! A framework as a tree: what is met and what is not, one line per requirement.

mod filters;

use std::collections::HashMap;

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Catalog, Evaluation, Framework, Item, RequirementStatus};
use crate::report::mark::{Mark, Tally};
use crate::report::text;
use crate::report::view::control_pages::deciding::worst;
use crate::report::view::control_pages::tree::filters::{order_field, status_field};
use crate::report::view::control_pages::{Links, When, first_sentence, query};
use crate::report::view::form::SelectField;
use crate::report::view::framework::framework_name;
use crate::report::view::outline::{Chapter, Group, outline};
use crate::report::view::requirement::person;
use crate::report::view::shared::{Chip, EvidenceRow, Summary};
use crate::report::view::sources::Sources;
use crate::report::view::{Crumb, PageView};

/// Longest reason in a row.
const REASON: usize = 150;

/// In which order requirements stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As the framework has them.
    #[default]
    Catalogue,
    /// What needs somebody first.
    WorstFirst,
}

/// What a tree is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeQuery {
    /// Only this status.
    pub status: Option<Mark>,
    /// Only what has these words in its id or title.
    pub text: String,
    /// The order.
    pub order: Order,
}

impl TreeQuery {
    fn keeps(&self, mark: Mark, item: &Item) -> bool {
        let words = format!("{} {}", item.id, item.title).to_lowercase();
        self.status.is_none_or(|s| s == mark)
            && self.text.to_lowercase().split_whitespace().all(|w| words.contains(w))
    }

    /// Whether everything is shown.
    pub fn is_whole(&self) -> bool {
        self.status.is_none() && self.text.trim().is_empty()
    }

    fn pairs(&self) -> [(&'static str, &str); 3] {
        let order = if self.order == Order::WorstFirst { "worst" } else { "" };
        [("status", self.status.map_or("", Mark::class)), ("q", self.text.trim()), ("order", order)]
    }
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ControlsInput<'a> {
    /// The framework shown.
    pub framework: &'a Framework,
    /// All frameworks and tests.
    pub catalog: &'a Catalog,
    /// The verdicts; `None` before the first evaluation.
    pub evaluation: Option<&'a Evaluation>,
    /// Evidence relied on.
    pub evidence: &'a [EvidenceRow],
    /// What it is narrowed to.
    pub query: &'a TreeQuery,
    /// The day it is seen as of.
    pub as_of: Option<UnixMillis>,
}

/// The page as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlsPage {
    /// The framework's name.
    pub title: String,
    /// Where its identifiers come from and whose words the titles are.
    pub notice: String,
    /// One tab per framework.
    pub tabs: Vec<FrameworkTab>,
    /// The counts; `None` before the first evaluation.
    pub summary: Option<Summary>,
    /// When the verdicts are from.
    pub evaluated: When,
    /// Where the filter form leads.
    pub action: String,
    /// What is searched for.
    pub search: String,
    /// The day to keep.
    pub as_of: String,
    /// The statuses to choose from.
    pub status: SelectField,
    /// The orders to choose from.
    pub order: SelectField,
    /// Where all is shown again; `None` when it is.
    pub clear: Option<String>,
    /// `12 of 250 requirements`.
    pub shown: String,
    /// The tree.
    pub chapters: Vec<ChapterNode>,
    /// Evidence, verdict: whether there is anything to show.
    pub nothing: Option<&'static str>,
}

/// A framework's tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameworkTab {
    /// Its name.
    pub label: String,
    /// Its tree.
    pub href: String,
    /// How many of its requirements are not met.
    pub count: String,
    /// Whether it is shown.
    pub current: bool,
}

/// How many below a heading carry a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkCount {
    /// Suffix of the status' style class.
    pub class: &'static str,
    /// Its word.
    pub word: &'static str,
    /// How many.
    pub count: String,
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChapterNode {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is unfolded.
    pub open: bool,
    /// Counts per status.
    pub counts: Vec<MarkCount>,
    /// What is below it.
    pub groups: Vec<GroupNode>,
}

/// Requirements under a heading, or right below the chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupNode {
    /// The heading's identifier; `None` right below the chapter.
    pub id: Option<String>,
    /// The heading.
    pub title: String,
    /// Whether it is unfolded.
    pub open: bool,
    /// Counts per status.
    pub counts: Vec<MarkCount>,
    /// The requirements.
    pub rows: Vec<ControlRow>,
}

/// A requirement in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlRow {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its status.
    pub chip: Chip,
    /// Why, in a sentence.
    pub reason: String,
    /// When the newest evidence for it was collected.
    pub newest: When,
}

struct Tree<'a> {
    input: ControlsInput<'a>,
    sources: Sources<'a>,
    newest: HashMap<&'a str, Option<UnixMillis>>,
    links: Links,
}

impl ControlsPage {
    /// The tree of one framework.
    pub fn build(input: ControlsInput<'_>) -> Self {
        let title = framework_name(input.framework);
        let empty = Evaluation {
            at: UnixMillis(0),
            catalog: input.catalog.digest,
            results: Vec::new(),
            requirements: Vec::new(),
        };
        let evaluation = input.evaluation.unwrap_or(&empty);
        let rows = input.evidence.iter().map(|row| (row, None));
        let sources = Sources::new(input.framework, input.catalog, evaluation, rows);
        let newest = evaluation.results.iter().map(|r| (r.test.as_str(), sources.newest(&r.test))).collect();
        let tree = Tree { sources, newest, links: Links::at(input.as_of), input };
        let chapters = if input.evaluation.is_some() { tree.chapters() } else { Vec::new() };
        let rows: usize = chapters.iter().flat_map(|c| &c.groups).map(|g| g.rows.len()).sum();
        let tally = tree.sources.tally(&input.framework.items);
        let evaluated = input.evaluation.map(|e| e.at);
        Self {
            summary: evaluated
                .map(|_| Summary::new("framework", &format!("{title}: requirements by status"), &tally)),
            notice: input.framework.notice.clone(),
            tabs: tree.tabs(),
            evaluated: When::past_or(evaluated, "not evaluated yet"),
            action: format!("/{}", text::path_href(&format!("controls/{}", input.framework.id))),
            search: input.query.text.clone(),
            as_of: tree.links.as_of.clone().unwrap_or_default(),
            status: status_field(input.query),
            order: order_field(input.query),
            clear: (!input.query.is_whole()).then(|| tree.links.framework(&input.framework.id)),
            shown: format!(
                "{} of {}",
                text::grouped(rows as u64),
                text::counted(tally.total(), "requirement", "requirements")
            ),
            nothing: nothing(input.evaluation.is_some(), rows),
            chapters,
            title,
        }
    }
}

const fn nothing(evaluated: bool, rows: usize) -> Option<&'static str> {
    match (evaluated, rows) {
        (false, _) => Some("unevaluated"),
        (true, 0) => Some("filtered"),
        (true, _) => None,
    }
}

impl<'a> Tree<'a> {
    fn tabs(&self) -> Vec<FrameworkTab> {
        let verdicts = self.input.evaluation.map(|e| e.requirements.as_slice()).unwrap_or_default();
        let tab = |f: &Framework| {
            let not_met = Tally::of_framework(f, verdicts).count(Mark::NotMet);
            let pairs = self.input.query.pairs();
            let day = self.links.as_of.as_deref().unwrap_or_default();
            let all = query(&[pairs[0], pairs[1], pairs[2], ("as_of", day)]);
            let path = format!("/{}", text::path_href(&format!("controls/{}", f.id)));
            FrameworkTab {
                label: framework_name(f),
                href: if all.is_empty() { path } else { format!("{path}?{all}") },
                count: if verdicts.is_empty() { String::new() } else { text::grouped(not_met) },
                current: f.id == self.input.framework.id,
            }
        };
        self.input.catalog.frameworks.iter().map(tab).collect()
    }

    fn chapters(&self) -> Vec<ChapterNode> {
        let outline = outline(self.input.framework);
        if self.input.query.order == Order::WorstFirst {
            return self.worst_first(&outline);
        }
        outline.iter().filter_map(|c| self.chapter(c)).collect()
    }

    /// One flat list: by status, then in catalogue order.
    fn worst_first(&self, outline: &[Chapter<'a>]) -> Vec<ChapterNode> {
        let mut items: Vec<&Item> = outline.iter().flat_map(Chapter::assessed).collect();
        items.sort_by_key(|i| self.sources.status(i));
        let rows = self.rows(&items);
        let counts = counts(&rows);
        let group = GroupNode { id: None, title: String::new(), open: true, counts: counts.clone(), rows };
        let title = "All requirements, worst first".to_owned();
        let node = ChapterNode { id: String::new(), title, open: true, counts, groups: vec![group] };
        if node.groups[0].rows.is_empty() { Vec::new() } else { vec![node] }
    }

    fn chapter(&self, chapter: &Chapter<'a>) -> Option<ChapterNode> {
        let groups: Vec<GroupNode> = chapter.groups.iter().filter_map(|g| self.group(g)).collect();
        let rows: Vec<ControlRow> = groups.iter().flat_map(|g| g.rows.clone()).collect();
        let open = !self.input.query.is_whole() || rows.iter().any(needs_somebody);
        (!rows.is_empty()).then(|| ChapterNode {
            id: text::heading_id(&chapter.item.id),
            title: chapter.item.title.clone(),
            open,
            counts: counts(&rows),
            groups,
        })
    }

    fn group(&self, group: &Group<'a>) -> Option<GroupNode> {
        let rows = self.rows(&group.items);
        let open = !self.input.query.is_whole() || rows.iter().any(needs_somebody);
        (!rows.is_empty()).then(|| GroupNode {
            id: group.heading.map(|h| text::heading_id(&h.id)),
            title: group.heading.map(|h| h.title.clone()).unwrap_or_default(),
            open,
            counts: counts(&rows),
            rows,
        })
    }

    fn rows(&self, items: &[&Item]) -> Vec<ControlRow> {
        let kept = |i: &&&Item| {
            let mark = Mark::of_requirement(self.sources.status(i)).0;
            self.input.query.keeps(mark, i)
        };
        items.iter().filter(kept).map(|i| self.row(i)).collect()
    }

    fn row(&self, item: &Item) -> ControlRow {
        let tests = self.sources.verdict(&item.id).map(|v| v.tests.as_slice()).unwrap_or_default();
        let newest = tests.iter().filter_map(|t| self.newest.get(t.as_str()).copied().flatten()).max();
        let none = if tests.is_empty() { "no test" } else { "not collected" };
        ControlRow {
            id: item.id.clone(),
            title: item.title.clone(),
            href: self.links.control(&self.input.framework.id, &item.id),
            chip: Chip::of_requirement(self.sources.status(item)),
            reason: reason(&self.sources, item),
            newest: When::past_or(newest, none),
        }
    }
}

/// Why a requirement has its status, in one sentence: what the worst test says, else what the verdict says.
pub(super) fn reason(sources: &Sources<'_>, item: &Item) -> String {
    use RequirementStatus as S;
    let Some(verdict) = sources.verdict(&item.id) else { return "Not evaluated yet.".to_owned() };
    let words = match verdict.status {
        S::EvidenceNotMet | S::Unknown | S::Stale | S::Missing | S::LateWithProcess => {
            worst(sources, &verdict.tests, verdict.status).map(|r| r.explanation.clone())
        }
        S::ManualRequired => item.provide.as_deref().and_then(|p| person(Some(p))),
        S::EvidenceMet | S::NotApplicableClaimed | S::Superseded => None,
    };
    first_sentence(words.as_deref().unwrap_or(&verdict.explanation), REASON)
}

fn needs_somebody(row: &ControlRow) -> bool {
    [Mark::NotMet, Mark::Attention, Mark::Unknown].iter().any(|m| m.class() == row.chip.class)
}

fn counts(rows: &[ControlRow]) -> Vec<MarkCount> {
    let of = |mark: Mark| rows.iter().filter(|r| r.chip.class == mark.class()).count() as u64;
    let count =
        |mark: Mark| MarkCount { class: mark.class(), word: mark.word(), count: text::grouped(of(mark)) };
    Mark::ALL.into_iter().filter(|m| of(*m) > 0).map(count).collect()
}

impl PageView for ControlsPage {
    const TEMPLATE: &'static str = "controls";
    const SEEN_AS_OF: bool = true;
    const SHARED: bool = true;

    fn tab(&self) -> String {
        format!("{} · Controls", self.title)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Controls", "/controls"), Crumb::here(self.title.clone())]
    }
}
