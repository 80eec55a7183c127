//! Facts straight from a document that is not stored, in the same words as stored ones.

use std::collections::BTreeMap;

use super::rows;
use crate::app::summary::summary;
use crate::base::UnixMillis;
use crate::controls::{Record, Value};
use crate::evidence::advisory::Index;
use crate::evidence::sbom::Component;
use crate::evidence::scan::Finding;
use crate::evidence::{Evidence, Reading};
use crate::store::ComponentRow;

/// The fields of an observation of the document, made at `now`.
pub fn observed_fields(evidence: &Evidence, reading: &Reading, now: UnixMillis) -> Record {
    let mut fields = summary(evidence);
    let dropped = i64::try_from(reading.receipt.records.dropped).unwrap_or(i64::MAX);
    let format = reading.receipt.format.clone().unwrap_or_default();
    fields.insert("format".to_owned(), Value::Text(format));
    fields.insert("completeness".to_owned(), Value::Text("unknown".to_owned()));
    fields.insert("records_dropped".to_owned(), Value::Int(dropped));
    rows::put_time(&mut fields, "observed_at", Some(reading.produced_at.unwrap_or(now).min(now)));
    rows::put_time(&mut fields, "collected_at", Some(now));
    rows::put_time(&mut fields, "produced_at", reading.produced_at);
    fields
}

/// The row tables of the document.
pub fn evidence_rows(evidence: &Evidence, index: Option<&Index>) -> BTreeMap<String, Vec<Record>> {
    let mut tables = BTreeMap::new();
    match evidence {
        Evidence::Sbom(sbom) => {
            let components: Vec<ComponentRow> = sbom.components.iter().map(component_row).collect();
            let matches = index.map_or_else(Vec::new, |i| rows::matches(&components, i));
            tables.insert("matches".to_owned(), matches);
            tables.insert("components".to_owned(), components.iter().map(rows::component).collect());
        }
        Evidence::Scan(scan) => {
            tables.insert("findings".to_owned(), scan.findings.iter().map(finding).collect());
        }
        Evidence::Access(list) => {
            tables.insert("accounts".to_owned(), list.accounts.iter().map(rows::account).collect());
        }
        Evidence::Document(document) => {
            tables.insert("documents".to_owned(), vec![rows::document(document)]);
        }
        Evidence::Changes(log) => {
            tables.insert("changes".to_owned(), log.changes.iter().map(rows::change).collect());
        }
        Evidence::Advisories(_) | Evidence::Exploitation(_) => {}
    }
    tables
}

fn component_row(component: &Component) -> ComponentRow {
    ComponentRow {
        name: component.name.clone(),
        version: component.version.clone(),
        purl: component.purl.clone(),
        purl_key: component.purl_key.clone().unwrap_or_default(),
        supplier: component.supplier.clone(),
        licences: (!component.licences.is_empty()).then(|| component.licences.join("\n")),
    }
}

fn finding(found: &Finding) -> Record {
    rows::finding([
        found.identity.to_hex(),
        found.tool.clone(),
        found.rule.clone(),
        found.severity.as_str().to_owned(),
        found.state.as_str().to_owned(),
        found.title.clone(),
        found.location.clone().unwrap_or_default(),
    ])
}
