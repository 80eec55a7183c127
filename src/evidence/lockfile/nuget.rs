//! packages.lock.json of `NuGet` (version 1 and 2).

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::draft::{Draft, Entry};
use super::{LockFormat, Lockfile, Origin, Reach};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    version: Option<u32>,
    /// By target framework, with the runtime behind a slash where there is one.
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeMap<String, Package>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    r#type: Option<String>,
    resolved: Option<String>,
    content_hash: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// Reads the file; one package of several frameworks is one package.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let document: Document = serde_json::from_str(text).map_err(|error| DecodeError::json(&error))?;
    let mut draft = Draft::new(LockFormat::Nuget);
    let mut plain: HashMap<String, u32> = HashMap::new();
    for (framework, packages) in &document.dependencies {
        let mut at: HashMap<String, u32> = HashMap::new();
        for (name, package) in packages {
            let index = draft.merge(entry(name, package), || format!("/dependencies/{framework}/{name}"));
            at.insert(name.to_lowercase(), index);
            plain.entry(name.to_lowercase()).or_insert(index);
            let direct = matches!(package.r#type.as_deref(), Some("Direct"));
            if direct {
                draft.edge(None, Some(index), String::new);
            }
            if let Some(kept) = draft.package_mut(index).filter(|kept| kept.reach != Reach::Direct) {
                kept.reach = if direct { Reach::Direct } else { Reach::Transitive };
            }
        }
        for (name, package) in packages {
            let from = at.get(&name.to_lowercase()).copied();
            for wanted in package.dependencies.keys() {
                let key = wanted.to_lowercase();
                // what a runtime's own list leaves out is in the framework's
                let to = at.get(&key).or_else(|| plain.get(&key)).copied();
                draft.edge(from, to, || format!("/dependencies/{framework}/{name}/{wanted}"));
            }
        }
    }
    Ok(draft.finish(document.version.map(|version| version.to_string())))
}

fn entry(name: &str, package: &Package) -> Entry {
    let mut entry = Entry::new(name, package.resolved.clone());
    if package.r#type.as_deref() == Some("Project") {
        entry.origin = Origin::Local(None);
    }
    entry.hashes = package.content_hash.iter().map(|hash| format!("sha512-{hash}")).collect();
    entry
}
