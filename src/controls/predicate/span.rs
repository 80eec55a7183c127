//! Lengths of time: fixed ones, and calendar months that are clamped to the month's end.

use std::fmt;

use crate::base::{DAY_MS, UnixMillis};
use crate::controls::predicate::Span;

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;
/// Longest number a span may carry: ten thousand years of days stay far inside the range of instants.
const MAX_AMOUNT: u32 = 100_000;

/// A [`Span`] that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// So many minutes.
    Minutes(u32),
    /// So many hours.
    Hours(u32),
    /// So many days of 24 hours.
    Days(u32),
    /// So many calendar months; 31 January plus one month is the end of February.
    Months(u32),
}

/// The text was no length of time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no length of time: write 30d, 48h, 90m or 1mo (calendar month), at most 100000")]
pub struct SpanError(String);

impl Span {
    /// Reads the text.
    ///
    /// # Errors
    /// When it is not a number directly followed by `d`, `h`, `m` or `mo`.
    pub fn period(&self) -> Result<Period, SpanError> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, unit) = self.0.split_at(digits);
        let error = || SpanError(self.0.chars().take(40).collect());
        let amount: u32 = amount.parse().ok().filter(|n| *n <= MAX_AMOUNT).ok_or_else(error)?;

        match unit {
            "d" => Ok(Period::Days(amount)),
            "h" => Ok(Period::Hours(amount)),
            "m" => Ok(Period::Minutes(amount)),
            "mo" => Ok(Period::Months(amount)),
            _ => Err(error()),
        }
    }
}

impl Period {
    /// The instant this much after `start`; saturates.
    #[must_use]
    pub fn after(self, start: UnixMillis) -> UnixMillis {
        match self {
            Self::Minutes(n) => start.plus_millis(i64::from(n) * 60_000),
            Self::Hours(n) => start.plus_millis(i64::from(n) * HOUR_MS),
            Self::Days(n) => start.plus_millis(i64::from(n) * DAY_MS),
            Self::Months(n) => start.plus_months(n),
        }
    }

    /// Whether it is no time at all: `older_than: 0d` means "in the past".
    pub const fn is_zero(self) -> bool {
        match self {
            Self::Minutes(n) | Self::Hours(n) | Self::Days(n) | Self::Months(n) => n == 0,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self {
            Self::Minutes(n) => (n, "minute"),
            Self::Hours(n) => (n, "hour"),
            Self::Days(n) => (n, "day"),
            Self::Months(n) => (n, "calendar month"),
        };
        write!(f, "{amount} {unit}{}", if *amount == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Result<Period, SpanError> {
        Span(text.to_owned()).period()
    }

    #[test]
    fn spans_are_read_and_said_in_words() {
        assert_eq!(period("30d"), Ok(Period::Days(30)));
        assert_eq!(period("48h").unwrap().to_string(), "48 hours");
        assert_eq!(period("90m").unwrap().to_string(), "90 minutes");
        assert_eq!(period("1mo").unwrap().to_string(), "1 calendar month");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "d", "30", "-1d", "1.5d", "30 d", "1y", "100001d", "99999999999999999999d", "१d", "1mö"]
        {
            assert!(period(text).is_err(), "{text} was read");
        }
    }

    #[test]
    fn a_calendar_month_is_clamped_to_its_end() {
        let january = UnixMillis::parse_lenient("2026-01-31T10:00:00Z").unwrap();

        assert_eq!(Period::Months(1).after(january).to_rfc3339(), "2026-02-28T10:00:00.000Z");
        assert_eq!(Period::Days(1).after(UnixMillis(i64::MAX)), UnixMillis(i64::MAX));
    }
}
