//! One affected product of a CVE record as entries that packages can be matched by.

use serde_json::Value;

use crate::evidence::advisory::cpe::{self, Cpe};
use crate::evidence::advisory::index::package_query;
use crate::evidence::advisory::json::{list, text};
use crate::evidence::advisory::{Affected, CommitRange, Interval};

/// What the product's versions say, once per name it can be found by.
pub(super) fn affected(product: &Value) -> Vec<Affected> {
    let said = versions(product);
    let entry = |ecosystem: String, package: String, identifier: Option<&str>| Affected {
        ecosystem,
        package,
        identifier: identifier.map(str::to_owned),
        ..said.clone()
    };
    if let Some(purl) = text(product, "/packageURL")
        && let Some(query) = package_query(purl)
        && let Some((name, _)) = query.names.first()
    {
        return vec![entry(query.ecosystem.into_owned(), name.clone(), Some(purl))];
    }
    if let Some(ecosystem) = text(product, "/collectionURL").and_then(ecosystem)
        && let Some(name) = text(product, "/packageName")
    {
        return vec![entry(ecosystem.to_owned(), name.to_owned(), None)];
    }
    let mut out: Vec<Affected> = Vec::new();
    for written in list(product, "/cpes").iter().filter_map(Value::as_str) {
        let Some(name) = Cpe::parse(written) else { continue };
        if out.iter().all(|known| known.package != name.package()) {
            out.push(entry(cpe::ECOSYSTEM.to_owned(), name.package(), Some(written)));
        }
    }
    out
}

/// Repositories whose package names are those of an ecosystem. Go's are packages, not modules, so they tell nothing.
fn ecosystem(collection: &str) -> Option<&'static str> {
    let host = collection.split_once("://").map_or(collection, |(_, rest)| rest);
    let host = host.split('/').next()?.trim_start_matches("www.").to_ascii_lowercase();
    Some(match host.as_str() {
        "repo.maven.apache.org" | "repo1.maven.org" | "central.sonatype.com" | "search.maven.org" => "Maven",
        "registry.npmjs.org" | "npmjs.com" => "npm",
        "pypi.org" | "pypi.python.org" => "PyPI",
        "crates.io" => "crates.io",
        "rubygems.org" => "RubyGems",
        "nuget.org" | "api.nuget.org" => "NuGet",
        "packagist.org" => "Packagist",
        "hex.pm" | "repo.hex.pm" => "Hex",
        "hackage.haskell.org" => "Hackage",
        "cran.r-project.org" => "CRAN",
        "pub.dev" => "Pub",
        _ => return None,
    })
}

/// Affected versions and intervals (CVE record format, "version status").
fn versions(product: &Value) -> Affected {
    let mut out = Affected::default();
    let unaffected = |entry: &Value| text(entry, "/status") == Some("unaffected");
    for entry in list(product, "/versions").iter().filter(|entry| text(entry, "/status") == Some("affected"))
    {
        add(&mut out, entry);
    }
    if text(product, "/defaultStatus") == Some("affected") && out == Affected::default() {
        let spared: Vec<&Value> =
            list(product, "/versions").iter().filter(|entry| unaffected(entry)).collect();
        match spared.as_slice() {
            [] => out.intervals.push(Interval::default()),
            // fixed in this version and all that follow
            [one] if text(one, "/lessThan") == Some("*") || text(one, "/lessThanOrEqual") == Some("*") => {
                out.intervals.push(Interval { fixed: bound(text(one, "/version")), ..Interval::default() });
            }
            // anything else says which versions are fine, and nothing about the order of the others
            _ => {}
        }
    }
    out
}

fn add(out: &mut Affected, entry: &Value) {
    let (first, end) = (text(entry, "/version"), text(entry, "/lessThan"));
    let last = text(entry, "/lessThanOrEqual");
    let fixed_at = list(entry, "/changes").iter().find(|c| text(c, "/status") == Some("unaffected"));
    let fixed = fixed_at.and_then(|change| text(change, "/at")).or(end);
    let interval =
        Interval { introduced: bound(first), after: None, fixed: bound(fixed), last_affected: bound(last) };
    if text(entry, "/versionType") == Some("git") {
        out.commits.push(CommitRange { repo: String::new(), intervals: vec![interval] });
    } else if fixed.is_none() && last.is_none() {
        match first {
            Some("*") => out.intervals.push(Interval::default()),
            Some(version) if bound(Some(version)).is_some() => out.versions.push(version.to_owned()),
            _ => {}
        }
    } else {
        out.intervals.push(interval);
    }
}

/// A version that bounds something; words for "any" and "don't know" bound nothing.
fn bound(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let open = ["*", "0", "-", "n/a", "unspecified", "unknown", "all"];
    (!open.iter().any(|word| text.eq_ignore_ascii_case(word))).then(|| text.to_owned())
}
