//! Makes uploads and looks at what became of them; shared by the tests of the importer.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure is the answer")]

use std::io::Write;

use attestry::evidence::sbom::Sbom;
use attestry::evidence::{Evidence, EvidenceKind, Limits, Reading, Receipt, ReceiptStatus, Upload, intake};
use serde_json::{Value, json};

/// Reads an upload.
pub fn read_as(bytes: &[u8], kind: Option<EvidenceKind>, limits: Limits) -> Vec<Reading> {
    intake::read(&Upload { name: "bom.json", bytes, kind, limits, redaction_key: &[1; 32] })
}

/// Reads an upload that holds one document.
pub fn read(bytes: &[u8]) -> Reading {
    let mut readings = read_as(bytes, None, Limits::default());
    assert_eq!(readings.len(), 1);
    readings.remove(0)
}

/// The receipt and content of a document that must be accepted.
pub fn accept(document: &Value) -> (Receipt, Sbom) {
    let reading = read(document.to_string().as_bytes());
    assert_eq!(reading.receipt.status, ReceiptStatus::Accepted, "{:?}", reading.receipt.errors);
    assert!(reading.receipt.records.balanced(), "{:?}", reading.receipt.records);
    match reading.evidence {
        Some(Evidence::Sbom(sbom)) => (reading.receipt, sbom),
        other => panic!("no SBOM but {other:?}"),
    }
}

/// Code and message of the reason why something was quarantined.
pub fn refusal(bytes: &[u8]) -> (String, String) {
    let reading = read(bytes);
    assert_eq!(reading.receipt.status, ReceiptStatus::Quarantined);
    assert!(reading.receipt.counts.is_empty() && reading.evidence.is_none());
    let error = reading.receipt.errors.into_iter().next().unwrap();
    (error.code, error.message)
}

/// How often a warning was given.
pub fn warned(receipt: &Receipt, code: &str) -> u64 {
    receipt.warnings.iter().find(|w| w.code == code).map_or(0, |w| w.count)
}

/// A CycloneDX 1.6 document with the given members.
pub fn cdx(members: Value) -> Value {
    let mut document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": "shop", "version": "2", "bom-ref": "shop"}},
    });
    let (Some(document_map), Value::Object(members)) = (document.as_object_mut(), members) else { panic!() };
    document_map.extend(members);
    document
}

/// A library component.
pub fn library(reference: &str, purl: &str) -> Value {
    json!({"type": "library", "bom-ref": reference, "name": reference, "version": "1", "purl": purl})
}

/// An SPDX 2.3 document with the given members.
pub fn spdx(members: Value) -> Value {
    let mut document = json!({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "doc"});
    let (Some(document_map), Value::Object(members)) = (document.as_object_mut(), members) else { panic!() };
    document_map.extend(members);
    document
}

/// A package.
pub fn package(id: &str) -> Value {
    json!({"SPDXID": format!("SPDXRef-{id}"), "name": id, "versionInfo": "1"})
}

/// A relationship.
pub fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}

/// Names of the components.
pub fn names(sbom: &Sbom) -> Vec<&str> {
    sbom.components.iter().map(|c| c.name.as_str()).collect()
}

/// Edges by name; the described thing is `*`.
pub fn edges(sbom: &Sbom) -> Vec<(&str, &str)> {
    let name = |index: u32| sbom.components[index as usize].name.as_str();
    sbom.dependencies.iter().map(|(from, to)| (from.map_or("*", name), name(*to))).collect()
}

/// The bytes, compressed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip archive of the files.
pub fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar archive of the files.
pub fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}
