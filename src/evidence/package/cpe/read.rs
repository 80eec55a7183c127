//! From the two notations to attributes.

use super::{ATTRIBUTES, CpeValue, Wildcard};

const FORMATTED: &str = "cpe:2.3:";
const URI: &str = "cpe:/";
/// Attributes that the URI of CPE 2.2 has, the packed edition among them.
const URI_ATTRIBUTES: usize = 7;
const EDITION: usize = 5;
/// Attributes packed behind the edition.
const PACKED: usize = 5;
/// No real attribute is as long; a list of wildcards could otherwise grow without bound.
const LONGEST: usize = 1_024;

/// One character and whether it stands for others.
#[derive(Clone, Copy, PartialEq)]
enum Symbol {
    Plain(char),
    One,
    Many,
}

type Attributes = [CpeValue; ATTRIBUTES];

pub(super) fn name(text: &str) -> Option<Attributes> {
    let attributes =
        if let Some(rest) = after(text, FORMATTED) { formatted(rest)? } else { uri(after(text, URI)?)? };
    let is_part = match attributes.first()? {
        CpeValue::Any | CpeValue::NotApplicable => true,
        CpeValue::Text { text, .. } => matches!(text.as_str(), "a" | "o" | "h"),
    };
    is_part.then_some(attributes)
}

fn after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix))?;
    text.get(prefix.len()..)
}

/// Eleven components between colons that no backslash takes away.
fn formatted(rest: &str) -> Option<Attributes> {
    let mut values = Vec::with_capacity(ATTRIBUTES);
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => {
                values.push(component(rest.get(start..index)?)?);
                start = index + 1;
            }
            _ => {}
        }
    }
    values.push(component(rest.get(start..)?)?);
    values.try_into().ok()
}

fn component(text: &str) -> Option<CpeValue> {
    match text {
        "*" => return Some(CpeValue::Any),
        "-" => return Some(CpeValue::NotApplicable),
        "" => return None,
        _ => {}
    }
    let mut symbols = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        symbols.push(match c {
            '\\' => Symbol::Plain(chars.next()?),
            '*' => Symbol::Many,
            '?' => Symbol::One,
            c => Symbol::Plain(c),
        });
    }
    value(&symbols)
}

/// Up to seven components, percent-encoded, what is missing being anything; the edition may hold five more.
fn uri(rest: &str) -> Option<Attributes> {
    let mut values: Attributes = std::array::from_fn(|_| CpeValue::Any);
    let components: Vec<&str> = rest.split(':').collect();
    if components.len() > URI_ATTRIBUTES {
        return None;
    }
    for (index, component) in components.into_iter().enumerate() {
        let packed = component.strip_prefix('~').filter(|_| index == EDITION);
        match packed {
            None => *values.get_mut(index)? = uri_component(component)?,
            Some(packed) => {
                let parts: Vec<&str> = packed.split('~').collect();
                if parts.len() != PACKED {
                    return None;
                }
                // The edition itself stands before the language, the other four behind it.
                let places = [EDITION, 7, 8, 9, 10];
                for (place, part) in places.into_iter().zip(parts) {
                    *values.get_mut(place)? = uri_component(part)?;
                }
            }
        }
    }
    Some(values)
}

fn uri_component(text: &str) -> Option<CpeValue> {
    match text {
        "" => return Some(CpeValue::Any),
        "-" => return Some(CpeValue::NotApplicable),
        _ => {}
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(part.as_bytes().get(2..)?);
    }
    let symbols: Vec<Symbol> = String::from_utf8(bytes)
        .ok()?
        .chars()
        .map(|c| match c {
            '\u{1}' => Symbol::One,
            '\u{2}' => Symbol::Many,
            c => Symbol::Plain(c),
        })
        .collect();
    value(&symbols)
}

/// Wildcards stand at the ends only.
fn value(symbols: &[Symbol]) -> Option<CpeValue> {
    if symbols.len() > LONGEST {
        return None;
    }
    let open = |symbol: &Symbol| !matches!(symbol, Symbol::Plain(_));
    let start = symbols.iter().position(|symbol| !open(symbol))?;
    let end = symbols.iter().rposition(|symbol| !open(symbol))? + 1;
    let text = symbols.get(start..end)?.iter().map(|symbol| match symbol {
        Symbol::Plain(c) => Some(c.to_ascii_lowercase()),
        Symbol::One | Symbol::Many => None,
    });
    Some(CpeValue::Text {
        before: wildcard(symbols.get(..start)?)?,
        text: text.collect::<Option<String>>()?,
        after: wildcard(symbols.get(end..)?)?,
    })
}

/// One `*`, or any number of `?`.
fn wildcard(symbols: &[Symbol]) -> Option<Wildcard> {
    match symbols {
        [Symbol::Many] => Some(Wildcard::Many),
        symbols => {
            symbols.iter().all(|symbol| *symbol == Symbol::One).then_some(Wildcard::UpTo(symbols.len()))
        }
    }
}
