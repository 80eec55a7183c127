//! in-toto Statements (specification v1): what a leaf of the ledger says about which bytes.
//!
//! A statement is written once, in a fixed member order, and its bytes are kept. The predicate is carried as the JSON
//! it was written as: make it from structs or `BTreeMap`s, never from `serde_json::Map`, whose order any dependency
//! can change for the whole program, nor from `HashMap`, which has none.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::dsse::{Envelope, IN_TOTO_PAYLOAD_TYPE};
use super::key::SigningKey;
use crate::base::Digest;

/// The `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

const PREDICATE_START: &str = "https://attestry.dev/predicate/";
const PREDICATE_END: &str = "/v1";

/// A statement that cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The predicate could not be written as JSON.
    #[error("the predicate cannot be written as JSON")]
    Predicate(#[source] serde_json::Error),
    /// The predicate is JSON, but no object.
    #[error("the predicate of a statement is a JSON object")]
    NoObject,
    /// No subject.
    #[error("a statement is about at least one subject")]
    NoSubject,
    /// Two subjects of the same name.
    #[error("two subjects of the statement are named {0:?}")]
    SubjectTwice(String),
    /// The bytes are no statement of ours.
    #[error("the payload is no in-toto statement")]
    Malformed(#[source] serde_json::Error),
    /// Another `_type`.
    #[error("the statement is of type {0:?}, `{STATEMENT_TYPE}` is expected")]
    Type(String),
    /// A predicate type that is not ours.
    #[error(transparent)]
    Kind(#[from] UnknownPredicate),
    /// A statement that could be written differently.
    #[error("the statement is not in canonical form: re-serialised it has other bytes")]
    NotCanonical,
    /// The predicate is not of the form its type has.
    #[error("the {kind} predicate is malformed")]
    PredicateShape {
        /// The predicate's type.
        kind: PredicateKind,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

/// The predicate type is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a predicate type of this ledger")]
pub struct UnknownPredicate(String);

macro_rules! predicate_kinds {
    ($($(#[$doc:meta])+ $kind:ident = $slug:literal,)+) => {
        /// What a statement says; each is a predicate type `https://attestry.dev/predicate/<slug>/v1`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum PredicateKind {
            $($(#[$doc])+ $kind,)+
        }

        impl PredicateKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The word in the predicate type, also used in tables and logs.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$kind => $slug,)+
                }
            }
        }
    };
}

predicate_kinds! {
    /// Bytes were recorded as evidence.
    Evidence = "evidence",
    /// A single test of a control was run.
    TestResult = "test-result",
    /// A whole evaluation was run.
    Evaluation = "evaluation",
    /// A person decided something.
    Decision = "decision",
    /// An exception was granted, changed or withdrawn.
    Exception = "exception",
    /// A person or another party attested something.
    Attestation = "attestation",
    /// Bytes were erased; their digest stays.
    Deletion = "deletion",
    /// Known bytes were seen again.
    SeenAgain = "seen-again",
    /// The definition of a control changed.
    ControlDefinition = "control-definition",
    /// A signing key was introduced or retired.
    KeyChange = "key-change",
    /// An audit pack was made.
    Pack = "pack",
    /// Nothing happened, and the ledger was alive.
    Heartbeat = "heartbeat",
    /// A vendor was scored.
    VendorScore = "vendor-score",
    /// A row of the audit trail was written; the subject is the digest of its ciphertext.
    AuditTrail = "audit-trail",
}

impl PredicateKind {
    /// The predicate type.
    pub fn uri(self) -> String {
        format!("{PREDICATE_START}{}{PREDICATE_END}", self.slug())
    }
}

impl fmt::Display for PredicateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for PredicateKind {
    type Err = UnknownPredicate;

    /// Reads a predicate type.
    fn from_str(uri: &str) -> Result<Self, Self::Err> {
        let slug = uri.strip_prefix(PREDICATE_START).and_then(|rest| rest.strip_suffix(PREDICATE_END));
        let kind = Self::ALL.iter().copied().find(|kind| slug == Some(kind.slug()));
        kind.ok_or_else(|| UnknownPredicate(uri.to_owned()))
    }
}

/// The bytes a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What they are called; unique in the statement.
    pub name: String,
    /// Their SHA-256.
    pub sha256: Digest,
}

/// A statement about one or more subjects.
#[derive(Debug, Clone)]
pub struct Statement {
    subjects: Vec<Subject>,
    kind: PredicateKind,
    predicate: Box<RawValue>,
}

// the order of the members is the canonical order
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireStatement {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<WireSubject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Box<RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject {
    name: String,
    digest: WireDigest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDigest {
    sha256: Digest,
}

impl Statement {
    /// States `predicate` about `subjects`; a predicate that is JSON already comes as `RawValue`.
    ///
    /// # Errors
    /// When the predicate is no JSON object, or the subjects are none or share a name.
    pub fn new<P>(kind: PredicateKind, subjects: Vec<Subject>, predicate: &P) -> Result<Self, StatementError>
    where
        P: Serialize + ?Sized,
    {
        let predicate = serde_json::value::to_raw_value(predicate).map_err(StatementError::Predicate)?;
        Self::checked(kind, subjects, predicate)
    }

    fn checked(
        kind: PredicateKind,
        subjects: Vec<Subject>,
        predicate: Box<RawValue>,
    ) -> Result<Self, StatementError> {
        if !predicate.get().starts_with('{') {
            return Err(StatementError::NoObject);
        }
        if subjects.is_empty() {
            return Err(StatementError::NoSubject);
        }
        let mut names = std::collections::BTreeSet::new();
        if let Some(twice) = subjects.iter().find(|subject| !names.insert(&subject.name)) {
            return Err(StatementError::SubjectTwice(twice.name.clone()));
        }
        Ok(Self { subjects, kind, predicate })
    }

    /// What the statement says.
    pub const fn kind(&self) -> PredicateKind {
        self.kind
    }

    /// What it is about.
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// The predicate as the JSON it was written as.
    pub fn predicate_json(&self) -> &str {
        self.predicate.get()
    }

    /// The predicate as a value of its type.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn predicate<P: DeserializeOwned>(&self) -> Result<P, StatementError> {
        let read = serde_json::from_str(self.predicate.get());
        read.map_err(|source| StatementError::PredicateShape { kind: self.kind, source })
    }

    /// The canonical bytes, which are what is signed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let subject = |subject: &Subject| WireSubject {
            name: subject.name.clone(),
            digest: WireDigest { sha256: subject.sha256 },
        };
        to_json(&WireStatement {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: self.subjects.iter().map(subject).collect(),
            predicate_type: self.kind.uri(),
            predicate: self.predicate.clone(),
        })
    }

    /// Signs the statement into an envelope, whose bytes become a leaf.
    pub fn sign(&self, key: &SigningKey) -> Envelope {
        Envelope::sign(IN_TOTO_PAYLOAD_TYPE, self.to_bytes(), key)
    }

    /// Reads a statement in canonical form.
    ///
    /// # Errors
    /// When the bytes are no statement of ours, or could be written in another way.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let wire: WireStatement = serde_json::from_slice(bytes).map_err(StatementError::Malformed)?;
        if wire.statement_type != STATEMENT_TYPE {
            return Err(StatementError::Type(wire.statement_type));
        }
        if to_json(&wire) != bytes {
            return Err(StatementError::NotCanonical);
        }
        let kind = wire.predicate_type.parse()?;
        let subject = |wire: WireSubject| Subject { name: wire.name, sha256: wire.digest.sha256 };
        Self::checked(kind, wire.subject.into_iter().map(subject).collect(), wire.predicate)
    }
}

#[expect(clippy::expect_used, reason = "strings and JSON that was read as JSON always serialise")]
fn to_json(wire: &WireStatement) -> Vec<u8> {
    serde_json::to_vec(wire).expect("strings and JSON that was read as JSON always serialise")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::key::test_key;
    use super::*;

    fn subject(name: &str) -> Subject {
        Subject { name: name.to_owned(), sha256: Digest::of(name.as_bytes()) }
    }

    fn statement() -> Statement {
        let predicate = BTreeMap::from([("z", "last"), ("a", "first")]);
        Statement::new(PredicateKind::Evidence, vec![subject("sbom.json")], &predicate).unwrap()
    }

    #[test]
    fn the_bytes_of_a_statement_are_fixed() {
        let text = String::from_utf8(statement().to_bytes()).unwrap();

        let expected = format!(
            concat!(
                r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"sbom.json","#,
                r#""digest":{{"sha256":"{}"}}}}],"predicateType":"https://attestry.dev/predicate/evidence/v1","#,
                r#""predicate":{{"a":"first","z":"last"}}}}"#
            ),
            Digest::of(b"sbom.json")
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn a_statement_is_read_back_as_it_was_signed() {
        let envelope = statement().sign(&test_key());
        let payload = envelope.verify(IN_TOTO_PAYLOAD_TYPE, &[*test_key().public()]).unwrap();

        let read = Statement::parse(payload).unwrap();

        assert_eq!(read.kind(), PredicateKind::Evidence);
        assert_eq!(read.subjects(), [subject("sbom.json")]);
        assert_eq!(read.predicate::<BTreeMap<String, String>>().unwrap()["a"], "first");
        assert!(matches!(read.predicate::<Vec<u8>>(), Err(StatementError::PredicateShape { .. })));
        assert_eq!(read.to_bytes(), payload);
    }

    #[test]
    fn a_predicate_given_as_json_keeps_its_bytes() {
        let raw = RawValue::from_string(r#"{"b": 1.0,"a":2}"#.to_owned()).unwrap();

        let statement = Statement::new(PredicateKind::Pack, vec![subject("x")], &raw).unwrap();

        let read = Statement::parse(&statement.to_bytes()).unwrap();
        assert_eq!(read.predicate_json(), r#"{"b": 1.0,"a":2}"#);
    }

    #[test]
    fn a_statement_without_subject_or_object_is_refused() {
        let none = Statement::new(PredicateKind::Pack, vec![], &BTreeMap::<String, u8>::new());
        let list = Statement::new(PredicateKind::Pack, vec![subject("x")], &[1, 2]);
        let twice = Statement::new(
            PredicateKind::Pack,
            vec![subject("x"), subject("x")],
            &BTreeMap::from([("a", 1)]),
        );

        assert!(matches!(none, Err(StatementError::NoSubject)));
        assert!(matches!(list, Err(StatementError::NoObject)));
        assert!(matches!(twice, Err(StatementError::SubjectTwice(_))));
    }

    #[test]
    fn another_spelling_of_a_statement_is_refused() {
        let text = String::from_utf8(statement().to_bytes()).unwrap();
        let changes = [
            (r#"{"_type""#, r#"{ "_type""#),
            (r#"/v1","subject""#, r#"/v1", "subject""#),
            ("Statement/v1", "Statement/v0.1"),
            ("predicate/evidence/v1", "predicate/evidence/v2"),
            ("predicate/evidence/v1", "predicate/other/v1"),
            (r#""name":"sbom.json","#, ""),
            (r#""name":"sbom.json""#, r#""uri":"x","name":"sbom.json""#),
            (r#"{"a":"first","z":"last"}"#, "null"),
            (r#"{"a":"first","z":"last"}"#, r#"{"a":}"#),
            (r#""sha256":"#, r#""sha512":"#),
        ];
        for (from, to) in changes {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert!(Statement::parse(changed.as_bytes()).is_err(), "{from} to {to}");
        }
        let capitals = text
            .replace(&Digest::of(b"sbom.json").to_hex(), &Digest::of(b"sbom.json").to_hex().to_uppercase());
        assert!(matches!(Statement::parse(capitals.as_bytes()), Err(StatementError::NotCanonical)));
    }

    #[test]
    fn every_predicate_type_is_read_back() {
        for kind in PredicateKind::ALL {
            assert_eq!(kind.uri().parse(), Ok(*kind));
        }
        assert_eq!(PredicateKind::ALL.len(), 14);
        assert_eq!(PredicateKind::SeenAgain.uri(), "https://attestry.dev/predicate/seen-again/v1");
        assert!("seen-again".parse::<PredicateKind>().is_err());
    }
}
