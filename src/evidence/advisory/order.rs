//! The order of versions and the form of names that advisories are compared by.

use std::borrow::Cow;

use super::cpe;
use crate::evidence::package::{Ecosystem, VersionKey};

/// A version, ready to be compared with others of the same ecosystem.
pub(super) type Key = VersionKey;

/// An ecosystem's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order(Ecosystem);

impl Order {
    /// The order of an ecosystem (OSV name with or without a release, or `CPE`).
    pub(super) fn of(ecosystem: &str) -> Option<Self> {
        if ecosystem == cpe::ECOSYSTEM {
            // A CPE does not say whose versions these are.
            return Some(Self(Ecosystem::Generic));
        }
        Ecosystem::of_osv(ecosystem).map(Self)
    }

    /// What it is called in a proof (`semver`, `pep440`, `debian`).
    pub(super) fn name(self) -> String {
        format!("{:?}", self.0.scheme()).to_ascii_lowercase()
    }

    /// The version's key; `None` when the text is no version of the ecosystem.
    pub(super) fn key(self, text: &str) -> Option<Key> {
        self.0.version_key(text)
    }
}

/// The name as it is looked up; of an ecosystem that is not known, the name itself.
pub(super) fn name_key<'n>(order: Option<Order>, name: &'n str) -> Cow<'n, str> {
    order.map_or(Cow::Borrowed(name.trim()), |order| order.0.name_key(name))
}

/// OSV's name for an ecosystem given by that name or by a purl type; what neither knows stays as it is.
pub(super) fn osv_name(ecosystem: &str) -> &str {
    let known = Ecosystem::of_osv(ecosystem).or_else(|| Ecosystem::of_purl_type(ecosystem, None));
    match known {
        Some(known) => known.osv_name(),
        None => ecosystem,
    }
}
