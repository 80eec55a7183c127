//! What holds for every upload whatever it contains.

use std::collections::BTreeSet;

use attestry::base::Digest;
use attestry::evidence::sbom::Component;
use attestry::evidence::{Limits, Reading, ReceiptStatus};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::uploads::{accept, cdx, gzip, library, read_as, spdx, zip_of};

fn identities(components: &[Component]) -> BTreeSet<Digest> {
    components.iter().map(|c| c.identity).collect()
}

fn component() -> impl Strategy<Value = Value> {
    ("[ab]?", "[a-c]{0,2}", "[12]?", prop_oneof![Just(""), Just("pkg:npm/a@1"), Just("pkg:npm/b@2?x=y"), Just("bad")])
        .prop_map(|(group, name, version, purl)| {
            json!({"type": "library", "group": group, "name": name, "version": version, "purl": purl})
        })
}

/// Checks what holds for every reading.
fn is_sound(readings: &[Reading]) -> bool {
    !readings.is_empty()
        && readings.iter().all(|r| {
            r.receipt.records.balanced()
                && (r.receipt.status == ReceiptStatus::Accepted) == r.evidence.is_some()
                && r.receipt.errors.iter().all(|e| e.code != "internal")
        })
}

proptest! {
    #[test]
    fn any_bytes_end_in_a_receipt(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in 0..8_usize) {
        let magics: [&[u8]; 8] = [b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY",
            b"\xfd7zXZ\x00", b"\xff\xfe{\x00", b"{\"bomFormat\":\"CycloneDX\","];
        let bytes = [magics[magic], &bytes].concat();

        prop_assert!(is_sound(&read_as(&bytes, None, Limits::default())));
    }

    #[test]
    fn damaged_documents_end_in_a_receipt(at in any::<prop::sample::Index>(), byte in any::<u8>(), wrap in 0..3_u8) {
        let text = cdx(json!({
            "components": [library("a", "pkg:npm/%40x/a@1?q=1#s"), {"name": "b\u{0}", "components": [{"name": "c"}]}],
            "dependencies": [{"ref": "shop", "dependsOn": ["a"]}],
            "vulnerabilities": [{"id": "CVE-1", "ratings": [{"score": 5.0, "method": "CVSSv3"}], "affects": [{"ref": "a"}]}],
        })).to_string();
        let mut bytes = match wrap {
            0 => text.into_bytes(),
            1 => gzip(text.as_bytes()),
            _ => zip_of(&[("a.json", text.as_bytes()), ("b.json", b"{}")]),
        };
        let at = at.index(bytes.len());
        bytes[at] = byte;

        prop_assert!(is_sound(&read_as(&bytes, None, Limits::default())));
    }

    #[test]
    fn any_json_in_any_place_ends_in_a_receipt(
        place in 0..6_usize,
        odd in prop_oneof![Just(json!(null)), Just(json!(1e300)), Just(json!([[]])), Just(json!({"ref": 1})),
            Just(json!(["x", null, 3])), Just(json!([{"name": {}, "ratings": 1, "dependsOn": [{}]}]))],
    ) {
        let members = ["components", "dependencies", "vulnerabilities", "services", "metadata", "serialNumber"];
        let document = cdx(json!({ members[place]: odd.clone() }));
        let spdx_members = ["packages", "files", "relationships", "documentDescribes", "creationInfo", "name"];
        let other = spdx(json!({ spdx_members[place]: odd }));

        for document in [document, other] {
            prop_assert!(is_sound(&read_as(document.to_string().as_bytes(), None, Limits::default())));
        }
    }

    #[test]
    fn reordering_components_changes_no_identity(
        (components, shuffled) in proptest::collection::vec(component(), 0..12)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let (one, first) = accept(&cdx(json!({"components": components})));
        let (two, second) = accept(&cdx(json!({"components": shuffled})));

        prop_assert_eq!(identities(&first.components), identities(&second.components));
        prop_assert_eq!(one.records, two.records);
        prop_assert_eq!(one.records.read, one.records.kept + one.records.merged + one.records.dropped);
    }
}
