//! Texts of simple types (XML Schema part 2, section 3).

use super::{Base, Type, TypeId, XmlRules};
use crate::evidence::validity::format::Format;

/// The built-in types that the rules use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    Text,
    /// Line ends and tabs count as spaces.
    Normalized,
    Token,
    Uri,
    Boolean,
    Integer,
    NonNegative,
    Positive,
    Decimal,
    DateTime,
    Date,
}

impl Builtin {
    /// The type of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::Text,
            "normalizedString" => Self::Normalized,
            "token" => Self::Token,
            "anyURI" => Self::Uri,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "nonNegativeInteger" => Self::NonNegative,
            "positiveInteger" => Self::Positive,
            "decimal" => Self::Decimal,
            "dateTime" => Self::DateTime,
            "date" => Self::Date,
            _ => return None,
        })
    }

    /// The text as the type sees it (section 4.3.6, `whiteSpace`).
    fn seen(self, text: &str) -> String {
        match self {
            Self::Text => text.to_owned(),
            Self::Normalized => text.replace(['\t', '\n', '\r'], " "),
            Self::Token
            | Self::Uri
            | Self::Boolean
            | Self::Integer
            | Self::NonNegative
            | Self::Positive
            | Self::Decimal
            | Self::DateTime
            | Self::Date => {
                text.split([' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn fits(self, text: &str) -> bool {
        match self {
            Self::Text | Self::Normalized | Self::Token => true,
            Self::Uri => is_uri(text),
            Self::Boolean => matches!(text, "true" | "false" | "0" | "1"),
            Self::Integer => is_integer(text),
            Self::NonNegative => is_integer(text) && (!text.starts_with('-') || is_zero(text)),
            Self::Positive => is_integer(text) && !text.starts_with('-') && !is_zero(text),
            Self::Decimal => is_decimal(text),
            Self::DateTime => text.split_once('T').is_some_and(|(date, time)| is_day(date) && is_time(time)),
            Self::Date => is_day(split_zone(text).0) && is_zone(split_zone(text).1),
        }
    }
}

impl XmlRules {
    /// Whether the text has the type.
    pub(super) fn text_fits(&self, id: TypeId, text: &str) -> bool {
        let mut chain = vec![id];
        // a type rests on one built-in type in the end; the bound keeps a loop in the rules from running on
        while let Some(Base::Type(next)) = self.kind(chain.last().copied().unwrap_or(id)).base {
            chain.push(next);
            if chain.len() > 16 {
                return false;
            }
        }
        let basis = match chain.last().and_then(|id| self.kind(*id).base) {
            Some(Base::Builtin(builtin)) => builtin,
            _ => Builtin::Text,
        };
        let text = basis.seen(text);
        basis.fits(&text) && chain.iter().all(|id| self.facets_fit(self.kind(*id), &text))
    }

    fn facets_fit(&self, kind: &Type, text: &str) -> bool {
        kind.values.as_ref().is_none_or(|values| values.contains(text))
            && kind.like.iter().all(|regex| regex.is_match(text))
            && kind.length.is_none_or(|length| length.holds(text.chars().count()))
            && kind.range.is_none_or(|range| text.parse().is_ok_and(|number| range.holds(number)))
            && (kind.union.is_empty() || kind.union.iter().any(|id| self.text_fits(*id, text)))
    }
}

/// RFC 3986, after the characters that a URI would have to escape are escaped (`XLink` 1.0, section 5.4).
fn is_uri(text: &str) -> bool {
    let escaped: String = text
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c) { c } else { '_' })
        .collect();
    escaped.is_empty() || Format::UriReference.fits(&escaped)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_integer(text: &str) -> bool {
    is_digits(text.strip_prefix(['+', '-']).unwrap_or(text))
}

fn is_zero(text: &str) -> bool {
    text.trim_start_matches(['+', '-']).bytes().all(|b| b == b'0')
}

fn is_decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// `2024-05-31`; a year may have more digits and a sign.
fn is_day(text: &str) -> bool {
    let years = text.strip_prefix('-').unwrap_or(text);
    let Some(at) = years.find('-') else { return false };
    let (year, rest) = years.split_at(at);
    let plain = at == 4 || (at > 4 && !year.starts_with('0'));
    // the calendar repeats every 400 years, so four digits tell whether the day exists
    let last = year.get(at.saturating_sub(4)..).unwrap_or_default();
    plain && is_digits(year) && year.bytes().any(|b| b != b'0') && Format::Date.fits(&format!("{last}{rest}"))
}

/// `08:00:00.5`, perhaps with a zone; `24:00:00` is the end of a day.
fn is_time(text: &str) -> bool {
    let (time, zone) = split_zone(text);
    let (clock, fraction) = time.split_once('.').map_or((time, None), |(c, f)| (c, Some(f)));
    if !is_zone(zone) || fraction.is_some_and(|digits| !is_digits(digits)) {
        return false;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    let below = |text: &str, most: u32| {
        text.len() == 2 && is_digits(text) && text.parse::<u32>().is_ok_and(|number| number < most)
    };
    let midnight = clock == "24:00:00" && fraction.unwrap_or_default().bytes().all(|b| b == b'0');
    midnight || (below(hour, 24) && below(minute, 60) && below(second, 60))
}

/// What stands before the zone, and the zone.
fn split_zone(text: &str) -> (&str, &str) {
    if let Some(before) = text.strip_suffix('Z') {
        return (before, "Z");
    }
    match text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)) {
        Some((before, zone)) if zone.starts_with(['+', '-']) && zone.as_bytes().get(3) == Some(&b':') => {
            (before, zone)
        }
        _ => (text, ""),
    }
}

fn is_zone(zone: &str) -> bool {
    if matches!(zone, "" | "Z") {
        return true;
    }
    let number = |range| zone.get(range).filter(|t| is_digits(t)).and_then(|t: &str| t.parse::<u32>().ok());
    match (number(1..3), number(4..6)) {
        (Some(hours), Some(minutes)) => minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0)),
        _ => false,
    }
}
