//! Gathers packages and edges while a lock file is read, and counts what became of every entry.

use std::collections::HashMap;

use super::notes::{DANGLING, MERGED, NO_VERSION};
use super::package_url::package_url;
use super::{LockFormat, LockedPackage, Lockfile, Origin, Reach, Scope};
use crate::evidence::Records;
use crate::evidence::receipt::{Note, Notes};

/// A lock file being read.
#[derive(Debug)]
pub(super) struct Draft {
    format: LockFormat,
    packages: Vec<LockedPackage>,
    edges: Vec<(Option<u32>, u32)>,
    records: Records,
    notes: Notes,
    known: HashMap<(String, Option<String>, Origin), u32>,
}

/// What an entry says of one package.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub name: String,
    pub version: Option<String>,
    pub origin: Origin,
    pub scope: Scope,
    pub hashes: Vec<String>,
}

impl Entry {
    /// A package of the ecosystem's own registry.
    pub fn new(name: impl Into<String>, version: Option<String>) -> Self {
        let version = version.filter(|version| !version.is_empty());
        Self {
            name: name.into(),
            version,
            origin: Origin::Registry(None),
            scope: Scope::Unknown,
            hashes: Vec::new(),
        }
    }
}

impl Draft {
    pub fn new(format: LockFormat) -> Self {
        Self {
            format,
            packages: Vec::new(),
            edges: Vec::new(),
            records: Records::default(),
            notes: Notes::default(),
            known: HashMap::new(),
        }
    }

    /// Keeps one entry as a package of its own.
    pub fn keep(&mut self, entry: Entry, place: impl FnOnce() -> String) -> u32 {
        self.records.read += 1;
        self.records.kept += 1;
        if entry.version.is_none() && !matches!(entry.origin, Origin::Local(_) | Origin::Toolchain) {
            self.notes.add(NO_VERSION, place);
        }
        let purl = package_url(self.format, &entry);
        let index = u32::try_from(self.packages.len()).unwrap_or(u32::MAX);
        self.packages.push(LockedPackage {
            ecosystem: self.format.ecosystem(),
            name: entry.name,
            version: entry.version,
            origin: entry.origin,
            reach: Reach::Unknown,
            scope: entry.scope,
            purl,
            hashes: entry.hashes,
        });
        index
    }

    /// Keeps one entry, or merges it into the package of the same name, version and origin. What runs anywhere runs.
    pub fn merge(&mut self, entry: Entry, place: impl FnOnce() -> String) -> u32 {
        let key = (entry.name.clone(), entry.version.clone(), entry.origin.clone());
        let known = self.known.get(&key).copied();
        if let Some((index, package)) = known.and_then(|i| Some((i, self.packages.get_mut(i as usize)?))) {
            package.scope = wider(package.scope, entry.scope);
            for hash in entry.hashes {
                if !package.hashes.contains(&hash) {
                    package.hashes.push(hash);
                }
            }
            self.records.read += 1;
            self.records.merged += 1;
            self.notes.add(MERGED, place);
            return index;
        }
        let index = self.keep(entry, place);
        self.known.insert(key, index);
        index
    }

    /// Counts an entry that belongs to a package already read.
    pub const fn merged(&mut self) {
        self.records.read += 1;
        self.records.merged += 1;
    }

    /// Leaves one entry out, saying why.
    pub fn leave(&mut self, note: Note, place: impl FnOnce() -> String) {
        self.records.read += 1;
        self.records.dropped += 1;
        self.notes.add(note, place);
    }

    /// Notes something that leaves nothing out.
    pub fn note(&mut self, note: Note, place: impl FnOnce() -> String) {
        self.notes.add(note, place);
    }

    /// Adds an edge; to nowhere it is a warning.
    pub fn edge(&mut self, from: Option<u32>, to: Option<u32>, place: impl FnOnce() -> String) {
        match to {
            Some(to) if from != Some(to) => self.edges.push((from, to)),
            Some(_) => {}
            None => self.notes.add(DANGLING, place),
        }
    }

    pub fn package_mut(&mut self, index: u32) -> Option<&mut LockedPackage> {
        self.packages.get_mut(index as usize)
    }

    /// The packages of the project's own folders are the project: what they ask for is asked for directly.
    pub fn reach_from_edges(&mut self) {
        let local: Vec<bool> = self.packages.iter().map(|p| matches!(p.origin, Origin::Local(_))).collect();
        for package in &mut self.packages {
            package.reach = Reach::Transitive;
        }
        for (from, to) in &self.edges {
            let own = from.is_none_or(|from| local.get(from as usize) == Some(&true));
            if let Some(package) = self.packages.get_mut(*to as usize).filter(|_| own) {
                package.reach = Reach::Direct;
            }
        }
    }

    /// Everything reached from `runtime` runs; of the rest, what is reached from `development` is for development.
    pub fn scope_from(&mut self, runtime: Vec<u32>, development: Vec<u32>) {
        let mut next: Vec<Vec<u32>> = vec![Vec::new(); self.packages.len()];
        for (from, to) in &self.edges {
            if let Some(list) = from.and_then(|from| next.get_mut(from as usize)) {
                list.push(*to);
            }
        }
        for (scope, mut open) in [(Scope::Runtime, runtime), (Scope::Development, development)] {
            while let Some(index) = open.pop() {
                let Some(package) = self.packages.get_mut(index as usize) else { continue };
                if package.scope != Scope::Unknown {
                    continue;
                }
                package.scope = scope;
                open.extend(next.get(index as usize).into_iter().flatten());
            }
        }
    }

    /// The finished lock file.
    pub fn finish(mut self, format_version: Option<String>) -> Lockfile {
        self.edges.sort_unstable();
        self.edges.dedup();
        Lockfile {
            format: self.format,
            format_version,
            packages: self.packages,
            edges: self.edges,
            records: self.records,
            warnings: self.notes.into_warnings(),
        }
    }
}

const fn wider(left: Scope, right: Scope) -> Scope {
    match (left, right) {
        (Scope::Runtime, _) | (_, Scope::Runtime) => Scope::Runtime,
        (Scope::Development, _) | (_, Scope::Development) => Scope::Development,
        (Scope::Unknown, Scope::Unknown) => Scope::Unknown,
    }
}
