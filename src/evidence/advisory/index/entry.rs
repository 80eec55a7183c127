//! One affected entry with its versions parsed once, and what it says about a version.

use std::cell::OnceCell;

use semver::Version;

use crate::evidence::advisory::order::{Key, Order};
use crate::evidence::advisory::requirement::{self, Range, requirement};
use crate::evidence::advisory::{Affected, Interval};

/// One affected entry of the index.
#[derive(Debug)]
pub(super) struct Entry {
    /// Position of the advisory in the index.
    pub advisory: usize,
    /// Release of the distribution it speaks about; `None` speaks about all.
    pub release: Option<Box<str>>,
    spans: Vec<Span>,
    /// Listed versions outside every interval, sorted.
    listed: Vec<Key>,
    /// Listed texts that are no versions.
    texts: Vec<Box<str>>,
    needs: Option<Needs>,
    fixed: Vec<(Key, Box<str>)>,
    doubt: Option<Box<str>>,
}

#[derive(Debug)]
struct Span {
    lower: Option<(Key, bool)>,
    upper: Option<(Key, bool)>,
    shown: Box<str>,
}

/// Cargo requirements that say what is not affected.
#[derive(Debug)]
struct Needs {
    ranges: Vec<Vec<Range>>,
    shown: Box<str>,
}

/// The version asked about, parsed at most once each way.
#[derive(Debug)]
pub(super) struct Asked<'v> {
    /// As the package states it.
    pub text: &'v str,
    /// Its key in the ecosystem's order.
    pub key: Option<Key>,
    cargo: OnceCell<Option<Version>>,
}

impl<'v> Asked<'v> {
    pub(super) fn new(text: &'v str, order: Option<Order>) -> Self {
        let text = text.trim();
        let key = order.filter(|_| !text.is_empty()).and_then(|order| order.key(text));
        Self { text, key, cargo: OnceCell::new() }
    }

    fn cargo(&self) -> Option<&Version> {
        self.cargo.get_or_init(|| requirement::version(self.text)).as_ref()
    }
}

/// What an entry says about a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict<'e> {
    /// It is affected: the interval, list or requirements that hold it, as written.
    Affected(&'e str),
    /// It is not.
    NotAffected,
    /// The entry cannot be judged; why.
    Unjudged(&'e str),
    /// The version cannot be compared with what the entry states.
    Unread,
}

const LISTED: &str = "the listed versions";

impl Entry {
    pub(super) fn new(
        advisory: usize,
        release: Option<Box<str>>,
        affected: &Affected,
        order: Option<Order>,
    ) -> Self {
        let mut entry = Self {
            advisory,
            release,
            spans: Vec::with_capacity(affected.intervals.len()),
            listed: Vec::new(),
            texts: Vec::new(),
            needs: affected.requirements.as_ref().map(needs),
            fixed: Vec::new(),
            doubt: None,
        };
        let patched = affected.requirements.iter().flat_map(|lists| &lists.patched);
        for text in patched.filter_map(|text| requirement(text)).flatten().filter_map(first_fixed) {
            // requirements are Cargo's, whatever the ecosystem is called
            let key = Order::of("crates.io").and_then(|order| order.key(&text));
            entry.fixed.extend(key.map(|key| (key, text.into())));
        }
        for interval in &affected.intervals {
            entry.interval(interval, order);
        }
        for version in &affected.versions {
            entry.list(version.trim(), order);
        }
        entry.listed.sort_unstable();
        entry.listed.dedup();
        let silent = affected.intervals.is_empty() && affected.versions.is_empty();
        if silent && affected.requirements.is_none() {
            let why = if affected.commits.is_empty() { "states no versions" } else { "states only commits" };
            entry.doubt = Some(why.into());
        }
        entry
    }

    fn list(&mut self, version: &str, order: Option<Order>) {
        match order.and_then(|order| order.key(version)) {
            // Lists mostly enumerate what the intervals say; only what they add is kept.
            Some(key) if self.spans.iter().any(|span| span.holds(&key)) => {}
            Some(key) => self.listed.push(key),
            None => self.texts.push(version.into()),
        }
    }

    fn interval(&mut self, interval: &Interval, order: Option<Order>) {
        let Some(order) = order else { return };
        let mut failed = None;
        let mut parse = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim)?;
            let key = order.key(text);
            if key.is_none() {
                failed.get_or_insert_with(|| text.to_owned());
            }
            key
        };
        let (first, before) = (parse(&interval.introduced), parse(&interval.after));
        let (fixed, last) = (parse(&interval.fixed), parse(&interval.last_affected));
        if let Some(text) = failed {
            self.doubt.get_or_insert_with(|| format!("states `{text}`, which is no version").into());
            return;
        }
        if let (Some(key), Some(text)) = (&fixed, &interval.fixed) {
            self.fixed.push((key.clone(), text.trim().into()));
        }
        self.spans.push(Span {
            lower: first.map(|k| (k, true)).or(before.map(|k| (k, false))),
            upper: last.map(|k| (k, true)).or(fixed.map(|k| (k, false))),
            shown: interval.shown().into(),
        });
    }

    pub(super) fn judge(&self, asked: &Asked<'_>) -> Verdict<'_> {
        if let Some(key) = &asked.key {
            if let Some(span) = self.spans.iter().find(|span| span.holds(key)) {
                return Verdict::Affected(&span.shown);
            }
            if self.listed.binary_search(key).is_ok() {
                return Verdict::Affected(LISTED);
            }
        }
        if self.texts.iter().any(|text| **text == *asked.text) {
            return Verdict::Affected(LISTED);
        }
        if let Some(needs) = &self.needs {
            match asked.cargo() {
                Some(version) if needs.spare(version) => {}
                Some(_) => return Verdict::Affected(&needs.shown),
                None => return Verdict::Unread,
            }
        }
        match &self.doubt {
            _ if asked.key.is_none() && self.needs.is_none() => Verdict::Unread,
            Some(why) => Verdict::Unjudged(why),
            None => Verdict::NotAffected,
        }
    }

    /// Versions above the asked one that carry the fix, with the keys to sort them by.
    pub(super) fn fixes(&self, asked: &Asked<'_>) -> impl Iterator<Item = (&Key, &str)> {
        let own = asked.key.clone();
        let above = move |key: &Key| own.as_ref().is_none_or(|own| key > own);
        self.fixed.iter().filter(move |(key, _)| above(key)).map(|(key, text)| (key, text.as_ref()))
    }
}

impl Span {
    fn holds(&self, key: &Key) -> bool {
        let above =
            self.lower.as_ref().is_none_or(|(low, inclusive)| key > low || (*inclusive && key == low));
        above && self.upper.as_ref().is_none_or(|(high, inclusive)| key < high || (*inclusive && key == high))
    }
}

impl Needs {
    /// Whether the version meets a requirement, and so is not affected.
    fn spare(&self, version: &Version) -> bool {
        self.ranges.iter().any(|all| all.iter().all(|range| range.contains(version)))
    }
}

fn needs(lists: &crate::evidence::advisory::Requirements) -> Needs {
    let all = lists.patched.iter().chain(&lists.unaffected);
    Needs {
        ranges: all.filter_map(|text| requirement(text)).collect(),
        shown: shown(&lists.patched, &lists.unaffected).into(),
    }
}

/// The lowest version a `patched` requirement admits, when it names one.
fn first_fixed(range: Range) -> Option<String> {
    let lower = range.lower?;
    lower.inclusive.then(|| lower.version.to_string())
}

fn shown(patched: &[String], unaffected: &[String]) -> String {
    let list = |requirements: &[String]| requirements.join(" or ");
    match (patched.is_empty(), unaffected.is_empty()) {
        (true, true) => "every version: no fix known".to_owned(),
        (true, false) => format!("not unaffected ({}); no fix known", list(unaffected)),
        (false, true) => format!("not patched ({})", list(patched)),
        (false, false) => {
            format!("neither patched ({}) nor unaffected ({})", list(patched), list(unaffected))
        }
    }
}
