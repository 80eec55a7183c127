//! Ed25519 keys (RFC 8032) and the secrets an installation keeps, sealed under its master key.

mod sealed;

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use sealed::{MasterKey, MasterKeyError, SealError, Sealed};

use super::encoding::{from_base64, to_base64};
use crate::base::Digest;

/// What stands before the 32 key bytes in a `SubjectPublicKeyInfo` for Ed25519 (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// A key that cannot be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The operating system gave no random bytes.
    #[error("no random bytes for a new key")]
    NoRandomness,
    /// The 32 bytes were refused as an Ed25519 seed.
    #[error("the seed makes no Ed25519 key")]
    Seed,
    /// The text is no PEM public key.
    #[error("no public key: a PEM block `PUBLIC KEY` (RFC 7468 §13) is expected")]
    Pem,
    /// A public key, but of another algorithm.
    #[error("the public key is not an Ed25519 key")]
    NotEd25519,
    /// The text is no fingerprint.
    #[error("no fingerprint: `SHA256:` and 64 lower-case hexadecimal digits are expected")]
    Fingerprint,
    /// The sealed key could not be opened.
    #[error("the signing key cannot be opened")]
    Sealed(#[source] SealError),
}

/// Names a public key everywhere: `SHA256:` and the SHA-256 of its SPKI DER in hexadecimal.
///
/// The same digest as `openssl pkey -pubin -in log.pem -outform DER | sha256sum`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(Digest);

/// A 32-byte Ed25519 public key (RFC 8032 §5.1.5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

/// An Ed25519 key that can sign; its secret never leaves except sealed.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    seed: Zeroizing<[u8; 32]>,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a new key from the system's randomness.
    ///
    /// # Errors
    /// When there is none.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        rand::fill(seed.as_mut_slice()).map_err(|_| KeyError::NoRandomness)?;
        Self::from_seed(&seed)
    }

    /// The key that belongs to a 32-byte seed (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// When the library refuses the seed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Seed)?;
        let public = pair.public_key().as_ref().try_into().map(PublicKey).map_err(|_| KeyError::Seed)?;
        Ok(Self { pair, seed: Zeroizing::new(*seed), public })
    }

    /// Opens a key sealed with [`SigningKey::seal`] under the same master key and context.
    ///
    /// # Errors
    /// When it was sealed otherwise or has been altered.
    pub fn open(sealed: &Sealed, master: &MasterKey, context: &[u8]) -> Result<Self, KeyError> {
        let secret = master.open(sealed, context).map_err(KeyError::Sealed)?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(secret.as_slice().try_into().map_err(|_| KeyError::Seed)?);
        Self::from_seed(&seed)
    }

    /// Encrypts the seed for storage; `context` must be given again to open it.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, master: &MasterKey, context: &[u8]) -> Result<Sealed, SealError> {
        master.seal(self.seed.as_slice(), context)
    }

    /// The public half.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message` with pure Ed25519 (RFC 8032 §5.1.6), which is deterministic.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0_u8; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.fingerprint())
    }
}

impl PublicKey {
    /// Wraps the 32 key bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 key bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key as `SubjectPublicKeyInfo` in DER (RFC 8410 §4).
    pub fn to_spki_der(&self) -> Vec<u8> {
        [SPKI_PREFIX.as_slice(), &self.0].concat()
    }

    /// The key as PEM, as `openssl pkey -pubin` reads it.
    pub fn to_pem(&self) -> String {
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", to_base64(&self.to_spki_der()))
    }

    /// Reads a PEM public key; text around the block, as some tools write, is refused.
    ///
    /// # Errors
    /// When it is none, or not an Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let body = text.trim().strip_prefix(PEM_BEGIN).and_then(|rest| rest.strip_suffix(PEM_END));
        let base64: String = body.ok_or(KeyError::Pem)?.split_ascii_whitespace().collect();
        let der = from_base64(&base64).ok_or(KeyError::Pem)?;
        let bytes = der.strip_prefix(SPKI_PREFIX.as_slice()).ok_or(KeyError::NotEd25519)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::NotEd25519)
    }

    /// The name of this key.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Digest::of(&self.to_spki_der()))
    }

    /// Whether `signature` is this key's over `message` (RFC 8032 §5.1.7).
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

impl Fingerprint {
    /// The SHA-256 of the key's SPKI DER.
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digest: Digest =
            text.strip_prefix("SHA256:").and_then(|hex| hex.parse().ok()).ok_or(KeyError::Fingerprint)?;
        let read = Self(digest);
        // the digest also reads capitals; a name has one spelling
        if read.to_string() == text { Ok(read) } else { Err(KeyError::Fingerprint) }
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The key of RFC 8032 §7.1 TEST 3.
#[cfg(test)]
pub(in crate::ledger) fn test_key() -> SigningKey {
    let mut seed = [0_u8; 32];
    hex::decode_to_slice("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", &mut seed)
        .unwrap();
    SigningKey::from_seed(&seed).unwrap()
}

/// Another key, for tests that need a stranger.
#[cfg(test)]
pub(in crate::ledger) fn other_key() -> SigningKey {
    SigningKey::from_seed(&[7; 32]).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8032_test_3_is_reproduced() {
        let key = test_key();

        let signature = key.sign(&[0xaf, 0x82]);

        assert_eq!(
            hex::encode(key.public().as_bytes()),
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
        );
        assert_eq!(
            hex::encode(signature),
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        );
        assert!(key.public().verifies(&[0xaf, 0x82], &signature));
        assert!(!key.public().verifies(&[0xaf, 0x83], &signature));
        assert!(!other_key().public().verifies(&[0xaf, 0x82], &signature));
    }

    #[test]
    fn rfc_8410_public_key_is_read_and_written() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
                   -----END PUBLIC KEY-----\n";

        let key = PublicKey::from_pem(pem).unwrap();

        assert_eq!(
            hex::encode(key.as_bytes()),
            "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
        );
        assert_eq!(key.to_pem(), pem);
        // as `openssl pkey -pubin -outform DER | sha256sum` prints it
        let printed = "SHA256:a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f";
        assert_eq!(key.fingerprint().to_string(), printed);
        assert_eq!(PublicKey::from_pem(&pem.replace('\n', "\r\n")), Ok(key));
    }

    #[test]
    fn what_is_no_ed25519_key_is_refused() {
        let der = to_base64(&[0x30; 44]);
        let pem = |body: &str| format!("{PEM_BEGIN}\n{body}\n{PEM_END}\n");
        let short = to_base64(&[SPKI_PREFIX.as_slice(), &[0; 31]].concat());

        assert_eq!(PublicKey::from_pem("").unwrap_err(), KeyError::Pem);
        assert_eq!(PublicKey::from_pem(PEM_BEGIN).unwrap_err(), KeyError::Pem);
        assert_eq!(PublicKey::from_pem(&pem("&&&&")).unwrap_err(), KeyError::Pem);
        assert_eq!(PublicKey::from_pem(&pem(&der)).unwrap_err(), KeyError::NotEd25519);
        assert_eq!(PublicKey::from_pem(&pem(&short)).unwrap_err(), KeyError::NotEd25519);
    }

    #[test]
    fn a_fingerprint_has_one_spelling() {
        let fingerprint = test_key().public().fingerprint();
        let text = fingerprint.to_string();

        assert_eq!(text.len(), 71);
        assert_eq!(text.parse(), Ok(fingerprint));
        assert!(text.to_uppercase().parse::<Fingerprint>().is_err());
        assert!(text[7..].parse::<Fingerprint>().is_err());
    }

    #[test]
    fn a_sealed_key_opens_to_the_same_key_in_its_context_only() {
        let master = MasterKey::generate().unwrap();
        let key = SigningKey::generate().unwrap();

        let sealed = key.seal(&master, b"log key 1").unwrap();

        let opened = SigningKey::open(&sealed, &master, b"log key 1").unwrap();
        assert_eq!(opened.public(), key.public());
        let elsewhere = SigningKey::open(&sealed, &master, b"log key 2").unwrap_err();
        assert_eq!(elsewhere, KeyError::Sealed(SealError::Refused));
        let no_seed = master.seal(b"short", b"log key 1").unwrap();
        assert_eq!(SigningKey::open(&no_seed, &master, b"log key 1").unwrap_err(), KeyError::Seed);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", test_key());

        assert!(shown.starts_with("SigningKey(SHA256:"));
        assert!(!shown.contains("c5aa8df4"));
    }
}
