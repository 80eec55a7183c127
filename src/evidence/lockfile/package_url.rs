//! The package URL of a locked package.

use crate::evidence::package::{Purl, PurlParts};

use super::draft::Entry;
use super::{LockFormat, Origin};

/// The canonical package URL; `None` where the package has no address of its own.
pub(super) fn package_url(format: LockFormat, entry: &Entry) -> Option<String> {
    match &entry.origin {
        Origin::Local(_) | Origin::Toolchain => return None,
        Origin::Registry(_) | Origin::Git(_) | Origin::Url(_) => {}
    }
    let (namespace, name) = split(format, &entry.name);
    // The type definitions name these qualifiers for packages that do not come from the default registry.
    let origin = match &entry.origin {
        Origin::Git(address) => Some(("vcs_url", address.as_str())),
        Origin::Url(address) => Some(("download_url", address.as_str())),
        Origin::Registry(Some(address)) => Some(("repository_url", address.as_str())),
        Origin::Registry(None) | Origin::Local(_) | Origin::Toolchain => None,
    };
    let purl = Purl::build(&PurlParts {
        kind: kind(format),
        namespace,
        name,
        version: entry.version.as_deref(),
        qualifiers: origin.as_slice(),
        subpath: None,
    });
    Some(purl?.canonical().to_owned())
}

/// The package URL type of each format's packages.
const fn kind(format: LockFormat) -> &'static str {
    match format {
        LockFormat::Cargo => "cargo",
        LockFormat::Npm | LockFormat::YarnClassic | LockFormat::YarnBerry | LockFormat::Pnpm => "npm",
        LockFormat::Poetry | LockFormat::Uv | LockFormat::Pipfile | LockFormat::Requirements => "pypi",
        LockFormat::GoSum | LockFormat::GoMod => "golang",
        LockFormat::Gradle => "maven",
        LockFormat::Composer => "composer",
        LockFormat::Gemfile => "gem",
        LockFormat::Nuget => "nuget",
        LockFormat::Pubspec => "pub",
        LockFormat::Mix => "hex",
    }
}

/// Namespace and name, parted the way each ecosystem parts them.
fn split(format: LockFormat, name: &str) -> (Option<&str>, &str) {
    let parted = match kind(format) {
        "npm" if name.starts_with('@') => name.split_once('/'),
        "golang" | "composer" => name.rsplit_once('/'),
        "maven" => name.split_once(':'),
        _ => None,
    };
    parted.map_or((None, name), |(namespace, name)| (Some(namespace), name))
}
