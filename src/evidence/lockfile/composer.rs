//! composer.lock (Composer's own format).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::draft::{Draft, Entry};
use super::{LockFormat, Lockfile, Origin, Scope};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    #[serde(default)]
    packages: Vec<Package>,
    packages_dev: Option<Vec<Package>>,
    plugin_api_version: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    source: Option<Place>,
    dist: Option<Place>,
    /// An object, or (empty) a list: PHP writes both alike.
    #[serde(default)]
    require: Value,
    #[serde(default)]
    provide: Value,
    #[serde(default)]
    replace: Value,
}

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    shasum: Option<String>,
}

/// Reads the file. Who asked for a package is only in composer.json.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = serde_json::from_str(text).map_err(|error| DecodeError::json(&error))?;
    let mut draft = Draft::new(LockFormat::Composer);
    let development = document.packages_dev.unwrap_or_default();
    let running = document.packages.iter().map(|package| (package, Scope::Runtime));
    let all: Vec<_> = running.chain(development.iter().map(|p| (p, Scope::Development))).collect();
    let mut at: HashMap<String, u32> = HashMap::new();
    for (package, scope) in &all {
        let index = draft.merge(Entry { scope: *scope, ..entry(package) }, || package.name.clone());
        at.insert(package.name.to_lowercase(), index);
    }
    let mut stands_in: BTreeMap<String, u32> = BTreeMap::new();
    for (package, _) in &all {
        if let Some(index) = at.get(&package.name.to_lowercase()) {
            let names = keys(&package.provide).chain(keys(&package.replace));
            stands_in.extend(names.map(|name| (name.to_lowercase(), *index)));
        }
    }
    for (package, _) in &all {
        let from = at.get(&package.name.to_lowercase()).copied();
        // `php`, `ext-json`, `lib-curl`, `composer-runtime-api` are no packages: those have a vendor
        for name in keys(&package.require).filter(|name| name.contains('/')).map(str::to_lowercase) {
            let to = at.get(&name).or_else(|| stands_in.get(&name)).copied();
            draft.edge(from, to, || format!("{}: {name}", package.name));
        }
    }
    Ok(draft.finish(document.plugin_api_version))
}

fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str())
}

fn entry(package: &Package) -> Entry {
    let mut entry = Entry::new(package.name.as_str(), package.version.clone());
    let dist = package.dist.as_ref();
    let is_folder = dist.is_some_and(|dist| dist.kind.as_deref() == Some("path"));
    let source = package.source.as_ref().and_then(|source| source.url.clone());
    entry.origin = match (dist, source) {
        (Some(dist), _) if is_folder => Origin::Local(dist.url.clone()),
        (None, Some(source)) => Origin::Git(source),
        (_, _) => Origin::Registry(None),
    };
    let sum = dist.and_then(|dist| dist.shasum.as_deref()).filter(|sum| !sum.is_empty());
    entry.hashes = sum.map(|sum| format!("sha1:{sum}")).into_iter().collect();
    entry
}
