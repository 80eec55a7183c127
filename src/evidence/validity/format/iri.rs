//! RFC 3986 appendix A and RFC 3987 section 2.2: URIs, IRIs and relative references.

use std::net::Ipv6Addr;

/// A scheme, a colon, and what follows.
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    is_scheme(scheme) && is_rest(rest)
}

/// With a scheme or without one.
pub(super) fn is_reference(text: &str) -> bool {
    if is_absolute(text) {
        return true;
    }
    // without a scheme the first segment holds no colon, else it would be one
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    !first.contains(':') && is_rest(text)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// `//authority/path?query#fragment`, each part absent or not.
fn is_rest(rest: &str) -> bool {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    is_authority(authority)
        && is_made_of(path, |c| is_path(c) || c == '/')
        && is_made_of(query, |c| is_path(c) || "/?".contains(c) || is_private(c))
        && is_made_of(fragment, |c| is_path(c) || "/?".contains(c))
}

fn is_authority(authority: &str) -> bool {
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) if is_literal(host) => ("", port),
            _ => return false,
        },
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let port_fits = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    port_fits && is_made_of(user, |c| is_name(c) || c == ':') && is_made_of(host, is_name)
}

/// What may stand in brackets: an IPv6 address, or an address of a later version.
fn is_literal(host: &str) -> bool {
    let future = || {
        let (version, rest) = host.strip_prefix(['v', 'V'])?.split_once('.')?;
        let hex = !version.is_empty() && version.bytes().all(|b| b.is_ascii_hexdigit());
        Some(hex && !rest.is_empty() && rest.chars().all(|c| c.is_ascii() && (is_name(c) || c == ':')))
    };
    host.parse::<Ipv6Addr>().is_ok() || future().unwrap_or(false)
}

/// Whether every character is allowed or part of a percent-encoded byte.
fn is_made_of(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let fits = match c {
            '%' => [rest.next(), rest.next()].iter().flatten().filter(|c| c.is_ascii_hexdigit()).count() == 2,
            _ => allowed(c),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Characters of a path besides the slash.
fn is_path(c: char) -> bool {
    is_name(c) || c == ':' || c == '@'
}

/// Unreserved characters and the delimiters inside parts.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(c) || is_ucs(c)
}

/// RFC 3987 `ucschar`.
fn is_ucs(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{ffef}')
        || (('\u{10000}'..='\u{efffd}').contains(&c)
            && (c as u32 & 0xffff) <= 0xfffd
            && !('\u{e0000}'..'\u{e1000}').contains(&c))
}

/// RFC 3987 `iprivate`.
const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}
