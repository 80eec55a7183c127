use proptest::prelude::*;

use super::*;

fn json(format: &str, version: &str, text: &str) -> Verdict {
    check(format, version, Encoding::Json, text.as_bytes()).unwrap()
}

fn xml(version: &str, text: &str) -> Verdict {
    let text = text.replace("NS", &format!("http://cyclonedx.org/schema/bom/{version}"));
    check("cyclonedx", version, Encoding::Xml, text.as_bytes()).unwrap()
}

fn found(verdict: &Verdict) -> Vec<(ViolationKind, &str)> {
    verdict.violations.iter().map(|v| (v.kind, v.place.as_str())).collect()
}

#[test]
fn each_violation_says_where_it_is() {
    let verdict = json(
        "cyclonedx",
        "1.6",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"x","version":0,"a/b":1,
            "metadata":{"timestamp":"2024-02-30T00:00:00Z"},"components":[{"type":"thing"},{"name":1}]}"#,
    );

    assert!(!verdict.valid);
    assert_eq!(
        found(&verdict),
        [
            (ViolationKind::BadForm, "/serialNumber"),
            (ViolationKind::OutOfRange, "/version"),
            (ViolationKind::UnknownMember, "/a~1b"),
            (ViolationKind::BadForm, "/metadata/timestamp"),
            (ViolationKind::NotListed, "/components/0/type"),
            (ViolationKind::MissingMember, "/components/0"),
            (ViolationKind::WrongType, "/components/1/name"),
            (ViolationKind::MissingMember, "/components/1"),
        ]
    );
}

#[test]
fn equal_items_are_found_however_their_members_are_ordered() {
    let verdict = json(
        "cyclonedx",
        "1.5",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
            {"type":"library","name":"a","version":"1"},{"version":"1","name":"a","type":"library"}]}"#,
    );

    assert_eq!(found(&verdict), [(ViolationKind::Repeated, "/components")]);
}

#[test]
fn forms_that_exclude_one_another_are_told_apart() {
    let with = |licence: &str| {
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.4","version":1,
                "components":[{{"type":"library","name":"a","licenses":[{licence}]}}]}}"#
        );
        json("cyclonedx", "1.4", &text).valid
    };

    assert!(with(r#"{"license":{"id":"MIT"}}"#));
    assert!(with(r#"{"expression":"MIT OR Apache-2.0"}"#));
    assert!(!with(r#"{"license":{"id":"MIT"},"expression":"MIT"}"#));
    assert!(!with(r#"{"license":{"id":"no licence"}}"#));
}

#[test]
fn a_member_of_a_later_version_is_unknown_before() {
    let text = |version: &str| {
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"{version}","version":1,"citations":[]}}"#)
    };

    assert!(json("cyclonedx", "1.7", &text("1.7")).valid);
    assert_eq!(
        found(&json("cyclonedx", "1.6", &text("1.6"))),
        [(ViolationKind::UnknownMember, "/citations")]
    );
}

#[test]
fn yaml_is_judged_like_json() {
    let text = "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nname: a\ndataLicense: CC0-1.0\n\
        documentNamespace: https://example.org/a\ncreationInfo:\n  created: '2024-01-01T00:00:00Z'\n  \
        creators: ['Tool: a']\n";
    let verdict = |text: &str| check("spdx", "SPDX-2.3", Encoding::Yaml, text.as_bytes()).unwrap();

    assert_eq!(found(&verdict(text)), []);
    assert_eq!(found(&verdict(&text.replace("name: a", "name: [a]"))), [(ViolationKind::WrongType, "/name")]);
}

#[test]
fn elements_out_of_order_missing_or_unknown_are_found() {
    let with = |inner: &str| {
        let text = format!(
            r#"<bom xmlns="NS" version="1"><components><component type="library">{inner}</component></components></bom>"#
        );
        let verdict = xml("1.4", &text);
        verdict.violations.into_iter().map(|v| v.kind).collect::<Vec<_>>()
    };

    assert_eq!(with("<group>g</group><name>n</name>"), []);
    assert_eq!(with(r#"<name>n</name><x:y xmlns:x="urn:x"><z/></x:y>"#), []);
    assert_eq!(with("<name>n</name><group>g</group>"), [ViolationKind::UnknownMember]);
    assert_eq!(with("<group>g</group>"), [ViolationKind::MissingMember]);
    assert_eq!(with("<name>n</name><modified>perhaps</modified>"), [ViolationKind::BadForm]);
    assert_eq!(with("text<name>n</name>"), [ViolationKind::WrongType]);
}

#[test]
fn an_identifier_used_twice_in_xml_is_a_violation() {
    let component = r#"<component type="library" bom-ref="a"><name>n</name></component>"#;
    let text = format!(r#"<bom xmlns="NS"><components>{component}{component}</components></bom>"#);

    assert_eq!(found(&xml("1.5", &text)), [(ViolationKind::Repeated, "/bom/components[1]/component[2]")]);
}

#[test]
fn a_document_that_breaks_off_is_not_valid() {
    let verdict = json("cyclonedx", "1.6", r#"{"bomFormat":"CycloneDX","specVersion":"1.6""#);
    assert_eq!(verdict.counts.last(), Some(&(ViolationKind::NotWellFormed, 1)));

    let verdict = xml("1.6", r#"<bom xmlns="NS"><components>"#);
    assert_eq!(found(&verdict), [(ViolationKind::NotWellFormed, "")]);
}

#[test]
fn only_the_first_violations_are_kept_and_all_are_counted() {
    let many = vec![r#"{"type":1,"name":"n"}"#; 500].join(",");
    let text = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{many}],"x":1}}"#);

    let verdict = json("cyclonedx", "1.6", &text);

    assert_eq!(verdict.counts.first(), Some(&(ViolationKind::WrongType, 500)));
    assert!(verdict.violations.len() < 25);
    assert!(verdict.violations.iter().any(|v| v.place == "/x"), "the first of each kind is kept");
}

#[test]
fn what_has_no_rules_is_not_judged() {
    assert_eq!(check("cyclonedx", "9.9", Encoding::Json, b"{}"), None);
    assert_eq!(check("gitleaks", "8", Encoding::Json, b"[]"), None);
    assert_eq!(check("spdx", "SPDX-2.3", Encoding::TagValue, b""), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC*") {
        for encoding in [Encoding::Json, Encoding::Yaml] {
            check("cyclonedx", "1.6", encoding, &bytes);
            check("spdx", "SPDX-2.3", encoding, text.as_bytes());
        }
        check("cyclonedx", "1.6", Encoding::Xml, &bytes);
        check("cyclonedx", "1.6", Encoding::Xml, text.as_bytes());
    }
}
