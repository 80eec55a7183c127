//! Vulnerabilities inside a document.

use super::*;

#[test]
fn sbom_case_49_statements_are_kept_whole_and_per_component() {
    let (receipt, sbom) = accept(&cdx(json!({
        "components": [library("a", "pkg:npm/a@1"), library("b", "pkg:npm/b@1")],
        "vulnerabilities": [
            {"id": "CVE-1", "source": {"name": "NVD", "url": "https://nvd"}, "cwes": [79, "80"],
             "references": [{"id": "GHSA-1", "source": {"name": "GitHub"}}],
             "ratings": [{"score": 9.8, "method": "CVSSv31", "vector": "AV:N", "source": {"name": "NVD"}}, {"severity": "low"}],
             "advisories": [{"title": "t", "url": "u"}], "published": "2026-01-01T00:00:00Z",
             "analysis": {"state": "not_affected", "justification": "code_not_reachable", "response": ["update"],
                "detail": "d", "firstIssued": "2026-01-02T00:00:00Z", "lastUpdated": "soon"},
             "affects": [{"ref": "a", "versions": [{"version": "1", "status": "affected"}, {"range": "vers:npm/<2"}]}, {"ref": "b"}]},
            {"id": "CVE-1", "analysis": {"state": "resolved_with_pedigree"}, "affects": [{"ref": "b"}]},
            {"id": "CVE-2", "ratings": [{"severity": "critical"}]},
        ],
    })));

    assert_eq!((receipt.kind, receipt.counts["findings"]), (Some(EvidenceKind::Sbom), 3));
    let one = &sbom.vulnerabilities[0];
    let analysis = one.analysis.as_ref().unwrap();
    assert_eq!((one.severity.as_str(), one.cwes.as_slice()), ("critical", [79, 80].as_slice()));
    assert_eq!(
        (analysis.justification.as_deref(), analysis.responses.len()),
        (Some("code_not_reachable"), 1)
    );
    assert!(analysis.first_issued.as_ref().unwrap().at.is_some());
    assert_eq!(analysis.last_updated.as_ref().map(|s| (s.text.as_str(), s.at)), Some(("soon", None)));
    assert_eq!(one.affects[0].versions[1].range.as_deref(), Some("vers:npm/<2"));
    assert_eq!(
        (sbom.vulnerabilities[1].state(), sbom.vulnerabilities[2].state()),
        (Some("resolved_with_pedigree"), None)
    );
}

#[test]
fn statements_without_components_are_of_kind_vex_in_every_form() {
    let content = "<vulnerabilities><vulnerability><id>CVE-1</id><analysis><state>exploitable</state>
        <responses><response>update</response></responses></analysis>
        <affects><target><ref>urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a</ref></target></affects>
        </vulnerability></vulnerabilities>";
    let (receipt, sbom) = accept_xml(&bom("1.6", content));

    assert_eq!((receipt.kind, receipt.counts["findings"]), (Some(EvidenceKind::Vex), 1));
    assert_eq!(sbom.vulnerabilities[0].analysis.as_ref().unwrap().responses, ["update"]);
    assert!(sbom.vulnerabilities[0].affects[0].reference.starts_with("urn:cdx:"));
}
