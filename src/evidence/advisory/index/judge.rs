//! Judges one version against one affected entry, with the proof in words.

use semver::Version;

use crate::evidence::advisory::semver_order::{Bound, Range, bound, requirement};
use crate::evidence::advisory::{Affected, Interval};

/// One affected entry, its versions parsed once.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Position of the advisory in the index.
    pub advisory: usize,
    intervals: Vec<Span>,
    listed: Vec<(String, Option<Version>)>,
    requirements: Option<Needs>,
    fixed: Vec<Version>,
    unreadable: Option<String>,
}

#[derive(Debug, Clone)]
struct Span {
    range: Range,
    shown: String,
}

#[derive(Debug, Clone)]
struct Needs {
    ranges: Vec<Vec<Range>>,
    shown: String,
}

/// What the entry says about a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is affected; why.
    Affected(String),
    /// It is not.
    NotAffected,
    /// The entry holds a bound that is no version; which.
    Unreadable(String),
}

impl Entry {
    pub(super) fn new(advisory: usize, affected: &Affected) -> Self {
        let mut entry = Self {
            advisory,
            intervals: Vec::new(),
            listed: affected.versions.iter().map(|v| (v.trim().to_owned(), bound(v))).collect(),
            requirements: None,
            fixed: Vec::new(),
            unreadable: None,
        };
        for interval in &affected.intervals {
            entry.interval(interval);
        }
        if let Some(lists) = &affected.requirements {
            let all = lists.patched.iter().chain(&lists.unaffected);
            let patched = lists.patched.iter().filter_map(|text| requirement(text)).flatten();
            entry.fixed.extend(patched.filter_map(first_fixed));
            entry.requirements = Some(Needs {
                ranges: all.filter_map(|text| requirement(text)).collect(),
                shown: shown(&lists.patched, &lists.unaffected),
            });
        }
        entry
    }

    fn interval(&mut self, interval: &Interval) {
        let parse = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => bound(text).map(Some).ok_or_else(|| format!("`{text}`")),
        };
        let bounds = (parse(&interval.introduced), parse(&interval.fixed), parse(&interval.last_affected));
        let (introduced, fixed, last) = match bounds {
            (Ok(introduced), Ok(fixed), Ok(last)) => (introduced, fixed, last),
            (Err(what), _, _) | (_, Err(what), _) | (_, _, Err(what)) => {
                self.unreadable.get_or_insert(what);
                return;
            }
        };
        self.fixed.extend(fixed.clone());
        let upper = fixed.and_then(Bound::exclusive).or_else(|| last.and_then(Bound::inclusive));
        let range = Range { lower: introduced.and_then(Bound::inclusive), upper };
        self.intervals.push(Span { range, shown: words(interval) });
    }

    /// Whether the version is listed letter by letter.
    pub(super) fn lists(&self, version: &str) -> bool {
        self.listed.iter().any(|(text, _)| text == version.trim())
    }

    pub(super) fn judge(&self, version: &Version) -> Verdict {
        if let Some(span) = self.intervals.iter().find(|span| span.range.contains(version)) {
            return Verdict::Affected(format!("{version} is in {}", span.shown));
        }
        let same = |known: &Version| known.cmp_precedence(version).is_eq();
        if self.listed.iter().any(|(_, known)| known.as_ref().is_some_and(same)) {
            return Verdict::Affected(format!("{version} is listed"));
        }
        if let Some(needs) = &self.requirements
            && !needs.ranges.iter().any(|all| all.iter().all(|range| range.contains(version)))
        {
            return Verdict::Affected(format!("{version} is {}", needs.shown));
        }
        self.unreadable.clone().map_or(Verdict::NotAffected, Verdict::Unreadable)
    }
}

/// The versions above this one that carry the fix, lowest first.
pub(super) fn fixes<'e>(entries: impl Iterator<Item = &'e Entry>, version: Option<&Version>) -> Vec<String> {
    let above = |fix: &&Version| version.is_none_or(|v| fix.cmp_precedence(v).is_gt());
    let mut fixed: Vec<&Version> = entries.flat_map(|entry| &entry.fixed).filter(above).collect();
    fixed.sort();
    fixed.dedup();
    fixed.into_iter().map(ToString::to_string).collect()
}

/// The lowest version a `patched` requirement admits, when it names one.
fn first_fixed(range: Range) -> Option<Version> {
    let lower = range.lower?;
    lower.inclusive.then_some(lower.version)
}

fn words(interval: &Interval) -> String {
    let from = interval.introduced.as_ref().map_or_else(|| "[0".to_owned(), |v| format!("[{v}"));
    match (&interval.fixed, &interval.last_affected) {
        (Some(fixed), _) => format!("{from}, {fixed})"),
        (None, Some(last)) => format!("{from}, {last}]"),
        (None, None) => format!("{from}, no fix known)"),
    }
}

fn shown(patched: &[String], unaffected: &[String]) -> String {
    let list = |requirements: &[String]| requirements.join(" or ");
    match (patched.is_empty(), unaffected.is_empty()) {
        (true, true) => "affected like every version: no fix known".to_owned(),
        (true, false) => format!("not unaffected ({}); no fix known", list(unaffected)),
        (false, true) => format!("not patched ({})", list(patched)),
        (false, false) => {
            format!("neither patched ({}) nor unaffected ({})", list(patched), list(unaffected))
        }
    }
}
