//! Explains a test line by line, for someone who wants to know why a file would pass or fail.

use crate::base::UnixMillis;
use crate::controls::compile::{Compiled, compile};
use crate::controls::evaluate::{Assessment, EvaluateOptions, Verdict, assess, feed, population};
use crate::controls::judge::{Flips, Truth};
use crate::controls::words;
use crate::controls::{ControlTest, Facts, TestStatus, evaluate_test};

/// Failing items shown per subject.
const SHOWN: usize = 20;

/// What the test asks, whom it covers, and for each subject what was looked at and what came of it.
pub fn explain(test: &ControlTest, facts: &Facts, at: UnixMillis) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", test.id, test.title)];
    let compiled = match compile(test) {
        Ok(compiled) => compiled,
        Err(problems) => {
            lines.extend(problems.into_iter().map(|p| format!("  cannot be carried out: {}", p.message)));
            return lines;
        }
    };
    let options = EvaluateOptions::at(at);
    let mut flips = Flips::default();
    lines.push(format!("  asks that {}", words::condition(&compiled.pass)));
    let members = population(&compiled, facts, options, &mut flips);
    let noun = words::subject_noun(&compiled, members.iter().map(|m| m.subject));
    lines.push(covers(&compiled, &words::counted_subjects(members.len(), &noun), facts));
    let with = Assessment { compiled: &compiled, at, feed: feed(&compiled, facts, options, &mut flips) };
    for member in &members {
        let verdict = if member.certain {
            assess(&with, member.subject, &mut flips)
        } else {
            Verdict::doubtful(compiled.population.as_ref(), member.subject)
        };
        subject_lines(&member.subject.id, &verdict, &mut lines);
    }
    let result = evaluate_test(test, facts, at);
    lines.push(format!("  result: {}. {}", status_word(result.status), result.explanation));
    if let Some(until) = result.valid_until {
        lines.push(format!("  without new evidence this stands until {}", until.to_display()));
    }
    lines
}

/// A test in words: what it asks of each subject, and whom it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestWords {
    /// What must hold.
    pub asks: String,
    /// Which subjects.
    pub covers: String,
}

/// What the test asks and whom it covers; `None` when it cannot be carried out.
pub fn in_words(test: &ControlTest) -> Option<TestWords> {
    let compiled = compile(test).ok()?;
    let none: [&crate::controls::Subject; 0] = [];
    let noun = words::subject_noun(&compiled, none.into_iter());
    let condition = compiled.population.as_ref().map(|c| format!(" where {}", words::condition(c)));
    Some(TestWords {
        asks: words::condition(&compiled.pass),
        covers: format!("Every {noun}{}", condition.unwrap_or_default()),
    })
}

fn covers(compiled: &Compiled<'_>, counted: &str, facts: &Facts) -> String {
    let of = compiled.test.population.of;
    let all = facts.subjects.iter().filter(|s| s.kind == of).count();
    let asked = compiled.population.as_ref().map(|c| format!(" where {}", words::condition(c)));
    format!("  covers {counted} of {all}{}", asked.unwrap_or_default())
}

fn subject_lines(id: &str, verdict: &Verdict, lines: &mut Vec<String>) {
    lines.push(format!("  {id}: {}: {}", status_word(verdict.status), verdict.explanation));
    if !verdict.relied_on.is_empty() {
        lines.push(format!("    relies on {}", verdict.relied_on.join(", ")));
    }
    let Some(judged) = &verdict.judged else { return };
    for line in &judged.lines {
        let word = match line.truth {
            Truth::True => "holds",
            Truth::False => "does not hold",
            Truth::Unknown => "cannot be told",
        };
        lines.push(format!("    {word}: {}", line.text));
    }
    for item in judged.items.iter().filter(|i| !i.row.is_empty()).take(SHOWN) {
        lines.push(format!("      {}", item.reason));
    }
    let rest = (judged.items.iter().filter(|i| !i.row.is_empty()).count().saturating_sub(SHOWN)) as u64;
    if rest + judged.more > 0 {
        lines.push(format!("      and {} more", rest + judged.more));
    }
}

const fn status_word(status: TestStatus) -> &'static str {
    match status {
        TestStatus::Fail => "fail",
        TestStatus::Error => "error",
        TestStatus::Unknown => "unknown",
        TestStatus::Stale => "stale",
        TestStatus::Missing => "missing",
        TestStatus::Exception => "exception",
        TestStatus::Pass => "pass",
        TestStatus::NotApplicable => "not applicable",
    }
}

#[cfg(test)]
mod tests {
    use crate::controls::sample::{NOW, asset, days_ago, facts, observation, record, test, text};
    use crate::controls::{Span, Value};
    use crate::evidence::EvidenceKind;

    use super::*;

    #[test]
    fn a_test_is_explained_line_by_line() {
        let body = "population: {of: asset, where: {all: [{path: type, eq: deployable}, {path: in_scope, eq: true}]}, when_empty: none}\n\
            evidence: {kind: access, fresh: 30d}\n\
            pass: {all: [{path: evidence.accounts, at_least: 1}, {count: {of: accounts, where: {any: [{path: mfa, ne: 'yes'}, {path: last_activity, older_than: 90d}]}, at_most: 0}}]}";
        let accounts = vec![
            record([
                ("id", text("u1")),
                ("name", text("dana")),
                ("mfa", text("no")),
                ("last_activity", Value::Int(days_ago(2))),
            ]),
            record([
                ("id", text("u2")),
                ("name", text("ada")),
                ("mfa", text("yes")),
                ("last_activity", Value::Int(days_ago(1))),
            ]),
        ];
        let list =
            observation(EvidenceKind::Access, 1, [("accounts", Value::Int(2))], ("accounts", accounts));

        let lines = explain(&test(body), &facts([asset("aws", vec![list]), asset("gcp", vec![])]), NOW);

        insta::assert_snapshot!(lines.join("\n"), @r"
        demo.holds: It holds
          asks that number of accounts is at least 1 and no accounts where second factor is not yes or last activity is more than 90 days ago
          covers 2 deployables of 2 where type is deployable and in scope is yes
          aws: fail: 1 of 2 accounts where second factor is not yes or last activity is more than 90 days ago, none allowed: dana
            relies on ev-access-1
            holds: number of accounts is 2
            does not hold: 1 of 2 accounts where second factor is not yes or last activity is more than 90 days ago, none allowed: dana
              dana: second factor is no, last activity is 2026-09-29
          gcp: missing: there is no access list: import one
          result: fail. 1 of 2 deployables fails: aws (1 of 2 accounts where second factor is not yes or last activity is more than 90 days ago, none allowed: dana). 1 of 2 has no evidence: gcp.
          without new evidence this stands until 30 Oct 2026 12:00 UTC
        ");
    }

    #[test]
    fn a_test_that_cannot_be_carried_out_says_why() {
        let mut broken = test(
            "population: {of: asset, when_empty: none}\nevidence: {kind: sbom}\npass: {path: evidence.format, exists: true}",
        );
        broken.evidence.as_mut().unwrap().fresh = Some(Span("soon".to_owned()));

        let lines = explain(&broken, &facts([]), NOW);

        assert!(lines[1].contains("cannot be carried out: `soon` is no length of time"), "{lines:?}");
    }
}
