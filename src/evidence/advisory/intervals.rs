//! Turns the events of an OSV range into intervals.

use std::cmp::Ordering;

use super::Interval;
use super::semver_order::compare;

/// One event of a range; the order of the variants is the order at the same version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// First version that is not affected.
    Fixed(String),
    /// First affected version; `0` is the beginning.
    Introduced(String),
    /// Last affected version.
    LastAffected(String),
}

impl Event {
    fn version(&self) -> &str {
        match self {
            Self::Fixed(version) | Self::Introduced(version) | Self::LastAffected(version) => version,
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Fixed(_) => 0,
            Self::Introduced(_) => 1,
            Self::LastAffected(_) => 2,
        }
    }
}

/// Pairs events. `semver`: their versions have semver order, so that events in any order pair rightly.
///
/// An end without a beginning is taken from the beginning on: it says that something before it is affected.
pub(super) fn intervals(mut events: Vec<Event>, semver: bool) -> Vec<Interval> {
    if semver {
        sort(&mut events);
    }
    let mut out: Vec<Interval> = Vec::new();
    let mut open: Option<Option<String>> = None;
    for event in events {
        let (fixed, last_affected) = match event {
            Event::Introduced(version) => {
                open.get_or_insert_with(|| Some(version).filter(|v| v.trim() != "0"));
                continue;
            }
            Event::Fixed(version) => (Some(version), None),
            Event::LastAffected(version) => (None, Some(version)),
        };
        // A second end after the first says nothing new.
        if open.is_none() && !out.is_empty() {
            continue;
        }
        out.push(Interval { introduced: open.take().flatten(), fixed, last_affected });
    }
    if let Some(introduced) = open {
        out.push(Interval { introduced, fixed: None, last_affected: None });
    }
    out
}

/// Sorts by version when every version can be ordered; otherwise the document's order stands.
fn sort(events: &mut [Event]) {
    let key = |event: &Event| event.version().trim().to_owned();
    let ordered = |a: &str, b: &str| match (a, b) {
        ("0", "0") => Some(Ordering::Equal),
        ("0", _) => Some(Ordering::Less),
        (_, "0") => Some(Ordering::Greater),
        _ => compare(a, b),
    };
    if events.iter().all(|e| key(e) == "0" || compare(&key(e), &key(e)).is_some()) {
        events.sort_by(|a, b| {
            let versions = ordered(&key(a), &key(b)).unwrap_or(Ordering::Equal);
            versions.then(a.rank().cmp(&b.rank()))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn introduced(version: &str) -> Event {
        Event::Introduced(version.to_owned())
    }

    fn fixed(version: &str) -> Event {
        Event::Fixed(version.to_owned())
    }

    fn shown(events: Vec<Event>, semver: bool) -> Vec<String> {
        let text = |v: Option<String>| v.unwrap_or_else(|| "-".to_owned());
        let list = intervals(events, semver);
        list.into_iter()
            .map(|i| format!("{} {} {}", text(i.introduced), text(i.fixed), text(i.last_affected)))
            .collect()
    }

    #[test]
    fn every_pair_of_a_range_becomes_an_interval() {
        let events =
            vec![introduced("0"), fixed("1.0.0"), introduced("2.0.0"), Event::LastAffected("2.5.0".into())];

        assert_eq!(shown(events, true), ["- 1.0.0 -", "2.0.0 - 2.5.0"]);
    }

    #[test]
    fn events_in_any_order_pair_rightly_where_versions_can_be_ordered() {
        let events = vec![fixed("2.1.0"), introduced("2.0.0"), fixed("1.0.0"), introduced("0")];

        assert_eq!(shown(events, true), ["- 1.0.0 -", "2.0.0 2.1.0 -"]);
    }

    #[test]
    fn open_ranges_doubled_events_and_lonely_ends_are_kept_on_the_safe_side() {
        assert_eq!(shown(vec![introduced("1.0.0")], true), ["1.0.0 - -"]);
        assert_eq!(
            shown(vec![introduced("0"), introduced("1.0.0"), fixed("1.2.0"), fixed("1.3.0")], true),
            ["- 1.2.0 -"]
        );
        assert_eq!(shown(vec![fixed("1.2.0")], true), ["- 1.2.0 -"]);
        assert_eq!(shown(vec![introduced("1:2"), fixed("1:3~x")], false), ["1:2 1:3~x -"]);
        assert!(shown(Vec::new(), true).is_empty());
    }
}
