//! Names, identifiers and licences of components.

use attestry::evidence::sbom::{IdentifierKind, LicenceKind, LicenceRole};

use super::*;

#[test]
fn sbom_case_28_and_29_package_urls_are_kept_as_written_and_compared_in_one_form() {
    let long = format!("pkg:npm/{}@1", "a".repeat(3000));
    let purls = ["", "nonsense", "pkg:yocto/x@1", "pkg:a-name/x@1", &long, "pkg://npm/%40s/x@1?b=1&a=2"];
    let components: Vec<Value> =
        purls.iter().enumerate().map(|(i, purl)| json!({"name": format!("n{i}"), "purl": purl})).collect();
    let (receipt, sbom) = accept(&cdx(json!({"components": components})));

    assert_eq!((sbom.components.len(), warned(&receipt, "invalid-purl")), (6, 1));
    assert_eq!(
        (sbom.components[0].purl.as_deref(), sbom.components[1].purl.as_deref()),
        (None, Some("nonsense"))
    );
    assert_eq!(sbom.components[5].purl_key.as_deref(), Some("pkg:npm/%40s/x@1"));
}

#[test]
fn sbom_case_30_and_31_every_other_identifier_is_kept_valid_or_not() {
    let (_, sbom) = accept(&cdx(json!({"components": [
        {"name": "a", "purl": "pkg:npm/a@1", "cpe": "no cpe", "swid": {"tagId": "t"}, "omniborId": ["gitoid:x"]},
        {"name": "a", "purl": "pkg:npm/a@1", "cpe": "cpe:2.3:a:v:*:1:*:*:*:*:*:*:*", "swhid": ["swh:1:cnt:1"]},
    ]})));

    let component = &sbom.components[0];
    assert_eq!(component.cpes().collect::<Vec<_>>(), ["no cpe", "cpe:2.3:a:v:*:1:*:*:*:*:*:*:*"]);
    let kinds: Vec<_> = component.details.as_ref().unwrap().identifiers.iter().map(|id| id.kind).collect();
    assert!(
        [IdentifierKind::Swid, IdentifierKind::Omnibor, IdentifierKind::Swhid]
            .iter()
            .all(|k| kinds.contains(k))
    );
    assert_eq!(component.purls().collect::<Vec<_>>(), ["pkg:npm/a@1"]);
}

#[test]
fn sbom_case_32_to_34_odd_texts_are_kept() {
    let long = format!("https://example.com/{}", "x".repeat(2000));
    let (receipt, sbom) = accept(&cdx(json!({"components": [
        {"name": " "}, {"name": "  b  ", "version": " 1 "}, {"name": "c\u{0}\u{1}😀"},
        {"name": "d", "externalReferences": [{"type": "website", "url": long}]},
    ]})));

    assert_eq!((warned(&receipt, "blank-name"), warned(&receipt, "nul-removed")), (1, 1));
    assert_eq!(names(&sbom), ["", "b", "c\u{1}😀", "d"]);
    assert_eq!(sbom.components[3].details.as_ref().unwrap().external_references[0].url, long);
}

#[test]
fn sbom_case_35_every_licence_is_kept_with_its_kind_and_role() {
    let sbom = licences(json!([
        {"license": {"id": "MIT", "acknowledgement": "declared", "url": "https://example.com/mit"}},
        {"license": {"name": "Ours", "text": {"content": "long"}}}, {"license": {"url": "https://example.com/l"}},
        {"license": {"text": {"content": "Do\nas you like"}}},
        {"expression": "MIT OR LicenseRef-x", "acknowledgement": "concluded"}, {}, {"license": {}},
    ]));

    let found: Vec<_> = sbom.components[0].licences.iter().map(|l| (l.kind, l.role, l.label())).collect();
    assert_eq!(
        found,
        [
            (LicenceKind::Id, LicenceRole::Declared, "MIT"),
            (LicenceKind::Name, LicenceRole::AsWritten, "Ours"),
            (LicenceKind::Url, LicenceRole::AsWritten, "https://example.com/l"),
            (LicenceKind::Text, LicenceRole::AsWritten, "Do"),
            (LicenceKind::Expression, LicenceRole::Concluded, "MIT OR LicenseRef-x"),
        ]
    );
    assert!(sbom.components[0].licences[1].has_text);
}

#[test]
fn sbom_case_36_and_37_expressions_are_kept_whatever_they_say() {
    let long = (0..51).map(|i| format!("L-{i}")).collect::<Vec<_>>().join(" AND ");
    for text in ["(MIT", "MIT AND", "GPL-2.0+ WITH Classpath-exception-2.0", &long] {
        assert_eq!(licences(json!([{"expression": text}])).components[0].licences[0].text, text);
    }
    // one licence without the list around it is met too
    assert_eq!(licences(json!({"license": {"id": "MIT"}})).components[0].licence_labels(), ["MIT"]);
}
