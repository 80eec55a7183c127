//! Words and cells that several of these pages have in common.

use crate::base::{DAY_MS, Severity, UnixMillis};
use crate::report::Mark;
use crate::report::table::Cell;

/// A severity as its chip.
pub fn severity(word: &str) -> Cell {
    let severity =
        serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or(Severity::Unknown);
    let (mark, word) = match severity {
        Severity::Critical => (Mark::NotMet, "Critical"),
        Severity::High => (Mark::NotMet, "High"),
        Severity::Medium => (Mark::Attention, "Medium"),
        Severity::Low => (Mark::NotApplicable, "Low"),
        Severity::None => (Mark::NotApplicable, "None"),
        Severity::Unknown => (Mark::Unknown, "Severity unknown"),
    };
    chip(mark, word)
}

/// A chip.
pub fn chip(mark: Mark, word: impl Into<String>) -> Cell {
    Cell::Chip { mark, word: word.into() }
}

/// A link.
pub fn link(label: impl Into<String>, href: impl Into<String>) -> Cell {
    Cell::Link { label: label.into(), href: href.into(), detail: None }
}

/// Why there is nothing.
pub fn missing(why: &'static str) -> Cell {
    Cell::Missing(why.into())
}

/// Words, or why there are none.
pub fn text_or(text: Option<&str>, why: &'static str) -> Cell {
    Cell::text_or(text.map(str::to_owned), why)
}

/// What the evidence is about, with a link to where it is shown.
pub fn subject(subject: &str) -> Cell {
    match subject.split_once(':') {
        Some(("vendor", key)) => link(key, format!("/vendors/{}", encoded(key))),
        Some((_, key)) => link(key, format!("/evidence?subject={}", encoded(subject))),
        None => missing("nothing in particular"),
    }
}

/// The key of a subject.
pub fn key_of(subject: &str) -> &str {
    subject.split_once(':').map_or(subject, |(_, key)| key)
}

/// A value inside an address.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Whole days between two instants, counted down.
pub const fn days_between(from: UnixMillis, to: UnixMillis) -> i64 {
    to.since(from).div_euclid(DAY_MS)
}

/// A number of days.
pub fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// A number and its noun.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How long something took.
pub fn took(millis: i64) -> String {
    match millis {
        ..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        60_000.. => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1000),
    }
}

/// A share as per cent, rounded down: what is not quite all never reads as all.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_not_all_never_reads_as_all() {
        assert_eq!(percent(0.9999), "99 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn a_severity_nobody_knows_is_said_to_be_unknown() {
        assert_eq!(severity("weird"), chip(Mark::Unknown, "Severity unknown"));
    }
}
