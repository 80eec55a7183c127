//! Cargo.lock (Cargo's own format, versions 1 to 4; `cargo::core::resolver::encode`).

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use super::draft::{Draft, Entry};
use super::notes::UNUSED_PATCH;
use super::{LockFormat, Lockfile, Origin, cargo_lines, toml_text};
use crate::evidence::DecodeError;

/// The registry every Cargo knows, by its two addresses.
const CRATES_IO: [&str; 2] =
    ["registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/"];

/// The file.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Document<'a> {
    pub version: Option<u32>,
    #[serde(borrow)]
    root: Option<Package<'a>>,
    #[serde(borrow, default)]
    pub package: Vec<Package<'a>>,
    #[serde(borrow, default)]
    patch: Patch<'a>,
    #[serde(borrow, default)]
    metadata: HashMap<Cow<'a, str>, Cow<'a, str>>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Patch<'a> {
    #[serde(borrow, default)]
    unused: Vec<Package<'a>>,
}

/// One package.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Package<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub version: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub checksum: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub dependencies: Vec<Cow<'a, str>>,
}

/// Reads the file. Packages without a source are the workspace's own; what they depend on is direct. Whether a
/// dependency is only for development is not in the file.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document = match cargo_lines::read(text) {
        Some(document) => document,
        None => toml_text::read(text)?,
    };
    let version = document.version.unwrap_or(if document.metadata.is_empty() { 2 } else { 1 });
    let mut draft = Draft::new(LockFormat::Cargo);
    let packages: Vec<&Package<'_>> = document.root.iter().chain(&document.package).collect();
    for (place, package) in packages.iter().enumerate() {
        draft.keep(entry(package, &document.metadata), || format!("/package/{place}"));
    }
    for (place, _) in document.patch.unused.iter().enumerate() {
        draft.leave(UNUSED_PATCH, || format!("/patch/unused/{place}"));
    }
    let names = Names::of(&packages);
    for (from, package) in packages.iter().enumerate() {
        for dependency in &package.dependencies {
            let to = names.find(dependency, &packages);
            draft.edge(u32::try_from(from).ok(), to, || format!("/package/{from}/dependencies"));
        }
    }
    draft.reach_from_edges();
    Ok(draft.finish(Some(version.to_string())))
}

fn entry(package: &Package<'_>, metadata: &HashMap<Cow<'_, str>, Cow<'_, str>>) -> Entry {
    let source = package.source.as_deref();
    let mut entry = Entry::new(package.name.as_ref(), Some(package.version.to_string()));
    entry.origin = origin(source);
    let old = || {
        // version 1 kept the checksums apart, under a key that repeats the package
        let key = format!("checksum {} {} ({})", package.name, package.version, source?);
        metadata.get(key.as_str()).filter(|sum| *sum != "<none>")
    };
    let checksum =
        if metadata.is_empty() { package.checksum.as_ref() } else { package.checksum.as_ref().or_else(old) };
    entry.hashes = checksum.map(|sum| format!("sha256:{sum}")).into_iter().collect();
    entry
}

fn origin(source: Option<&str>) -> Origin {
    let Some(source) = source else { return Origin::Local(None) };
    if CRATES_IO.contains(&source) {
        return Origin::Registry(None);
    }
    match source.split_once('+') {
        Some(("git", _)) => Origin::Git(source.to_owned()),
        Some(("path", path)) => Origin::Local(Some(path.to_owned())),
        Some((_, address)) => Origin::Registry(Some(address.to_owned())),
        None => Origin::Registry(Some(source.to_owned())),
    }
}

/// Packages by name: a dependency says the version only where the name alone would be ambiguous, and the source only
/// where the version would be.
struct Names<'p>(HashMap<&'p str, Vec<u32>>);

impl<'p> Names<'p> {
    fn of(packages: &[&'p Package<'p>]) -> Self {
        let mut names: HashMap<&str, Vec<u32>> = HashMap::with_capacity(packages.len());
        for (index, package) in packages.iter().enumerate() {
            names.entry(&package.name).or_default().extend(u32::try_from(index));
        }
        Self(names)
    }

    fn find(&self, dependency: &str, packages: &[&Package<'_>]) -> Option<u32> {
        let mut parts = dependency.splitn(3, ' ');
        let (name, version, source) = (parts.next()?, parts.next(), parts.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        let fits = |index: &&u32| {
            packages.get(**index as usize).is_some_and(|package| {
                version.is_none_or(|version| package.version == version)
                    && source.is_none_or(|source| same_source(package.source.as_deref(), source))
            })
        };
        self.0.get(name)?.iter().find(fits).copied()
    }
}

/// A git source is locked to a commit after `#`, which the dependency line does not repeat.
fn same_source(package: Option<&str>, asked: &str) -> bool {
    let plain = |source: &'_ str| source.split('#').next().map(str::to_owned);
    package.is_some_and(|source| source == asked || plain(source) == plain(asked))
}
