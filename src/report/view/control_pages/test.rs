//! One test: its definition, what it evidences, and its verdict per subject.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Catalog, ControlTest, Evaluation, in_words};
use crate::report::render::RenderError;
use crate::report::text;
use crate::report::view::control_pages::requirement::subject_href;
use crate::report::view::control_pages::steps::{NextStep, of_test};
use crate::report::view::control_pages::{Links, When};
use crate::report::view::framework::framework_name;
use crate::report::view::requirement::{is_open, more_of, strength_word};
use crate::report::view::shared::{Chip, Fact};
use crate::report::view::{Crumb, PageView};

/// Subjects a page lists; a pack's `populations` has all.
const MOST_SUBJECTS: usize = 500;

/// The page as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestPage {
    /// The test's id.
    pub id: String,
    /// The statement that is tested.
    pub title: String,
    /// Its status; `None` before the first evaluation.
    pub chip: Option<Chip>,
    /// Why.
    pub explanation: String,
    /// When it was evaluated.
    pub evaluated: When,
    /// Coverage, digests, cadence.
    pub facts: Vec<Fact>,
    /// What to do.
    pub step: Option<NextStep>,
    /// What it evidences.
    pub links: Vec<LinkRow>,
    /// One verdict per subject.
    pub subjects: Vec<SubjectRow>,
    /// How many more there are.
    pub subjects_more: Option<String>,
    /// The definition as YAML.
    pub definition: String,
}

/// One requirement it speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkRow {
    /// Framework and identifier.
    pub label: String,
    /// The requirement's page.
    pub href: String,
    /// `Direct`, `Supporting`, `Context`.
    pub strength: &'static str,
    /// Which part.
    pub part: String,
    /// What it does not prove.
    pub leaves_open: String,
}

/// One subject's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectRow {
    /// The subject.
    pub subject: String,
    /// Its page; `None` when it has none.
    pub href: Option<String>,
    /// Its status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
    /// Evidence it relied on, as (label, page).
    pub evidence: Vec<(String, String)>,
}

impl TestPage {
    /// The page of one test.
    ///
    /// # Errors
    /// When its definition cannot be written as YAML.
    pub fn build(
        (test, catalog): (&ControlTest, &Catalog),
        evaluation: Option<&Evaluation>,
        as_of: Option<UnixMillis>,
    ) -> Result<Self, RenderError> {
        let links = Links::at(as_of);
        let result = evaluation.and_then(|e| e.results.iter().find(|r| r.test == test.id));
        let subjects = result.map(|r| r.subjects.as_slice()).unwrap_or_default();
        let hidden = subjects.len().saturating_sub(MOST_SUBJECTS) as u64;
        let definition = serde_saphyr::to_string(test)
            .map_err(|e| RenderError::Definition { test: test.id.clone(), reason: e.to_string() })?;
        let mut shown: Vec<_> = subjects.iter().collect();
        shown.sort_by_key(|s| s.status);
        let row = |s: &&crate::controls::SubjectResult| SubjectRow {
            href: subject_href(test, &s.subject),
            subject: s.subject.clone(),
            chip: Chip::of_test(s.status),
            explanation: s.explanation.clone(),
            evidence: s.relied_on.iter().map(|id| (text::short_digest(id), Links::evidence(id))).collect(),
        };
        Ok(Self {
            id: test.id.clone(),
            title: test.title.clone(),
            chip: result.map(|r| Chip::of_test(r.status)),
            explanation: result.map_or_else(|| "Not evaluated yet.".to_owned(), |r| r.explanation.clone()),
            evaluated: When::past_or(result.map(|r| r.at), "not evaluated yet"),
            facts: facts(test, result),
            step: result.filter(|r| is_open(r.status)).map(|r| of_test(test, r)),
            links: test.evidences.iter().map(|l| LinkRow::new(l, catalog, &links)).collect(),
            subjects: shown.iter().take(MOST_SUBJECTS).map(row).collect(),
            subjects_more: more_of(hidden, "subject", "subjects"),
            definition,
        })
    }
}

fn facts(test: &ControlTest, result: Option<&crate::controls::TestResult>) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(words) = in_words(test) {
        facts.push(Fact::text("Asks that", words.asks));
        facts.push(Fact::text("Covers", words.covers));
    }
    let every = test.cadence.as_ref().and_then(|c| c.days);
    if let Some(days) = every {
        facts.push(Fact::text(
            "Repeated",
            format!("at least every {}", text::counted(days.into(), "day", "days")),
        ));
    }
    if let Some(result) = result {
        let counted = format!(
            "{} in the population, {} evaluated",
            text::grouped(result.population),
            text::grouped(result.evaluated)
        );
        facts.push(Fact::text("Population", counted));
        facts.push(Fact::code("Inputs", text::short_digest(&result.inputs.to_hex())));
        let until = result.valid_until.map_or_else(|| "the inputs change".to_owned(), UnixMillis::to_display);
        facts.push(Fact::text("Holds until", until));
    }
    facts.push(Fact::code("Definition", text::short_digest(&test.digest().to_hex())));
    facts
}

impl LinkRow {
    fn new(link: &crate::controls::Link, catalog: &Catalog, links: &Links) -> Self {
        let framework = catalog.framework(&link.framework);
        let name = framework.map_or_else(|| link.framework.clone(), framework_name);
        Self {
            label: format!("{name}, {}", link.id),
            href: links.control(framework.map_or(&link.framework, |f| &f.id), &link.id),
            strength: strength_word(link.strength),
            part: link.part.clone().unwrap_or_else(|| "as a whole".to_owned()),
            leaves_open: link.leaves_open.clone().unwrap_or_else(|| "nothing stated".to_owned()),
        }
    }
}

impl PageView for TestPage {
    const TEMPLATE: &'static str = "test";
    const SEEN_AS_OF: bool = true;

    fn tab(&self) -> String {
        format!("{} · Tests", self.id)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Controls", "/controls"), Crumb::here(self.id.clone())]
    }
}
