//! Versions of crates.io: ordered by semver precedence, build metadata ignored, pre-releases below their release.
//!
//! Requirements are read as ranges of that order, not with `VersionReq::matches`: Cargo keeps pre-releases out of a
//! requirement when it *chooses* a version, but `1.3.0-beta` that runs is after `1.2.0` and carries its fix.

use std::cmp::Ordering;

use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};

/// Versions between two bounds; a missing bound is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    pub lower: Option<Bound>,
    pub upper: Option<Bound>,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub version: Version,
    pub inclusive: bool,
}

impl Bound {
    pub(super) fn inclusive(version: Version) -> Option<Self> {
        Some(Self { version, inclusive: true })
    }

    pub(super) fn exclusive(version: Version) -> Option<Self> {
        Some(Self { version, inclusive: false })
    }
}

impl Range {
    /// Whether the version lies inside.
    pub(super) fn contains(&self, version: &Version) -> bool {
        let above = self.lower.as_ref().is_none_or(|bound| match version.cmp_precedence(&bound.version) {
            Ordering::Greater => true,
            Ordering::Equal => bound.inclusive,
            Ordering::Less => false,
        });
        let below = self.upper.as_ref().is_none_or(|bound| match version.cmp_precedence(&bound.version) {
            Ordering::Less => true,
            Ordering::Equal => bound.inclusive,
            Ordering::Greater => false,
        });
        above && below
    }
}

/// A version as Cargo writes it; nothing is guessed.
pub(super) fn version(text: &str) -> Option<Version> {
    Version::parse(text.trim()).ok()
}

/// A requirement (`>= 1.2.3, < 2`, `^0.9.5`) as ranges that must all contain a version.
pub(super) fn requirement(text: &str) -> Option<Vec<Range>> {
    VersionReq::parse(text).ok()?.comparators.iter().map(range).collect()
}

fn range(comparator: &Comparator) -> Option<Range> {
    let at = lowest(comparator);
    let (lower, upper) = match comparator.op {
        Op::Exact => (Bound::inclusive(at.clone()), Bound::inclusive(at)),
        Op::Greater => (Bound::exclusive(at), None),
        Op::GreaterEq => (Bound::inclusive(at), None),
        Op::Less => (None, Bound::exclusive(at)),
        Op::LessEq => (None, Bound::inclusive(at)),
        Op::Caret => (Bound::inclusive(at), Bound::exclusive(after(caret_end(comparator)?))),
        Op::Tilde | Op::Wildcard => (Bound::inclusive(at), Bound::exclusive(after(tilde_end(comparator)?))),
        _ => return None,
    };
    Some(Range { lower, upper })
}

fn lowest(comparator: &Comparator) -> Version {
    Version {
        major: comparator.major,
        minor: comparator.minor.unwrap_or(0),
        patch: comparator.patch.unwrap_or(0),
        pre: comparator.pre.clone(),
        build: BuildMetadata::EMPTY,
    }
}

/// The first version a caret leaves out: the leftmost number that is not zero goes up.
fn caret_end(comparator: &Comparator) -> Option<(u64, u64, u64)> {
    match (comparator.major, comparator.minor, comparator.patch) {
        (0, Some(0), Some(patch)) => Some((0, 0, patch.checked_add(1)?)),
        (0, Some(minor), _) => Some((0, minor.checked_add(1)?, 0)),
        (major, _, _) => Some((major.checked_add(1)?, 0, 0)),
    }
}

fn tilde_end(comparator: &Comparator) -> Option<(u64, u64, u64)> {
    match comparator.minor {
        Some(minor) => Some((comparator.major, minor.checked_add(1)?, 0)),
        None => Some((comparator.major.checked_add(1)?, 0, 0)),
    }
}

/// The lowest pre-release of that version, so that `^1` does not reach `2.0.0-alpha`.
fn after((major, minor, patch): (u64, u64, u64)) -> Version {
    let pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    Version { major, minor, patch, pre, build: BuildMetadata::EMPTY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(version: &str, requirement_text: &str) -> bool {
        let version = Version::parse(version).unwrap();
        requirement(requirement_text).unwrap().iter().all(|range| range.contains(&version))
    }

    #[test]
    fn requirements_are_ranges_of_the_precedence_order() {
        assert!(meets("1.2.3", ">= 1.2.3") && !meets("1.2.3-rc.1", ">= 1.2.3"));
        assert!(meets("1.3.0-beta", ">= 1.2.3"), "a pre-release after the fix carries the fix");
        assert!(meets("0.9.9", "^0.9.5") && !meets("0.10.0-alpha", "^0.9.5") && !meets("0.10.0", "^0.9.5"));
        assert!(meets("1.9.0", "^1.2") && !meets("2.0.0-alpha", "^1.2"));
        assert!(meets("0.0.3", "^0.0.3") && !meets("0.0.4", "^0.0.3") && meets("0.0.9", "^0.0"));
        assert!(meets("1.2.9", "~1.2.3") && !meets("1.3.0", "~1.2.3") && meets("1.9.0", "~1"));
        assert!(meets("1.2.3+build", "=1.2.3") && !meets("1.2.4", "=1.2.3"));
        assert!(meets("111.30.0", ">= 111.25, < 300.0") && !meets("300.0.1", ">= 111.25, < 300.0"));
        assert!(meets("0.7.0", "> 0.6.0") && !meets("0.6.0", "> 0.6.0") && meets("0.6.0", "<= 0.6.0"));
        assert!(meets("7.0.0", "*") && requirement("not a version").is_none());
    }

    #[test]
    fn a_version_is_never_guessed() {
        assert_eq!(version("1.2"), None);
        assert_eq!(version(" 1.2.0 "), Version::parse("1.2.0").ok());
    }

    proptest::proptest! {
        #[test]
        fn no_requirement_makes_it_panic(text in "[<>=^~*0-9., a-z-]{0,30}", number in proptest::num::u64::ANY) {
            let _ = (requirement(&text), version(&text));
            let _ = (requirement(&format!("^{number}")), requirement(&format!("~0.{number}")));
        }
    }
}
