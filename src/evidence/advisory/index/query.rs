//! What a package URL asks the index for: ecosystem, release, names to look up, version.

use std::borrow::Cow;

use super::release;
use crate::evidence::package::Purl;

/// A package version to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageQuery {
    /// OSV name of the ecosystem, without a release.
    pub ecosystem: Cow<'static, str>,
    /// Release of the distribution, where stated.
    pub release: Option<String>,
    /// Names to look up, each with its version; the package's own comes first, its source packages follow.
    pub names: Vec<(String, String)>,
    /// Whether the query comes from a package URL.
    pub from_purl: bool,
}

/// Reads a package URL (Package-URL specification; `distro` and `upstream` as Syft and Trivy write them).
///
/// `None` when it is none or its type belongs to no ecosystem that advisories speak of.
pub fn package_query(purl: &str) -> Option<PackageQuery> {
    PackageQuery::of(&Purl::read(purl.trim())?)
}

impl PackageQuery {
    /// What a package URL asks for; `None` when its type belongs to no ecosystem that advisories speak of.
    pub fn of(purl: &Purl) -> Option<Self> {
        let ecosystem = purl.ecosystem()?.osv_name();
        let version = purl.version().unwrap_or_default();
        let epoch = purl.qualifier("epoch").filter(|epoch| !epoch.is_empty() && !version.contains(':'));
        let version = match epoch.filter(|_| purl.kind() == "rpm") {
            Some(epoch) => format!("{epoch}:{version}"),
            None => version.into_owned(),
        };
        let mut names = vec![(purl.package_name().into_owned(), version)];
        if let Some(upstream) = purl.qualifier("upstream") {
            add_sources(&mut names, &upstream);
        }
        let release = purl.qualifier("distro").and_then(|distro| release::of_distro(ecosystem, &distro));
        Some(Self { ecosystem: Cow::Borrowed(ecosystem), release, names, from_purl: true })
    }
}

/// Source packages a binary package was built from: `openssl@3.0.1`, `curl-7.61.1-22.el8.src.rpm`, several by `,`.
fn add_sources(names: &mut Vec<(String, String)>, upstream: &str) {
    let own = names.first().map(|(_, version)| version.clone()).unwrap_or_default();
    for source in upstream.split(',').take(8).map(str::trim).filter(|s| !s.is_empty()) {
        let (name, version) = match source.strip_suffix(".src.rpm") {
            Some(file) => (file.rsplitn(3, '-').nth(2).unwrap_or(file), None),
            None => source.split_once('@').map_or((source, None), |(name, version)| (name, Some(version))),
        };
        if names.iter().all(|(known, _)| known != name) {
            names.push((name.to_owned(), version.map_or_else(|| own.clone(), str::to_owned)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(purl: &str) -> (String, Option<String>, Vec<(String, String)>) {
        let query = package_query(purl).unwrap();
        (query.ecosystem.into_owned(), query.release, query.names)
    }

    fn pair(name: &str, version: &str) -> (String, String) {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn names_are_those_that_advisories_use() {
        for (purl, ecosystem, name) in [
            ("pkg:cargo/time@0.1.43", "crates.io", "time"),
            ("pkg:npm/%40angular/core@1.0.0", "npm", "@angular/core"),
            (
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
                "Maven",
                "org.apache.logging.log4j:log4j-core",
            ),
            ("pkg:golang/golang.org/x/net@v0.1.0", "Go", "golang.org/x/net"),
            ("pkg:composer/symfony/http-kernel@5.0", "Packagist", "symfony/http-kernel"),
            ("pkg:swift/github.com/apple/swift-nio@2.0.0", "SwiftURL", "github.com/apple/swift-nio"),
            ("pkg:github/actions/checkout@v4", "GitHub Actions", "actions/checkout"),
            ("pkg:deb/ubuntu/curl@7.81.0-1", "Ubuntu", "curl"),
        ] {
            let (found, _, names) = asked(purl);
            assert_eq!((found.as_str(), names[0].0.as_str()), (ecosystem, name), "{purl}");
        }
        assert_eq!(package_query("pkg:docker/nginx@1"), None);
        assert_eq!(package_query("nonsense"), None);
    }

    #[test]
    fn sources_releases_and_epochs_come_from_qualifiers() {
        let (_, release, names) =
            asked("pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11");
        assert_eq!(release.as_deref(), Some("12"));
        assert_eq!(names, [pair("libssl3", "3.0.11-1"), pair("openssl", "3.0.11")]);
        let (_, _, names) =
            asked("pkg:rpm/redhat/libcurl@7.61.1-22.el8?epoch=1&upstream=curl-7.61.1-22.el8.src.rpm");
        assert_eq!(names, [pair("libcurl", "1:7.61.1-22.el8"), pair("curl", "1:7.61.1-22.el8")]);
    }
}
