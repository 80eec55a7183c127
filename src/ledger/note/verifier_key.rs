//! Verifier keys: a public key with the name and id that signatures in notes refer to.

use std::fmt;
use std::str::FromStr;

use super::NoteError;
use crate::base::Digest;
use crate::ledger::encoding::{from_base64, to_base64};
use crate::ledger::key::PublicKey;

/// The signature type byte of Ed25519.
const ED25519: u8 = 0x01;

/// Names and carries a public key for notes: `name+id+key`, a *vkey*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: PublicKey,
}

impl VerifierKey {
    /// Names a key; the id is the start of `SHA-256(name || 0x0A || 0x01 || key)`.
    ///
    /// # Errors
    /// When the name is not fit for a note.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteError> {
        let refused = |char: char| char.is_whitespace() || char.is_control() || char == '+';
        if name.is_empty() || name.contains(refused) {
            return Err(NoteError::KeyName(name.to_owned()));
        }
        let hash = Digest::of(&[name.as_bytes(), &[b'\n', ED25519], key.as_bytes()].concat());
        let [a, b, c, d, ..] = *hash.as_bytes();
        Ok(Self { name: name.to_owned(), id: u32::from_be_bytes([a, b, c, d]), key })
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The key itself.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, to_base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::VerifierKey);
        };
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(NoteError::VerifierKey);
        }
        let found = u32::from_str_radix(id, 16).map_err(|_| NoteError::VerifierKey)?;
        let typed = from_base64(key).ok_or(NoteError::VerifierKey)?;
        let bytes = typed.strip_prefix(&[ED25519]).ok_or(NoteError::VerifierKey)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| NoteError::VerifierKey)?;
        let read = Self::new(name, PublicKey::from_bytes(bytes))?;
        if read.id != found {
            return Err(NoteError::KeyId { expected: read.id, found });
        }
        Ok(read)
    }
}

/// Reads a key somebody got out of band: a verifier key or a PEM public key.
///
/// # Errors
/// When it is neither.
pub fn parse_pinned_key(text: &str) -> Result<PublicKey, NoteError> {
    let text = text.trim();
    if text.starts_with("-----") {
        return PublicKey::from_pem(text).map_err(NoteError::PinnedKey);
    }
    text.parse::<VerifierKey>().map(|verifier| verifier.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::key::test_key;

    const SPEC_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn the_published_verifier_keys_are_read_and_written() {
        for text in [SPEC_KEY, "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
            assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_wrong_verifier_key_says_why() {
        let flipped = SPEC_KEY.replace("530d903a", "530d903b");

        let expected = NoteError::KeyId { expected: 0x530d_903a, found: 0x530d_903b };
        assert_eq!(flipped.parse::<VerifierKey>(), Err(expected));
        let changes = [
            ("530d9", "530D9"),
            ("+530d903a", ""),
            ("+Aek", "+Aok"),
            ("3U2k", "3U2kAA=="),
            ("3U2k", "3U2"),
            ("example", "exam ple"),
        ];
        for (from, to) in changes {
            let changed = SPEC_KEY.replace(from, to);
            assert_ne!(changed, SPEC_KEY);
            assert!(changed.parse::<VerifierKey>().is_err(), "{to}");
        }
    }

    #[test]
    fn a_pinned_key_may_be_a_verifier_key_or_pem() {
        let key = *test_key().public();
        let vkey = VerifierKey::new("a.example", key).unwrap().to_string();

        assert_eq!(parse_pinned_key(&format!("{vkey}\n")), Ok(key));
        assert_eq!(parse_pinned_key(&key.to_pem()), Ok(key));
        assert!(parse_pinned_key("SHA256:00").is_err());
        assert!(parse_pinned_key("-----BEGIN").is_err());
    }
}
