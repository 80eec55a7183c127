//! Ranges of npm and Conan: alternatives between `||`, comparators between spaces, `~`, `^`, `x` and hyphens.

use super::{Comparator, Constraint, between, counted_up, is_version};

/// A range of npm. A version with less than three numbers is filled up with zeros, as the tests of `vers` have it.
pub(super) fn npm(kind: &str, range: &str) -> Option<Vec<Constraint>> {
    let mut found = Vec::new();
    for alternative in range.split("||").map(str::trim) {
        if matches!(alternative, "" | "*" | "x" | "X" | "latest") {
            return Some(Vec::new());
        }
        if let Some((from, to)) = alternative.split_once(" - ") {
            found.push(Constraint::new(kind, Comparator::GreaterOrEqual, filled(from.trim())?));
            found.push(Constraint::new(kind, Comparator::LessOrEqual, filled(to.trim())?));
            continue;
        }
        for part in joined(alternative) {
            found.extend(npm_part(kind, &part)?);
        }
    }
    Some(found)
}

fn npm_part(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    if let Some(version) = part.strip_prefix('^') {
        let from = filled(version)?;
        let leading = numbers(&from).iter().take_while(|number| **number == "0").count();
        let written = version.split('.').count().min(3);
        return Some(between(kind, &from, &next(&from, leading.min(written.checked_sub(1)?))?));
    }
    if let Some(version) = part.strip_prefix("~>").or_else(|| part.strip_prefix('~')) {
        let from = filled(version)?;
        let written = numbers(version.trim_start_matches(['v', '='])).len();
        return Some(between(kind, &from, &next(&from, usize::from(written > 1))?));
    }
    let (comparator, version) = Comparator::split(part);
    let comparator = comparator.unwrap_or(Comparator::Equal);
    let start = version.split('.').take_while(|part| !matches!(*part, "x" | "X" | "*")).count();
    if start < version.split('.').count() {
        return any_of(kind, comparator, version, start);
    }
    Some(vec![Constraint::new(kind, comparator, filled(version)?)])
}

/// `1.2.x`, and with a comparator in front what lies before or after it.
fn any_of(kind: &str, comparator: Comparator, version: &str, numbers: usize) -> Option<Vec<Constraint>> {
    let known: Vec<&str> = version.split('.').take(numbers).collect();
    let from = filled(&known.join("."))?;
    let to = next(&from, numbers.checked_sub(1)?)?;
    match comparator {
        Comparator::Equal | Comparator::GreaterOrEqual => Some(between(kind, &from, &to)),
        Comparator::Less => Some(vec![Constraint::new(kind, Comparator::Less, from)]),
        Comparator::LessOrEqual => Some(vec![Constraint::new(kind, Comparator::Less, to)]),
        Comparator::Greater => Some(vec![Constraint::new(kind, Comparator::GreaterOrEqual, to)]),
        Comparator::NotEqual => None,
    }
}

/// The comparators of an alternative; a sign with a space behind belongs to what follows.
fn joined(alternative: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut sign = String::new();
    for word in alternative.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
        sign.push_str(word);
        if !word.chars().all(|c| "<>=!~^".contains(c)) {
            parts.push(std::mem::take(&mut sign));
        }
    }
    parts
}

/// A version with three numbers at least, without `v`.
fn filled(version: &str) -> Option<String> {
    let version = version.trim_start_matches(['v', '=', ' ']);
    is_version(version).then_some(())?;
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let (core, rest) = version.split_at_checked(end)?;
    if core.split('.').any(str::is_empty) {
        return None;
    }
    let missing = 3_usize.saturating_sub(core.split('.').count());
    Some(format!("{core}{}{rest}", ".0".repeat(missing)))
}

fn numbers(version: &str) -> Vec<&str> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    version.get(..end).unwrap_or_default().split('.').collect()
}

/// The version with the number at a place counted up and zeros behind.
fn next(version: &str, place: usize) -> Option<String> {
    let numbers = numbers(version);
    let raised = numbers.get(place)?.parse::<u64>().ok()?.checked_add(1)?.to_string();
    let parts: Vec<&str> = (0..3)
        .map(|index| match index {
            index if index < place => numbers.get(index).copied().unwrap_or("0"),
            index if index == place => raised.as_str(),
            _ => "0",
        })
        .collect();
    Some(parts.join("."))
}

/// A range of Conan. An upper end that is not written is a pre-release, so that `<2.6-` leaves those of 2.6 out.
pub(super) fn conan(kind: &str, range: &str) -> Option<Vec<Constraint>> {
    // What follows the comma are options of the resolver.
    let range = range.split_once(',').map_or(range, |(range, _)| range);
    let mut found = Vec::new();
    for alternative in range.split("||").map(str::trim) {
        if matches!(alternative, "" | "*") {
            found.push(Constraint::new(kind, Comparator::GreaterOrEqual, "0.0.0"));
            continue;
        }
        for part in joined(alternative) {
            found.extend(conan_part(kind, &part)?);
        }
    }
    Some(found)
}

fn conan_part(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    let open = |text: &str| text.strip_suffix('-').unwrap_or(text).to_owned();
    if let Some(version) = part.strip_prefix('~') {
        let from = open(version);
        let last = numbers(&from).len().saturating_sub(2);
        return Some(between(kind, &from, &format!("{}-", counted_up(&from, last)?)));
    }
    if let Some(version) = part.strip_prefix('^') {
        let from = open(version);
        let numbers = numbers(&from);
        let zeros = numbers.iter().take_while(|number| **number == "0").count();
        let dropped = numbers.len().saturating_sub(zeros + 1);
        return Some(between(kind, &from, &format!("{}-", counted_up(&from, dropped)?)));
    }
    let (comparator, version) = Comparator::split(part);
    let version = open(version);
    is_version(&version)
        .then(|| vec![Constraint::new(kind, comparator.unwrap_or(Comparator::Equal), version)])
}
