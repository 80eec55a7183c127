//! Ranges as the ecosystems write them.

mod semver;

use super::{Comparator, Constraint};

/// The constraints of a range; none of them means every version, `None` that it cannot be read.
pub(super) fn constraints(kind: &str, range: &str) -> Option<Vec<Constraint>> {
    match kind {
        "npm" => semver::npm(kind, range),
        "conan" => semver::conan(kind, range),
        "gem" => list(kind, range, &['|', ','], gem),
        "pypi" => list(kind, range, &['|', ','], pypi),
        "nginx" => list(kind, range, &[','], nginx),
        "nuget" => intervals(kind, range, Comparator::GreaterOrEqual),
        "maven" => intervals(kind, range, Comparator::Equal),
        _ => list(kind, range, &['|', ','], comparison),
    }
}

type Reader = fn(&str, &str) -> Option<Vec<Constraint>>;

/// Constraints between separators.
fn list(kind: &str, range: &str, separators: &[char], read: Reader) -> Option<Vec<Constraint>> {
    if range == "*" {
        return Some(Vec::new());
    }
    let mut found = Vec::new();
    for part in range.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
        found.extend(read(kind, part)?);
    }
    (!found.is_empty()).then_some(found)
}

/// A comparator and a version, or a version alone.
fn comparison(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    let (comparator, version) = Comparator::split(part);
    let version = version.trim();
    let one = Constraint::new(kind, comparator.unwrap_or(Comparator::Equal), version);
    (is_version(version)).then(|| vec![one])
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>=!*|~^()[],".contains(c))
}

fn between(kind: &str, from: &str, to: &str) -> Vec<Constraint> {
    vec![Constraint::new(kind, Comparator::GreaterOrEqual, from), Constraint::new(kind, Comparator::Less, to)]
}

/// The numbers in front of a version with the last but `dropped` counted up: `2.0.8` without one is `2.1`.
fn counted_up(version: &str, dropped: usize) -> Option<String> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let mut numbers: Vec<u64> = version
        .get(..end)?
        .split('.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let keep = numbers.len().checked_sub(dropped).filter(|keep| *keep > 0)?;
    numbers.truncate(keep);
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    Some(numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
}

/// `RubyGems`: `~> 2.0.8` goes up to the next number but the last.
fn gem(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    let Some(version) = part.strip_prefix("~>").map(str::trim) else {
        return comparison(kind, part);
    };
    let last = usize::from(version.contains('.'));
    is_version(version).then_some(())?;
    Some(between(kind, version, &counted_up(version, last)?))
}

/// Python: `~= 2.2` and `== 1.2.*` besides the usual comparators.
fn pypi(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    if let Some(version) = part.strip_prefix("~=").map(str::trim) {
        is_version(version).then_some(())?;
        return Some(between(kind, version, &counted_up(version, 1)?));
    }
    if let Some(version) = part.strip_prefix("===") {
        return comparison(kind, version.trim());
    }
    match Comparator::split(part) {
        (Some(Comparator::Equal), version) if version.trim().ends_with(".*") => {
            let version = version.trim().strip_suffix(".*")?;
            Some(between(kind, version, &counted_up(version, 0)?))
        }
        _ => comparison(kind, part),
    }
}

/// nginx's advisories: `1.1.4-1.2.8`, and `0.8.40+` for the rest of a stable branch, whose second number is even.
fn nginx(kind: &str, part: &str) -> Option<Vec<Constraint>> {
    if part == "all" {
        return Some(vec![Constraint::new(kind, Comparator::GreaterOrEqual, "0")]);
    }
    if let Some(version) = part.strip_suffix('+') {
        let mut numbers = version.split('.').map(str::parse::<u64>);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        let is_stable = minor % 2 == 0;
        let next = format!("{major}.{}.0", minor.checked_add(1)?);
        let from = Constraint::new(kind, Comparator::GreaterOrEqual, version);
        return Some(if is_stable { between(kind, version, &next) } else { vec![from] });
    }
    match part.split_once('-') {
        Some((from, to)) => Some(vec![
            Constraint::new(kind, Comparator::GreaterOrEqual, from),
            Constraint::new(kind, Comparator::LessOrEqual, to),
        ]),
        None => comparison(kind, part),
    }
}

/// Intervals in brackets, `[1.0, 2.0)`; a version alone means `alone`.
fn intervals(kind: &str, range: &str, alone: Comparator) -> Option<Vec<Constraint>> {
    let mut found = Vec::new();
    let mut rest = range.trim();
    while !rest.is_empty() {
        let Some(end) = rest.find([']', ')']).filter(|_| rest.starts_with(['[', '('])) else {
            let one = Constraint::new(kind, alone, rest);
            return (found.is_empty() && is_version(rest)).then(|| vec![one]);
        };
        let (interval, after) = rest.split_at_checked(end + 1)?;
        found.extend(interval_of(kind, interval)?);
        rest = after.trim_start_matches([',', ' ']);
    }
    Some(found)
}

fn interval_of(kind: &str, interval: &str) -> Option<Vec<Constraint>> {
    let inner = interval.get(1..interval.len().checked_sub(1)?)?;
    let Some((from, to)) = inner.split_once(',') else {
        return is_version(inner.trim())
            .then(|| vec![Constraint::new(kind, Comparator::Equal, inner.trim())]);
    };
    let lower = if interval.starts_with('[') { Comparator::GreaterOrEqual } else { Comparator::Greater };
    let upper = if interval.ends_with(']') { Comparator::LessOrEqual } else { Comparator::Less };
    let end = |comparator, text: &str| match text.trim() {
        "" => Some(None),
        version => is_version(version).then(|| Some(Constraint::new(kind, comparator, version))),
    };
    Some([end(lower, from)?, end(upper, to)?].into_iter().flatten().collect())
}
