//! RFC 3339, section 5.6: dates, and times with an offset.

/// `2024-05-31`, a day that exists.
pub(super) fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    let [_, _, _, _, b'-', _, _, b'-', _, _] = b else { return false };
    let (Some(year), Some(month), Some(day)) = (number(b, 0..4), number(b, 5..7), number(b, 8..10)) else {
        return false;
    };
    (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month)
}

/// A date, `T`, a time of day and an offset.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let mut rest = rest.chars();
    matches!(rest.next(), Some('T' | 't')) && is_date(date) && is_time(rest.as_str())
}

/// `08:00:00.5+02:00`; second 60 only where it is 23:59 in UTC.
fn is_time(text: &str) -> bool {
    let b = text.as_bytes();
    let [_, _, b':', _, _, b':', _, _, tail @ ..] = b else { return false };
    let (Some(hour), Some(minute), Some(second)) = (number(b, 0..2), number(b, 3..5), number(b, 6..8)) else {
        return false;
    };
    let Some(offset) = offset_minutes(after_fraction(tail)) else { return false };
    let utc = (i64::from(hour) * 60 + i64::from(minute) - offset).rem_euclid(24 * 60);
    hour < 24 && minute < 60 && (second < 60 || (second == 60 && utc == 23 * 60 + 59))
}

/// What follows the fraction of a second, if there is one.
fn after_fraction(tail: &[u8]) -> &[u8] {
    let [b'.', digits @ ..] = tail else { return tail };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    // a full stop without digits stays, and is then no offset
    if count == 0 { tail } else { digits.get(count..).unwrap_or_default() }
}

/// `Z`, or `+hh:mm` in minutes.
fn offset_minutes(tail: &[u8]) -> Option<i64> {
    match tail {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(tail, 1..3)?, number(tail, 4..6)?);
            let minutes =
                (hours < 24 && minutes < 60).then_some(i64::from(hours) * 60 + i64::from(minutes))?;
            Some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

/// The digits there, as a number.
fn number(bytes: &[u8], range: std::ops::Range<usize>) -> Option<u32> {
    bytes.get(range)?.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
