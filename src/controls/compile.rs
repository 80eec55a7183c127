//! Turns a test into resolved, typed conditions once, so that evaluating a row is a lookup and a comparison.
//!
//! Checking and compiling are the same walk: what the loader reports is exactly what would not compile.

mod operator;
mod resolve;

use std::collections::BTreeSet;

use regex::Regex;

use crate::controls::catalog::Step;
use crate::controls::predicate::{RowCount, RowJoin, RowShare};
use crate::controls::{ControlTest, Feed, FieldType, Operand, Period, Predicate, Span};
use crate::evidence::EvidenceKind;

use resolve::Ground;

/// Deepest nesting of conditions.
const MAX_DEPTH: usize = 8;
/// Most conditions in one predicate.
const MAX_CONDITIONS: usize = 200;

/// A test whose paths, spans and expressions are resolved.
#[derive(Debug)]
pub(super) struct Compiled<'t> {
    pub test: &'t ControlTest,
    pub population: Option<Condition>,
    pub speaks: Option<Condition>,
    pub fresh: Option<Period>,
    pub pass: Condition,
    /// Row tables the verdict depends on.
    pub tables: Vec<&'static str>,
}

/// A resolved condition.
#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    None(Vec<Self>),
    Count { rows: Rows, at_least: Option<u64>, at_most: Option<u64> },
    Share { rows: Rows, at_least: f64 },
    Join { rows: Rows, with: &'static str, on: &'static str },
    Field(Compare),
}

impl Condition {
    /// Whether a failure names rows, rather than the subject as a whole.
    pub fn names_rows(&self, denied: bool) -> bool {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().any(|inner| inner.names_rows(denied)),
            Self::None(list) => list.iter().any(|inner| inner.names_rows(!denied)),
            Self::Count { at_least, at_most, .. } => {
                if denied {
                    at_least.is_some()
                } else {
                    at_most.is_some()
                }
            }
            Self::Share { .. } | Self::Join { .. } => !denied,
            Self::Field(_) => false,
        }
    }
}

/// Rows of one table, perhaps only some of them.
#[derive(Debug)]
pub(super) struct Rows {
    pub table: &'static str,
    pub condition: Option<Box<Condition>>,
}

/// One comparison of one field.
#[derive(Debug)]
pub(super) struct Compare {
    pub scope: Scope,
    pub field: &'static str,
    pub kind: FieldType,
    pub op: Op,
    /// Whether the field counts records: its zero is silence.
    pub counts_records: bool,
}

/// Whose field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Subject,
    Evidence,
    Row,
}

/// A typed operator.
#[derive(Debug)]
pub(super) enum Op {
    Eq(Operand),
    Ne(Operand),
    In(Vec<Operand>),
    NotIn(Vec<Operand>),
    Exists,
    Absent,
    AtLeast(f64),
    AtMost(f64),
    OlderThan(Period),
    NewerThan(Period),
    Matches(Regex),
}

/// Why a test does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub code: &'static str,
    /// The way from the test to the culprit.
    pub steps: Vec<Step>,
    pub message: String,
}

/// Resolves and type-checks everything.
///
/// # Errors
/// With every problem.
pub(super) fn compile(test: &ControlTest) -> Result<Compiled<'_>, Vec<Problem>> {
    let mut compiler = Compiler::default();
    let population = compiler.optional(
        &[Step::Key("population"), Step::Key("where")],
        test.population.condition.as_ref(),
        Ground::Population(test.population.of),
    );
    let (speaks, fresh) = compiler.need(test);
    let evidence = test.evidence.as_ref().map(|need| need.kind);
    let ground = Ground::Pass { subject: test.population.of, evidence };
    let pass = compiler.within(Step::Key("pass"), |c| c.root(&test.pass, ground));
    compiler.matches_need_a_feed(test);

    match pass {
        Some(pass) if compiler.problems.is_empty() => Ok(Compiled {
            test,
            population,
            speaks,
            fresh,
            pass,
            tables: compiler.tables.into_iter().collect(),
        }),
        Some(_) | None => Err(compiler.problems),
    }
}

/// Resolves and type-checks a condition on the rows of one table by themselves.
///
/// # Errors
/// With every problem, its steps counted from the condition.
pub(super) fn compile_row(
    predicate: &Predicate,
    table: &'static str,
    fields: &'static [(&'static str, FieldType)],
) -> Result<Condition, Vec<Problem>> {
    let mut compiler = Compiler::default();
    match compiler.root(predicate, Ground::Alone { table, fields }) {
        Some(condition) if compiler.problems.is_empty() => Ok(condition),
        Some(_) | None => Err(compiler.problems),
    }
}

/// The walk's state: where it stands and what it found.
#[derive(Default)]
struct Compiler {
    steps: Vec<Step>,
    problems: Vec<Problem>,
    conditions: usize,
    depth: usize,
    tables: BTreeSet<&'static str>,
}

impl Compiler {
    fn within<T>(&mut self, step: Step, inner: impl FnOnce(&mut Self) -> T) -> T {
        self.steps.push(step);
        let out = inner(self);
        self.steps.pop();
        out
    }

    fn problem(&mut self, code: &'static str, message: String) {
        self.problems.push(Problem { code, steps: self.steps.clone(), message });
    }

    fn need(&mut self, test: &ControlTest) -> (Option<Condition>, Option<Period>) {
        let Some(need) = &test.evidence else { return (None, None) };
        let steps = [Step::Key("evidence"), Step::Key("where")];
        let speaks = self.optional(&steps, need.condition.as_ref(), Ground::Speaks(need.kind));
        let fresh = self.within(Step::Key("evidence"), |c| {
            c.within(Step::Key("fresh"), |c| need.fresh.as_ref().and_then(|span| c.span(span)))
        });
        (speaks, fresh)
    }

    fn optional(
        &mut self,
        steps: &[Step],
        condition: Option<&Predicate>,
        ground: Ground,
    ) -> Option<Condition> {
        let condition = condition?;
        let before = self.steps.len();
        self.steps.extend_from_slice(steps);
        let out = self.root(condition, ground);
        self.steps.truncate(before);
        out
    }

    fn span(&mut self, span: &Span) -> Option<Period> {
        span.period().map_err(|error| self.problem("bad-span", error.to_string())).ok()
    }

    /// Matches come from advisories: without a current feed an empty list would be silence taken for a pass.
    fn matches_need_a_feed(&mut self, test: &ControlTest) {
        let current = test.evidence.as_ref().is_some_and(|need| need.feed == Feed::Current);
        if self.tables.contains("matches") && !current {
            let message =
                "a test on `matches` needs `feed: current`: matches are only as good as the advisories";
            self.within(Step::Key("evidence"), |c| c.problem("matches-without-feed", message.to_owned()));
        }
    }

    /// Compiles one whole predicate, with its own budget of conditions.
    fn root(&mut self, predicate: &Predicate, ground: Ground) -> Option<Condition> {
        self.conditions = 0;
        self.depth = 0;
        self.condition(predicate, ground)
    }

    fn condition(&mut self, predicate: &Predicate, ground: Ground) -> Option<Condition> {
        self.conditions += 1;
        if self.conditions == MAX_CONDITIONS + 1 {
            self.problem(
                "too-many-conditions",
                format!("more than {MAX_CONDITIONS} conditions in one predicate"),
            );
        }
        if self.conditions > MAX_CONDITIONS {
            return None;
        }
        if self.depth >= MAX_DEPTH {
            self.problem("too-deep", format!("conditions are nested more than {MAX_DEPTH} deep"));
            return None;
        }
        self.depth += 1;
        let out = self.form(predicate, ground);
        self.depth -= 1;
        out
    }

    fn form(&mut self, predicate: &Predicate, ground: Ground) -> Option<Condition> {
        match predicate {
            Predicate::All { all } => self.list("all", all, ground).map(Condition::All),
            Predicate::Any { any } => self.list("any", any, ground).map(Condition::Any),
            Predicate::None { none } => self.list("none", none, ground).map(Condition::None),
            Predicate::Count { count } => self.within(Step::Key("count"), |c| c.count(count, ground)),
            Predicate::Share { share } => self.within(Step::Key("share"), |c| c.share(share, ground)),
            Predicate::Join { join } => self.within(Step::Key("join"), |c| c.join(join, ground)),
            Predicate::Field(test) => self.compare(test, ground).map(Condition::Field),
        }
    }

    fn list(&mut self, key: &'static str, list: &[Predicate], ground: Ground) -> Option<Vec<Condition>> {
        self.within(Step::Key(key), |c| {
            if list.is_empty() {
                c.problem("empty-list", format!("`{key}` needs at least one condition"));
            }
            let compiled: Vec<_> = list
                .iter()
                .enumerate()
                .map(|(i, inner)| c.within(Step::Index(i), |c| c.condition(inner, ground)))
                .collect();
            compiled.into_iter().collect()
        })
    }

    fn count(&mut self, count: &RowCount, ground: Ground) -> Option<Condition> {
        if count.at_least.is_none() && count.at_most.is_none() {
            self.problem("no-bound", "`count` needs `at_least` or `at_most`".to_owned());
        }
        if let (Some(least), Some(most)) = (count.at_least, count.at_most)
            && least > most
        {
            self.problem("empty-range", format!("no count is at least {least} and at most {most}"));
        }
        let rows = self.rows(&count.of, count.condition.as_deref(), ground)?;
        Some(Condition::Count { rows, at_least: count.at_least, at_most: count.at_most })
    }

    fn share(&mut self, share: &RowShare, ground: Ground) -> Option<Condition> {
        if !(0.0..=1.0).contains(&share.at_least) {
            let message = format!("a share lies between 0 and 1, not {}", share.at_least);
            self.within(Step::Key("at_least"), |c| c.problem("bad-share", message));
        }
        let rows = self.rows(&share.of, Some(&share.condition), ground)?;
        Some(Condition::Share { rows, at_least: share.at_least })
    }

    fn join(&mut self, join: &RowJoin, ground: Ground) -> Option<Condition> {
        let rows = self.rows(&join.of, join.condition.as_deref(), ground)?;
        let with = self.within(Step::Key("with"), |c| c.table(&join.with, ground))?;
        let on = self.within(Step::Key("on"), |c| {
            let left = c.key_field(rows.table, &join.on);
            c.key_field(with, &join.on).and(left)
        })?;
        Some(Condition::Join { rows, with, on })
    }

    fn rows(&mut self, of: &str, condition: Option<&Predicate>, ground: Ground) -> Option<Rows> {
        let table = self.within(Step::Key("of"), |c| c.table(of, ground))?;
        let inner = ground.rows(table)?;
        let condition = match condition {
            Some(condition) => {
                let compiled = self.within(Step::Key("where"), |c| c.condition(condition, inner))?;
                Some(Box::new(compiled))
            }
            None => None,
        };
        Some(Rows { table, condition })
    }
}

impl Condition {
    /// Every comparison in it, in order.
    pub fn comparisons<'c>(&'c self, out: &mut Vec<&'c Compare>) {
        match self {
            Self::All(list) | Self::Any(list) | Self::None(list) => {
                list.iter().for_each(|inner| inner.comparisons(out));
            }
            Self::Count { rows, .. } | Self::Share { rows, .. } | Self::Join { rows, .. } => {
                if let Some(inner) = &rows.condition {
                    inner.comparisons(out);
                }
            }
            Self::Field(compare) => out.push(compare),
        }
    }
}

/// The kinds of evidence that have the table, for messages.
fn kinds_with(table: &str) -> Vec<&'static str> {
    EvidenceKind::ALL
        .into_iter()
        .filter(|kind| crate::controls::FactSchema::tables(*kind).contains(&table))
        .map(EvidenceKind::as_str)
        .collect()
}
