//! What only XML can do.

use super::*;

const ENTITY: &str = r#"<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]>"#;

#[test]
fn sbom_case_05_xml_with_several_namespaces() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?><c:bom xmlns:c="http://cyclonedx.org/schema/bom/1.5"
        xmlns:x="https://example.com/x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="http://cyclonedx.org/schema/bom/1.5 x.xsd" serialNumber="urn:uuid:1" version="2">
        <x:note><c:components><c:component><c:name>hidden</c:name></c:component></c:components></x:note>
        <c:components><c:component type="library" bom-ref="a"><c:name>a</c:name><x:name>no</x:name>
            <version xmlns="http://cyclonedx.org/schema/bom/1.5">1 &amp; &#50;<![CDATA[<3>]]></version></c:component>
        </c:components></c:bom>"#;

    let (receipt, sbom) = accept_xml(text);

    assert_eq!((names(&sbom), receipt.counts["components"]), (vec!["a"], 1));
    assert_eq!(sbom.components[0].version.as_deref(), Some("1 & 2<3>"));
    assert_eq!((sbom.serial.as_deref(), sbom.about.version.as_deref()), (Some("urn:uuid:1"), Some("2")));
    assert_eq!(warned(&receipt, "foreign-element"), 2);
}

#[test]
fn sbom_case_06_document_types_and_foreign_entities_are_refused() {
    let document = bom("1.6", "<components><component><name>&x;</name></component></components>");

    assert_eq!(refusal(document.replace("<bom", &format!("{ENTITY}<bom")).as_bytes()).0, "doctype-refused");
    assert_eq!(refusal(document.as_bytes()).0, "undefined-entity");
}

#[test]
fn sbom_case_07_addresses_with_encoded_brackets() {
    let reference = "<reference type='website'><url>https://example.com/%5Ba%5D?b=[c]</url></reference>";
    let content = format!("<externalReferences>{reference}</externalReferences><components/>");

    let (_, sbom) = accept_xml(&bom("1.4", &content));

    assert_eq!(sbom.about.external_references[0].url, "https://example.com/%5Ba%5D?b=[c]");
}

#[test]
fn sbom_case_08_byte_order_marks_and_declared_encodings_are_undone() {
    let text = bom("1.4", "<components><component><name>café</name></component></components>");
    let latin: Vec<u8> = text
        .replace(r#"version="1.0""#, r#"version="1.0" encoding="ISO-8859-1""#)
        .chars()
        .map(|sign| u8::try_from(u32::from(sign)).unwrap())
        .collect();
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();

    for bytes in [format!("\u{feff}{text}").into_bytes(), latin, wide] {
        let Some(Evidence::Sbom(sbom)) = read(&bytes).evidence else { panic!() };
        assert_eq!(names(&sbom), ["café"]);
    }
}

#[test]
fn broken_documents_are_refused_with_the_place() {
    for (content, code) in
        [("<components>", "invalid-xml"), ("<a></b>", "invalid-xml"), ("<a b=c/>&", "invalid-xml")]
    {
        let text = bom("1.4", content);
        assert_eq!(refusal(text.as_bytes()).0, code, "{text}");
    }
    assert_eq!(refusal(format!("{}<bom/>", bom("1.4", "")).as_bytes()).0, "trailing-data");
}

#[test]
fn dependencies_nest_and_the_first_version_said_modified() {
    let (receipt, sbom) = accept_xml(&bom(
        "1.2",
        "<metadata><component type='application' bom-ref='r'><name>r</name></component></metadata>
         <components><component type='library' bom-ref='a'><name>a</name><modified>true</modified></component>
           <component type='library' bom-ref='b'><name>b</name></component></components>
         <dependencies><dependency ref='r'><dependency ref='a'><dependency ref='b'/></dependency></dependency>
           <dependency ref='b'/></dependencies>",
    ));

    assert_eq!((edges(&sbom), receipt.counts["dependencies"]), (vec![("*", "a"), ("a", "b")], 2));
    assert_eq!(sbom.components[0].modified, Some(true));
}

#[test]
fn other_xml_is_not_claimed() {
    for text in
        ["<rdf:RDF xmlns:rdf='x'/>", "<testsuite/>", "<!-- <bom/> --><Document/>", "<a><bom/></a>", "<"]
    {
        assert_eq!(refusal(text.as_bytes()).0, "unknown-format", "{text}");
    }
}
