//! Package URLs as documents write them, and the canonical form they are compared by.

use std::str::FromStr;

use packageurl::PackageUrl;

/// A package URL that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    /// Canonical form with sorted qualifiers and subpath: tells observations apart.
    pub canonical: String,
    /// Canonical form without qualifiers and subpath: what advisories are matched by.
    pub key: String,
    /// Whether it names a version.
    pub versioned: bool,
}

/// Reads a package URL; `None` when it breaks the rules of its type or is none at all.
pub fn read(text: &str) -> Option<Purl> {
    let mut purl = PackageUrl::from_str(text).ok()?;
    let canonical = purl.to_string();
    let versioned = purl.version().is_some();
    let key = if purl.qualifiers().is_empty() && purl.subpath().is_none() {
        canonical.clone()
    } else {
        purl.clear_qualifiers();
        purl.without_subpath();
        purl.to_string()
    };
    Some(Purl { canonical, key, versioned })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_neither_qualifiers_nor_subpath() {
        let purl = read("pkg:deb/debian/curl@7.50?distro=jessie&arch=i386#src").unwrap();

        assert_eq!(purl.key, "pkg:deb/debian/curl@7.50");
        assert_eq!(purl.canonical, "pkg:deb/debian/curl@7.50?arch=i386&distro=jessie#src");
    }

    #[test]
    fn spellings_of_one_package_share_a_key() {
        for spelling in
            ["pkg:npm/%40angular/core@1", "pkg:npm/@angular/core@1", "pkg://npm/%40angular/core@1"]
        {
            assert_eq!(
                read(spelling).map(|p| p.key).as_deref(),
                Some("pkg:npm/%40angular/core@1"),
                "{spelling}"
            );
        }
    }

    #[test]
    fn what_is_no_package_url_is_none() {
        for text in ["", "pkg:", "npm/x", "pkg:npm/", "pkg:a b/c"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
