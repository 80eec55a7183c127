//! Lock files: the exact packages a build resolved to, read from every common package manager's own file.
//!
//! A lock file is evidence of resolution, not an inventory of what was shipped: it feeds the gate and is compared with
//! a bill of materials, it never replaces one. What a file does not say (who asked for a package, whether it is only
//! for development) stays unknown here.

mod cargo;
mod cargo_lines;
mod composer;
mod detect;
mod draft;
mod gemfile;
mod go;
mod gradle;
mod mix;
mod notes;
mod npm;
mod nuget;
mod package_url;
mod pipfile;
mod pnpm;
mod poetry;
mod pubspec;
mod requirements;
#[cfg(test)]
mod tests;
mod toml_text;
mod uv;
mod yarn;
mod yarn_entries;

use crate::evidence::{DecodeError, Records, Warning};

/// What was read from one lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// Which package manager's file it is.
    pub format: LockFormat,
    /// The format's version as written, or as its shape implies (`4` of Cargo.lock).
    pub format_version: Option<String>,
    /// Every distinct package, in the file's order.
    pub packages: Vec<LockedPackage>,
    /// Distinct edges (dependent, dependency) as indices into `packages`, sorted; `None` is the project itself. Empty
    /// where the file does not say who needs whom.
    pub edges: Vec<(Option<u32>, u32)>,
    /// What happened to every entry.
    pub records: Records,
    /// What a reader should know, among it the reason for everything that was left out.
    pub warnings: Vec<Warning>,
}

/// One package of a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    /// The ecosystem by its OSV name (`crates.io`, `npm`, `PyPI`).
    pub ecosystem: &'static str,
    /// The name as the registry knows it, with its scope or group.
    pub name: String,
    /// The exact version; `None` where only a place is locked (a folder, a branch).
    pub version: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether the project itself asks for it.
    pub reach: Reach,
    /// Whether it is there for development only.
    pub scope: Scope,
    /// Canonical package URL; `None` for what lies in the project's own folders and for what has no such URL.
    pub purl: Option<String>,
    /// Digests as written (`sha256:…`, `sha512-…`), at most as many as the file has.
    pub hashes: Vec<String>,
}

/// Where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A registry; `None` is the ecosystem's own.
    Registry(Option<String>),
    /// A repository, as written.
    Git(String),
    /// An archive at an address.
    Url(String),
    /// The project's own folders.
    Local(Option<String>),
    /// The toolchain brings it (Flutter's own packages).
    Toolchain,
}

/// Whether the project itself asks for a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The project asks for it.
    Direct,
    /// Only other packages ask for it.
    Transitive,
    /// The file does not say.
    Unknown,
}

/// Whether a package is there for development only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Part of what runs.
    Runtime,
    /// For building, testing or developing only.
    Development,
    /// The file does not say.
    Unknown,
}

/// A kind of lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockFormat {
    /// Cargo.lock, versions 1 to 4.
    Cargo,
    /// package-lock.json or npm-shrinkwrap.json, lockfileVersion 1 to 3.
    Npm,
    /// yarn.lock as Yarn 1 writes it.
    YarnClassic,
    /// yarn.lock as Yarn 2 and later write it.
    YarnBerry,
    /// pnpm-lock.yaml, lockfileVersion 5 to 9.
    Pnpm,
    /// poetry.lock.
    Poetry,
    /// uv.lock.
    Uv,
    /// Pipfile.lock.
    Pipfile,
    /// A pip requirements file with exact versions.
    Requirements,
    /// go.sum.
    GoSum,
    /// go.mod.
    GoMod,
    /// gradle.lockfile.
    Gradle,
    /// composer.lock.
    Composer,
    /// Gemfile.lock.
    Gemfile,
    /// packages.lock.json of `NuGet`.
    Nuget,
    /// pubspec.lock of Dart.
    Pubspec,
    /// mix.lock of Elixir.
    Mix,
}

impl LockFormat {
    /// The stable word used in storage, receipts and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cargo => "cargo-lock",
            Self::Npm => "npm-lock",
            Self::YarnClassic => "yarn-classic",
            Self::YarnBerry => "yarn-berry",
            Self::Pnpm => "pnpm-lock",
            Self::Poetry => "poetry-lock",
            Self::Uv => "uv-lock",
            Self::Pipfile => "pipfile-lock",
            Self::Requirements => "requirements",
            Self::GoSum => "go-sum",
            Self::GoMod => "go-mod",
            Self::Gradle => "gradle-lockfile",
            Self::Composer => "composer-lock",
            Self::Gemfile => "gemfile-lock",
            Self::Nuget => "nuget-lock",
            Self::Pubspec => "pubspec-lock",
            Self::Mix => "mix-lock",
        }
    }

    /// The ecosystem of its packages, by the OSV name.
    pub const fn ecosystem(self) -> &'static str {
        match self {
            Self::Cargo => "crates.io",
            Self::Npm | Self::YarnClassic | Self::YarnBerry | Self::Pnpm => "npm",
            Self::Poetry | Self::Uv | Self::Pipfile | Self::Requirements => "PyPI",
            Self::GoSum | Self::GoMod => "Go",
            Self::Gradle => "Maven",
            Self::Composer => "Packagist",
            Self::Gemfile => "RubyGems",
            Self::Nuget => "NuGet",
            Self::Pubspec => "Pub",
            Self::Mix => "Hex",
        }
    }
}

/// Reads a lock file; `None` when neither its name nor its content is one.
///
/// The name's last part says which file is meant (`Cargo.lock`, `requirements-dev.txt`); a file of another name is
/// told by its content where that is unmistakable.
///
/// # Errors
/// When the name promises a lock file and the content is another thing or cannot be read.
pub fn read(name: &str, bytes: &[u8]) -> Result<Option<Lockfile>, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Some(format) = detect::format(name, bytes)? else { return Ok(None) };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("{name} is not UTF-8 from byte {}; save it as UTF-8", error.valid_up_to());
        DecodeError::new("invalid-utf8", message)
    })?;
    let read = match format {
        LockFormat::Cargo => cargo::read,
        LockFormat::Npm => npm::read,
        LockFormat::YarnClassic => yarn::read_classic,
        LockFormat::YarnBerry => yarn::read_berry,
        LockFormat::Pnpm => pnpm::read,
        LockFormat::Poetry => poetry::read,
        LockFormat::Uv => uv::read,
        LockFormat::Pipfile => pipfile::read,
        LockFormat::Requirements => requirements::read,
        LockFormat::GoSum => go::read_sum,
        LockFormat::GoMod => go::read_mod,
        LockFormat::Gradle => gradle::read,
        LockFormat::Composer => composer::read,
        LockFormat::Gemfile => gemfile::read,
        LockFormat::Nuget => nuget::read,
        LockFormat::Pubspec => pubspec::read,
        LockFormat::Mix => mix::read,
    };
    read(text).map(Some)
}
