//! poetry.lock (Poetry's own format, lock-version 1 and 2).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use toml::Value;

use super::draft::{Draft, Entry};
use super::{LockFormat, Lockfile, Origin, Scope, toml_text};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    package: Vec<Package>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Metadata {
    lock_version: Option<String>,
    files: BTreeMap<String, Vec<File>>,
    hashes: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    category: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    files: Vec<File>,
    source: Option<Source>,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct File {
    hash: Option<String>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    resolved_reference: Option<String>,
}

/// Reads the file. Who asked for a package is only in pyproject.toml; whether it is for development is said by
/// `groups` (lock-version 2.1) or `category` (1.x).
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = toml_text::read(text)?;
    let mut draft = Draft::new(LockFormat::Poetry);
    let mut at: HashMap<String, Vec<u32>> = HashMap::new();
    for (place, package) in document.package.iter().enumerate() {
        let index = draft.keep(entry(package, &document.metadata), || format!("/package/{place}"));
        at.entry(normal(&package.name)).or_default().push(index);
    }
    for (from, package) in document.package.iter().enumerate() {
        for (name, wish) in &package.dependencies {
            let found = at.get(&normal(name));
            if found.is_none() && is_conditional(wish) {
                continue;
            }
            let from_index = u32::try_from(from).ok();
            for to in found.map_or(&[][..], Vec::as_slice) {
                draft.edge(from_index, Some(*to), String::new);
            }
            if found.is_none() {
                draft.edge(from_index, None, || format!("/package/{from}/dependencies/{name}"));
            }
        }
    }
    Ok(draft.finish(document.metadata.lock_version))
}

/// A dependency under a marker, or an optional one, is only locked where it applies.
fn is_conditional(wish: &Value) -> bool {
    match wish {
        Value::Table(table) => table.contains_key("markers") || table.contains_key("optional"),
        Value::Array(wishes) => wishes.iter().all(is_conditional),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            false
        }
    }
}

fn entry(package: &Package, metadata: &Metadata) -> Entry {
    let mut entry = Entry::new(package.name.as_str(), Some(package.version.clone()));
    entry.origin = origin(package.source.as_ref());
    entry.scope = match (package.category.as_deref(), package.groups.as_slice()) {
        (_, groups) if groups.iter().any(|group| group == "main") => Scope::Runtime,
        // every group beside `main` is one a plain installation can leave out, by convention for development
        (_, [_, ..]) | (Some("dev"), []) => Scope::Development,
        (Some("main"), []) => Scope::Runtime,
        (_, []) => Scope::Unknown,
    };
    let older = metadata.files.get(&package.name).into_iter().flatten();
    entry.hashes = package.files.iter().chain(older).filter_map(|file| file.hash.clone()).collect();
    let oldest = metadata.hashes.get(&package.name).into_iter().flatten();
    entry.hashes.extend(oldest.map(|hash| format!("sha256:{hash}")));
    entry
}

fn origin(source: Option<&Source>) -> Origin {
    let Some(source) = source else { return Origin::Registry(None) };
    let url = source.url.clone().unwrap_or_default();
    match source.kind.as_deref() {
        Some("git") => {
            let commit = source.resolved_reference.as_deref().unwrap_or_default();
            Origin::Git(format!("git+{url}@{commit}"))
        }
        Some("url") => Origin::Url(url),
        Some("directory" | "file") => Origin::Local(Some(url)),
        Some(_) | None => Origin::Registry(Some(url).filter(|url| !url.is_empty() && !is_pypi(url))),
    }
}

/// Whether the address is the registry everyone uses.
pub(super) fn is_pypi(url: &str) -> bool {
    url.starts_with("https://pypi.org/")
        || url.starts_with("https://files.pythonhosted.org/")
        || url.starts_with("https://pypi.python.org/")
}

/// The name by which Python packages are compared (Python packaging specification, name normalisation).
pub(crate) fn normal(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.trim().chars() {
        if matches!(c, '-' | '_' | '.') {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() {
            out.push('-');
        }
        gap = false;
        out.extend(c.to_lowercase());
    }
    out
}
