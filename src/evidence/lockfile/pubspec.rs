//! pubspec.lock (Dart's own format).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::draft::{Draft, Entry};
use super::pnpm::yaml_error;
use super::{LockFormat, Lockfile, Origin, Reach, Scope};
use crate::evidence::DecodeError;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    dependency: Option<String>,
    #[serde(default)]
    description: Description,
    source: Option<String>,
    version: Option<String>,
}

/// An object, or for the toolchain's own packages a word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Description {
    Place(Place),
    Other(serde::de::IgnoredAny),
}

impl Default for Description {
    fn default() -> Self {
        Self::Place(Place::default())
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Place {
    name: Option<String>,
    url: Option<String>,
    sha256: Option<String>,
    path: Option<String>,
    resolved_ref: Option<String>,
}

/// Reads the file. Packages that others bring are `transitive`, whether for development is said of direct ones only.
pub(super) fn read(text: &str) -> Result<Lockfile, DecodeError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: 16, max_nodes: 5_000_000, max_events: 20_000_000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 10_000 },
    };
    let document: Document =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| yaml_error(&error))?;
    let mut draft = Draft::new(LockFormat::Pubspec);
    for (name, package) in &document.packages {
        let index = draft.merge(entry(name, package), || format!("/packages/{name}"));
        let reach = match package.dependency.as_deref() {
            Some(word) if word.starts_with("direct") => Reach::Direct,
            Some("transitive") => Reach::Transitive,
            Some(_) | None => Reach::Unknown,
        };
        if reach == Reach::Direct {
            draft.edge(None, Some(index), String::new);
        }
        if let Some(kept) = draft.package_mut(index) {
            kept.reach = reach;
        }
    }
    Ok(draft.finish(None))
}

fn entry(name: &str, package: &Package) -> Entry {
    let none = Place::default();
    let place = match &package.description {
        Description::Place(place) => place,
        Description::Other(_) => &none,
    };
    let mut entry = Entry::new(place.name.as_deref().unwrap_or(name), package.version.clone());
    let url = place.url.clone().unwrap_or_default();
    entry.origin = match package.source.as_deref() {
        Some("git") => {
            Origin::Git(format!("git+{url}@{}", place.resolved_ref.as_deref().unwrap_or_default()))
        }
        Some("path") => Origin::Local(place.path.clone()),
        Some("sdk") => Origin::Toolchain,
        Some(_) | None if is_own(&url) => Origin::Registry(None),
        Some(_) | None => Origin::Registry(Some(url)),
    };
    entry.scope = match package.dependency.as_deref() {
        Some("direct main" | "direct overridden") => Scope::Runtime,
        Some("direct dev") => Scope::Development,
        Some(_) | None => Scope::Unknown,
    };
    entry.hashes = place.sha256.iter().map(|sum| format!("sha256:{sum}")).collect();
    entry
}

fn is_own(url: &str) -> bool {
    url.is_empty() || url.starts_with("https://pub.dev") || url.starts_with("https://pub.dartlang.org")
}
