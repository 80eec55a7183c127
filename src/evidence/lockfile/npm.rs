//! package-lock.json and npm-shrinkwrap.json (npm documentation, "package-lock.json"; lockfileVersion 1 to 3).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::draft::{Draft, Entry};
use super::notes::NO_NAME;
use super::{LockFormat, Lockfile, Origin, Scope};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "lockfileVersion")]
    version: Option<u32>,
    packages: Option<BTreeMap<String, Package>>,
    dependencies: Option<BTreeMap<String, Nested>>,
}

/// An entry of `packages`, by the folder it is installed in.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<Resolved>,
    integrity: Option<String>,
    link: bool,
    dev: bool,
    dependencies: BTreeMap<String, serde_json::Value>,
    dev_dependencies: BTreeMap<String, serde_json::Value>,
    optional_dependencies: BTreeMap<String, serde_json::Value>,
    peer_dependencies: BTreeMap<String, serde_json::Value>,
}

/// Some writers put `false` where there is no address.
#[derive(Deserialize)]
#[serde(untagged)]
enum Resolved {
    Address(String),
    Other(serde::de::IgnoredAny),
}

/// An entry of the tree of lockfileVersion 1.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Nested {
    version: Option<String>,
    resolved: Option<Resolved>,
    integrity: Option<String>,
    dev: bool,
    requires: Option<serde_json::Value>,
    dependencies: BTreeMap<String, Self>,
}

/// Reads the file; from version 2 on the flat list is read, which also knows the project's own wishes.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = serde_json::from_str(text).map_err(|error| DecodeError::json(&error))?;
    let mut draft = Draft::new(LockFormat::Npm);
    match (document.packages, document.dependencies) {
        (Some(packages), _) => flat(&packages, &mut draft),
        (None, Some(tree)) => nested(&tree, &mut draft),
        (None, None) => {}
    }
    Ok(draft.finish(document.version.map(|version| version.to_string())))
}

const FOLDER: &str = "node_modules/";

fn flat(packages: &BTreeMap<String, Package>, draft: &mut Draft) {
    let mut at: HashMap<&str, u32> = HashMap::new();
    for (path, package) in packages.iter().filter(|(path, package)| !path.is_empty() && !package.link) {
        let Some(name) = package.name.as_deref().or_else(|| name_of(path)) else {
            draft.leave(NO_NAME, || path.clone());
            continue;
        };
        let mut entry = Entry::new(name, package.version.clone());
        entry.origin = origin(path, address(package.resolved.as_ref()));
        entry.scope = if package.dev { Scope::Development } else { Scope::Runtime };
        entry.hashes.extend(package.integrity.clone());
        at.insert(path, draft.merge(entry, || path.clone()));
    }
    for (path, package) in packages.iter().filter(|(_, package)| package.link) {
        draft.merged();
        if let Some(index) = address(package.resolved.as_ref()).and_then(|target| at.get(target).copied()) {
            at.insert(path, index);
        }
    }
    for (path, package) in packages {
        let from = at.get(path.as_str()).copied();
        if from.is_none() && !path.is_empty() || package.link {
            continue;
        }
        for name in package.dependencies.keys().chain(package.dev_dependencies.keys()) {
            let optional = package.optional_dependencies.contains_key(name);
            let to = resolve(path, name, &at);
            if to.is_some() || !optional {
                draft.edge(from, to, || format!("{path}: {name}"));
            }
        }
        // npm leaves out what another platform would need, and peers nobody provides
        for name in package.optional_dependencies.keys().chain(package.peer_dependencies.keys()) {
            if let Some(to) = resolve(path, name, &at) {
                draft.edge(from, Some(to), String::new);
            }
        }
    }
    draft.reach_from_edges();
}

/// Node looks beside the package, then in each folder above it.
fn resolve(path: &str, name: &str, at: &HashMap<&str, u32>) -> Option<u32> {
    let mut base = path;
    loop {
        let tried =
            if base.is_empty() { format!("{FOLDER}{name}") } else { format!("{base}/{FOLDER}{name}") };
        if let Some(index) = at.get(tried.as_str()) {
            return Some(*index);
        }
        if base.is_empty() {
            return None;
        }
        base = parent(base);
    }
}

/// The folder around: up to the last `node_modules/`, else (a workspace's folder) the project's own.
fn parent(path: &str) -> &str {
    path.rfind(FOLDER).map_or("", |at| path.get(..at).unwrap_or_default().trim_end_matches('/'))
}

fn name_of(path: &str) -> Option<&str> {
    let name = match path.rfind(FOLDER) {
        Some(at) => path.get(at + FOLDER.len()..)?,
        None => path.rsplit('/').next()?,
    };
    (!name.is_empty()).then_some(name)
}

const fn address(resolved: Option<&Resolved>) -> Option<&str> {
    match resolved {
        Some(Resolved::Address(address)) => Some(address.as_str()),
        Some(Resolved::Other(_)) | None => None,
    }
}

fn origin(path: &str, resolved: Option<&str>) -> Origin {
    if !path.contains(FOLDER) {
        return Origin::Local(Some(path.to_owned()));
    }
    resolved.map_or(Origin::Registry(None), origin_of)
}

/// Where an address points to.
pub(super) fn origin_of(address: &str) -> Origin {
    let owned = || address.to_owned();
    if address.starts_with("git") || address.contains(".git#") {
        Origin::Git(owned())
    } else if address.starts_with("file:") || address.starts_with("link:") {
        Origin::Local(Some(owned()))
    } else if let Some((registry, _)) = address.split_once("/-/") {
        registry_of(registry)
    } else if address.starts_with("https://registry.npmjs.org/")
        || address.starts_with("https://registry.yarnpkg.com/")
    {
        Origin::Registry(None)
    } else if address.starts_with("https://codeload.github.com/") {
        Origin::Git(owned())
    } else if address.starts_with("http") {
        Origin::Url(owned())
    } else {
        Origin::Registry(None)
    }
}

/// The registry in front of a tarball's address, without the package's own part.
fn registry_of(address: &str) -> Origin {
    let own = ["https://registry.npmjs.org/", "https://registry.yarnpkg.com/", "http://registry.npmjs.org/"];
    if own.iter().any(|registry| address.starts_with(registry)) {
        return Origin::Registry(None);
    }
    let scoped = address.rfind("/@").or_else(|| address.rfind('/'));
    Origin::Registry(Some(scoped.and_then(|at| address.get(..at)).unwrap_or(address).to_owned()))
}

/// One open folder of the tree: its path, where its packages are, and the folders around it by their number.
struct Level<'t> {
    tree: &'t BTreeMap<String, Nested>,
    around: Option<usize>,
    at: HashMap<&'t str, u32>,
}

fn nested(tree: &BTreeMap<String, Nested>, draft: &mut Draft) {
    let mut levels = vec![Level { tree, around: None, at: HashMap::new() }];
    let mut next = 0;
    let mut asked: Vec<(u32, usize, &str)> = Vec::new();
    while let Some(level) = levels.get_mut(next) {
        let mut inner = Vec::new();
        for (name, package) in level.tree {
            let index = draft.merge(nested_entry(name, package), || name.clone());
            level.at.insert(name, index);
            inner.push((index, package));
        }
        for (index, package) in inner {
            let place = if package.dependencies.is_empty() { next } else { levels.len() };
            if place != next {
                levels.push(Level { tree: &package.dependencies, around: Some(next), at: HashMap::new() });
            }
            if let Some(serde_json::Value::Object(requires)) = &package.requires {
                asked.extend(requires.keys().map(|name| (index, place, name.as_str())));
            }
        }
        next += 1;
    }
    for (from, place, name) in asked {
        draft.edge(Some(from), up(&levels, place, name), || name.to_owned());
    }
}

fn up(levels: &[Level<'_>], place: usize, name: &str) -> Option<u32> {
    let mut place = Some(place);
    while let Some(level) = place.and_then(|place| levels.get(place)) {
        if let Some(index) = level.at.get(name) {
            return Some(*index);
        }
        place = level.around;
    }
    None
}

/// `version` holds an address for what is not from a registry, and `npm:name@version` for a package under another name.
fn nested_entry(name: &str, package: &Nested) -> Entry {
    let written = package.version.as_deref().unwrap_or_default();
    let mut entry = match written.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
        Some((real, version)) => Entry::new(real, Some(version.to_owned())),
        None if written.contains(':') || written.contains('/') => Entry::new(name, None),
        None => Entry::new(name, Some(written.to_owned())),
    };
    entry.origin = match (&entry.version, address(package.resolved.as_ref())) {
        (None, _) if !written.is_empty() => origin_of(written),
        (_, Some(address)) => origin_of(address),
        (_, None) => Origin::Registry(None),
    };
    entry.scope = if package.dev { Scope::Development } else { Scope::Runtime };
    entry.hashes.extend(package.integrity.clone());
    entry
}
