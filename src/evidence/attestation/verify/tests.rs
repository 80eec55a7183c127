use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const PAYLOAD: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}"#;

fn pae(payload: &str) -> Vec<u8> {
    format!("DSSEv1 28 application/vnd.in-toto+json {} {payload}", payload.len()).into_bytes()
}

fn envelope(signatures: &[&[u8]]) -> Vec<u8> {
    let signatures: Vec<_> =
        signatures.iter().map(|sig| json!({ "keyid": "x", "sig": STANDARD.encode(sig) })).collect();
    let payload = URL_SAFE.encode(PAYLOAD);
    json!({ "payload": payload, "payloadType": super::super::IN_TOTO_PAYLOAD, "signatures": signatures })
        .to_string()
        .into_bytes()
}

/// A `SubjectPublicKeyInfo`: the algorithm's fixed bytes before the key's.
fn pem(prefix: &str, key: &[u8]) -> String {
    let der = [hex::decode(prefix).unwrap(), key.to_vec()].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

fn ed25519() -> (PublicKey, Ed25519KeyPair) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let pem = pem("302a300506032b6570032100", pair.public_key().as_ref());
    (PublicKey::from_pem(&pem).unwrap(), pair)
}

fn judged(document: &[u8], keys: Vec<PublicKey>, artifact: Option<Artifact<'_>>) -> Verification {
    let anchors = Anchors { keys, ..Anchors::default() };
    verify(document, &anchors, artifact).unwrap().list.remove(0).verification
}

fn code(verification: &Verification) -> &str {
    match verification {
        Verification::Unverified { code, .. } => code,
        Verification::Verified { .. } => "verified",
    }
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, prefix: &str) -> (PublicKey, Vec<u8>) {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).unwrap();
    let signature = pair.sign(&random, &pae(PAYLOAD)).unwrap().as_ref().to_vec();
    (PublicKey::from_pem(&pem(prefix, pair.public_key().as_ref())).unwrap(), signature)
}

#[test]
fn a_given_key_verifies_whatever_its_kind() {
    let (ed, pair) = ed25519();
    let id = ed.id().to_owned();
    let signed = envelope(&[b"junk", pair.sign(&pae(PAYLOAD)).as_ref()]);
    let Verification::Verified { by, artefact, at, logged } = judged(&signed, vec![ed], None) else {
        panic!()
    };
    assert_eq!(by, SignedBy::Keys(vec![id]));
    assert!(at.is_empty() && !logged && artefact == ArtefactCheck::NotGiven);

    let p256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
    let p384 = "3076301006072a8648ce3d020106052b81040022036200";
    for (algorithm, prefix) in
        [(&ECDSA_P256_SHA256_ASN1_SIGNING, p256), (&ECDSA_P384_SHA384_ASN1_SIGNING, p384)]
    {
        let (key, signature) = ecdsa(algorithm, prefix);
        assert!(judged(&envelope(&[&signature]), vec![key], None).holds(), "{prefix}");
    }

    let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let encodings: [&'static dyn RsaEncoding; 2] = [&RSA_PKCS1_SHA256, &RSA_PSS_SHA256];
    for encoding in encodings {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), &pae(PAYLOAD), &mut signature).unwrap();
        use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let key = PublicKey::from_pem(&pem("", der.as_ref())).unwrap();
        assert!(judged(&envelope(&[&signature]), vec![key], None).holds());
    }
}

#[test]
fn nothing_is_verified_without_a_trusted_key_that_signed() {
    let (_, pair) = ed25519();
    let good = pair.sign(&pae(PAYLOAD));
    let signed = envelope(&[good.as_ref()]);

    assert_eq!(code(&judged(&signed, Vec::new(), None)), "untrusted-key");
    let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    let foreign = PublicKey::from_pem(&pem("302a300506032b6570032100", other.public_key().as_ref())).unwrap();
    assert_eq!(code(&judged(&signed, vec![foreign], None)), "untrusted-key");
    // the bare payload signed, without the encoding DSSE prescribes
    let bare = pair.sign(PAYLOAD.as_bytes());
    assert_eq!(code(&judged(&envelope(&[bare.as_ref()]), vec![ed25519().0], None)), "untrusted-key");
    assert_eq!(code(&judged(&envelope(&[]), vec![ed25519().0], None)), "unsigned");
    assert_eq!(code(&judged(&envelope(&[b""]), vec![ed25519().0], None)), "unsigned");
    assert_eq!(code(&judged(PAYLOAD.as_bytes(), vec![ed25519().0], None)), "unsigned");
    assert!(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").is_err());
}

#[test]
fn the_artefact_must_be_a_subject() {
    let (_, pair) = ed25519();
    let signed = envelope(&[pair.sign(&pae(PAYLOAD)).as_ref()]);

    let matched = judged(&signed, vec![ed25519().0], Some(Artifact::Bytes(b"abc")));
    let other = judged(&signed, vec![ed25519().0], Some(Artifact::Sha256(Digest::of(b"abd"))));

    assert!(matches!(matched, Verification::Verified { artefact: ArtefactCheck::Matched, .. }));
    assert_eq!(code(&other), "artefact-mismatch");
}

#[test]
fn a_bundle_with_a_timestamp_and_no_certificate_proves_nothing() {
    let bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": { "timestampVerificationData": { "rfc3161Timestamps": [{ "signedTimestamp": "AAAA" }] } },
        "dsseEnvelope": serde_json::from_slice::<serde_json::Value>(&envelope(&[b"x"])).unwrap(),
    });

    assert!(!judged(bundle.to_string().as_bytes(), vec![ed25519().0], None).holds());
}

#[test]
fn wrong_envelopes_are_refused_with_their_reason() {
    let refused = |document: serde_json::Value| {
        verify(document.to_string().as_bytes(), &Anchors::default(), None).map(|_| ()).unwrap_err().code
    };
    let of = |payload: &str, payload_type: &str| json!({ "payload": STANDARD.encode(payload), "payloadType": payload_type, "signatures": [] });
    let in_toto = super::super::IN_TOTO_PAYLOAD;

    assert_eq!(refused(of(PAYLOAD, "application/vnd.other+json")), "payload-type-mismatch");
    assert_eq!(refused(of("{", in_toto)), "bad-payload");
    assert_eq!(refused(of(&STANDARD.encode(PAYLOAD), in_toto)), "bad-payload");
    assert_eq!(refused(of("{}", in_toto)), "no-statement-type");
    assert_eq!(refused(of(&PAYLOAD.replace("/v1\",\"sub", "/v0.2\",\"sub"), in_toto)), "unsupported-version");
    assert_eq!(refused(json!({ "payload": "a b", "payloadType": in_toto, "signatures": [] })), "bad-base64");
    assert_eq!(
        refused(json!({ "mediaType": "application/vnd.dev.sigstore.bundle.v0.9+json" })),
        "unsupported-version"
    );
}

#[test]
fn lists_lines_and_wrappers_are_opened_and_broken_ones_counted() {
    let one = String::from_utf8(envelope(&[b"x"])).unwrap();
    let count = |text: &str| {
        let decoded = Reader::read(text.as_bytes()).unwrap().finish();
        assert!(decoded.records.balanced());
        (decoded.records.kept, decoded.records.dropped, decoded.counts.get("subjects").copied())
    };

    assert_eq!(count(&format!("{one}\n{one}\n")), (2, 0, Some(2)));
    assert_eq!(count(&format!("{one}\n{{\"payload\":\n{one}")), (2, 1, Some(2)));
    assert_eq!(count(&format!("[{one},{one}]")), (2, 0, Some(2)));
    let bundle =
        format!(r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{one}}}"#);
    assert_eq!(
        count(&format!(r#"{{"attestations":[{{"bundle":{bundle},"repository_id":1}}]}}"#)),
        (1, 0, Some(1))
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(verify(&bytes, &Anchors::default(), None));
    }

    #[test]
    fn no_flip_of_a_signed_envelope_verifies_something_else(at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (_, pair) = ed25519();
        let mut signed = envelope(&[pair.sign(&pae(PAYLOAD)).as_ref()]);
        let at = at.index(signed.len());
        signed[at] ^= 1 << bit;

        let anchors = Anchors { keys: vec![ed25519().0], ..Anchors::default() };
        if let Ok(read) = verify(&signed, &anchors, None) {
            for one in read.list.iter().filter(|one| one.verification.holds()) {
                prop_assert_eq!(one.payload, Some(Digest::of(PAYLOAD.as_bytes())));
            }
        }
    }
}
