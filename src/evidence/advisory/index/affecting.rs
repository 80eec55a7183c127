//! One advisory asked against many stored packages: which names to look up, and the verdict on each.

use serde::{Deserialize, Serialize};

use super::{Index, Outcome, PackageQuery, parents, release};
use crate::evidence::advisory::Advisory;
use crate::evidence::advisory::order::{Order, name_key, osv_name};

/// Under which name a package is looked up: what to index stored packages by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LookupKey {
    /// OSV name of the ecosystem, without a release.
    pub ecosystem: String,
    /// The name in the ecosystem's normal form.
    pub name: String,
}

impl LookupKey {
    /// The keys a package is found under: its own name, its source packages', and a Go package's modules.
    pub fn of_query(query: &PackageQuery) -> impl Iterator<Item = Self> + '_ {
        let key =
            |name: &str| Self { ecosystem: query.ecosystem.clone().into_owned(), name: name.to_owned() };
        query.names.iter().flat_map(move |(name, _)| {
            let name = name_key(Order::of(&query.ecosystem), name);
            let around = if query.ecosystem == "Go" { name.as_ref() } else { "" };
            parents(around).map(key).chain([key(&name)]).collect::<Vec<_>>()
        })
    }
}

/// An advisory as a question to package versions.
#[derive(Debug)]
pub struct Affecting {
    index: Index,
    keys: Vec<LookupKey>,
}

impl Affecting {
    pub(super) fn new(advisory: Advisory) -> Self {
        let mut keys: Vec<LookupKey> = Index::lookup_keys(&advisory).collect();
        keys.sort();
        keys.dedup();
        Self { index: Index::build([advisory]), keys }
    }

    /// The names the advisory speaks about, sorted; no other package can be affected.
    pub fn keys(&self) -> &[LookupKey] {
        &self.keys
    }

    /// Whether the advisory applies to the package version.
    pub fn judge(&self, query: &PackageQuery) -> Outcome {
        self.index.answer(query)
    }
}

impl Index {
    /// The advisory as a question that many stored package versions can be asked at once.
    pub fn affected_by(advisory: Advisory) -> Affecting {
        Affecting::new(advisory)
    }

    /// The names an advisory's packages are looked up under.
    pub fn lookup_keys(advisory: &Advisory) -> impl Iterator<Item = LookupKey> + '_ {
        advisory.affected.iter().map(|affected| {
            let family = osv_name(release::split(&affected.ecosystem).0);
            let name = name_key(Order::of(family), &affected.package).into_owned();
            LookupKey { ecosystem: family.to_owned(), name }
        })
    }
}
