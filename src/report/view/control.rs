//! One requirement's page in a pack: verdict, definitions, population, inputs and everything that failed.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::controls::{Catalog, Evaluation, Framework, Item, SubjectResult, TestResult};
use crate::report::render::RenderError;
use crate::report::text;
use crate::report::view::framework::{framework_name, running_foot};
use crate::report::view::readme::PackedEvidence;
use crate::report::view::requirement::{Limits, Requirement, TestView, more_of};
use crate::report::view::shared::{Chip, Fact, Head};
use crate::report::view::sources::Sources;

/// Subjects a page lists per test; `populations/<test>.csv` has all.
const MOST_SUBJECTS: usize = 500;
const LIMITS: Limits = Limits { failing: TestResult::MAX_ITEMS, evidence: 500 };
/// From `controls/<framework>/<id>/` up to the pack's root.
const ROOT: &str = "../../../";

/// What the requirements' pages of one framework are made from.
#[derive(Debug, Clone, Copy)]
pub struct ControlInput<'a> {
    /// The framework.
    pub framework: &'a Framework,
    /// Its tests.
    pub catalog: &'a Catalog,
    /// The verdicts.
    pub evaluation: &'a Evaluation,
    /// The evidence in the pack.
    pub evidence: &'a [PackedEvidence],
    /// Whose pack it is.
    pub organisation: &'a str,
    /// Whether the data is sample data.
    pub sample: bool,
    /// When the pack's checkpoint was signed.
    pub generated_at: UnixMillis,
}

/// A requirement's page as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlPage {
    /// The document's head.
    pub head: Head,
    /// The framework's name.
    pub framework: String,
    /// The relative way to the pack's root.
    pub root: &'static str,
    /// The requirement.
    pub requirement: Requirement,
    /// Facts beside the verdict.
    pub facts: Vec<Fact>,
    /// Its tests with definition and population.
    pub tests: Vec<TestDetail>,
}

/// One test in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestDetail {
    /// Anchor.
    pub anchor: String,
    /// The test and what failed.
    pub test: TestView,
    /// Digests of definition and inputs, period of validity.
    pub facts: Vec<Fact>,
    /// The definition as readable YAML; `None` when the catalogue no longer has it.
    pub definition: Option<String>,
    /// One verdict per subject.
    pub subjects: Vec<SubjectLine>,
    /// Subjects that are not listed.
    pub subjects_more: Option<String>,
}

/// One subject's verdict as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectLine {
    /// The subject.
    pub subject: String,
    /// Its status.
    pub chip: Chip,
    /// Why.
    pub explanation: String,
    /// How many evidence items it relied on.
    pub relied_on: String,
}

/// Makes the pages of one framework's requirements, one at a time.
pub struct ControlPages<'a> {
    input: ControlInput<'a>,
    sources: Sources<'a>,
}

impl<'a> ControlPages<'a> {
    /// Indexes the input once for all pages.
    pub fn new(input: ControlInput<'a>) -> Self {
        let rows = input.evidence.iter().map(|e| e.linked(ROOT));
        Self { sources: Sources::new(input.framework, input.catalog, input.evaluation, rows), input }
    }

    /// The page of one requirement. The same input gives the same page.
    ///
    /// # Errors
    /// When a test's definition cannot be written as YAML.
    pub fn page(&self, item: &Item) -> Result<ControlPage, RenderError> {
        let input = &self.input;
        let mut requirement = Requirement::new(&self.sources, item, LIMITS);
        let views = std::mem::take(&mut requirement.tests);
        let tests =
            views.into_iter().map(|view| TestDetail::new(&self.sources, view)).collect::<Result<_, _>>()?;
        let framework = framework_name(input.framework);
        let title = format!("{framework}, {}", item.id);
        Ok(ControlPage {
            head: Head::new(&title, input.organisation, input.sample).foot(running_foot(input.evaluation)),
            framework,
            root: ROOT,
            requirement,
            facts: vec![
                Fact::text("Organisation", input.organisation),
                Fact::text("As of", input.evaluation.at.to_display()),
                Fact::text("Generated", input.generated_at.to_display()),
                Fact::code("Catalogue digest", input.evaluation.catalog.to_hex()),
            ],
            tests,
        })
    }
}

impl TestDetail {
    pub(crate) fn new(sources: &Sources<'_>, view: TestView) -> Result<Self, RenderError> {
        let result = sources.result(&view.id);
        let definition = sources.test(&view.id).map(serde_saphyr::to_string).transpose();
        let subjects = result.map(|r| r.subjects.as_slice()).unwrap_or_default();
        let more = subjects.len().saturating_sub(MOST_SUBJECTS) as u64;
        Ok(Self {
            anchor: text::anchor("t", &view.id),
            facts: result.map(facts).unwrap_or_default(),
            definition: definition.map_err(|source| RenderError::Definition {
                test: view.id.clone(),
                reason: source.to_string(),
            })?,
            subjects: subjects.iter().take(MOST_SUBJECTS).map(SubjectLine::new).collect(),
            subjects_more: more_of(more, "subject", "subjects"),
            test: view,
        })
    }
}

impl SubjectLine {
    fn new(result: &SubjectResult) -> Self {
        let relied = result.relied_on.len() as u64;
        Self {
            subject: result.subject.clone(),
            chip: Chip::of_test(result.status),
            explanation: result.explanation.clone(),
            relied_on: if relied == 0 { "none".to_owned() } else { text::counted(relied, "item", "items") },
        }
    }
}

fn facts(result: &TestResult) -> Vec<Fact> {
    let until = result.valid_until.map_or_else(|| "the inputs change".to_owned(), UnixMillis::to_display);
    vec![
        Fact::text("Evaluated for", result.at.to_display()),
        Fact::text("Holds until", until),
        Fact::code("Definition", result.definition.to_hex()),
        Fact::code("Inputs", result.inputs.to_hex()),
    ]
}
