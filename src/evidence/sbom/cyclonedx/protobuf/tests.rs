//! The messages here are written byte by byte, so that a wrong field number in the structs shows.

use super::*;
use crate::evidence::sbom::cyclonedx::{CycloneDxJson, CycloneDxProtobuf};
use crate::evidence::{Decoder, Probe};

/// A field that holds bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![(number << 3) | 2];
    if number > 15 {
        bytes = vec![((number << 3) & 0x7f) | 0x80 | 2, number >> 4];
    }
    assert!(content.len() < 128);
    bytes.push(u8::try_from(content.len()).unwrap());
    [bytes, content.to_vec()].concat()
}

/// A field that holds a number.
fn number(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

fn text(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_str(&rewrite(bytes).unwrap()).unwrap()
}

fn version() -> Vec<u8> {
    field(1, b"1.6")
}

#[test]
fn components_keep_their_fields() {
    let hash = field(12, &[number(1, 3), field(2, b"ab")].concat());
    let component =
        [number(1, 3), field(3, b"r"), field(8, b"n"), field(9, b"1"), field(16, b"pkg:npm/n@1"), hash];
    let unknown = field(15, b"x");
    let bytes = [version(), field(5, &component.concat()), unknown].concat();

    assert!(is_meant(&bytes));
    let json = text(&bytes);
    assert_eq!(json["specVersion"], "1.6");
    let read = &json["components"][0];
    assert_eq!(
        (&read["type"], &read["bom-ref"], &read["name"]),
        (&"library".into(), &"r".into(), &"n".into())
    );
    assert_eq!(read["purl"], "pkg:npm/n@1");
    assert_eq!(read["hashes"][0], serde_json::json!({"alg": "SHA-256", "content": "ab"}));
}

#[test]
fn nested_dependencies_become_entries_of_one_list() {
    let leaf = |name: &[u8]| field(1, name);
    let inner = [leaf(b"b"), field(2, &leaf(b"c"))].concat();
    let outer = [leaf(b"a"), field(2, &inner), field(2, &leaf(b"d"))].concat();

    let json = text(&[version(), field(8, &outer)].concat());

    let expected =
        serde_json::json!([{"ref": "a", "dependsOn": ["b", "d"]}, {"ref": "b", "dependsOn": ["c"]}]);
    assert_eq!(json["dependencies"], expected);
}

#[test]
fn times_and_words_are_written_out() {
    let stamp = field(1, &[number(1, 60)].concat());
    let analysis = field(16, &[number(1, 6), number(2, 1), field(3, &[3, 1])].concat());
    let bytes = [version(), field(4, &stamp), field(10, &[field(2, b"CVE-1"), analysis].concat())].concat();

    let json = text(&bytes);

    assert!(json["metadata"]["timestamp"].as_str().unwrap().starts_with("1970-01-01T00:01:00"));
    let analysis = &json["vulnerabilities"][0]["analysis"];
    assert_eq!(
        (&analysis["state"], &analysis["justification"]),
        (&"not_affected".into(), &"code_not_present".into())
    );
    assert_eq!(analysis["response"], serde_json::json!(["update", "can_not_fix"]));
}

#[test]
fn other_bytes_are_not_claimed() {
    let whole = [version(), number(2, 1), field(5, &field(8, b"n"))].concat();
    assert!(is_meant(&whole));

    let longer = [whole.as_slice(), b"\x7a"].concat();
    let text_first = field(1, b"abc");
    let others: [&[u8]; 6] =
        [b"", b"\n\x031.", &whole[..whole.len() - 1], &longer, &text_first, b"\n\x031.6\n<bom/>"];
    for bytes in others {
        assert!(!is_meant(bytes), "{bytes:?}");
    }
}

#[test]
fn a_damaged_message_is_refused() {
    let broken = [version(), field(5, b"\x42\x7f")].concat();

    assert!(is_meant(&broken));
    assert_eq!(rewrite(&broken).unwrap_err().code, "invalid-protobuf");
}

#[test]
fn one_document_gives_one_model_in_json_and_protocol_buffers() {
    let component =
        [number(1, 3), field(3, b"r"), field(7, b"g"), field(8, b"n"), field(9, b"1"), number(11, 2)];
    let root = field(4, &field(4, &[number(1, 1), field(3, b"shop"), field(8, b"shop")].concat()));
    let edge = field(8, &[field(1, b"shop"), field(2, &field(1, b"r"))].concat());
    let rating = field(5, &[field(1, &field(1, b"NVD")), number(3, 2)].concat());
    let affects = field(17, &field(1, b"r"));
    let statement = field(10, &[field(2, b"CVE-1"), rating, number(6, 79), affects].concat());
    let bytes = [version(), number(2, 1), root, field(5, &component.concat()), edge, statement].concat();
    let json = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "shop", "name": "shop"}},
        "components": [{"type": "library", "bom-ref": "r", "group": "g", "name": "n", "version": "1", "scope": "optional"}],
        "dependencies": [{"ref": "shop", "dependsOn": ["r"]}],
        "vulnerabilities": [{"id": "CVE-1", "cwes": [79], "affects": [{"ref": "r"}],
            "ratings": [{"source": {"name": "NVD"}, "severity": "high"}]}],
    });

    let one = CycloneDxProtobuf.decode(&Probe::new("bom.cdx", &bytes)).unwrap();
    let text = json.to_string();
    let other = CycloneDxJson.decode(&Probe::new("bom.json", text.as_bytes())).unwrap();

    assert!(CycloneDxProtobuf.recognises(&Probe::new("bom.cdx", &bytes)));
    assert_eq!(one.evidence, other.evidence);
    assert_eq!((one.counts, one.records), (other.counts, other.records));
}
