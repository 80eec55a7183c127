//! One test over its whole population.

use crate::base::Digest;
use crate::controls::compile::{Compiled, Condition, Problem, compile};
use crate::controls::judge::{Flips, Scene, Truth, truth_of};
use crate::controls::words;
use crate::controls::{ControlTest, Facts, FailingItem, Subject, SubjectResult, TestResult, TestStatus};

use super::inputs::{Inputs, Tables};
use super::{Assessment, EvaluateOptions, Verdict, assess, brief, feed};

/// Evaluates tests over the same facts, sharing what is costly.
pub(in crate::controls) struct Evaluator<'f> {
    facts: &'f Facts,
    options: EvaluateOptions,
    tables: Tables,
}

/// A subject that belongs to the population, or may.
#[derive(Debug, Clone, Copy)]
pub(in crate::controls) struct Member<'f> {
    pub subject: &'f Subject,
    pub certain: bool,
}

/// The members, ordered by id. Who cannot be told to belong is a member whose verdict is unknown.
pub(in crate::controls) fn population<'f>(
    compiled: &Compiled<'_>,
    facts: &'f Facts,
    options: EvaluateOptions,
    flips: &mut Flips,
) -> Vec<Member<'f>> {
    let mut members = Vec::new();
    for subject in facts.subjects.iter().filter(|s| s.kind == compiled.test.population.of) {
        let scene = Scene { at: options.at, subject, observations: &[] };
        let belongs = compiled.population.as_ref().map_or(Truth::True, |c| truth_of(c, &scene, flips));
        if belongs != Truth::False {
            members.push(Member { subject, certain: belongs == Truth::True });
        }
    }
    members.sort_by(|a, b| a.subject.id.cmp(&b.subject.id));
    members
}

impl<'f> Evaluator<'f> {
    pub fn new(facts: &'f Facts, options: EvaluateOptions) -> Self {
        Self { facts, options, tables: Tables::default() }
    }

    /// The result of a test; one of `earlier` when it still stands.
    pub fn result(&mut self, test: &ControlTest, earlier: &[&TestResult]) -> TestResult {
        let definition = test.digest();
        let compiled = match compile(test) {
            Ok(compiled) => compiled,
            Err(problems) => return self.unusable(test, &problems),
        };
        let mut flips = Flips::default();
        let members = population(&compiled, self.facts, self.options, &mut flips);
        let subjects: Vec<&Subject> = members.iter().map(|m| m.subject).collect();
        let inputs =
            Inputs { compiled: &compiled, facts: self.facts, members: &subjects, options: self.options };
        let inputs = inputs.digest(&mut self.tables);

        let stands = |r: &&&TestResult| r.definition == definition && r.inputs == inputs && self.covers(r);
        if let Some(result) = earlier.iter().find(stands) {
            return TestResult { at: self.options.at, ..(*result).clone() };
        }
        let verdicts = self.verdicts(&compiled, &members, &mut flips);
        let noun = words::subject_noun(&compiled, members.iter().map(|m| m.subject));
        let draft = Draft { compiled: &compiled, noun: &noun, verdicts: &verdicts };
        TestResult { definition, inputs, at: self.options.at, valid_until: flips.first(), ..draft.result() }
    }

    /// Whether the earlier result's time reaches to this evaluation's.
    fn covers(&self, earlier: &TestResult) -> bool {
        earlier.at <= self.options.at && earlier.valid_until.is_none_or(|until| self.options.at < until)
    }

    fn verdicts<'m>(
        &self,
        compiled: &Compiled<'_>,
        members: &'m [Member<'_>],
        flips: &mut Flips,
    ) -> Vec<(&'m str, Verdict)> {
        let feed = feed(compiled, self.facts, self.options, flips);
        let with = Assessment { compiled, at: self.options.at, feed };
        members
            .iter()
            .map(|member| {
                let verdict = if member.certain {
                    assess(&with, member.subject, flips)
                } else {
                    Verdict::doubtful(compiled.population.as_ref(), member.subject)
                };
                (member.subject.id.as_str(), verdict)
            })
            .collect()
    }

    /// A test that cannot be carried out; the loader refuses these, code may still build one.
    fn unusable(&self, test: &ControlTest, problems: &[Problem]) -> TestResult {
        let why: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        TestResult {
            test: test.id.clone(),
            definition: test.digest(),
            inputs: Digest::of(b""),
            status: TestStatus::Error,
            population: 0,
            evaluated: 0,
            failing: Vec::new(),
            more_failing: 0,
            subjects: Vec::new(),
            explanation: format!("the test cannot be carried out: {}", why.join("; ")),
            at: self.options.at,
            valid_until: None,
        }
    }
}

impl Verdict {
    /// Whoever cannot be told to belong is not left out: that would hide them.
    pub fn doubtful(condition: Option<&Condition>, subject: &Subject) -> Self {
        let mut asked = Vec::new();
        if let Some(condition) = condition {
            condition.comparisons(&mut asked);
        }
        let absent: Vec<String> = asked
            .iter()
            .filter(|c| c.field != "id" && !subject.fields.contains_key(c.field))
            .map(|c| words::label(c.field))
            .collect();
        let absent = if absent.is_empty() { "a value".to_owned() } else { absent.join(", ") };
        Self {
            status: TestStatus::Unknown,
            explanation: format!("it cannot be told whether this is covered: {absent} is not stated"),
            relied_on: Vec::new(),
            items: Vec::new(),
            more: 0,
            judged: None,
        }
    }
}

/// Verdicts on their way to a result.
struct Draft<'d> {
    compiled: &'d Compiled<'d>,
    noun: &'d str,
    verdicts: &'d [(&'d str, Verdict)],
}

impl Draft<'_> {
    fn result(&self) -> TestResult {
        let test = self.compiled.test;
        let (failing, more_failing) = self.failing();
        let judged = |status| matches!(status, TestStatus::Pass | TestStatus::Fail);
        TestResult {
            test: test.id.clone(),
            definition: Digest::of(b""),
            inputs: Digest::of(b""),
            status: self.verdicts.iter().map(|(_, v)| v.status).min().unwrap_or(TestStatus::Missing),
            population: self.verdicts.len() as u64,
            evaluated: self.verdicts.iter().filter(|(_, v)| judged(v.status)).count() as u64,
            failing,
            more_failing,
            subjects: self.verdicts.iter().map(|(id, v)| subject_result(id, v)).collect(),
            explanation: self.explanation(),
            at: crate::base::UnixMillis(0),
            valid_until: None,
        }
    }

    fn failing(&self) -> (Vec<FailingItem>, u64) {
        let (mut failing, mut more) = (Vec::new(), 0);
        for (id, verdict) in self.verdicts {
            more += verdict.more;
            for item in &verdict.items {
                if failing.len() == TestResult::MAX_ITEMS {
                    more += 1;
                    continue;
                }
                let (item, reason) = (item.row.clone(), item.reason.clone());
                failing.push(FailingItem { subject: (*id).to_owned(), item, reason });
            }
        }
        (failing, more)
    }

    /// The figures, worst first; how to mend it is in the definition.
    fn explanation(&self) -> String {
        let total = words::counted_subjects(self.verdicts.len(), self.noun);
        match self.verdicts {
            [] => sentence(&self.compiled.test.population.when_empty),
            [(id, verdict)] if verdict.status == TestStatus::Pass => {
                brief::clipped(&format!("{id} holds ({}).", verdict.explanation))
            }
            all if all.iter().all(|(_, v)| v.status == TestStatus::Pass) => {
                format!("All {total} hold{}.", looked_at(all))
            }
            all => brief::figures(&total, all),
        }
    }
}

/// " (31 accounts looked at)" where each subject was judged by rows.
fn looked_at(verdicts: &[(&str, Verdict)]) -> String {
    let rows = |v: &Verdict| v.judged.as_ref()?.counted.as_ref().map(|c| (c.table, c.total));
    let Some(all) = verdicts.iter().map(|(_, v)| rows(v)).collect::<Option<Vec<_>>>() else {
        return String::new();
    };
    let total: u64 = all.iter().map(|(_, n)| n).sum();
    match all.first() {
        Some((table, _)) if total > 1 => format!(" ({total} {} looked at)", words::plural(table)),
        Some(_) | None => String::new(),
    }
}

fn subject_result(id: &str, verdict: &Verdict) -> SubjectResult {
    SubjectResult {
        subject: id.to_owned(),
        status: verdict.status,
        explanation: verdict.explanation.clone(),
        relied_on: verdict.relied_on.clone(),
    }
}

/// The text with a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}
