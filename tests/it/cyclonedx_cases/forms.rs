//! One document, however it was written.

use proptest::prelude::*;

use super::*;

const XML: &str = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:1" version="1">
  <metadata><timestamp>2026-01-02T03:04:05Z</timestamp><lifecycles><lifecycle><phase>build</phase></lifecycle></lifecycles>
    <tools><components><component type="application"><name>t</name><version>1</version></component></components></tools>
    <authors><author><name>Ann</name><email>a@example.com</email></author></authors>
    <component type="application" bom-ref="shop"><name>shop</name></component>
    <supplier><name>S</name><url>https://s.example</url><contact><email>s@s.example</email></contact></supplier></metadata>
  <components><component type="library" bom-ref="a" mime-type="text/plain"><supplier><name>V</name></supplier><group>g</group>
      <name>a</name><version>1</version><scope>required</scope><hashes><hash alg="SHA-1">ab</hash></hashes>
      <licenses><license acknowledgement="declared"><id>MIT</id><text encoding="base64">eA==</text></license></licenses>
      <copyright>c</copyright><cpe>cpe:/a:g:a</cpe><purl>pkg:npm/g/a@1</purl><swid tagId="t" name="a"/>
      <pedigree><ancestors><component type="library"><name>z</name></component></ancestors></pedigree>
      <externalReferences><reference type="vcs"><url>https://v</url></reference></externalReferences>
      <properties><property name="p">1</property></properties>
      <components><component type="file"><name>inner</name></component></components>
      <evidence><identity><field>purl</field><confidence>0.8</confidence><methods><method>
        <technique>filename</technique></method></methods></identity>
        <copyright><text>c</text></copyright></evidence></component></components>
  <services><service bom-ref="s"><name>s</name><endpoints><endpoint>https://s</endpoint></endpoints>
      <data><dataflow name="d"><classification flow="inbound">PII</classification></dataflow></data></service></services>
  <dependencies><dependency ref="shop"><dependency ref="a"/></dependency><dependency ref="a"/></dependencies>
  <compositions><composition><aggregate>complete</aggregate><assemblies><assembly ref="shop"/></assemblies></composition></compositions>
  <vulnerabilities><vulnerability><id>CVE-1</id><ratings><rating><score>5</score><method>CVSSv3</method></rating></ratings>
      <cwes><cwe>79</cwe></cwes><affects><target><ref>a</ref></target></affects></vulnerability></vulnerabilities></bom>"#;

fn same_in_json() -> Value {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:1", "version": 1,
        "metadata": {"timestamp": "2026-01-02T03:04:05Z", "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "t", "version": "1"}]},
            "authors": [{"name": "Ann", "email": "a@example.com"}],
            "component": {"type": "application", "bom-ref": "shop", "name": "shop"},
            "supplier": {"name": "S", "url": ["https://s.example"], "contact": [{"email": "s@s.example"}]}},
        "components": [{"type": "library", "bom-ref": "a", "mime-type": "text/plain", "supplier": {"name": "V"},
            "group": "g", "name": "a", "version": "1", "scope": "required",
            "hashes": [{"alg": "SHA-1", "content": "ab"}],
            "licenses": [{"license": {"id": "MIT", "acknowledgement": "declared", "text": {"content": "eA==", "encoding": "base64"}}}],
            "copyright": "c", "cpe": "cpe:/a:g:a", "purl": "pkg:npm/g/a@1", "swid": {"tagId": "t", "name": "a"},
            "pedigree": {"ancestors": [{"type": "library", "name": "z"}]},
            "externalReferences": [{"type": "vcs", "url": "https://v"}], "properties": [{"name": "p", "value": "1"}],
            "components": [{"type": "file", "name": "inner"}],
            "evidence": {"identity": [{"field": "purl", "confidence": 0.8, "methods": [{"technique": "filename", "confidence": 1}]}],
                "copyright": [{"text": "c"}]}}],
        "services": [{"bom-ref": "s", "name": "s", "endpoints": ["https://s"], "data": [{"flow": "inbound", "classification": "PII"}]}],
        "dependencies": [{"ref": "shop", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": []}],
        "compositions": [{"aggregate": "complete", "assemblies": ["shop"]}],
        "vulnerabilities": [{"id": "CVE-1", "ratings": [{"score": 5, "method": "CVSSv3"}], "cwes": [79], "affects": [{"ref": "a"}]}],
    })
}

#[test]
fn one_document_gives_one_model_in_json_and_xml() {
    let (in_xml, xml) = accept_xml(XML);
    let (in_json, json) = accept(&same_in_json());

    assert_eq!(xml, json);
    assert_eq!((in_xml.counts, in_xml.records), (in_json.counts, in_json.records));
}

#[test]
fn the_digest_knows_neither_form_nor_moment_nor_references() {
    let (_, xml) = accept_xml(&XML.replace("2026-01-02", "2027-07-07").replace("urn:uuid:1", "urn:uuid:2"));
    let (_, json) = accept(&same_in_json());
    let replaced = |from: &str, to: &str| {
        accept(&serde_json::from_str(&same_in_json().to_string().replace(from, to)).unwrap()).1
    };
    // every place the reference of the described thing is written in
    let renamed = accept(&renamed_root(same_in_json())).1;
    let other = replaced("https://v", "https://w");

    assert_eq!(xml.semantic_digest(), json.semantic_digest());
    assert_eq!(renamed.semantic_digest(), json.semantic_digest());
    assert_ne!(other.semantic_digest(), json.semantic_digest());
}

fn renamed_root(mut document: Value) -> Value {
    document["metadata"]["component"]["bom-ref"] = json!("another");
    document["dependencies"][0]["ref"] = json!("another");
    document["compositions"][0]["assemblies"] = json!(["another"]);
    document
}

/// A component with much that may be equal to another's.
fn component() -> impl Strategy<Value = Value> {
    let purl = prop_oneof![Just(""), Just("pkg:npm/a@1"), Just("pkg:npm/b@2")];
    ("[ab]?", "[a-c]{0,2}", "[12]?", purl, "[MN]?", "[xy]?", any::<bool>()).prop_map(
        |(group, name, version, purl, licence, hash, nested)| {
            let inner = if nested { json!([{"type": "file", "name": "inner", "version": version}]) } else { json!([]) };
            json!({"type": "library", "group": group, "name": name, "version": version, "purl": purl, "components": inner,
                "licenses": [{"license": {"id": licence}}], "hashes": [{"alg": "MD5", "content": hash}],
                "supplier": {"name": hash}, "scope": if nested { "optional" } else { "required" }})
        },
    )
}

/// The components, each with a reference made of its place in the first list.
fn numbered(components: Vec<Value>) -> Vec<Value> {
    let number = |(place, mut component): (usize, Value)| {
        component["bom-ref"] = json!(format!("r{place}"));
        component
    };
    components.into_iter().enumerate().map(number).collect()
}

proptest! {
    #[test]
    fn order_changes_neither_digest_nor_identities(
        (first, second) in proptest::collection::vec(component(), 0..8)
            .prop_flat_map(|list| { let list = numbered(list); (Just(list.clone()), Just(list).prop_shuffle()) }),
        edges in proptest::collection::vec((0..8_u8, 0..8_u8), 0..12),
    ) {
        let entry = |(from, to): &(u8, u8)| json!({"ref": format!("r{from}"), "dependsOn": [format!("r{to}")]});
        let forward: Vec<Value> = edges.iter().map(entry).collect();
        let backward: Vec<Value> = edges.iter().rev().map(entry).collect();
        let affects = json!([{"id": "CVE-1", "affects": [{"ref": "r0"}, {"ref": "r1"}]}]);

        let (_, one) = accept(&cdx(json!({"components": first, "dependencies": forward, "vulnerabilities": affects})));
        let (_, two) = accept(&cdx(json!({"vulnerabilities": affects, "dependencies": backward, "components": second})));

        prop_assert_eq!(one.semantic_digest(), two.semantic_digest());
    }

    #[test]
    fn damaged_xml_ends_in_a_receipt(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = XML.as_bytes().to_vec();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }

        let reading = read(&bytes);
        prop_assert!(reading.receipt.records.balanced());
        prop_assert!(reading.receipt.errors.iter().all(|e| e.code != "internal"));
    }

    #[test]
    fn any_message_ends_in_a_receipt(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let reading = read(&[b"\n\x031.6".as_slice(), &bytes].concat());

        prop_assert!(reading.receipt.records.balanced());
        prop_assert!(reading.receipt.errors.iter().all(|e| e.code != "internal"));
    }
}
