//! Instants as milliseconds since 1970, the only form that compares alike in Rust, SQLite and PostgreSQL.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// The text was no date or date-time we read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no date: write 2026-03-31 (the end of that day, UTC) or 2026-03-31T17:00:00Z")]
pub struct TimeError(String);

impl UnixMillis {
    /// This instant plus `days` whole days (negative goes back); saturates.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_MS)))
    }

    /// This instant plus `millis`; saturates.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The same time of day `months` calendar months later, clamped to the month's end (31 Jan + 1 = 28 Feb).
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.to_chrono()
            .and_then(|t| t.checked_add_months(Months::new(months)))
            .map_or(self, Self::from_chrono)
    }

    /// Milliseconds from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-20T12:00:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_chrono()
            .map_or_else(|| self.0.to_string(), |t| t.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    /// The UTC calendar day: `2026-11-20`.
    pub fn to_date(self) -> String {
        self.to_chrono().map_or_else(|| self.0.to_string(), |t| t.format("%Y-%m-%d").to_string())
    }

    /// For people: `20 Nov 2026 12:00 UTC`.
    pub fn to_display(self) -> String {
        self.to_chrono().map_or_else(|| self.0.to_string(), |t| t.format("%-d %b %Y %H:%M UTC").to_string())
    }

    /// The UTC calendar day as (year, month, day).
    pub fn to_ymd(self) -> Option<(i32, u32, u32)> {
        self.to_chrono().map(|t| (t.year(), t.month(), t.day()))
    }

    /// Converts to chrono, for cron and display only; `None` outside chrono's range.
    pub fn to_chrono(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.0)
    }

    /// Converts from chrono.
    pub fn from_chrono(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis())
    }

    /// Reads what documents write: RFC 3339, or a date, or a zone-less date-time taken as UTC.
    ///
    /// A bare date is the **start** of that day, as documents mean it.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse_lenient(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self(time.timestamp_millis()));
        }
        for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
                return Ok(Self(time.and_utc().timestamp_millis()));
            }
        }
        for format in ["%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z"] {
            if let Ok(time) = DateTime::parse_from_str(text, format) {
                return Ok(Self(time.timestamp_millis()));
            }
        }
        start_of_day(text).ok_or_else(|| TimeError(text.to_owned()))
    }

    /// Reads a command-line `DATE`: a bare date is the **end** of that day in UTC, a date-time is itself.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse_as_of(text: &str) -> Result<Self, TimeError> {
        match start_of_day(text.trim()) {
            Some(start) => Ok(start.plus_days(1).plus_millis(-1)),
            None => Self::parse_lenient(text),
        }
    }
}

fn start_of_day(text: &str) -> Option<UnixMillis> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(UnixMillis(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Tells the time. Only drivers hold one; everything below them is told the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> UnixMillis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> UnixMillis {
        UnixMillis(Utc::now().timestamp_millis())
    }
}

/// A clock that stands still until it is moved, for tests and reproducible runs.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock standing at `at`.
    pub const fn new(at: UnixMillis) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Moves the clock by `millis`.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_date_ends_the_day_on_the_command_line_and_starts_it_in_documents() {
        let end = UnixMillis::parse_as_of("2026-03-31").unwrap();
        let start = UnixMillis::parse_lenient("2026-03-31").unwrap();

        assert_eq!(end.to_rfc3339(), "2026-03-31T23:59:59.999Z");
        assert_eq!(start.to_rfc3339(), "2026-03-31T00:00:00.000Z");
        assert!(UnixMillis::parse_as_of("31.3.2026").is_err());
    }

    #[test]
    fn months_clamp_to_the_end_of_the_month() {
        let january = UnixMillis::parse_lenient("2026-01-31T10:00:00Z").unwrap();

        assert_eq!(january.plus_months(1).to_rfc3339(), "2026-02-28T10:00:00.000Z");
    }

    #[test]
    fn zone_less_times_are_utc() {
        let naive = UnixMillis::parse_lenient("2020-01-02 03:04:05").unwrap();

        assert_eq!(naive.to_rfc3339(), "2020-01-02T03:04:05.000Z");
        assert_eq!(UnixMillis::parse_lenient("2020-01-02T03:04:05+02:00").unwrap().0, naive.0 - 7_200_000);
    }
}
