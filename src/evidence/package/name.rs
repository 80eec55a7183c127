//! One key for the spellings of one package name.

use std::borrow::Cow;

use super::Ecosystem;

impl Ecosystem {
    /// The key under which two spellings of one package name meet.
    ///
    /// `PyPI` by PEP 503; crates.io without regard to case and `-` or `_`; Maven as `group:artifact`; npm scopes with
    /// a plain `@`; Go, NuGet, Packagist, GitHub Actions and Swift without regard to case. Borrowed when the name is
    /// its own key.
    pub fn name_key<'n>(self, name: &'n str) -> Cow<'n, str> {
        let name = name.trim();
        match self {
            Self::PyPi => pypi(name),
            Self::CratesIo => lower(name, |c| if c == '_' { '-' } else { c }),
            Self::Maven => maven(name),
            Self::Npm => npm(name),
            Self::SwiftUrl => swift(name),
            Self::Go | Self::NuGet | Self::Packagist | Self::GitHubActions | Self::Bitnami | Self::Hex => {
                lower(name, |c| c)
            }
            _ => Cow::Borrowed(name),
        }
    }
}

fn lower(name: &str, also: fn(char) -> char) -> Cow<'_, str> {
    if name.chars().all(|c| !c.is_uppercase() && also(c) == c) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().flat_map(char::to_lowercase).map(also).collect())
}

/// PEP 503: lower case, and runs of `-`, `_` and `.` are one `-`.
fn pypi(name: &str) -> Cow<'_, str> {
    let separator = |c| matches!(c, '-' | '_' | '.');
    let mut previous = ' ';
    let normal = name.chars().all(|c| {
        let fits = !c.is_uppercase() && c != '_' && c != '.' && !(c == '-' && previous == '-');
        previous = c;
        fits
    });
    if normal {
        return Cow::Borrowed(name);
    }
    let mut key = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            c if !separator(c) => key.push(c),
            _ if key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    Cow::Owned(key)
}

/// `group:artifact`, also where a path was written.
fn maven(name: &str) -> Cow<'_, str> {
    match name.split_once('/') {
        Some((group, artifact)) if !name.contains(':') => Cow::Owned(format!("{group}:{artifact}")),
        _ => Cow::Borrowed(name),
    }
}

fn npm(name: &str) -> Cow<'_, str> {
    match name.strip_prefix("%40") {
        Some(rest) => Cow::Owned(format!("@{rest}").to_lowercase()),
        None => lower(name, |c| c),
    }
}

/// The address of a repository without scheme and `.git`.
fn swift(name: &str) -> Cow<'_, str> {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let name = name.trim_end_matches('/');
    lower(name.strip_suffix(".git").unwrap_or(name), |c| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        for (ecosystem, spelling, key) in [
            (Ecosystem::PyPi, "Zope.Interface", "zope-interface"),
            (Ecosystem::PyPi, "a_-.b", "a-b"),
            (Ecosystem::CratesIo, "Serde_JSON", "serde-json"),
            (Ecosystem::Maven, "org.slf4j/slf4j-api", "org.slf4j:slf4j-api"),
            (Ecosystem::Npm, "%40angular/core", "@angular/core"),
            (Ecosystem::Go, "github.com/Masterminds/semver", "github.com/masterminds/semver"),
            (Ecosystem::NuGet, "Newtonsoft.Json", "newtonsoft.json"),
            (Ecosystem::SwiftUrl, "https://github.com/Apple/swift-nio.git", "github.com/apple/swift-nio"),
            (Ecosystem::Hackage, "HTTP", "HTTP"),
        ] {
            assert_eq!(ecosystem.name_key(spelling), key, "{spelling}");
            assert_eq!(ecosystem.name_key(key), key, "{key} is its own key");
        }
    }

    #[test]
    fn a_name_that_is_its_own_key_is_borrowed() {
        assert!(matches!(Ecosystem::PyPi.name_key("requests"), Cow::Borrowed(_)));
        assert!(matches!(Ecosystem::Npm.name_key("@angular/core"), Cow::Borrowed(_)));
        assert!(matches!(Ecosystem::CratesIo.name_key("serde-json"), Cow::Borrowed(_)));
    }
}
