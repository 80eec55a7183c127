//! Secrets at rest: AES-256-GCM (NIST SP 800-38D) under the installation's master key.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use secrecy::zeroize::Zeroizing;

use crate::ledger::encoding::from_base64;

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;
const HEADER_LEN: usize = 1 + NONCE_LEN;

/// A master key that cannot be made or read; the text never repeats what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Nothing but white space.
    #[error("the master key is empty: 64 hexadecimal digits or 44 characters of base64 are expected")]
    Empty,
    /// Neither of the two lengths.
    #[error(
        "the master key has {0} characters: 64 hexadecimal digits or 44 characters of base64 are expected"
    )]
    Length(usize),
    /// 64 characters, not all of them hexadecimal digits.
    #[error("the master key has 64 characters, but not all are hexadecimal digits")]
    Hex,
    /// 44 characters that are no standard base64 of 32 bytes.
    #[error("the master key has 44 characters, but they are not 32 bytes in standard base64")]
    Base64,
    /// The operating system gave no random bytes.
    #[error("no random bytes for a new master key")]
    NoRandomness,
}

/// A secret that cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The operating system gave no random bytes, or the secret is too long for the cipher.
    #[error("the secret cannot be encrypted")]
    NotSealed,
    /// The bytes are not of the stored form.
    #[error("no sealed secret: {0} bytes, or an unknown version")]
    Malformed(usize),
    /// The tag does not fit.
    #[error("the sealed secret was sealed with another master key, for another purpose, or has been altered")]
    Refused,
}

/// The key that seals all other secrets. Losing it means losing them; the ledger stays readable and verifiable.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// An encrypted secret: a version byte, the 12-byte nonce, the ciphertext and the 16-byte tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl MasterKey {
    /// Makes a new master key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::fill(bytes.as_mut_slice()).map_err(|_| MasterKeyError::NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Reads a master key from 64 hexadecimal digits or standard base64; white space around it is ignored.
    ///
    /// # Errors
    /// When it is neither, with what is wrong.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0_u8; 32]);
        match text.chars().count() {
            0 => return Err(MasterKeyError::Empty),
            64 => hex::decode_to_slice(text, bytes.as_mut_slice()).map_err(|_| MasterKeyError::Hex)?,
            44 => {
                let decoded = Zeroizing::new(from_base64(text).ok_or(MasterKeyError::Base64)?);
                *bytes = decoded.as_slice().try_into().map_err(|_| MasterKeyError::Base64)?;
            }
            other => return Err(MasterKeyError::Length(other)),
        }
        Ok(Self(bytes))
    }

    /// The key as 64 hexadecimal digits, to be written to a file only its owner can read.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// Encrypts `secret` under a random nonce and binds it to `context`.
    ///
    /// Say in the context what the secret is and whose, so that one stored secret cannot take another's place. The
    /// random nonces keep one master key good for 2^32 secrets.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(&self, secret: &[u8], context: &[u8]) -> Result<Sealed, SealError> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| SealError::NotSealed)?;
        let mut bytes = Vec::with_capacity(HEADER_LEN + secret.len() + TAG_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(secret);
        // encrypted where it stands, so that no copy of the plain text is left behind
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut bytes[HEADER_LEN..],
            )
            .map_err(|_| SealError::NotSealed)?;
        bytes.extend_from_slice(tag.as_ref());
        Ok(Sealed(bytes))
    }

    /// Decrypts what [`MasterKey::seal`] made with the same `context`.
    ///
    /// # Errors
    /// [`SealError::Refused`] when key, context or bytes are not those it was sealed with.
    pub fn open(&self, sealed: &Sealed, context: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let malformed = SealError::Malformed(sealed.0.len());
        let (header, body) = sealed.0.split_at_checked(HEADER_LEN).ok_or(malformed)?;
        let nonce = Nonce::try_assume_unique_for_key(&header[1..]).map_err(|_| malformed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let opened = self.cipher()?.open_in_place(nonce, Aad::from(context), &mut body);
        let length = opened.map_err(|_| SealError::Refused)?.len();
        body.truncate(length);
        Ok(body)
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map_err(|_| SealError::NotSealed)?;
        Ok(LessSafeKey::new(key))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl Sealed {
    /// Takes stored bytes; whether they open shows later.
    ///
    /// # Errors
    /// When they are too short or of an unknown version.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, SealError> {
        if bytes.len() < HEADER_LEN + TAG_LEN || bytes.first() != Some(&VERSION) {
            return Err(SealError::Malformed(bytes.len()));
        }
        Ok(Self(bytes))
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_master_key_is_read_from_hex_and_base64() {
        let key = MasterKey::generate().unwrap();
        let base64 = crate::ledger::encoding::to_base64(key.0.as_slice());

        for text in [
            key.to_text().to_string(),
            format!(" {}\n", *key.to_text()),
            base64,
            key.to_text().to_uppercase(),
        ] {
            assert_eq!(MasterKey::parse(&text).unwrap().0, key.0);
        }
    }

    #[test]
    fn a_wrong_master_key_says_why_and_is_not_repeated() {
        let wrong = |text: &str| MasterKey::parse(text).unwrap_err();

        assert_eq!(wrong(" \n"), MasterKeyError::Empty);
        assert_eq!(wrong("hunter2"), MasterKeyError::Length(7));
        assert_eq!(wrong(&"g".repeat(64)), MasterKeyError::Hex);
        assert_eq!(wrong(&"ä".repeat(64)), MasterKeyError::Hex);
        assert_eq!(wrong(&"*".repeat(44)), MasterKeyError::Base64);
        // 33 bytes also take 44 characters
        assert_eq!(wrong(&"A".repeat(44)), MasterKeyError::Base64);
        assert!(!wrong("hunter2").to_string().contains("hunter2"));
    }

    #[test]
    fn the_same_secret_is_never_sealed_to_the_same_bytes() {
        let master = MasterKey::generate().unwrap();

        assert_ne!(master.seal(b"secret", b"").unwrap(), master.seal(b"secret", b"").unwrap());
    }

    #[test]
    fn another_master_key_or_purpose_opens_nothing() {
        let (one, two) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let sealed = one.seal(b"secret", b"token of source 1").unwrap();

        assert_eq!(two.open(&sealed, b"token of source 1"), Err(SealError::Refused));
        assert_eq!(one.open(&sealed, b"token of source 2"), Err(SealError::Refused));
        assert!(one.open(&sealed, b"token of source 1").is_ok());
        assert_eq!(Sealed::from_bytes(vec![1; 28]).unwrap_err(), SealError::Malformed(28));
        assert_eq!(Sealed::from_bytes(vec![2; 29]).unwrap_err(), SealError::Malformed(29));
        assert_eq!(Sealed::from_bytes(vec![]).unwrap_err(), SealError::Malformed(0));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_and_what_was_touched_does_not(
            secret in prop::collection::vec(any::<u8>(), 0..200), context in ".{0,20}", bit in any::<usize>(),
        ) {
            let master = MasterKey::parse(&"5a".repeat(32)).unwrap();

            let sealed = master.seal(&secret, context.as_bytes()).unwrap();
            let stored = Sealed::from_bytes(sealed.as_bytes().to_vec()).unwrap();
            let mut touched = sealed.as_bytes().to_vec();
            let at = bit % (touched.len() * 8);
            touched[at / 8] ^= 1 << (at % 8);

            let opened = master.open(&stored, context.as_bytes()).unwrap();
            prop_assert_eq!(opened.as_slice(), secret.as_slice());
            let refused = Sealed::from_bytes(touched).and_then(|touched| master.open(&touched, context.as_bytes()));
            prop_assert!(refused.is_err());
        }
    }
}
