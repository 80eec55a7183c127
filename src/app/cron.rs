//! POSIX cron expressions: five fields in UTC, translated to the `cron` crate's seven.

use std::str::FromStr;

use crate::base::UnixMillis;

/// A schedule expression.
#[derive(Debug, Clone)]
pub struct Cron(::cron::Schedule);

/// The expression cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is no schedule: write five fields `minute hour day month weekday` in UTC, for example `0 3 * * 1-5` for \
     03:00 on weekdays"
)]
pub struct CronError(String);

const DAYS: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

impl Cron {
    /// Reads five POSIX fields. Weekdays are 0–7 (0 and 7 are Sunday) or names.
    ///
    /// # Errors
    /// When there are not five fields, one is out of range, or the expression never fires.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let wrong = || CronError(text.to_owned());
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return Err(wrong()) };
        let weekday = weekday_names(weekday).ok_or_else(wrong)?;
        let translated = format!("0 {minute} {hour} {day} {month} {weekday} *");
        let schedule = ::cron::Schedule::from_str(&translated).map_err(|_| wrong())?;
        let cron = Self(schedule);
        // `0 0 31 2 *` parses and never fires: refuse it now rather than never run.
        cron.next_after(UnixMillis(0)).ok_or_else(wrong)?;
        Ok(cron)
    }

    /// The first instant after `at` that the schedule names.
    pub fn next_after(&self, at: UnixMillis) -> Option<UnixMillis> {
        self.0.after(&at.to_chrono()?).next().map(UnixMillis::from_chrono)
    }

    /// How many firings lie after `from` and up to `to`, counted to at most 10,000.
    pub fn firings_between(&self, from: UnixMillis, to: UnixMillis) -> u32 {
        let Some(from) = from.to_chrono() else { return 0 };
        let firings =
            self.0.after(&from).take(10_000).take_while(|t| UnixMillis::from_chrono(*t) <= to).count();
        u32::try_from(firings).unwrap_or(u32::MAX)
    }
}

/// The crate counts weekdays from 1 = Sunday; names mean the same everywhere. POSIX ranges such as `5-7` are unfolded.
fn weekday_names(field: &str) -> Option<String> {
    if field == "*" {
        return Some(field.to_owned());
    }
    let mut names = Vec::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: usize = step.parse().ok().filter(|s| *s > 0)?;
        let (first, last) =
            if range == "*" { ("0", "6") } else { range.split_once('-').unwrap_or((range, range)) };
        let (first, last) = (weekday_number(first)?, weekday_number(last)?);
        if first > last {
            return None;
        }
        names.extend((first..=last).step_by(step).map(|n| DAYS[n]));
    }
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(","))
}

fn weekday_number(text: &str) -> Option<usize> {
    let named = DAYS.iter().position(|d| d.eq_ignore_ascii_case(text));
    named.or_else(|| text.parse().ok().filter(|n| *n <= 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(cron: &str, at: &str) -> String {
        let at = UnixMillis::parse_lenient(at).unwrap();
        Cron::parse(cron).unwrap().next_after(at).unwrap().to_rfc3339()
    }

    #[test]
    fn weekdays_mean_what_posix_means() {
        // 2026-11-20 is a Friday.
        assert_eq!(next("0 3 * * 1-5", "2026-11-20T04:00:00Z"), "2026-11-23T03:00:00.000Z");
        assert_eq!(next("0 3 * * 0", "2026-11-20T04:00:00Z"), "2026-11-22T03:00:00.000Z");
        assert_eq!(next("0 3 * * 5-7", "2026-11-20T04:00:00Z"), "2026-11-21T03:00:00.000Z");
        assert_eq!(next("*/15 * * * *", "2026-11-20T04:01:00Z"), "2026-11-20T04:15:00.000Z");
    }

    #[test]
    fn what_never_fires_or_has_six_fields_is_refused() {
        for wrong in ["", "* * * *", "0 0 3 * * *", "61 * * * *", "0 0 31 2 *", "0 0 * * 8", "0 0 * * 5-1"] {
            assert!(Cron::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn missed_firings_are_counted() {
        let hourly = Cron::parse("0 * * * *").unwrap();
        let from = UnixMillis::parse_lenient("2026-11-20T00:00:00Z").unwrap();

        assert_eq!(hourly.firings_between(from, from.plus_millis(5 * 3_600_000)), 5);
    }
}
