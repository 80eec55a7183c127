//! Public keys a caller trusts.

use sigstore_verify::crypto::{KeyAlgorithm, SigningScheme, VerificationKey};
use sigstore_verify::types::{DerPublicKey, SignatureBytes};

use crate::base::Digest;

/// A public key: Ed25519, ECDSA on P-256 or P-384, or RSA of 2048 bits and more.
pub struct PublicKey {
    id: String,
    der: DerPublicKey,
    schemes: Vec<VerificationKey>,
}

/// The text is no public key that is read.
#[derive(Debug, thiserror::Error)]
#[error(
    "no public key that is read: {0}; give a PEM block `PUBLIC KEY` with an Ed25519, ECDSA P-256 or P-384, or RSA key"
)]
pub struct KeyError(String);

impl PublicKey {
    /// Reads a PEM block `PUBLIC KEY` (RFC 7468 §13).
    ///
    /// # Errors
    /// When it is none, or the key is of another kind.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let der = DerPublicKey::from_pem(pem).map_err(|error| KeyError(error.to_string()))?;
        let algorithm = KeyAlgorithm::from_spki(&der).map_err(|error| KeyError(error.to_string()))?;
        let schemes = SCHEMES.iter().filter(|scheme| scheme.key_algorithm() == algorithm);
        let schemes: Vec<VerificationKey> =
            schemes.filter_map(|scheme| VerificationKey::from_spki_with_scheme(&der, *scheme).ok()).collect();
        if schemes.is_empty() {
            return Err(KeyError(format!("{algorithm:?}")));
        }
        Ok(Self { id: format!("sha256:{}", Digest::of(der.as_bytes())), der, schemes })
    }

    /// The key's id: SHA-256 of its DER form (subject public key info), as `sha256:…`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the signature over `message` is this key's, under any scheme the kind of key allows.
    ///
    /// Envelopes do not say which hash or padding was used; a signature that holds under one holds.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = SignatureBytes::from_bytes(signature);
        self.schemes.iter().any(|key| key.verify(message, &signature).is_ok())
    }

    pub(super) const fn der(&self) -> &DerPublicKey {
        &self.der
    }
}

/// The schemes envelopes are signed under.
const SCHEMES: [SigningScheme; 11] = [
    SigningScheme::Ed25519,
    SigningScheme::EcdsaP256Sha256,
    SigningScheme::EcdsaP256Sha384,
    SigningScheme::EcdsaP384Sha384,
    SigningScheme::EcdsaP384Sha256,
    SigningScheme::RsaPssSha256,
    SigningScheme::RsaPssSha384,
    SigningScheme::RsaPssSha512,
    SigningScheme::RsaPkcs1Sha256,
    SigningScheme::RsaPkcs1Sha384,
    SigningScheme::RsaPkcs1Sha512,
];
