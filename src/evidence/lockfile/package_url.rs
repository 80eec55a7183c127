//! The package URL of a locked package.

use packageurl::PackageUrl;

use super::draft::Entry;
use super::{LockFormat, Origin};

/// The canonical package URL; `None` where the package has no address of its own.
pub(super) fn package_url(format: LockFormat, entry: &Entry) -> Option<String> {
    match &entry.origin {
        Origin::Local(_) | Origin::Toolchain => return None,
        Origin::Registry(_) | Origin::Git(_) | Origin::Url(_) => {}
    }
    let (namespace, name) = split(format, &entry.name);
    let mut purl = PackageUrl::new(kind(format), name).ok()?;
    if let Some(namespace) = namespace {
        purl.with_namespace(namespace).ok()?;
    }
    if let Some(version) = entry.version.as_deref() {
        purl.with_version(version).ok()?;
    }
    match &entry.origin {
        // The type definitions name these qualifiers for packages that do not come from the default registry.
        Origin::Git(address) => purl.add_qualifier("vcs_url", address.as_str()).ok()?,
        Origin::Url(address) => purl.add_qualifier("download_url", address.as_str()).ok()?,
        Origin::Registry(Some(address)) => purl.add_qualifier("repository_url", address.as_str()).ok()?,
        Origin::Registry(None) | Origin::Local(_) | Origin::Toolchain => &mut purl,
    };
    Some(purl.to_string())
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
