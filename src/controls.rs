//! Frameworks, automated tests, and what the evidence says about each requirement. Pure: the caller says when.
//!
//! A [`Catalog`] is loaded from YAML with every problem reported at once; [`evaluate()`] turns it and [`Facts`] into
//! [`TestResult`]s and [`RequirementVerdict`]s that carry their own explanation and can be recomputed from a pack.

mod catalog;
mod compile;
mod evaluate;
mod explain;
mod facts;
mod framework;
mod gate;
mod judge;
mod predicate;
mod requirement;
#[cfg(test)]
mod sample;
mod test;
mod verdict;
mod words;

pub use catalog::{Catalog, CatalogError, Diagnostic, SourceFile};
pub use evaluate::{EvaluateOptions, Evaluation, FEED_MAX_AGE_HOURS, evaluate, evaluate_test, evaluate_with};
pub use explain::{TestWords, explain, in_words};
pub use facts::{FactSchema, Facts, FieldType, Observation, Record, Subject, SubjectKind, Value};
pub use framework::{Automation, Cadence, CadenceSource, Framework, Item, ItemKind};
pub use gate::{DEFAULT_GATE, GateFacts, GateLevel, GatePolicy, GateReport, GateRule, GateTable, Violation};
pub use predicate::{FieldTest, Operand, Period, Predicate, RowCount, RowJoin, RowShare, Span, SpanError};
pub use requirement::roll_up;
pub use test::{ControlTest, EvidenceNeed, Feed, Link, Population, Strength, Take};
pub use verdict::{
    FailingItem, RequirementStatus, RequirementVerdict, SubjectResult, TestResult, TestStatus,
};
