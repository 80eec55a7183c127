//! How versions are ordered, one module per scheme.
//!
//! Each module writes a version as bytes (see [`KeyWriter`](super::key::KeyWriter)): its tags are chosen so that the
//! scheme's rules become the order of bytes, the end of a version included.

mod alpine;
mod debian;
mod dotted;
mod generic;
mod maven;
mod pep440;
mod php;
mod rpm;
mod ruby;
mod semver;

use super::key::VersionKey;

/// An order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Semantic Versioning 2.0.0 §11, read as leniently as OSV does: `v1.2`, `1.2.3.4`, numbers of any length.
    Semver,
    /// Semantic Versioning in which build metadata counts: <https://dart.dev/tools/pub/versioning>.
    Pub,
    /// Python's PEP 440; what it does not cover sorts before, as setuptools once ordered it.
    Pep440,
    /// Maven's version order: <https://maven.apache.org/pom.html#version-order-specification>.
    Maven,
    /// `NuGet`: four numbers and a pre-release without regard to case.
    NuGet,
    /// `Gem::Version` of Ruby.
    RubyGems,
    /// PHP's `version_compare` on versions as Composer normalises them.
    Packagist,
    /// Debian policy §5.6.12.
    Debian,
    /// apk-tools 3.
    Alpine,
    /// `rpmvercmp` on epoch, version and release.
    Rpm,
    /// Numbers between dots; more numbers are newer (Haskell PVP).
    Dotted,
    /// Numbers between dots and hyphens; more numbers are newer (R's `package_version`).
    Cran,
    /// Conan 2: numbers and words between dots, pre-release after a hyphen.
    Conan,
    /// Numbers by value, words by letter, a word before its version.
    Generic,
}

impl Scheme {
    /// The key of a version; `None` when the text is no version in this scheme.
    pub fn key(self, text: &str) -> Option<VersionKey> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match self {
            Self::Semver => semver::key(text),
            Self::Pub => semver::pub_key(text),
            Self::NuGet => semver::nuget_key(text),
            Self::Pep440 => Some(pep440::key(text)),
            Self::Maven => Some(maven::key(text)),
            Self::RubyGems => ruby::key(text),
            Self::Packagist => Some(php::key(text)),
            Self::Debian => debian::key(text),
            Self::Alpine => Some(alpine::key(text)),
            Self::Rpm => Some(rpm::key(text)),
            Self::Dotted => dotted::key(text, &['.']),
            Self::Cran => dotted::key(text, &['.', '-']),
            Self::Conan => Some(generic::key(text)),
            Self::Generic => Some(generic::key(text)),
        }
    }
}
