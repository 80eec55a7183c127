//! Frameworks, automated tests, and what the evidence says about each requirement. Pure: the caller says when.
//!
//! A [`Catalog`] is loaded from YAML with every problem reported at once; [`evaluate()`] turns it and [`Facts`] into
//! [`TestResult`]s and [`RequirementVerdict`]s that carry their own explanation and can be recomputed from a pack.

mod catalog;
mod evaluate;
mod facts;
mod framework;
mod predicate;
mod test;
mod verdict;

pub use catalog::{Catalog, CatalogError, Diagnostic, SourceFile};
pub use evaluate::{Evaluation, evaluate, evaluate_test};
pub use facts::{FactSchema, Facts, FieldType, Observation, Record, Subject, SubjectKind, Value};
pub use framework::{Automation, Cadence, CadenceSource, Framework, Item, ItemKind};
pub use predicate::{Operand, Predicate, Span};
pub use test::{ControlTest, EvidenceNeed, Feed, Link, Population, Strength, Take};
pub use verdict::{
    FailingItem, RequirementStatus, RequirementVerdict, SubjectResult, TestResult, TestStatus,
};
