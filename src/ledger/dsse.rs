//! DSSE v1 envelopes (github.com/secure-systems-lab/dsse, protocol and envelope v1), in one canonical form.
//!
//! DSSE lets an envelope be written in many ways; ours has exactly one, so that a leaf's bytes and its meaning cannot
//! part: compact JSON, the members `payload`, `payloadType`, `signatures` and in each signature `keyid`, `sig`, in this
//! order, standard padded base64, no final newline. [`Envelope::parse`] refuses everything else. `keyid` is the
//! [`Fingerprint`] of the key.

use serde::{Deserialize, Serialize};

use super::encoding::{from_base64, to_base64};
use super::key::{Fingerprint, PublicKey, SigningKey};

/// The payload type of in-toto Statements (in-toto attestation specification v1, envelope).
pub const IN_TOTO_PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// An envelope that cannot be read or trusted.
#[derive(Debug, thiserror::Error)]
pub enum DsseError {
    /// Not JSON of an envelope.
    #[error("the bytes are no DSSE envelope")]
    Malformed(#[source] serde_json::Error),
    /// An envelope that could be written differently.
    #[error("the DSSE envelope is not in canonical form: re-serialised it has other bytes")]
    NotCanonical,
    /// A member is not strict base64.
    #[error("`{0}` of the DSSE envelope is not standard base64")]
    Base64(&'static str),
    /// A key id of another form.
    #[error("the key id {0:?} of the DSSE envelope is no fingerprint")]
    KeyId(String),
    /// No signature at all.
    #[error("the DSSE envelope has no signature")]
    Unsigned,
    /// One key signed twice.
    #[error("the DSSE envelope has two signatures of {0}")]
    SignedTwice(Fingerprint),
    /// Signed by a key that is not among the known ones.
    #[error("the DSSE envelope is signed by {0}, which is not a known key")]
    UnknownKey(Fingerprint),
    /// A signature does not hold.
    #[error("the DSSE signature of {0} does not fit the payload")]
    BadSignature(Fingerprint),
    /// The payload is of another type than wanted.
    #[error("the DSSE payload is of type `{found}`, `{expected}` is expected")]
    PayloadType {
        /// The type asked for.
        expected: String,
        /// The type of the envelope.
        found: String,
    },
}

/// A payload, its type and the signatures over both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// The key that is said to have signed.
    pub key: Fingerprint,
    /// The signature over the [`pae`].
    pub signature: Vec<u8>,
}

// the order of the members is the canonical order
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEnvelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature {
    keyid: String,
    sig: String,
}

/// The pre-authentication encoding (DSSE protocol v1): what is signed in place of the bare payload.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut encoded = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    encoded.extend_from_slice(payload);
    encoded
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload_type: &str, payload: Vec<u8>, key: &SigningKey) -> Self {
        let mut envelope = Self { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() };
        envelope.add_signature(key);
        envelope
    }

    /// Adds another key's signature, as a rotation and a second pair of eyes need.
    pub fn add_signature(&mut self, key: &SigningKey) {
        let signature = key.sign(&pae(&self.payload_type, &self.payload)).to_vec();
        self.signatures.push(EnvelopeSignature { key: key.public().fingerprint(), signature });
    }

    /// What the payload is.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signed bytes. Not to be believed before [`Envelope::verify`].
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, in the order of the envelope.
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }

    /// The canonical bytes, which are also the leaf of the ledger.
    pub fn to_bytes(&self) -> Vec<u8> {
        let signature = |one: &EnvelopeSignature| WireSignature {
            keyid: one.key.to_string(),
            sig: to_base64(&one.signature),
        };
        let wire = WireEnvelope {
            payload: to_base64(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: self.signatures.iter().map(signature).collect(),
        };
        to_json(&wire)
    }

    /// Reads an envelope in canonical form; the caller bounds the size of `bytes`.
    ///
    /// # Errors
    /// When the bytes are no envelope, or could be written in another way.
    pub fn parse(bytes: &[u8]) -> Result<Self, DsseError> {
        let wire: WireEnvelope = serde_json::from_slice(bytes).map_err(DsseError::Malformed)?;
        if to_json(&wire) != bytes {
            return Err(DsseError::NotCanonical);
        }
        let payload = from_base64(&wire.payload).ok_or(DsseError::Base64("payload"))?;
        let signature = |one: WireSignature| {
            let key = one.keyid.parse().map_err(|_| DsseError::KeyId(one.keyid))?;
            let signature = from_base64(&one.sig).ok_or(DsseError::Base64("sig"))?;
            Ok(EnvelopeSignature { key, signature })
        };
        let signatures = wire.signatures.into_iter().map(signature).collect::<Result<_, _>>()?;
        Ok(Self { payload_type: wire.payload_type, payload, signatures })
    }

    /// Checks every signature against the `known` keys and returns the payload.
    ///
    /// Stricter than DSSE, which skips unknown keys: our envelopes carry nobody else's signatures, so one by an
    /// unknown key is an alteration.
    ///
    /// # Errors
    /// When the type differs, no signature is there, or one is by an unknown key, repeated, or does not hold.
    pub fn verify(&self, payload_type: &str, known: &[PublicKey]) -> Result<&[u8], DsseError> {
        if self.payload_type != payload_type {
            let (expected, found) = (payload_type.to_owned(), self.payload_type.clone());
            return Err(DsseError::PayloadType { expected, found });
        }
        if self.signatures.is_empty() {
            return Err(DsseError::Unsigned);
        }
        let signed = pae(&self.payload_type, &self.payload);
        for (index, one) in self.signatures.iter().enumerate() {
            if self.signatures[..index].iter().any(|before| before.key == one.key) {
                return Err(DsseError::SignedTwice(one.key));
            }
            let key = known
                .iter()
                .find(|key| key.fingerprint() == one.key)
                .ok_or(DsseError::UnknownKey(one.key))?;
            if !key.verifies(&signed, &one.signature) {
                return Err(DsseError::BadSignature(one.key));
            }
        }
        Ok(&self.payload)
    }
}

#[expect(clippy::expect_used, reason = "strings and lists of strings always serialise")]
fn to_json(wire: &WireEnvelope) -> Vec<u8> {
    serde_json::to_vec(wire).expect("strings and lists of strings always serialise")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key::{other_key, test_key};
    use super::*;

    const TYPE: &str = "http://example.com/HelloWorld";

    fn envelope() -> Envelope {
        Envelope::sign(TYPE, b"hello world".to_vec(), &test_key())
    }

    fn known() -> [PublicKey; 1] {
        [*test_key().public()]
    }

    #[test]
    fn the_published_pae_is_reproduced() {
        assert_eq!(pae(TYPE, b"hello world"), b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
        assert_eq!(pae("ä", b"x"), "DSSEv1 2 ä 1 x".as_bytes());
    }

    #[test]
    fn the_canonical_form_is_fixed() {
        let text = String::from_utf8(envelope().to_bytes()).unwrap();

        let expected = format!(
            r#"{{"payload":"aGVsbG8gd29ybGQ=","payloadType":"{TYPE}","signatures":[{{"keyid":"{}","sig":"{}"}}]}}"#,
            test_key().public().fingerprint(),
            to_base64(&test_key().sign(&pae(TYPE, b"hello world"))),
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_signed_envelope_is_read_and_verified() {
        let read = Envelope::parse(&envelope().to_bytes()).unwrap();

        assert_eq!(read, envelope());
        assert_eq!(read.verify(TYPE, &known()).unwrap(), b"hello world");
        let other = read.verify(IN_TOTO_PAYLOAD_TYPE, &known());
        assert!(matches!(other, Err(DsseError::PayloadType { .. })));
    }

    #[test]
    fn another_spelling_of_the_same_envelope_is_refused() {
        let text = String::from_utf8(envelope().to_bytes()).unwrap();
        let changes = [
            (r#"{"payload":"#, r#"{ "payload":"#),
            (r#""payload":""#, r#""payload": ""#),
            (r#"[{"keyid""#, "[\n{\"keyid\""),
            ("}]}", "}]}\n"),
            ("}]}", "}]} "),
            ("}]}", r#"}],"extra":1}"#),
            (r#"{"keyid""#, r#"{"extra":1,"keyid""#),
            ("aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGQ"),
            ("aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGR="),
            ("aGVsbG8gd29ybGQ=", r"aGVsbG8gd29ybGQ\u003d"),
            ("aGVsbG8gd29ybGQ=", r"aGVsbG8gd29ybGQ=\n"),
            ("http:", r"http\u003a"),
            ("http://", r"http:\/\/"),
            ("SHA256:", "sha256:"),
            (r#""payload":"aGVsbG8gd29ybGQ=","#, ""),
            (r#"{"payload":"#, r#"{"payload":"","payload":"#),
            (r#""signatures":["#, r#""signatures":[null,"#),
        ];
        for (from, to) in changes {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert!(Envelope::parse(changed.as_bytes()).is_err(), "{from} to {to}");
        }
        let reordered = text.replacen(r#""payload":"aGVsbG8gd29ybGQ=","#, "", 1);
        let reordered = reordered.replacen("}]}", r#"}],"payload":"aGVsbG8gd29ybGQ="}"#, 1);
        assert!(matches!(Envelope::parse(reordered.as_bytes()), Err(DsseError::NotCanonical)));
    }

    #[test]
    fn a_signature_needs_a_known_key_and_only_one() {
        let unsigned = Envelope { signatures: vec![], ..envelope() };
        let mut twice = envelope();
        twice.add_signature(&test_key());
        let mut both = envelope();
        both.add_signature(&other_key());
        let two = [known()[0], *other_key().public()];

        assert!(matches!(unsigned.verify(TYPE, &known()), Err(DsseError::Unsigned)));
        assert!(matches!(twice.verify(TYPE, &known()), Err(DsseError::SignedTwice(_))));
        assert!(matches!(both.verify(TYPE, &known()), Err(DsseError::UnknownKey(_))));
        assert!(both.verify(TYPE, &two).is_ok());
        assert!(matches!(envelope().verify(TYPE, &[]), Err(DsseError::UnknownKey(_))));
    }

    #[test]
    fn a_key_id_cannot_lend_its_name() {
        let mut forged = Envelope::sign(TYPE, b"hello world".to_vec(), &other_key());
        forged.signatures[0].key = test_key().public().fingerprint();

        assert!(matches!(forged.verify(TYPE, &known()), Err(DsseError::BadSignature(_))));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = envelope().to_bytes();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);

            let verdict =
                Envelope::parse(&bytes).and_then(|read| read.verify(TYPE, &known()).map(<[u8]>::to_vec));

            assert!(verdict.is_err(), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn any_payload_survives(payload in prop::collection::vec(any::<u8>(), 0..300), payload_type in ".{0,40}") {
            let envelope = Envelope::sign(&payload_type, payload, &test_key());

            let read = Envelope::parse(&envelope.to_bytes()).unwrap();

            prop_assert_eq!(&read, &envelope);
            prop_assert!(read.verify(&payload_type, &known()).is_ok());
        }
    }
}
