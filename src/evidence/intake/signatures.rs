//! Names documents that are not read, so that the person who sent one learns what it is and what to send instead.

use crate::evidence::Probe;
use crate::evidence::decoder::DECODERS;

/// A JSON object with all of these members is that.
const JSON_OBJECTS: &[(&[&str], &str)] = &[
    (&["SchemaVersion", "ArtifactName"], "a Trivy report"),
    (&["matches", "descriptor"], "a Grype report"),
    (&["runs", "version"], "a SARIF log"),
    (&["runs", "$schema"], "a SARIF log"),
    (&["predicateType", "subject"], "an in-toto statement"),
    (&["payloadType", "payload"], "a DSSE envelope"),
    (&["mediaType", "verificationMaterial"], "a Sigstore bundle"),
    (&["catalogVersion", "vulnerabilities"], "the CISA KEV catalogue"),
    (&["auditReportVersion", "vulnerabilities"], "an npm audit report"),
    (&["advisories", "muted"], "an npm audit report"),
    (&["lockfile", "vulnerabilities"], "a cargo-audit report"),
    (&["scorecard", "checks"], "an OpenSSF Scorecard result"),
    (&["@programName", "site"], "a ZAP report"),
    (&["results", "errors", "paths"], "a Semgrep report"),
    (&["check_type", "results"], "a Checkov report"),
    (&["dataType", "cveMetadata"], "a CVE record"),
    (&["document", "product_tree"], "a CSAF advisory"),
    (&["document", "vulnerabilities"], "a CSAF advisory"),
    (&["schema_version", "affected"], "an OSV advisory"),
    (&["id", "modified", "affected"], "an OSV advisory"),
    (&["resultsPerPage", "vulnerabilities"], "an NVD API answer"),
    (&["Findings"], "an AWS Security Hub export"),
    (&["UserDetailList", "RoleDetailList"], "the answer of AWS GetAccountAuthorizationDetails"),
    (&["spdxVersion"], "an SPDX document"),
    (&["bomFormat"], "a CycloneDX document"),
    (&["catalog"], "an OSCAL catalog"),
    (&["profile"], "an OSCAL profile"),
    (&["component-definition"], "an OSCAL component definition"),
    (&["system-security-plan"], "an OSCAL system security plan"),
    (&["openapi"], "an OpenAPI description"),
    (&["asyncapi"], "an AsyncAPI description"),
    (
        &["lockfileVersion", "packages"],
        "a package-lock.json; make an SBOM from it, for example with cyclonedx-npm",
    ),
    (&["$schema", "$defs"], "a JSON Schema"),
    (&["$schema", "definitions"], "a JSON Schema"),
    (&["error"], "an error answer instead of a report"),
    (&["message", "documentation_url"], "an error answer of the GitHub API"),
];

/// A JSON object whose `@context` contains this is that.
const JSON_CONTEXTS: &[(&str, &str)] = &[("openvex", "an OpenVEX document")];

/// An XML document with this root element is that.
const XML_ROOTS: &[(&str, &str)] = &[
    ("RDF", "RDF/XML of another vocabulary than SPDX"),
    ("NessusClientData_v2", "a Nessus report"),
    ("OWASPZAPReport", "a ZAP report in XML"),
    ("testsuites", "a JUnit report"),
    ("testsuite", "a JUnit report"),
    ("html", "a web page instead of a report"),
    ("HTML", "a web page instead of a report"),
];

/// A text or binary file that begins so is that.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"user,arn,", "an AWS IAM credential report"),
    (b"```toml", "a RustSec advisory"),
    (b"cve,epss", "an EPSS table"),
    (b"#model_version", "an EPSS table"),
    (b"%PDF", "a PDF; vendor documents are imported as YAML with typed facts and `file:`"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x7fELF", "a program; send its SBOM instead"),
    (b"MZ", "a Windows program; send its SBOM instead"),
    (b"\x89PNG", "a picture"),
    (b"\x0a\x031.", "a CycloneDX document in protocol buffers that is cut short or damaged"),
    (b"<!DOCTYPE html", "a web page instead of a report"),
    (b"<!doctype html", "a web page instead of a report"),
    (b"-----BEGIN", "a PEM file"),
];

/// The message for a document no decoder recognises.
pub(super) fn unknown(probe: &Probe<'_>) -> String {
    let mut formats: Vec<&str> = DECODERS.iter().map(|d| d.format()).collect();
    formats.sort_unstable();
    formats.dedup();
    let looks = looks_like(probe).map(|what| format!("; it looks like {what}")).unwrap_or_default();
    format!("no format that is read here{looks}. Read are: {}", formats.join(", "))
}

/// What the document looks like.
fn looks_like(probe: &Probe<'_>) -> Option<String> {
    let text = probe.bytes.trim_ascii_start();
    if let Some((_, what)) = BEGINNINGS.iter().find(|(beginning, _)| text.starts_with(beginning)) {
        return Some((*what).to_owned());
    }
    match text.first()? {
        b'{' => Some(json_object(probe)),
        b'[' if probe.json().is_some() => Some("a JSON array".to_owned()),
        b'[' => Some("broken JSON".to_owned()),
        b'<' => Some(xml(text)),
        _ if probe.json().is_some() => Some("a bare JSON value".to_owned()),
        _ => None,
    }
}

fn json_object(probe: &Probe<'_>) -> String {
    let whole = probe.json();
    let shape = whole.unwrap_or_else(|| probe.head());
    let context = shape.text("@context").unwrap_or_default();
    let named =
        JSON_CONTEXTS.iter().find(|(part, _)| context.contains(part)).map(|(_, what)| *what).or_else(|| {
            JSON_OBJECTS.iter().find(|(names, _)| names.iter().all(|n| shape.has(n))).map(|(_, what)| *what)
        });
    match (named, whole.is_some()) {
        (Some(what), true) => what.to_owned(),
        (Some(what), false) => format!("{what}, but broken or several documents in one file"),
        (None, true) if shape.members.is_empty() => "an empty JSON object".to_owned(),
        (None, true) => "a JSON object of another kind".to_owned(),
        (None, false) if is_json_lines(probe.bytes) => "JSON Lines".to_owned(),
        (None, false) => "broken JSON, or several documents in one file".to_owned(),
    }
}

fn is_json_lines(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let well_formed = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    lines.next().is_some_and(well_formed) && lines.next().is_some_and(well_formed)
}

fn xml(text: &[u8]) -> String {
    let head = String::from_utf8_lossy(text.get(..4096).unwrap_or(text));
    let root = head
        .split('<')
        .filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        .map(|part| {
            part.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default()
        })
        .map(|name| name.rsplit(':').next().unwrap_or_default())
        .next()
        .unwrap_or_default();
    match XML_ROOTS.iter().find(|(name, _)| *name == root) {
        Some((_, what)) => (*what).to_owned(),
        None if root.is_empty() => "broken XML".to_owned(),
        None => format!("XML with the root element `{}`", root.chars().take(60).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        unknown(&Probe::new("x", text.as_bytes()))
    }

    #[test]
    fn well_known_documents_are_named() {
        for (text, what) in [
            (r#"{"SchemaVersion":2,"ArtifactName":"x"}"#, "Trivy"),
            (r#"{"@context":"https://openvex.dev/ns/v0.2.0"}"#, "OpenVEX"),
            (r#"{"document":{},"vulnerabilities":[]}"#, "CSAF"),
            (r#"{"_type":"x","predicateType":"y","subject":[]}"#, "in-toto"),
            ("<?xml version='1.0'?>\n<!-- a --><testsuite/>", "JUnit report"),
            ("<x:report/>", "root element `report`"),
            ("{}", "empty JSON object"),
            ("{\"a\":1}\n{\"a\":2}\n", "JSON Lines"),
            ("{\"a\":", "broken JSON"),
        ] {
            assert!(message(text).contains(what), "{text}: {}", message(text));
        }
    }

    #[test]
    fn the_message_names_the_formats_that_are_read() {
        assert!(message("?").contains("cyclonedx") && message("?").contains("spdx"));
    }
}
