//! Verdicts in few words: one clause per subject, one or two sentences per test.

use crate::controls::TestStatus;
use crate::controls::compile::Compiled;
use crate::controls::judge::{Counted, Judgement, Truth};
use crate::controls::words;

use super::Verdict;

/// Characters a sentence on a test aims to stay below.
const MAX_SENTENCE: usize = 200;
/// Characters a clause on a subject aims to stay below.
const MAX_CLAUSE: usize = 140;
/// Characters of a row's name within a clause.
const MAX_NAME: usize = 60;
/// Things named before the rest is counted.
const NAMED: usize = 3;

/// What was found about one subject, in the test's own words where it has some.
pub(super) fn clause(compiled: &Compiled<'_>, judged: &Judgement) -> String {
    let says = compiled.test.says.as_deref();
    let counted = judged.counted.as_ref().filter(|c| c.truth == judged.truth);
    let own = match (judged.truth, says, counted) {
        (Truth::False, Some(says), Some(rows)) if !rows.wanted => Some(against(rows, says)),
        (Truth::False, Some(says), _) => Some(says.to_owned()).filter(|_| !compiled.pass.names_rows(false)),
        (Truth::True, Some(says), Some(rows)) => Some(in_favour(rows, says)),
        (Truth::Unknown, _, Some(rows)) => rows.doubt.clone(),
        (Truth::True | Truth::Unknown, _, _) | (Truth::False, None, _) => None,
    };
    own.unwrap_or_else(|| cut(&judged.sentences(judged.truth).join("; "), MAX_CLAUSE))
}

/// "1 of 7 accounts had no second factor: jonas.feld".
fn against(rows: &Counted, says: &str) -> String {
    let mut text = format!("{} of {} {} {says}", rows.count, rows.total, words::plural(rows.table));
    let mut named = 0;
    for name in rows.names.iter().map(|name| cut(name, MAX_NAME)) {
        if named > 0 && text.chars().count() + name.chars().count() > MAX_CLAUSE {
            break;
        }
        text.push_str(if named == 0 { ": " } else { ", " });
        text.push_str(&name);
        named += 1;
    }
    let rest = rows.count - named;
    if rest > 0 && named > 0 { format!("{text} and {rest} more") } else { text }
}

fn in_favour(rows: &Counted, says: &str) -> String {
    let plural = words::plural(rows.table);
    match (rows.wanted, rows.count, rows.total) {
        (true, _, _) => {
            rows.names.first().map_or_else(|| format!("{} {plural}", rows.count), |n| cut(n, MAX_NAME))
        }
        (false, _, 0) => format!("no {plural}"),
        (false, 0, total) => format!("none of {total} {plural} {says}"),
        (false, count, total) => format!("{count} of {total} {plural} {says}"),
    }
}

/// "1 of 2 cloud accounts fails: aws (why). 1 of 2 cloud accounts has no evidence: gcp."
pub(super) fn figures(total: &str, verdicts: &[(&str, Verdict)]) -> String {
    let groups = [
        (TestStatus::Fail, ["fails", "fail"]),
        (TestStatus::Unknown, ["cannot be judged"; 2]),
        (TestStatus::Stale, ["rests on old evidence", "rest on old evidence"]),
        (TestStatus::Missing, ["has no evidence", "have no evidence"]),
    ];
    let mut out = String::new();
    for (status, [one, many]) in groups {
        let members: Vec<(&str, &str)> = verdicts
            .iter()
            .filter(|(_, v)| v.status == status)
            .map(|(id, v)| (*id, v.explanation.as_str()))
            .collect();
        if members.is_empty() {
            continue;
        }
        let verb = if members.len() == 1 { one } else { many };
        if out.is_empty() {
            let head = format!("{} of {total} {verb}: ", members.len());
            let room = MAX_SENTENCE.saturating_sub(head.chars().count() + 1);
            out.push_str(&format!("{head}{}.", reasons(&members, room)));
        } else {
            let room = MAX_SENTENCE.saturating_sub(out.chars().count());
            out.push_str(&beside(&members, (verdicts.len(), verb), room));
        }
    }
    out
}

/// The members with as many reasons as there is room for; the same reason is given once.
fn reasons(members: &[(&str, &str)], room: usize) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (id, why) in members {
        match groups.iter_mut().find(|(known, _)| known == why) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((why, vec![id])),
        }
    }
    let fits = |text: &String| text.chars().count() <= room;
    let shown = (1..=NAMED.min(groups.len())).rev().map(|n| with_reasons(&groups, n, members.len()));
    if let Some(text) = shown.into_iter().find(fits) {
        return text;
    }
    let ids: Vec<&str> = members.iter().map(|(id, _)| *id).collect();
    let [(why, same), others @ ..] = groups.as_slice() else { return listed(&ids) };
    // One name is enough where the reason is the same for all of them.
    let one = format!("{} ({why})", listed_up_to(same, 1));
    if others.is_empty() && fits(&one) {
        return one;
    }
    // The worst news keeps its reason, cut where it has to be.
    let rest = members.len() - same.len();
    let tail = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    let named = listed(same);
    let left = room.saturating_sub(named.chars().count() + tail.chars().count() + 3).max(MAX_NAME);
    format!("{named} ({}){tail}", cut(why, left))
}

/// What there is beside the worst news, with as many names as there is room for.
fn beside(members: &[(&str, &str)], (all, verb): (usize, &str), room: usize) -> String {
    let ids: Vec<&str> = members.iter().map(|(id, _)| *id).collect();
    let head = format!(" {} of {all} {verb}", ids.len());
    let named = [listed(&ids), listed_up_to(&ids, 1)].map(|names| format!("{head}: {names}."));
    named.into_iter().find(|text| text.chars().count() <= room).unwrap_or_else(|| format!("{head}."))
}

fn with_reasons(groups: &[(&str, Vec<&str>)], shown: usize, all: usize) -> String {
    let said: Vec<String> =
        groups.iter().take(shown).map(|(why, ids)| format!("{} ({why})", listed(ids))).collect();
    let rest = all - groups.iter().take(shown).map(|(_, ids)| ids.len()).sum::<usize>();
    let tail = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    format!("{}{tail}", said.join("; "))
}

/// "a, b, c and 4 more".
pub(in crate::controls) fn listed(names: &[&str]) -> String {
    listed_up_to(names, NAMED)
}

fn listed_up_to(names: &[&str], most: usize) -> String {
    let rest = names.len().saturating_sub(most);
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}

/// A sentence on a test, cut where it runs away.
pub(super) fn clipped(text: &str) -> String {
    cut(text, MAX_SENTENCE)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use crate::controls::sample::{NOW, asset, facts, feed, observation, record, test, text};
    use crate::controls::{Record, Subject, TestResult, Value, evaluate_test};
    use crate::evidence::EvidenceKind;

    const ROWS: &str = "says: can sign in with a password alone\n\
        population: {of: asset, when_empty: none}\n\
        evidence: {kind: access}\n\
        pass: {all: [{path: evidence.accounts, at_least: 1}, {count: {of: accounts, where: {path: mfa, ne: 'yes'}, at_most: 0}}]}";
    const WHOLE: &str = "says: the agreement is missing or has ended\n\
        population: {of: asset, when_empty: none}\n\
        evidence: {kind: document, take: every}\n\
        pass: {count: {of: documents, where: {path: document, eq: dpa}, at_least: 1}}";

    fn account(name: &str, mfa: &str) -> Record {
        record([("id", text(name)), ("name", text(name)), ("mfa", text(mfa))])
    }

    fn cloud(id: &str, accounts: Vec<Record>) -> Subject {
        let fields = [("accounts", Value::Int(accounts.len() as i64)), ("completeness", text("proven"))];
        let mut cloud = asset(id, vec![observation(EvidenceKind::Access, 1, fields, ("accounts", accounts))]);
        cloud.fields.insert("type".to_owned(), text("cloud_account"));
        cloud
    }

    fn papers(id: &str, words: &[&str]) -> Subject {
        let rows = words.iter().map(|w| record([("id", text(w)), ("title", text(w)), ("document", text(w))]));
        asset(id, vec![observation(EvidenceKind::Document, 1, [], ("documents", rows.collect()))])
    }

    fn run(body: &str, subjects: Vec<Subject>) -> TestResult {
        evaluate_test(&test(body), &facts(subjects), NOW)
    }

    #[test]
    fn failing_rows_are_said_in_the_words_of_the_test_and_named() {
        let bad = cloud("aws-card", vec![account("jonas.feld", "no"), account("ines", "yes")]);
        let result = run(ROWS, vec![bad, cloud("aws-build", vec![account("ines", "yes")])]);

        assert_eq!(
            result.explanation,
            "1 of 2 cloud accounts fails: aws-card (1 of 2 accounts can sign in with a password alone: jonas.feld)."
        );
        assert_eq!(
            result.subjects[0].explanation,
            "access list of 2026-09-30: none of 1 accounts can sign in with a password alone"
        );
        assert_eq!(result.failing[0].reason, "jonas.feld: second factor is no");
    }

    #[test]
    fn three_rows_are_named_the_rest_is_counted_and_hashes_are_cut() {
        let hash = "3951b57e0113855036f1e45ee8be0b0a27ecf4f1";
        let names = [hash, "b", "c", "d", "e"];
        let result = run(ROWS, vec![cloud("aws", names.iter().map(|n| account(n, "no")).collect())]);

        assert!(
            result.explanation.ends_with("alone: 3951b57e0113, b, c and 2 more)."),
            "{}",
            result.explanation
        );
        assert_eq!(result.failing[0].item, hash);
    }

    #[test]
    fn a_failing_subject_is_said_in_the_words_of_the_test_once_for_all_with_the_same_reason() {
        let none = ["a", "b", "c", "d"].map(|id| papers(id, &["soc2"]));
        let result = run(WHOLE, none.into_iter().chain([papers("e", &["dpa"])]).collect());

        assert_eq!(
            result.explanation,
            "4 of 5 deployables fail: a, b, c and 1 more (the agreement is missing or has ended)."
        );
        assert_eq!(result.subjects[4].explanation, "document of 2026-09-30: dpa");
    }

    #[test]
    fn the_way_to_a_whole_database_is_never_cut() {
        let body = "population: {of: asset, when_empty: none}\n\
            evidence: {kind: sbom, feed: current}\n\
            pass: {count: {of: matches, at_most: 0}}";
        let silent = |id: &str| {
            let fields = [("components", Value::Int(3))];
            asset(id, vec![observation(EvidenceKind::Sbom, 1, fields, ("matches", vec![]))])
        };
        let mut single = feed(1);
        single.fields.insert("whole".to_owned(), Value::Bool(false));
        let names = ["merchant-portal", "payments-api", "settlement-worker", "workspace-main"];
        let result = run(body, names.map(silent).into_iter().chain([single]).collect());

        assert_eq!(
            result.explanation,
            "4 of 4 deployables cannot be judged: merchant-portal and 3 more (only single advisories are known here: import a whole database, for example `attestry import advisory-db.tar.gz`)."
        );
    }

    #[test]
    fn words_about_rows_do_not_speak_for_a_subject_that_fails_without_any() {
        let result = run(ROWS, vec![cloud("aws", vec![])]);

        assert!(result.explanation.contains("number of accounts is 0, must be at least 1"), "{result:?}");
    }

    #[test]
    fn what_cannot_be_judged_says_what_is_missing() {
        let unsaid = record([("id", text("a")), ("name", text("a"))]);
        let result = run(ROWS, vec![cloud("aws", vec![unsaid])]);

        assert_eq!(
            result.explanation,
            "1 of 1 cloud account cannot be judged: aws (1 of 1 accounts cannot be judged: second factor is not stated)."
        );
    }

    #[test]
    fn however_much_fails_a_sentence_stays_short() {
        let long = |i: usize| format!("{i}-{}", "a-very-long-name-of-an-account-that-goes-on".repeat(4));
        let many = |s: usize| {
            cloud(
                &format!("an-asset-with-quite-a-long-key-{s}"),
                (0..9 + s).map(|i| account(&long(i), "no")).collect(),
            )
        };
        let result = run(ROWS, (0..12).map(many).collect());

        assert!(result.explanation.chars().count() <= 220, "{}", result.explanation);
        assert!(
            result.subjects.iter().all(|s| s.explanation.chars().count() <= 220),
            "{:?}",
            result.subjects[0]
        );
    }

    #[test]
    fn what_holds_everywhere_is_said_with_the_figures() {
        let good = |id: &str| cloud(id, vec![account("a", "yes"), account("b", "yes")]);

        let result = run(ROWS, vec![good("a"), good("b")]);

        assert_eq!(result.explanation, "All 2 cloud accounts hold (4 accounts looked at).");
    }
}
