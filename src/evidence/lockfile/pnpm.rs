//! pnpm-lock.yaml (pnpm specification of lock files, lockfileVersion 5.x, 6.x and 9.x).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::draft::{Draft, Entry};
use super::notes::{MERGED, NO_NAME};
use super::npm::origin_of;
use super::{LockFormat, Lockfile, Origin, Scope};
use crate::evidence::DecodeError;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    lockfile_version: String,
    importers: BTreeMap<String, Importer>,
    #[serde(flatten)]
    own: Importer,
    packages: BTreeMap<String, Package>,
    snapshots: BTreeMap<String, Package>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Importer {
    dependencies: BTreeMap<String, Wanted>,
    dev_dependencies: BTreeMap<String, Wanted>,
    optional_dependencies: BTreeMap<String, Wanted>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    resolution: Resolution,
    dev: Option<bool>,
    dependencies: BTreeMap<String, Wanted>,
    optional_dependencies: BTreeMap<String, Wanted>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolution {
    integrity: Option<String>,
    tarball: Option<String>,
    repo: Option<String>,
    commit: Option<String>,
}

/// The version a dependency resolved to: plain, or (from version 6 in importers) beside what was asked for.
#[derive(Default)]
struct Wanted(String);

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WantedVisitor)
    }
}

struct WantedVisitor;

impl<'de> Visitor<'de> for WantedVisitor {
    type Value = Wanted;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a version, or `specifier` and `version`")
    }

    fn visit_str<E>(self, text: &str) -> Result<Wanted, E> {
        Ok(Wanted(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Wanted, E> {
        Ok(Wanted(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Wanted, E> {
        Ok(Wanted(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Wanted, E> {
        Ok(Wanted(number.to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wanted, A::Error> {
        let mut version = String::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "version" {
                version = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Wanted(version))
    }
}

/// Reads the file. Up to version 6 each package says whether it is for development; from 9 on that follows from who
/// asks for it.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document = parse(text)?;
    let mut draft = Draft::new(LockFormat::Pnpm);
    let mut at: HashMap<&str, u32> = HashMap::new();
    let packages: BTreeMap<&str, &Package> =
        document.packages.iter().map(|(key, package)| (key.as_str(), package)).collect();
    for (key, package) in &document.packages {
        let Some(entry) = entry(key, package) else {
            draft.leave(NO_NAME, || key.clone());
            continue;
        };
        at.insert(key, draft.merge(entry, || key.clone()));
    }
    variants(&document.snapshots, &mut at, &mut draft);
    for (key, package) in packages.into_iter().chain(document.snapshots.iter().map(|(k, p)| (k.as_str(), p)))
    {
        let from = at.get(key).copied();
        for (name, wanted) in package.dependencies.iter().chain(&package.optional_dependencies) {
            if from.is_some() && !is_local(&wanted.0) {
                draft.edge(from, find(name, &wanted.0, &at), || format!("{key}: {name}"));
            }
        }
    }
    importers(&document, &at, &mut draft);
    Ok(draft.finish(Some(document.lockfile_version)))
}

fn parse(text: &str) -> Result<Document, DecodeError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        // the size is limited before; a project of thousands of packages has a few hundred thousand nodes
        budget: serde_saphyr::budget! { max_depth: 32, max_nodes: 20_000_000, max_events: 60_000_000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 10_000 },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| yaml_error(&error))
}

/// The parser's message with its place.
pub(super) fn yaml_error(error: &serde_saphyr::Error) -> DecodeError {
    let line = error.location().map_or(0, |place| place.line());
    let text = error.to_string();
    let first = text.lines().next().unwrap_or("no YAML");
    let message = format!("the lock file's YAML cannot be read at line {line}: {first}; lock again");
    DecodeError::at("malformed-lockfile", format!("line {line}"), message)
}

/// The same package with other peers is another snapshot of one package.
fn variants<'d>(snapshots: &'d BTreeMap<String, Package>, at: &mut HashMap<&'d str, u32>, draft: &mut Draft) {
    for key in snapshots.keys() {
        let plain = key.split('(').next().unwrap_or(key);
        if at.contains_key(key.as_str()) {
            continue;
        }
        if let Some(index) = at.get(plain).copied() {
            at.insert(key, index);
            draft.note(MERGED, || key.clone());
        }
    }
}

fn importers(document: &Document, at: &HashMap<&str, u32>, draft: &mut Draft) {
    let (mut runtime, mut development) = (Vec::new(), Vec::new());
    for importer in document.importers.values().chain([&document.own]) {
        let running = importer.dependencies.iter().chain(&importer.optional_dependencies).map(|d| (d, true));
        for ((name, wanted), runs) in running.chain(importer.dev_dependencies.iter().map(|d| (d, false))) {
            if is_local(&wanted.0) {
                continue;
            }
            let to = find(name, &wanted.0, at);
            draft.edge(None, to, || name.clone());
            if runs { &mut runtime } else { &mut development }.extend(to);
        }
    }
    draft.reach_from_edges();
    draft.scope_from(runtime, development);
}

fn is_local(wanted: &str) -> bool {
    wanted.starts_with("link:") || wanted.starts_with("workspace:")
}

/// The package a name and a resolved version mean: keys are written in three generations of spelling.
fn find(name: &str, wanted: &str, at: &HashMap<&str, u32>) -> Option<u32> {
    let keys = [
        format!("{name}@{wanted}"),
        format!("/{name}@{wanted}"),
        format!("/{name}/{wanted}"),
        wanted.to_owned(),
        format!("/{wanted}"),
        format!("{name}@{}", wanted.split('(').next().unwrap_or(wanted)),
    ];
    keys.iter().find_map(|key| at.get(key.as_str())).copied()
}

fn entry(key: &str, package: &Package) -> Option<Entry> {
    let (name, version) = identify(key);
    let name = package.name.as_deref().or(name)?;
    let version = package.version.as_deref().or(version);
    let mut entry = Entry::new(name, version.map(str::to_owned));
    let Resolution { integrity, tarball, repo, commit } = &package.resolution;
    entry.origin = match (repo, tarball) {
        (Some(repo), _) => Origin::Git(format!("{repo}#{}", commit.as_deref().unwrap_or_default())),
        (None, Some(tarball)) => origin_of(tarball),
        (None, None) if key.contains("file:") => Origin::Local(Some(key.to_owned())),
        (None, None) => Origin::Registry(None),
    };
    entry.scope = match package.dev {
        Some(true) => Scope::Development,
        Some(false) => Scope::Runtime,
        None => Scope::Unknown,
    };
    entry.hashes.extend(integrity.clone());
    Some(entry)
}

/// Name and version of `name@1.0.0(peer@2)`, `/@scope/name@1.0.0`, `/name/1.0.0_peer@2`; nothing of an address.
fn identify(key: &str) -> (Option<&str>, Option<&str>) {
    let plain = key.trim_start_matches('/').split('(').next().unwrap_or(key);
    let scope = if plain.starts_with('@') { plain.find('/').map_or(0, |at| at + 1) } else { 0 };
    let rest = plain.get(scope..).unwrap_or_default();
    let old = key.starts_with('/').then(|| rest.find('/')).flatten();
    let new = rest.find('@');
    let cut = match (old, new) {
        (Some(old), Some(new)) if old < new => old,
        (Some(old), None) => old,
        (_, Some(new)) => new,
        (None, None) => return (None, None),
    };
    let (name, version) = (plain.get(..scope + cut), rest.get(cut + 1..));
    let version = version
        .map(|version| if old == Some(cut) { version.split('_').next().unwrap_or(version) } else { version });
    (name.filter(|name| !name.contains(':')), version.filter(|version| !version.contains(['/', ':'])))
}
