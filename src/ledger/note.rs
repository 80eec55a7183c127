//! Signed notes (c2sp.org/signed-note@v1.0.0): text with Ed25519 signatures under it.

mod verifier_key;

use std::fmt;

use super::encoding::{from_base64, to_base64};
use super::key::{KeyError, SigningKey};

pub use verifier_key::{VerifierKey, parse_pinned_key};

/// The most bytes a note may have; ours have some three hundred.
const MAX_BYTES: usize = 256 * 1024;
/// The most signatures read; the specification asks for at least 16.
const MAX_SIGNATURES: usize = 64;
const SIGNATURE_START: &str = "— ";

/// A note, verifier key or signature that cannot be made, read or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key name that a note could not carry.
    #[error("`{0}` cannot name a key: a name is not empty and has no white space, control characters or `+`")]
    KeyName(String),
    /// The text cannot be carried by a note.
    #[error("a note's text ends in a newline and has no control characters but newlines")]
    Text,
    /// Too large to be a note of ours.
    #[error("a note may have {MAX_BYTES} bytes and {MAX_SIGNATURES} signatures, this one has more")]
    TooLarge,
    /// No blank line with signature lines after it.
    #[error("no signed note: a blank line and signature lines are missing at the end")]
    NoSignatures,
    /// A line after the text is not a signature.
    #[error("signature line {0} of the note is malformed: `— name base64` is expected")]
    SignatureLine(usize),
    /// A verifier key is not of the form `name+id+key`.
    #[error("no verifier key: `name+hexadecimal id+base64 key` with an Ed25519 key is expected")]
    VerifierKey,
    /// A verifier key's id is not the one its name and key give.
    #[error("the verifier key says it has the id {found:08x}, but its name and key give {expected:08x}")]
    KeyId {
        /// The id that name and key give.
        expected: u32,
        /// The id it carries.
        found: u32,
    },
    /// A public key in neither of the two forms.
    #[error("the key is neither a verifier key nor a PEM public key")]
    PinnedKey(#[source] KeyError),
    /// A known key's signature does not hold.
    #[error("the signature of {0} does not fit the text")]
    BadSignature(String),
    /// No known key signed.
    #[error("no known key has signed the note; it is signed by {0}")]
    Untrusted(String),
}

/// A text and its signatures, of which none is trusted until [`SignedNote::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: u32,
    /// The signature without the id before it.
    pub signature: Vec<u8>,
}

impl SignedNote {
    /// Signs `text` with `key` under `name`.
    ///
    /// # Errors
    /// When the text or the name cannot stand in a note.
    pub fn sign(text: &str, name: &str, key: &SigningKey) -> Result<Self, NoteError> {
        if !text.ends_with('\n') || text.contains(refused_in_text) {
            return Err(NoteError::Text);
        }
        let mut note = Self { text: text.to_owned(), signatures: Vec::new() };
        note.add_signature(name, key)?;
        Ok(note)
    }

    /// Adds another signature over the same text, as a witness or a key that takes over does.
    ///
    /// # Errors
    /// When the name cannot stand in a note.
    pub fn add_signature(&mut self, name: &str, key: &SigningKey) -> Result<(), NoteError> {
        let verifier = VerifierKey::new(name, *key.public())?;
        let signature = key.sign(self.text.as_bytes()).to_vec();
        self.signatures.push(NoteSignature {
            name: verifier.name().to_owned(),
            key_id: verifier.id(),
            signature,
        });
        Ok(())
    }

    /// Reads a note without trusting it.
    ///
    /// # Errors
    /// When the bytes are no signed note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_BYTES {
            return Err(NoteError::TooLarge);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        if note.contains(refused_in_text) {
            return Err(NoteError::Text);
        }
        let blank = note.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, rest) = note.split_at(blank + 1);
        let lines = rest
            .strip_prefix('\n')
            .and_then(|rest| rest.strip_suffix('\n'))
            .ok_or(NoteError::NoSignatures)?;
        let signatures = lines.split('\n').zip(1..).map(|(line, number)| {
            if number > MAX_SIGNATURES {
                return Err(NoteError::TooLarge);
            }
            NoteSignature::parse(line).ok_or(NoteError::SignatureLine(number))
        });
        Ok(Self { text: text.to_owned(), signatures: signatures.collect::<Result<_, _>>()? })
    }

    /// The text, with its last newline. Not to be believed before [`SignedNote::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signature lines.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks the signatures of `known` keys and returns which of them signed; unknown signatures are ignored.
    ///
    /// # Errors
    /// When a known key's signature does not hold, or no known key signed.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signers = Vec::new();
        for line in &self.signatures {
            let Some(signer) = known.iter().find(|key| key.id() == line.key_id && key.name() == line.name)
            else {
                continue;
            };
            if !signer.key().verifies(self.text.as_bytes(), &line.signature) {
                return Err(NoteError::BadSignature(line.name.clone()));
            }
            signers.push(signer);
        }
        if signers.is_empty() {
            return Err(NoteError::Untrusted(self.signer_names()));
        }
        Ok(signers)
    }

    fn signer_names(&self) -> String {
        let named = self.signatures.iter().map(|line| format!("{} ({:08x})", line.name, line.key_id));
        named.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let bytes = [line.key_id.to_be_bytes().as_slice(), &line.signature].concat();
            writeln!(f, "{SIGNATURE_START}{} {}", line.name, to_base64(&bytes))?;
        }
        Ok(())
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(SIGNATURE_START)?.split_once(' ')?;
        if name.is_empty() || name.contains(|char: char| char.is_whitespace() || char == '+') {
            return None;
        }
        let bytes = from_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self { name: name.to_owned(), key_id: u32::from_be_bytes(*id), signature: signature.to_vec() })
    }
}

fn refused_in_text(char: char) -> bool {
    char < ' ' && char != '\n'
}

#[cfg(test)]
mod tests {
    use super::super::key::{other_key, test_key};
    use super::*;

    // the verifier key and the note that the specification prints
    const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const SPEC_NOTE: &str = "This is an example message.\n\n\
        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn keys() -> Vec<VerifierKey> {
        vec![SPEC_KEY.parse().unwrap()]
    }

    #[test]
    fn the_published_note_verifies() {
        let note = SignedNote::parse(SPEC_NOTE.as_bytes()).unwrap();

        assert_eq!(note.to_string(), SPEC_NOTE);
        assert_eq!(note.text(), "This is an example message.\n");
        assert_eq!(note.verify(&keys()).unwrap()[0].name(), "example.com/foo");
    }

    #[test]
    fn the_note_printed_by_the_go_library_verifies() {
        // the example in the documentation of golang.org/x/mod/sumdb/note
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let known = ["PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap()];

        assert!(SignedNote::parse(note.as_bytes()).unwrap().verify(&known).is_ok());
    }

    #[test]
    fn unknown_signatures_are_ignored_but_one_known_is_needed() {
        let mut note = SignedNote::sign("text\n", "a.example", &test_key()).unwrap();
        note.add_signature("b.example", &other_key()).unwrap();
        let read = SignedNote::parse(note.to_string().as_bytes()).unwrap();
        let b = [VerifierKey::new("b.example", *other_key().public()).unwrap()];
        let renamed = [VerifierKey::new("c.example", *other_key().public()).unwrap()];

        assert_eq!(read.verify(&b).unwrap(), [&b[0]]);
        let untrusted = read.verify(&renamed).unwrap_err().to_string();
        assert!(untrusted.contains("a.example (") && untrusted.contains("b.example ("), "{untrusted}");
        assert!(read.verify(&[]).is_err());
    }

    #[test]
    fn a_known_key_that_does_not_fit_condemns_the_note() {
        let mut note = SignedNote::sign("text\n", "a.example", &test_key()).unwrap();
        note.add_signature("b.example", &other_key()).unwrap();
        let known = [
            VerifierKey::new("a.example", *test_key().public()).unwrap(),
            VerifierKey::new("b.example", *other_key().public()).unwrap(),
        ];
        note.signatures[1].signature[5] ^= 1;

        assert_eq!(note.verify(&known), Err(NoteError::BadSignature("b.example".to_owned())));
        note.text = "test\n".to_owned();
        assert_eq!(note.verify(&known), Err(NoteError::BadSignature("a.example".to_owned())));
    }

    #[test]
    fn a_text_may_have_blank_lines_but_no_control_characters() {
        let note = SignedNote::sign("one\n\n\n", "a.example", &test_key()).unwrap();

        assert_eq!(SignedNote::parse(note.to_string().as_bytes()).unwrap(), note);
        for text in ["no newline", "tab\t\n", "return\r\n", ""] {
            assert_eq!(SignedNote::sign(text, "a.example", &test_key()), Err(NoteError::Text), "{text:?}");
        }
        for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb"] {
            assert!(SignedNote::sign("text\n", name, &test_key()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn every_malformed_note_is_refused() {
        let changes = [
            ("\n\n", "\n"),
            ("— ", "- "),
            ("— ", "—"),
            ("foo Uw", "foo  Uw"),
            ("foo Uw", "f+o Uw"),
            ("foo Uw", "foo"),
            ("aQM=\n", "aQM=\r\n"),
            ("aQM=\n", "aQM="),
            ("aQM=\n", "aQM\n"),
            ("aQM=\n", "aQN=\n"),
            ("aQM=\n", "aQM=\nmore\n"),
        ];
        for (from, to) in changes {
            let changed = SPEC_NOTE.replace(from, to);
            assert!(SignedNote::parse(changed.as_bytes()).is_err(), "{from:?} to {to:?}");
        }
        assert!(SignedNote::parse(b"\xff\n\n").is_err());
        assert_eq!(SignedNote::parse(&vec![b'\n'; MAX_BYTES + 1]), Err(NoteError::TooLarge));
        let many = format!("text\n\n{}", "— a AAAAAAA=\n".repeat(MAX_SIGNATURES + 1));
        assert_eq!(SignedNote::parse(many.as_bytes()), Err(NoteError::TooLarge));
    }
}
