//! One key for the spellings of one package name.

use std::borrow::Cow;

use super::Ecosystem;

/// What makes two spellings one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// Nothing: every letter counts.
    Exact,
    /// Case does not count.
    Caseless,
    /// Case does not count, and `_` is `-`.
    Crate,
    /// PEP 503.
    Python,
    /// Group and artifact.
    Maven,
    /// A scope in front, perhaps encoded.
    Npm,
    /// The address of a repository.
    Swift,
}

impl Ecosystem {
    /// The key under which two spellings of one package name meet.
    ///
    /// `PyPI` by PEP 503; crates.io without regard to case and `-` or `_`; Maven as `group:artifact`; npm scopes with
    /// a plain `@`; Go, `NuGet`, Packagist, GitHub Actions and Swift without regard to case. Borrowed when the name is
    /// its own key.
    pub fn name_key<'n>(self, name: &'n str) -> Cow<'n, str> {
        let name = name.trim();
        match self.naming() {
            Naming::Exact => Cow::Borrowed(name),
            Naming::Caseless => lower(name, |c| c),
            Naming::Crate => lower(name, |c| if c == '_' { '-' } else { c }),
            Naming::Python => python(name),
            Naming::Maven => maven(name),
            Naming::Npm => npm(name),
            Naming::Swift => swift(name),
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
fn python(name: &str) -> Cow<'_, str> {
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

/// Older tools wrote package URLs of npm in lower case, so that case cannot count although a few old names differ in it.
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
