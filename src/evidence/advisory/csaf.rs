//! CSAF 2.0 and 2.1 security advisories (OASIS): what a vendor says of its products, one [`Advisory`] per vulnerability.
//!
//! Documents of the category `csaf_vex` are statements, not advisories, and are read elsewhere. Only products that
//! name a package URL or a CPE can be matched; the others are counted in a warning.

mod products;

use serde_json::Value;

use self::products::Products;
use super::gather::{Gather, parse};
use super::json::{line, list, revision, text, time};
use super::{Advisory, Affected, Rating};
use crate::evidence::{DecodeError, Decoded, Decoder, EvidenceKind, Probe};

/// Reads CSAF advisories that are no VEX.
pub struct CsafAdvisory;

const FORMAT: &str = "csaf";

impl Decoder for CsafAdvisory {
    fn format(&self) -> &'static str {
        FORMAT
    }

    fn kind(&self) -> EvidenceKind {
        EvidenceKind::Advisories
    }

    fn recognises(&self, probe: &Probe<'_>) -> bool {
        // cheap, and true for few other documents
        if !probe.head().has("document") && !probe.json().is_some_and(|json| json.has("document")) {
            return false;
        }
        let Ok(outline) = serde_json::from_slice::<Outline>(probe.bytes) else { return false };
        let category = outline.document.category.unwrap_or_default().to_ascii_lowercase();
        let named = category.starts_with("csaf_");
        (named || outline.document.csaf_version.is_some()) && category.replace(['-', ' '], "_") != "csaf_vex"
    }

    fn decode(&self, input: &Probe<'_>) -> Result<Decoded, DecodeError> {
        let document = parse(input.bytes)?;
        let version = text(&document, "/document/csaf_version");
        if !matches!(version, Some("2.0" | "2.1")) {
            let written: String = version.unwrap_or("no version").chars().take(20).collect();
            let message = format!("CSAF of {written} is not read; read are the versions 2.0 and 2.1");
            return Err(DecodeError::at("unsupported-version", "/document/csaf_version", message));
        }
        let mut gather = Gather::default();
        let products = Products::of(&document);
        for (at, vulnerability) in list(&document, "/vulnerabilities").iter().enumerate() {
            let place = || format!("/vulnerabilities/{at}");
            let mut advisory = advisory(&document, vulnerability, at);
            let nameless = affected(&mut advisory, vulnerability, &products);
            if nameless > 0 {
                let message = "affected products name neither package URL nor CPE; they match nothing";
                gather.warnings.add("no-package", place, message);
            }
            gather.take(Some(advisory), place);
        }
        let mut decoded = gather.finish("vulnerabilities", version.map(str::to_owned));
        decoded.produced_at = time(text(&document, "/document/tracking/current_release_date"));
        Ok(decoded)
    }
}

#[derive(serde::Deserialize)]
struct Outline {
    document: Head,
}

#[derive(serde::Deserialize)]
struct Head {
    category: Option<String>,
    csaf_version: Option<String>,
}

/// The advisory without what it affects. One document may speak of many vulnerabilities, so that its own id is no
/// alias of any.
fn advisory(document: &Value, vulnerability: &Value, at: usize) -> Advisory {
    let tracking = text(document, "/document/tracking/id").unwrap_or("csaf");
    let ids = list(vulnerability, "/ids").iter().filter_map(|id| text(id, "/text"));
    let cve = text(vulnerability, "/cve");
    let id = match cve.or_else(|| ids.clone().next()) {
        Some(name) => format!("{tracking}/{name}"),
        None => format!("{tracking}/{}", at + 1),
    };
    let mut out = Advisory::new(FORMAT, id);
    out.aliases = cve.map(str::to_owned).into_iter().collect();
    out.related = ids.map(str::to_owned).chain([tracking.to_owned()]).collect();
    out.published = time(
        text(vulnerability, "/release_date")
            .or_else(|| text(document, "/document/tracking/initial_release_date")),
    );
    out.modified = time(text(document, "/document/tracking/current_release_date"));
    let title = text(vulnerability, "/title").or_else(|| text(document, "/document/title"));
    out.summary = line(title.unwrap_or_default());
    out.rate(ratings(document, vulnerability));
    let single = vulnerability.get("cwe").into_iter();
    let cwes = single.chain(list(vulnerability, "/cwes")).filter_map(|cwe| text(cwe, "/id"));
    out.cwes = cwes.map(str::to_owned).collect();
    out.revision = Some(revision(document));
    out
}

/// `scores` (2.0) and `metrics` (2.1); without any, the aggregate severity of the document.
fn ratings(document: &Value, vulnerability: &Value) -> Vec<Rating> {
    let source = text(document, "/document/publisher/name").unwrap_or(FORMAT);
    let old = list(vulnerability, "/scores").iter();
    let new = list(vulnerability, "/metrics").iter().filter_map(|m| m.get("content"));
    let mut ratings: Vec<Rating> = Vec::new();
    for score in old.chain(new) {
        for name in ["cvss_v4", "cvss_v3", "cvss_v2"] {
            let Some(vector) = text(score, &format!("/{name}/vectorString")) else { continue };
            if ratings.iter().all(|known| known.written != vector) {
                ratings.push(Rating::new(source, vector));
            }
        }
    }
    if ratings.is_empty() {
        ratings.extend(
            text(document, "/document/aggregate_severity/text").map(|word| Rating::new(source, word)),
        );
    }
    ratings
}

/// Adds the products; returns how many affected ones cannot be told.
fn affected(advisory: &mut Advisory, vulnerability: &Value, products: &Products<'_>) -> usize {
    let mut nameless = 0;
    let statuses = |names: &[&str]| -> Vec<&str> {
        let lists = names.iter().flat_map(|name| list(vulnerability, &format!("/product_status/{name}")));
        lists.filter_map(Value::as_str).collect()
    };
    let mut found: Vec<Affected> = Vec::new();
    for id in statuses(&["known_affected", "first_affected", "last_affected"]) {
        let entries = products.affected(id);
        nameless += usize::from(entries.is_empty());
        found.extend(entries);
    }
    for id in statuses(&["fixed", "first_fixed"]) {
        found.extend(products.fixed(id));
    }
    for entry in found {
        let same = |known: &&mut Affected| {
            (&known.ecosystem, &known.package) == (&entry.ecosystem, &entry.package)
                && known.intervals.is_empty() == entry.intervals.is_empty()
        };
        match advisory.affected.iter_mut().rev().take(64).find(same) {
            Some(known) => {
                known.versions.extend(entry.versions);
                let new = entry.intervals.into_iter().filter(|i| !known.intervals.contains(i));
                let new: Vec<_> = new.collect();
                known.intervals.extend(new);
            }
            None => advisory.affected.push(entry),
        }
    }
    nameless
}

#[cfg(test)]
mod tests;
