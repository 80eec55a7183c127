//! Pipfile.lock (Pipenv's own format, pipfile-spec 6).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::draft::{Draft, Entry};
use super::{LockFormat, Lockfile, Origin, Scope};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_meta")]
    meta: Option<Meta>,
    /// `default`, `develop` and groups of the user's own.
    #[serde(flatten)]
    groups: BTreeMap<String, BTreeMap<String, Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Meta {
    pipfile_spec: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    version: Option<String>,
    hashes: Vec<String>,
    git: Option<String>,
    r#ref: Option<String>,
    path: Option<String>,
    file: Option<String>,
    index: Option<Value>,
}

/// Reads the file. Who asked for a package, and who needs it, is not in it.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = serde_json::from_str(text).map_err(|error| DecodeError::json(&error))?;
    let mut draft = Draft::new(LockFormat::Pipfile);
    for (group, packages) in &document.groups {
        let scope = if group == "default" { Scope::Runtime } else { Scope::Development };
        for (name, package) in packages {
            let entry = Entry { scope, ..entry(name, package) };
            draft.merge(entry, || format!("/{group}/{name}"));
        }
    }
    let spec = document.meta.and_then(|meta| meta.pipfile_spec);
    Ok(draft.finish(spec.map(|spec| spec.to_string())))
}

fn entry(name: &str, package: &Package) -> Entry {
    let version = package.version.as_deref().map(|version| version.trim_start_matches('=').trim().to_owned());
    let mut entry = Entry::new(name, version);
    entry.origin = match package {
        Package { git: Some(address), r#ref, .. } => {
            Origin::Git(format!("git+{address}@{}", r#ref.as_deref().unwrap_or_default()))
        }
        Package { path: Some(path), .. } => Origin::Local(Some(path.clone())),
        Package { file: Some(address), .. } => Origin::Url(address.clone()),
        Package { index: Some(Value::String(index)), .. } if index != "pypi" => {
            Origin::Registry(Some(index.clone()))
        }
        Package { .. } => Origin::Registry(None),
    };
    entry.hashes.clone_from(&package.hashes);
    entry
}
