//! Package URLs as documents write them, and the canonical form they are compared by.
//!
//! <https://github.com/package-url/purl-spec>. A package URL is kept as its canonical text; the parts are views of it,
//! so that reading one costs one allocation.

mod escape;
mod rules;
mod write;

use std::borrow::Cow;

use super::Ecosystem;

/// A package URL that was understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    canonical: String,
    /// Length of the canonical form without qualifiers and subpath.
    key_length: usize,
    /// As it was written, where that differs.
    raw: Option<Box<str>>,
}

/// The parts a package URL is built from, none of them percent-encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct PurlParts<'p> {
    /// The type, such as `npm`.
    pub kind: &'p str,
    /// What stands before the name; several segments are separated by `/`.
    pub namespace: Option<&'p str>,
    /// The name.
    pub name: &'p str,
    /// The version.
    pub version: Option<&'p str>,
    /// Key and value, in any order.
    pub qualifiers: &'p [(&'p str, &'p str)],
    /// A path inside the package.
    pub subpath: Option<&'p str>,
}

impl Purl {
    /// Reads a package URL; `None` when it breaks the rules of its type or is none at all.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (canonical, key_length) = write::read(text)?;
        let raw = (canonical != text).then(|| text.into());
        Some(Self { canonical, key_length, raw })
    }

    /// Builds a package URL from its parts; `None` when they break the rules of the type.
    pub fn build(parts: &PurlParts<'_>) -> Option<Self> {
        let (canonical, key_length) = write::build(parts)?;
        Some(Self { canonical, key_length, raw: None })
    }

    /// Canonical form with sorted qualifiers and subpath: tells observations apart.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Canonical form without qualifiers and subpath: what advisories are matched by.
    pub fn key(&self) -> &str {
        self.canonical.get(..self.key_length).unwrap_or(&self.canonical)
    }

    /// As the document wrote it.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.canonical)
    }

    /// The type in lower case, such as `npm`.
    pub fn kind(&self) -> &str {
        self.after_scheme().split('/').next().unwrap_or_default()
    }

    /// What stands before the name, decoded.
    pub fn namespace(&self) -> Option<Cow<'_, str>> {
        let (namespace, _) = write::split_path(self.kind(), self.path());
        namespace.map(escape::decoded)
    }

    /// The name, decoded.
    pub fn name(&self) -> Cow<'_, str> {
        let (_, name) = write::split_path(self.kind(), self.path());
        escape::decoded(name)
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<Cow<'_, str>> {
        let (_, version) = self.key().split_once('@')?;
        Some(escape::decoded(version))
    }

    /// Whether it names a version.
    pub fn versioned(&self) -> bool {
        self.key().contains('@')
    }

    /// Key and decoded value, sorted by key.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let rest = self.canonical.get(self.key_length..).unwrap_or_default();
        let text = rest.strip_prefix('?').unwrap_or_default();
        let text = text.split_once('#').map_or(text, |(qualifiers, _)| qualifiers);
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key, escape::decoded(value)))
    }

    /// The value of one qualifier.
    pub fn qualifier(&self, key: &str) -> Option<Cow<'_, str>> {
        self.qualifiers().find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    /// The path inside the package, decoded.
    pub fn subpath(&self) -> Option<Cow<'_, str>> {
        let (_, subpath) = self.canonical.get(self.key_length..)?.split_once('#')?;
        Some(escape::decoded(subpath))
    }

    /// The ecosystem whose advisories speak of it; `None` where none does.
    pub fn ecosystem(&self) -> Option<Ecosystem> {
        Ecosystem::of_purl_type(self.kind(), self.namespace().as_deref())
    }

    /// The name as advisories of its ecosystem write it: `group:artifact` for Maven, with its scope for npm, with its
    /// whole path for Go; a distribution's package without the distribution.
    pub fn package_name(&self) -> Cow<'_, str> {
        let path = self.path();
        let Some((namespace, name)) = path.rsplit_once('/') else {
            return escape::decoded(path);
        };
        match self.kind() {
            "deb" | "rpm" | "apk" | "alpm" => escape::decoded(name),
            "maven" => Cow::Owned(format!("{}:{}", escape::decoded(namespace), escape::decoded(name))),
            _ => escape::decoded(path),
        }
    }

    fn after_scheme(&self) -> &str {
        self.canonical.get(write::SCHEME.len()..).unwrap_or_default()
    }

    /// Namespace and name, encoded.
    fn path(&self) -> &str {
        let key = self.key();
        let key = key.split_once('@').map_or(key, |(path, _)| path);
        key.split_once('/').map_or("", |(_, path)| path)
    }
}

#[cfg(test)]
mod tests;
