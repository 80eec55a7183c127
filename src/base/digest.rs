//! SHA-256 digests and the length-prefixed hash that gives observations their stable identity.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// The text was not 64 hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is no SHA-256 digest: 64 hexadecimal digits are expected")]
pub struct DigestError(String);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Wraps 32 raw digest bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 raw bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 lower-case hexadecimal digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut out = [0_u8; 32];
        hex::decode_to_slice(text, &mut out).map_err(|_| DigestError(text.to_owned()))?;
        Ok(Self(out))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Hashes a sequence of fields so that no two different sequences share an input.
///
/// Each field is preceded by its length as eight big-endian bytes; an absent field is the length `u64::MAX`.
#[derive(Clone)]
pub struct IdentityHasher(Sha256);

impl IdentityHasher {
    /// Starts a hash in the given domain, so that identities of different record types never collide.
    pub fn new(domain: &str) -> Self {
        Self(Sha256::new()).field(domain)
    }

    /// Adds one field.
    #[must_use]
    pub fn field(mut self, value: &str) -> Self {
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value.as_bytes());
        self
    }

    /// Adds a field that may be absent; absent and empty differ.
    #[must_use]
    pub fn optional(mut self, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.field(value),
            None => {
                self.0.update(u64::MAX.to_be_bytes());
                self
            }
        }
    }

    /// The digest of everything added.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_text_and_json() {
        let digest = Digest::of(b"abc");

        assert_eq!(digest.to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_hex().parse::<Digest>(), Ok(digest));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        assert!("xyz".parse::<Digest>().is_err());
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let one = IdentityHasher::new("t").field("ab").field("c").finish();
        let two = IdentityHasher::new("t").field("a").field("bc").finish();
        let none = IdentityHasher::new("t").field("ab").optional(None).finish();
        let empty = IdentityHasher::new("t").field("ab").optional(Some("")).finish();

        assert_ne!(one, two);
        assert_ne!(none, empty);
    }
}
