//! uv.lock (uv's own format).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::draft::{Draft, Entry};
use super::poetry::{is_pypi, normal};
use super::{LockFormat, Lockfile, Origin, toml_text};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    version: Option<u32>,
    revision: Option<u32>,
    #[serde(default, alias = "distribution")]
    package: Vec<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Wanted>,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<Wanted>>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, Vec<Wanted>>,
    sdist: Option<File>,
    #[serde(default)]
    wheels: Vec<File>,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(default)]
struct Source {
    registry: Option<String>,
    git: Option<String>,
    url: Option<String>,
    path: Option<String>,
    directory: Option<String>,
    editable: Option<String>,
    r#virtual: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    version: Option<String>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct File {
    hash: Option<String>,
}

/// Reads the file. The workspace's own packages are in it, so direct and development are known.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = toml_text::read(text)?;
    let mut draft = Draft::new(LockFormat::Uv);
    let mut at: HashMap<String, Vec<u32>> = HashMap::new();
    for (place, package) in document.package.iter().enumerate() {
        let index = draft.keep(entry(package), || format!("/package/{place}"));
        at.entry(normal(&package.name)).or_default().push(index);
    }
    let (mut runtime, mut development) = (Vec::new(), Vec::new());
    for (from, package) in (0_u32..).zip(&document.package) {
        let is_own = matches!(origin(&package.source), Origin::Local(_));
        if is_own {
            runtime.push(from);
        }
        let running = package.dependencies.iter().chain(package.optional_dependencies.values().flatten());
        for wanted in running {
            draft.edge(Some(from), find(wanted, &at, &document.package), || wanted.name.clone());
        }
        for wanted in package.dev_dependencies.values().flatten() {
            development.extend(find(wanted, &at, &document.package));
        }
    }
    // what runs is settled before the edges of development are there to be followed
    draft.scope_from(runtime, development.clone());
    for (from, package) in (0_u32..).zip(&document.package) {
        for wanted in package.dev_dependencies.values().flatten() {
            draft.edge(Some(from), find(wanted, &at, &document.package), || wanted.name.clone());
        }
    }
    draft.reach_from_edges();
    let revision = document.revision.map_or_else(String::new, |revision| format!(".{revision}"));
    Ok(draft.finish(document.version.map(|version| format!("{version}{revision}"))))
}

/// Version and source are only said where the name alone would be ambiguous.
fn find(wanted: &Wanted, at: &HashMap<String, Vec<u32>>, packages: &[Package]) -> Option<u32> {
    let fits = |index: &&u32| {
        packages.get(**index as usize).is_some_and(|package| {
            wanted.version.as_ref().is_none_or(|version| package.version.as_ref() == Some(version))
                && wanted.source.as_ref().is_none_or(|source| package.source == *source)
        })
    };
    at.get(&normal(&wanted.name))?.iter().find(fits).copied()
}

fn entry(package: &Package) -> Entry {
    let mut entry = Entry::new(package.name.as_str(), package.version.clone());
    entry.origin = origin(&package.source);
    entry.hashes = package.sdist.iter().chain(&package.wheels).filter_map(|file| file.hash.clone()).collect();
    entry
}

fn origin(source: &Source) -> Origin {
    let own = [&source.editable, &source.r#virtual, &source.directory, &source.path];
    if let Some(path) = own.into_iter().flatten().next() {
        return Origin::Local(Some(path.clone()));
    }
    match source {
        Source { git: Some(address), .. } => Origin::Git(format!("git+{address}")),
        Source { url: Some(address), .. } => Origin::Url(address.clone()),
        Source { registry: Some(address), .. } if !is_pypi(address) => {
            Origin::Registry(Some(address.clone()))
        }
        Source { .. } => Origin::Registry(None),
    }
}
