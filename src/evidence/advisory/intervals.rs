//! Turns the events of an OSV range into intervals.

use super::Interval;
use super::order::Order;

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
            Self::Fixed(version) | Self::Introduced(version) | Self::LastAffected(version) => version.trim(),
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

/// Pairs events (OSV schema, "Evaluation"). With an order, events in any sequence pair rightly.
///
/// An end without a beginning is taken from the beginning on: it says that something before it is affected.
pub(super) fn intervals(mut events: Vec<Event>, order: Option<Order>) -> Vec<Interval> {
    if let Some(order) = order {
        sort(&mut events, order);
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
        out.push(Interval { introduced: open.take().flatten(), fixed, last_affected, after: None });
    }
    if let Some(introduced) = open {
        out.push(Interval { introduced, ..Interval::default() });
    }
    out
}

/// Sorts by version when every version can be ordered; otherwise the document's order stands.
fn sort(events: &mut Vec<Event>, order: Order) {
    // `0` is the beginning whatever the ecosystem makes of it, and `None` sorts first
    let keys: Option<Vec<_>> = events
        .iter()
        .map(|event| match event.version() {
            "0" => Some(None),
            version => order.key(version).map(Some),
        })
        .collect();
    let Some(keys) = keys else { return };
    let mut keyed: Vec<_> = keys.into_iter().zip(events.drain(..)).collect();
    keyed.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.rank().cmp(&y.rank())));
    events.extend(keyed.into_iter().map(|(_, event)| event));
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

    fn shown(events: Vec<Event>, ordered: bool) -> Vec<String> {
        let text = |v: Option<String>| v.unwrap_or_else(|| "-".to_owned());
        let list = intervals(events, Order::of("crates.io").filter(|_| ordered));
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
