//! Whether a version lies in a version range specifier (vers, <https://github.com/package-url/vers-spec>).

use crate::evidence::package::{Ecosystem, Scheme, VersionKey};

/// Constraints of one range that are read.
const MOST: usize = 10_000;

/// How a constraint compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// Whether `version` lies in `range` (`vers:npm/>=1.0.0|<2.0.0`); `None` when the range cannot be read or one of the
/// versions has no place in the scheme's order.
pub(super) fn in_range(range: &str, version: &str) -> Option<bool> {
    let (scheme, constraints) = range.trim().strip_prefix("vers:")?.split_once('/')?;
    match (scheme, constraints.trim()) {
        ("none", _) => return Some(false),
        (_, "*") => return Some(true),
        _ => {}
    }
    let order = order_of(scheme)?;
    let texts: Vec<&str> = constraints.split('|').map(str::trim).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() || texts.len() > MOST {
        return None;
    }
    let read = |text: &&str| {
        let (comparator, bound) = split(text);
        Some((comparator, order.key(&percent_decoded(bound)?)?))
    };
    let bounds: Vec<(Comparator, VersionKey)> = texts.iter().map(read).collect::<Option<_>>()?;
    Some(contains(bounds, &order.key(version)?))
}

/// The order a vers scheme names: a package URL type, or an order of its own.
fn order_of(scheme: &str) -> Option<Scheme> {
    match scheme {
        "semver" => Some(Scheme::Semver),
        "all" | "generic" | "intdot" => Some(Scheme::Generic),
        "alpine" => Ecosystem::of_purl_type("apk", None).map(Ecosystem::scheme),
        "debian" => Ecosystem::of_purl_type("deb", None).map(Ecosystem::scheme),
        kind => Ecosystem::of_purl_type(kind, None).map(Ecosystem::scheme),
    }
}

fn split(text: &str) -> (Comparator, &str) {
    const SIGNS: [(&str, Comparator); 6] = [
        (">=", Comparator::GreaterOrEqual),
        ("<=", Comparator::LessOrEqual),
        ("!=", Comparator::NotEqual),
        (">", Comparator::Greater),
        ("<", Comparator::Less),
        ("=", Comparator::Equal),
    ];
    let found = SIGNS.into_iter().find_map(|(sign, comparator)| Some((comparator, text.strip_prefix(sign)?)));
    found.unwrap_or((Comparator::Equal, text))
}

/// Containment as the specification defines it: single versions first, then the intervals between neighbours.
fn contains(bounds: Vec<(Comparator, VersionKey)>, version: &VersionKey) -> bool {
    for (comparator, _) in bounds.iter().filter(|(_, bound)| bound == version) {
        match comparator {
            Comparator::NotEqual => return false,
            Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual => return true,
            Comparator::Less | Comparator::Greater => {}
        }
    }
    let only_exceptions = bounds.iter().all(|(comparator, _)| *comparator == Comparator::NotEqual);
    let single = |comparator: Comparator| matches!(comparator, Comparator::Equal | Comparator::NotEqual);
    let mut ends: Vec<(Comparator, VersionKey)> = bounds.into_iter().filter(|(c, _)| !single(*c)).collect();
    ends.sort_by(|a, b| a.1.cmp(&b.1));
    let upper = |comparator: Comparator| matches!(comparator, Comparator::Less | Comparator::LessOrEqual);
    let before = ends.first().is_some_and(|(c, bound)| upper(*c) && version < bound);
    let after = ends.last().is_some_and(|(c, bound)| !upper(*c) && version > bound);
    let between = ends.windows(2).any(|pair| match pair {
        [(low, from), (high, to)] => !upper(*low) && upper(*high) && from < version && version < to,
        _ => false,
    });
    only_exceptions || before || after || between
}

/// Undoes percent encoding; `None` when it is broken.
fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut out = parts.next()?.as_bytes().to_vec();
    for part in parts {
        out.extend(hex::decode(part.get(..2)?).ok()?);
        out.extend(part.get(2..)?.as_bytes());
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_what_the_specification_says() {
        let cases = [
            ("vers:npm/>=1.0.0|<2.0.0", "1.10.0", Some(true)),
            ("vers:npm/>=1.0.0|<2.0.0", "2.0.0", Some(false)),
            ("vers:npm/>=1.0.0|<2.0.0", "1.0.0", Some(true)),
            ("vers:npm/<1.0.0|>=2.0.0|!=2.1.0", "2.1.0", Some(false)),
            ("vers:npm/<1.0.0|>=2.0.0", "1.5.0", Some(false)),
            ("vers:npm/<1.0.0|>=2.0.0", "3.0.0", Some(true)),
            ("vers:npm/1.2.3|2.0.0", "2.0.0", Some(true)),
            ("vers:npm/!=1.2.3", "2.0.0", Some(true)),
            ("vers:npm/*", "anything", Some(true)),
            ("vers:deb/<1%3A2.0-1", "2.5-1", Some(true)),
            ("vers:none/*", "1", Some(false)),
            ("vers:nothing/>1", "2", None),
            ("vers:npm/>=1.0.0|<x y", "1.5.0", None),
            ("< 2.0", "1.0", None),
        ];
        for (range, version, expected) in cases {
            assert_eq!(in_range(range, version), expected, "{range} {version}");
        }
    }
}
