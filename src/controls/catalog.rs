//! Loads frameworks and tests, and reports every problem at once with file, line and caret.

mod decode;
mod diagnostic;
mod frameworks;
mod gate;
mod library;
#[cfg(test)]
mod problems;
mod yaml;

use serde::Serialize;

use crate::base::Digest;
use crate::controls::{ControlTest, Framework};

use diagnostic::{Report, Spot};
use yaml::{Node, Place};

pub(super) use gate::{Loaded as LoadedGate, load as load_gate};
pub(super) use yaml::Step;

/// Largest control file.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// One YAML file handed to the loader.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as shown in messages (`tests/sbom.yaml`). Its first folder decides: `frameworks/` or `tests/`.
    pub name: String,
    /// The content.
    pub text: String,
}

/// Frameworks and tests, checked against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Frameworks, ordered by id.
    pub frameworks: Vec<Framework>,
    /// Tests, ordered by id.
    pub tests: Vec<ControlTest>,
    /// Digest of all definitions: which edition a verdict was made with.
    pub digest: Digest,
}

/// One problem in a control file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// File as given.
    pub file: String,
    /// Line from 1; 0 when the problem is the file as a whole.
    pub line: usize,
    /// Column from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The line with a caret below, ready to print; empty when there is none.
    pub excerpt: String,
}

/// Every problem found while loading.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} problems in the control files", .diagnostics.len())]
pub struct CatalogError {
    /// The problems, in file order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Catalog {
    /// Parses and checks all files.
    ///
    /// # Errors
    /// With every problem found, not only the first.
    pub fn load(files: &[SourceFile]) -> Result<Self, CatalogError> {
        let mut report = Report::new(files);
        let parsed = parse(files, &mut report);
        let mut index = frameworks::Index::default();
        let mut frameworks: Vec<Framework> = parsed
            .iter()
            .filter(|(folder, _, _)| *folder == Folder::Frameworks)
            .filter_map(|(_, file, node)| {
                frameworks::read(Spot { file: *file, node }, &mut index, &mut report)
            })
            .collect();
        let mut tests = Vec::new();
        for (_, file, node) in parsed.iter().filter(|(folder, _, _)| *folder == Folder::Tests) {
            tests.extend(library::read(Spot { file: *file, node }, &mut report));
        }
        library::check(&tests, &index, &mut report);

        let diagnostics = report.finish();
        if !diagnostics.is_empty() {
            return Err(CatalogError { diagnostics });
        }
        let mut tests: Vec<ControlTest> = tests.into_iter().map(|found| found.test).collect();
        frameworks.sort_by(|a, b| a.id.cmp(&b.id));
        tests.sort_by(|a, b| a.id.cmp(&b.id));
        let digest = digest(&frameworks, &tests);
        Ok(Self { frameworks, tests, digest })
    }

    /// The framework of that id or alias.
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|f| f.id == id || f.aliases.iter().any(|a| a == id))
    }

    /// The test of that id.
    pub fn test(&self, id: &str) -> Option<&ControlTest> {
        self.tests.iter().find(|t| t.id == id)
    }
}

/// What a file holds, by its first folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    Frameworks,
    Tests,
}

impl Folder {
    fn of(name: &str) -> Option<Self> {
        match name.trim_start_matches("./").split_once('/')?.0 {
            "frameworks" => Some(Self::Frameworks),
            "tests" => Some(Self::Tests),
            _ => None,
        }
    }
}

fn parse(files: &[SourceFile], report: &mut Report<'_>) -> Vec<(Folder, usize, Node)> {
    let mut parsed = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let whole = (i, Place::default());
        let Some(folder) = Folder::of(&file.name) else {
            let message = "control files belong in `frameworks/` or `tests/`".to_owned();
            report.add("unknown-folder", whole, message);
            continue;
        };
        if file.text.len() > MAX_BYTES {
            report.add("file-too-large", whole, format!("larger than {MAX_BYTES} bytes"));
            continue;
        }
        match Node::parse(&file.text) {
            Ok(node) => parsed.push((folder, i, node)),
            Err((place, message)) => report.add("bad-yaml", (i, place), message),
        }
    }
    parsed
}

/// The digest of all definitions: SHA-256 over their JSON, ordered by id, fields in declaration order.
#[expect(
    clippy::expect_used,
    reason = "definitions are plain data: no map with other keys than text, nothing fallible"
)]
fn digest(frameworks: &[Framework], tests: &[ControlTest]) -> Digest {
    #[derive(Serialize)]
    struct Definitions<'d> {
        frameworks: &'d [Framework],
        tests: &'d [ControlTest],
    }
    Digest::of(&serde_json::to_vec(&Definitions { frameworks, tests }).expect("definitions are plain data"))
}
