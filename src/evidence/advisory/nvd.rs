//! NVD's records (API 2.0): naming, scores and CPE ranges. <https://nvd.nist.gov/developers/vulnerabilities>.
//!
//! A configuration that combines products with `AND` is read as each vulnerable product alone: which platform a
//! product runs on is not known here, and a doubt must not hide a vulnerability.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::cpe::{self, Cpe};
use super::gather::{Gather, head, parse};
use super::json::{line, list, revision, text, time};
use super::{Advisory, Affected, Interval, Rating};
use crate::evidence::{DecodeError, Decoded, Decoder, EvidenceKind, Probe};

/// Reads NVD records.
pub struct Nvd;

const FORMAT: &str = "nvd";

impl Decoder for Nvd {
    fn format(&self) -> &'static str {
        FORMAT
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        if probe.head().text("format") == Some("NVD_CVE") {
            return true;
        }
        let is_record = |cve: &Record| cve.id.is_some() && (cve.status.is_some() || cve.source.is_some());
        head::<Head>(probe, &["cve"]).is_some_and(|head| head.cve.is_some_and(|cve| is_record(&cve)))
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document = parse(input.bytes)?;
        let many = document.as_array().or_else(|| document.get("vulnerabilities")?.as_array());
        let records = many.map_or_else(|| std::slice::from_ref(&document), Vec::as_slice);
        let mut gather = Gather::default();
        for (at, record) in records.iter().enumerate() {
            gather.take(record.get("cve").and_then(advisory), || format!("/{at}"));
        }
        Ok(gather.finish("advisories", text(&document, "/version").map(str::to_owned)))
    }
}

#[derive(Deserialize)]
struct Head {
    cve: Option<Record>,
}

#[derive(Deserialize)]
struct Record {
    id: Option<IgnoredAny>,
    #[serde(rename = "vulnStatus")]
    status: Option<IgnoredAny>,
    #[serde(rename = "sourceIdentifier")]
    source: Option<IgnoredAny>,
}

fn advisory(cve: &Value) -> Option<Advisory> {
    let mut out = Advisory::new(FORMAT, text(cve, "/id")?);
    out.published = time(text(cve, "/published"));
    out.modified = time(text(cve, "/lastModified"));
    if text(cve, "/vulnStatus").is_some_and(|status| status.eq_ignore_ascii_case("rejected")) {
        out.withdrawn = out.modified.or(out.published);
    }
    let english = |d: &&Value| text(d, "/lang") == Some("en");
    let description = list(cve, "/descriptions").iter().find(english).and_then(|d| text(d, "/value"));
    out.summary = line(description.unwrap_or_default());
    out.rate(ratings(cve));
    let weaknesses = list(cve, "/weaknesses").iter().flat_map(|w| list(w, "/description"));
    out.cwes = weaknesses
        .filter_map(|d| text(d, "/value"))
        .filter(|v| v.starts_with("CWE-"))
        .map(str::to_owned)
        .collect();
    out.cwes.sort();
    out.cwes.dedup();
    let nodes = list(cve, "/configurations").iter().flat_map(|c| list(c, "/nodes"));
    for found in nodes.flat_map(|node| list(node, "/cpeMatch")) {
        if found.get("vulnerable").and_then(Value::as_bool) == Some(true) {
            add(&mut out.affected, found);
        }
    }
    out.revision = Some(revision(cve));
    Some(out)
}

fn ratings(cve: &Value) -> Vec<Rating> {
    let metrics = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"];
    let entries = metrics.iter().flat_map(|name| list(cve, &format!("/metrics/{name}")).iter());
    entries
        .filter_map(|entry| {
            let written = text(entry, "/cvssData/vectorString")?;
            Some(Rating::new(text(entry, "/source").unwrap_or(FORMAT), written))
        })
        .collect()
}

/// Adds one match criterion to the entry of its product.
fn add(affected: &mut Vec<Affected>, found: &Value) {
    let Some(criteria) = text(found, "/criteria") else { return };
    let Some(name) = Cpe::parse(criteria) else { return };
    let bound = |name: &str| text(found, name).map(str::to_owned);
    let interval = Interval {
        introduced: bound("/versionStartIncluding"),
        after: bound("/versionStartExcluding"),
        fixed: bound("/versionEndExcluding"),
        last_affected: bound("/versionEndIncluding"),
    };
    // `-` means that versions do not apply to the product
    if name.version.is_none() && criteria.split(':').nth(5) == Some("-") {
        return;
    }
    let package = name.package();
    let at = affected.iter().position(|known| known.package == package).unwrap_or_else(|| {
        let ecosystem = cpe::ECOSYSTEM.to_owned();
        let identifier = Some(criteria.to_owned());
        affected.push(Affected { ecosystem, package, identifier, ..Affected::default() });
        affected.len() - 1
    });
    let Some(entry) = affected.get_mut(at) else { return };
    match name.version {
        Some(version) if interval == Interval::default() => entry.versions.push(version),
        Some(_) | None => entry.intervals.push(interval),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Severity;
    use crate::evidence::Evidence;
    use crate::evidence::advisory::{Confidence, Index, Outcome};

    const ANSWER: &str = r#"{"format":"NVD_CVE","version":"2.0","vulnerabilities":[{"cve":{"id":"CVE-2099-1",
     "sourceIdentifier":"x","vulnStatus":"Analyzed","published":"2099-01-01T00:00:00.000",
     "descriptions":[{"lang":"es","value":"no"},{"lang":"en","value":"yes"}],
     "metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
      "cvssMetricV2":[{"source":"nvd@nist.gov","cvssData":{"vectorString":"AV:L/AC:L/Au:N/C:N/I:P/A:N"}}]},
     "configurations":[{"nodes":[{"cpeMatch":[
       {"vulnerable":true,"criteria":"cpe:2.3:a:demo:tool:*:*:*:*:*:*:*:*","versionStartIncluding":"1.0","versionEndExcluding":"1.4"},
       {"vulnerable":true,"criteria":"cpe:2.3:a:demo:tool:2.0:rc1:*:*:*:*:*:*"},
       {"vulnerable":false,"criteria":"cpe:2.3:o:demo:os:*:*:*:*:*:*:*:*"}]}]}]}}]}"#;

    fn read() -> Vec<Advisory> {
        let probe = Probe::new("a.json", ANSWER.as_bytes());
        assert!(Nvd.recognises(&probe));
        let Evidence::Advisories(list) = Nvd.decode(&probe).unwrap().evidence else { panic!() };
        list
    }

    #[test]
    fn scores_and_products_are_read() {
        let advisory = &read()[0];

        assert_eq!((advisory.summary.as_str(), advisory.severity), ("yes", Severity::Critical));
        assert_eq!((advisory.ratings.len(), advisory.affected.len()), (2, 1));
    }

    #[test]
    fn products_are_matched_by_cpe() {
        let index = Index::build(read());

        let Some(Outcome::Affected(found)) = index.matches_cpe("cpe:/a:demo:tool:1.3.9") else { panic!() };
        assert_eq!(found[0].reports[0].proof.confidence, Confidence::Cpe);
        let none = |name: &str| index.matches_cpe(name);
        assert_eq!(none("cpe:2.3:a:demo:tool:1.4:*:*:*:*:*:*:*"), Some(Outcome::NotAffected));
        assert!(matches!(none("cpe:2.3:a:demo:tool:2.0:rc1:*:*:*:*:*:*"), Some(Outcome::Affected(_))));
        assert_eq!(none("cpe:2.3:a:demo:tool:*:*:*:*:*:*:*:*"), None);
    }
}
