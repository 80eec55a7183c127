//! How versions are ordered, one module per scheme.
//!
//! Each module writes a version as bytes (see [`KeyWriter`](super::key::KeyWriter)): its tags are chosen so that the
//! scheme's rules become the order of bytes, the end of a version included.

mod alpine;
mod conan;
mod datetime;
mod debian;
mod dotted;
mod generic;
mod gentoo;
mod maven;
mod openssl;
mod pep440;
mod php;
mod rpm;
mod ruby;
mod semver;

use super::Ecosystem;
use super::key::{KeyWriter, VersionKey};

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
    /// PHP's `version_compare`.
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
    /// Arch Linux: epoch, version and release.
    Arch,
    /// Gentoo's Package Manager Specification §3.3.
    Gentoo,
    /// OpenSSL: a letter per patch before version 3.
    OpenSsl,
    /// RFC 3339 points in time.
    Datetime,
    /// By Unicode code point, without any other rule.
    Lexicographic,
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
            Self::Conan => Some(conan::key(text)),
            Self::Arch => Some(rpm::arch_key(text)),
            Self::Gentoo => gentoo::key(text),
            Self::OpenSsl => openssl::key(text),
            Self::Datetime => datetime::key(text),
            Self::Lexicographic => Some(lexicographic(text)),
            Self::Generic => Some(generic::key(text)),
        }
    }
}

impl Scheme {
    /// The scheme of a `vers` range or of a package URL type; `None` for types whose order is unknown.
    pub fn of_vers(kind: &str) -> Option<Self> {
        Some(match kind {
            "alpm" => Self::Arch,
            "ebuild" | "gentoo" => Self::Gentoo,
            "openssl" => Self::OpenSsl,
            "datetime" => Self::Datetime,
            "lexicographic" => Self::Lexicographic,
            "intdot" => Self::Dotted,
            "nginx" | "semver" | "mozilla" | "github" | "apache" | "mattermost" => Self::Semver,
            _ => Ecosystem::of_purl_type(kind, None)?.scheme(),
        })
    }
}

fn lexicographic(text: &str) -> VersionKey {
    let mut writer = KeyWriter::new();
    // UTF-8 sorts as its code points do.
    writer.text(text);
    writer.finish()
}
