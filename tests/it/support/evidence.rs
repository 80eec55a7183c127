//! Small documents to import, written for these tests.

use serde_json::{Value, json};

/// A CycloneDX document of an application with that many components.
pub fn cyclonedx(name: &str, components: usize) -> Vec<u8> {
    let purl = |n: usize| format!("pkg:cargo/{name}-part-{n}@1.{n}.0");
    let list: Vec<Value> = (0..components)
        .map(|n| {
            json!({
                "type": "library", "bom-ref": purl(n), "name": format!("{name}-part-{n}"),
                "version": format!("1.{n}.0"), "purl": purl(n), "licenses": [{"license": {"id": "MIT"}}],
                "supplier": {"name": "Parts Ltd"},
            })
        })
        .collect();
    let depends: Vec<String> = (0..components).map(purl).collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": name, "version": "1", "bom-ref": "root"}},
        "components": list,
        "dependencies": [{"ref": "root", "dependsOn": depends}],
    });
    document.to_string().into_bytes()
}

/// An inventory of exactly these crates and versions.
pub fn inventory(name: &str, crates: &[(&str, &str)]) -> Vec<u8> {
    let list: Vec<Value> = crates
        .iter()
        .map(|(name, version)| {
            let purl = format!("pkg:cargo/{name}@{version}");
            json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
        })
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": name, "version": "1", "bom-ref": "root"}},
        "components": list,
    });
    document.to_string().into_bytes()
}

/// A SARIF log of one tool that found nothing; `successful` as its invocation says it, when it has one.
pub fn sarif(tool: &str, successful: Option<bool>) -> Vec<u8> {
    let mut run = json!({"tool": {"driver": {"name": tool, "rules": []}}, "results": []});
    if let Some(successful) = successful {
        run["invocations"] = json!([{"executionSuccessful": successful}]);
    }
    json!({"version": "2.1.0", "runs": [run]}).to_string().into_bytes()
}

/// OSV records, one a line: one critical advisory on the crate `broken` fixed in 2.0.0, and as many others as asked.
pub fn osv_feed(others: usize, modified: &str) -> Vec<u8> {
    let record = |id: String, name: String| {
        json!({
            "id": id, "modified": modified, "published": "2026-01-05T00:00:00Z", "summary": "It breaks",
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected": [{
                "package": {"ecosystem": "crates.io", "name": name},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}, {"fixed": "2.0.0"}]}],
            }],
        })
    };
    let mut lines = vec![record("TEST-2026-0001".to_owned(), "broken".to_owned()).to_string()];
    lines.extend((0..others).map(|n| record(format!("TEST-2026-1{n:03}"), format!("other-{n}")).to_string()));
    lines.join("\n").into_bytes()
}

/// A vendor that handles card data.
pub fn vendor(key: &str) -> attestry::app::VendorConfig {
    let declared = json!({
        "key": key, "name": key, "services": ["hosting"], "data_classes": ["cardholder"], "owner": "platform",
        "sensitivity": 1.0, "criticality": 0.75, "access": 0.5, "engaged_at": "2025-01-01",
    });
    serde_json::from_value(declared).unwrap()
}
