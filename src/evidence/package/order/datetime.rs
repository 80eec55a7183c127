//! Points in time as RFC 3339 §5.6 writes them, in the order in which they came.

use crate::evidence::package::key::{KeyWriter, VersionKey};

/// Days in a cycle of the Gregorian calendar of 400 years.
const CYCLE_DAYS: u64 = 146_097;
const DAY_SECONDS: u64 = 86_400;

/// The key; `None` for what is no date and time with an offset.
pub(super) fn key(text: &str) -> Option<VersionKey> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let split = time.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = time.split_at_checked(split)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = fields(clock, ':', [2, 2, 2])?;
    let valid = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !valid || hour > 23 || minute > 59 || second > 60 || !digits {
        return None;
    }
    let local = days(year, month, day) * DAY_SECONDS + hour * 3_600 + minute * 60 + second;
    // A day more keeps the first day of all above zero whatever the offset.
    let instant = (local + DAY_SECONDS).checked_add_signed(-offset_seconds(offset)?)?;
    let mut writer = KeyWriter::new();
    writer.count(instant).text(fraction.trim_end_matches('0'));
    Some(writer.finish())
}

fn fields(text: &str, separator: char, widths: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(separator);
    let mut take = |width| {
        let part: &str = parts.next()?;
        let digits = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let [first, second, third] = widths;
    let read = [take(first)?, take(second)?, take(third)?];
    parts.next().is_none().then_some(read)
}

fn offset_seconds(offset: &str) -> Option<i64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let [hour, minute, _] = fields(&format!("{}:00", offset.get(1..)?), ':', [2, 2, 2])?;
    let seconds = i64::try_from(hour * 3_600 + minute * 60).ok()?;
    (hour <= 23 && minute <= 59).then_some(sign * seconds)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the first of January of the year 0.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let in_cycle = year % 400;
    let leap_days = in_cycle.div_ceil(4) - in_cycle.div_ceil(100) + in_cycle.div_ceil(400);
    let before: u64 = (1..month).map(|month| days_of(year, month)).sum();
    year / 400 * CYCLE_DAYS + in_cycle * 365 + leap_days + before + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_by_time_whatever_the_offset() {
        let ascending = [
            "2023-12-31T23:59:59.999Z",
            "2024-01-01T02:00:00+02:00",
            "2024-02-29T00:00:00Z",
            "2024-03-01T00:00:00Z",
            "2025-01-01T00:00:00-01:00",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]).unwrap() < key(pair[1]).unwrap(), "{pair:?}");
        }
        assert_eq!(key("2023-02-29T00:00:00Z"), None);
        assert_eq!(key("2024-01-01"), None);
    }
}
