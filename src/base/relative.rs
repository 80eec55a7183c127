//! Dates relative to a day, so that sample files stay as old as they should look.
//!
//! `@{now-12d}` becomes `2026-11-08T06:00:00Z`, `@{date+200d}` becomes `2027-06-08`, and `@{millis-12d}` the instant as
//! the number of milliseconds our own formats write.
//!
//! Text without tokens comes back unchanged; whatever starts like a token and is none is an error, because a sample
//! file with a half-written date would be quarantined for the wrong reason.

use chrono::TimeDelta;

use crate::base::UnixMillis;

/// The furthest a token may lie from the day, either way: a century.
const FURTHEST_DAYS: i64 = 36_525;

/// The time of day `now` tokens stand for, early enough that yesterday is over a full day's work ago.
const HOUR: u32 = 6;

/// A token could not be expanded.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// It opens and does not close.
    #[error("line {line}: `@{{` is not closed on its line")]
    Open {
        /// Line it opens on, from 1.
        line: usize,
    },
    /// It is none of the three forms.
    #[error("line {line}: `@{{{token}}}` is no relative date: write now-12d, date+200d or millis-12d")]
    Unknown {
        /// Line it stands on, from 1.
        line: usize,
        /// What stands between the braces, shortened.
        token: String,
    },
    /// It lies more than a century away, or the day itself is outside the calendar.
    #[error("line {line}: `@{{{token}}}` is more than a century away")]
    TooFar {
        /// Line it stands on, from 1.
        line: usize,
        /// What stands between the braces, shortened.
        token: String,
    },
}

/// What a token becomes.
enum Form {
    /// An instant at 06:00 UTC: `2026-11-08T06:00:00Z`.
    Instant,
    /// A calendar day: `2026-11-08`.
    Day,
    /// That instant in milliseconds since 1970: `1794117600000`.
    Millis,
}

/// Replaces every token of `text` by its date, counted from the UTC day of `today`.
///
/// # Errors
/// When something that starts like a token is none, or lies more than a century away.
pub fn expand(text: &str, today: UnixMillis) -> Result<String, TokenError> {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut line = 1;
    let mut rest = text;
    while let Some(start) = rest.find("@{") {
        let (before, token) = rest.split_at(start);
        out.push_str(before);
        line += before.matches('\n').count();
        let token = &token[2..];
        let end = token.find(['}', '\n']).filter(|&end| token[end..].starts_with('}'));
        let end = end.ok_or(TokenError::Open { line })?;
        out.push_str(&date_of(&token[..end], line, today)?);
        rest = &token[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn date_of(token: &str, line: usize, today: UnixMillis) -> Result<String, TokenError> {
    let shown = || token.chars().take(40).collect::<String>();
    let too_far = || TokenError::TooFar { line, token: shown() };
    let (form, days) = parse(token).ok_or_else(|| TokenError::Unknown { line, token: shown() })?;
    if days.abs() > FURTHEST_DAYS {
        return Err(too_far());
    }
    let day = today.to_chrono().ok_or_else(too_far)?.date_naive();
    let day = day.checked_add_signed(TimeDelta::days(days)).ok_or_else(too_far)?;
    let morning = day.and_hms_opt(HOUR, 0, 0).ok_or_else(too_far)?.and_utc();
    Ok(match form {
        Form::Instant => morning.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Form::Day => day.format("%Y-%m-%d").to_string(),
        Form::Millis => morning.timestamp_millis().to_string(),
    })
}

/// Takes `now-12d` apart; a number too long for 18 digits is still a number, only too far.
fn parse(token: &str) -> Option<(Form, i64)> {
    let after = |word| token.strip_prefix(word);
    let (form, offset) = after("now")
        .map(|offset| (Form::Instant, offset))
        .or_else(|| after("date").map(|offset| (Form::Day, offset)))
        .or_else(|| after("millis").map(|offset| (Form::Millis, offset)))?;
    if offset.is_empty() {
        return Some((form, 0));
    }
    let (sign, digits) = match offset.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, offset.strip_prefix('+')?),
    };
    let digits = digits.strip_suffix('d')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days: i64 = digits.parse().unwrap_or(i64::MAX);
    Some((form, days.saturating_mul(sign)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> UnixMillis {
        UnixMillis::parse_lenient("2026-11-20T23:59:00Z").unwrap()
    }

    fn refused(text: &str) -> TokenError {
        expand(text, today()).unwrap_err()
    }

    #[test]
    fn tokens_become_dates_around_the_day() {
        let text = "a,@{now-12d},@{date-12d}\n@{date+200d} @{now} @{date+0d}";

        let expanded = expand(text, today()).unwrap();

        assert_eq!(expanded, "a,2026-11-08T06:00:00Z,2026-11-08\n2027-06-08 2026-11-20T06:00:00Z 2026-11-20");
    }

    #[test]
    fn milliseconds_are_those_of_the_instant() {
        let expanded = expand("@{millis-12d}|@{now-12d}", today()).unwrap();

        let (millis, instant) = expanded.split_once('|').unwrap();
        assert_eq!(millis, UnixMillis::parse_lenient(instant).unwrap().0.to_string());
        assert_eq!(millis, "1794117600000");
    }

    #[test]
    fn text_without_tokens_stays_as_it_is() {
        for text in ["", "a@example.com {x} @ { @[now]", "größer → @", "@"] {
            assert_eq!(expand(text, today()).unwrap(), text);
        }
    }

    #[test]
    fn a_wrong_token_is_named_with_its_line() {
        assert_eq!(refused("x\ny @{now-12h}"), TokenError::Unknown { line: 2, token: "now-12h".to_owned() });
        for token in ["", "now-", "now-d", "now12d", "now--1d", "now-1", "date- 1d", "NOW-1d", "now++1d", "é"]
        {
            assert!(matches!(refused(&format!("@{{{token}}}")), TokenError::Unknown { .. }), "{token}");
        }
    }

    #[test]
    fn a_token_must_close_on_its_line() {
        assert_eq!(refused("a\n@{now-1d\n}"), TokenError::Open { line: 2 });
        assert_eq!(refused("@{"), TokenError::Open { line: 1 });
    }

    #[test]
    fn a_token_beyond_a_century_is_refused_and_never_overflows() {
        assert!(expand("@{date-36525d}", today()).is_ok());
        for text in ["@{date+36526d}", "@{now-99999999999999999999999999d}"] {
            assert!(matches!(refused(text), TokenError::TooFar { .. }), "{text}");
        }
        assert!(matches!(expand("@{now}", UnixMillis(i64::MAX)), Err(TokenError::TooFar { .. })));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_expands_holds_no_token(text in "[-@{}nowdate0-9+\n é]{0,40}", at in any::<i64>()) {
            if let Ok(expanded) = expand(&text, UnixMillis(at)) {
                prop_assert_eq!(expanded.find("@{"), None);
            }
        }
    }
}
