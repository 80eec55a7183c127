//! GitHub's advisories: the REST API's records (snake case) and the GraphQL API's (camel case), one or many.
//!
//! REST: <https://docs.github.com/rest/security-advisories/global-advisories>; GraphQL: `SecurityAdvisory`.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::gather::{Gather, head, parse};
use super::json::{line, revision, time};
use super::range_text::interval;
use super::{Advisory, Affected, Rating};
use crate::evidence::{DecodeError, Decoded, Decoder, EvidenceKind, Probe, Warnings};

/// Reads GitHub's advisories.
pub struct GitHubAdvisories;

const FORMAT: &str = "github-advisory";

impl Decoder for GitHubAdvisories {
    fn format(&self) -> &'static str {
        FORMAT
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        head::<Head>(probe, &["ghsa_id", "ghsaId", "data"]).is_some_and(|head| head.is_advisory())
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document = parse(input.bytes)?;
        let mut gather = Gather::default();
        for (at, record) in records(&document).into_iter().enumerate() {
            let advisory = advisory(record, &mut gather.warnings);
            gather.take(advisory, || format!("/{at}"));
        }
        Ok(gather.finish("advisories", None))
    }
}

/// The members an advisory is told by.
#[derive(Deserialize)]
struct Head {
    #[serde(alias = "ghsaId")]
    ghsa_id: Option<IgnoredAny>,
    #[serde(alias = "publishedAt")]
    published_at: Option<IgnoredAny>,
    data: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    security_advisories: Option<IgnoredAny>,
    security_advisory: Option<IgnoredAny>,
}

impl Head {
    fn is_advisory(&self) -> bool {
        let answer = |a: &Answer| a.security_advisories.is_some() || a.security_advisory.is_some();
        (self.ghsa_id.is_some() && self.published_at.is_some()) || self.data.as_ref().is_some_and(answer)
    }
}

/// A list, a GraphQL answer, or one record.
fn records(document: &Value) -> Vec<&Value> {
    if let Some(list) = document.as_array() {
        return list.iter().flat_map(records_of_answer).collect();
    }
    records_of_answer(document)
}

fn records_of_answer(document: &Value) -> Vec<&Value> {
    match document.get("data") {
        Some(data) => match (data.get("securityAdvisories"), data.get("securityAdvisory")) {
            (Some(list), _) => nodes(Some(list)),
            (None, one) => one.into_iter().collect(),
        },
        None => vec![document],
    }
}

/// The members of a GraphQL connection (`nodes`, or `edges` with a `node` each) or of a plain list.
fn nodes(connection: Option<&Value>) -> Vec<&Value> {
    let Some(connection) = connection else { return Vec::new() };
    let list = |name: &str| connection.get(name).and_then(Value::as_array);
    match (connection.as_array().or_else(|| list("nodes")), list("edges")) {
        (Some(plain), _) => plain.iter().collect(),
        (None, Some(edges)) => edges.iter().filter_map(|edge| edge.get("node")).collect(),
        (None, None) => Vec::new(),
    }
}

/// The first of the members that is there and not null.
fn member<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| value.get(*name)).filter(|value| !value.is_null())
}

fn text<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    member(value, names)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn advisory(record: &Value, warnings: &mut Warnings) -> Option<Advisory> {
    let id = text(record, &["ghsa_id", "ghsaId"])?;
    let mut out = Advisory::new(FORMAT, id);
    let identifiers = nodes(record.get("identifiers")).into_iter().filter_map(|i| text(i, &["value"]));
    let names = identifiers.chain(text(record, &["cve_id"]));
    out.aliases = names.filter(|name| *name != id).map(str::to_owned).collect();
    out.aliases.sort();
    out.aliases.dedup();
    let at = |names: &[&str]| time(text(record, names));
    out.published = at(&["published_at", "publishedAt"]);
    out.modified = at(&["updated_at", "updatedAt"]);
    out.withdrawn = at(&["withdrawn_at", "withdrawnAt"]);
    out.summary = line(text(record, &["summary", "description"]).unwrap_or_default());
    let malware = ["type", "classification"]
        .iter()
        .any(|name| text(record, &[name]).is_some_and(|word| word.eq_ignore_ascii_case("malware")));
    if malware {
        out.class = "malicious".to_owned();
    }
    out.rate(ratings(record));
    out.cwes = nodes(record.get("cwes"))
        .into_iter()
        .filter_map(|c| text(c, &["cwe_id", "cweId"]))
        .map(str::to_owned)
        .collect();
    out.affected =
        nodes(record.get("vulnerabilities")).into_iter().filter_map(|v| affected(v, id, warnings)).collect();
    out.revision = Some(revision(record));
    Some(out)
}

fn ratings(record: &Value) -> Vec<Rating> {
    let severities = member(record, &["cvss_severities", "cvssSeverities"]);
    let of = |value: Option<&Value>| text(value?, &["vector_string", "vectorString"]).map(str::to_owned);
    let newer =
        severities.map(|s| [of(member(s, &["cvss_v4", "cvssV4"])), of(member(s, &["cvss_v3", "cvssV3"]))]);
    let word = text(record, &["severity"]).map(str::to_owned);
    let all = newer.into_iter().flatten().flatten().chain(of(record.get("cvss"))).chain(word);
    let mut ratings: Vec<Rating> = Vec::new();
    for written in all {
        if ratings.iter().all(|known| known.written != written) {
            ratings.push(Rating::new("github", &written));
        }
    }
    ratings
}

fn affected(record: &Value, id: &str, warnings: &mut Warnings) -> Option<Affected> {
    let package = record.get("package")?;
    let (Some(ecosystem), Some(name)) = (text(package, &["ecosystem"]), text(package, &["name"])) else {
        let message = "an affected entry names no package; it matches nothing";
        warnings.add("no-package", || id.to_owned(), message);
        return None;
    };
    let mut out =
        Affected { ecosystem: osv_name(ecosystem), package: name.to_owned(), ..Affected::default() };
    match text(record, &["vulnerable_version_range", "vulnerableVersionRange"]).map(interval) {
        Some(Ok(mut interval)) => {
            let patched = member(record, &["first_patched_version", "firstPatchedVersion"]);
            let patched = patched.and_then(|p| p.as_str().or_else(|| text(p, &["identifier"])));
            interval.fixed = interval.fixed.or_else(|| patched.map(str::to_owned));
            out.intervals.push(interval);
        }
        Some(Err(part)) => {
            let message = "a version range cannot be read; versions of the package are not judged by it";
            warnings.add("unreadable-range", || format!("{id}: {part}"), message);
        }
        None => warnings.add("no-range", || id.to_owned(), "an affected entry states no versions"),
    }
    let symbols = member(record, &["vulnerable_functions", "vulnerableFunctions"]);
    out.symbols = nodes(symbols).into_iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Some(out)
}

/// OSV's name for GitHub's.
fn osv_name(ecosystem: &str) -> String {
    match ecosystem.to_ascii_lowercase().as_str() {
        "actions" => "GitHub Actions",
        "composer" => "Packagist",
        "erlang" => "Hex",
        "go" => "Go",
        "maven" => "Maven",
        "npm" => "npm",
        "nuget" => "NuGet",
        "pip" => "PyPI",
        "pub" => "Pub",
        "rubygems" => "RubyGems",
        "rust" => "crates.io",
        "swift" => "SwiftURL",
        _ => ecosystem,
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
