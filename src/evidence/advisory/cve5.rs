//! CVE records (JSON 5.x): names, scores, and affected products where they are named so that packages can be told.
//!
//! Schema: <https://github.com/CVEProject/cve-schema>. What only names vendor and product is kept under its CPE.

mod product;

use serde::Deserialize;
use serde_json::Value;

use super::gather::{Gather, head, parse};
use super::json::{line, list, revision, text, time};
use super::{Advisory, Rating};
use crate::evidence::{DecodeError, Decoded, Decoder, EvidenceKind, Probe};

/// Reads CVE records.
pub struct Cve5;

const FORMAT: &str = "cve";

impl Decoder for Cve5 {
    fn format(&self) -> &'static str {
        FORMAT
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        probe.head().text("dataType") == Some("CVE_RECORD")
            || head::<Head>(probe, &["dataType"]).is_some_and(|head| head.data_type == "CVE_RECORD")
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document = parse(input.bytes)?;
        let records = document.as_array().map_or_else(|| std::slice::from_ref(&document), Vec::as_slice);
        let mut gather = Gather::default();
        for (at, record) in records.iter().enumerate() {
            gather.take(advisory(record), || format!("/{at}"));
        }
        let version = records.first().and_then(|first| text(first, "/dataVersion")).map(str::to_owned);
        Ok(gather.finish("advisories", version))
    }
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "dataType")]
    data_type: String,
}

fn advisory(record: &Value) -> Option<Advisory> {
    let mut out = Advisory::new(FORMAT, text(record, "/cveMetadata/cveId")?);
    let at = |name: &str| time(text(record, &format!("/cveMetadata/{name}")));
    out.published = at("datePublished");
    out.modified = at("dateUpdated");
    if text(record, "/cveMetadata/state") == Some("REJECTED") {
        out.withdrawn = at("dateRejected").or(out.modified).or(out.published);
    }
    let cna = record.pointer("/containers/cna");
    let containers: Vec<&Value> = cna.into_iter().chain(list(record, "/containers/adp")).collect();
    let english = |d: &&Value| text(d, "/lang").is_some_and(|lang| lang.starts_with("en"));
    let own = cna.map(|c| list(c, "/descriptions")).unwrap_or_default();
    let title = cna.and_then(|c| text(c, "/title"));
    let description = own.iter().find(english).and_then(|d| text(d, "/value"));
    out.summary = line(title.or(description).unwrap_or_default());
    out.rate(containers.iter().flat_map(|container| ratings(container)).collect());
    let problems =
        containers.iter().flat_map(|c| list(c, "/problemTypes")).flat_map(|p| list(p, "/descriptions"));
    out.cwes = problems.filter_map(|d| text(d, "/cweId")).map(str::to_owned).collect();
    out.cwes.sort();
    out.cwes.dedup();
    out.affected = containers.iter().flat_map(|c| list(c, "/affected")).flat_map(product::affected).collect();
    out.revision = Some(revision(record));
    Some(out)
}

fn ratings(container: &Value) -> Vec<Rating> {
    let source = text(container, "/providerMetadata/shortName").unwrap_or(FORMAT);
    let vectors = ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"];
    let of = |metric: &Value| {
        let vector = vectors.iter().find_map(|name| text(metric, &format!("/{name}/vectorString")));
        let word = || text(metric, "/other/content/value");
        vector.or_else(word).map(|written| Rating::new(source, written))
    };
    list(container, "/metrics").iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
