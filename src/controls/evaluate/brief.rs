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
        let head = format!("{} of {total} {}: ", members.len(), if members.len() == 1 { one } else { many });
        let room = MAX_SENTENCE.saturating_sub(out.chars().count() + head.chars().count() + 2);
        let space = if out.is_empty() { "" } else { " " };
        out.push_str(&format!("{space}{head}{}.", reasons(&members, room, out.is_empty())));
    }
    out
}

/// The members with as many reasons as there is room for; the same reason is given once.
fn reasons(members: &[(&str, &str)], room: usize, first: bool) -> String {
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
    match groups.first() {
        // The worst news keeps its reason, cut where it has to be.
        Some((why, ids)) if first => {
            let rest = members.len() - ids.len();
            let tail = if rest > 0 { format!("; and {rest} more") } else { String::new() };
            let named = listed(ids);
            let left = room.saturating_sub(named.chars().count() + tail.chars().count() + 3).max(MAX_NAME);
            format!("{named} ({}){tail}", cut(why, left))
        }
        Some(_) | None => listed(&ids),
    }
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
    let rest = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
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
