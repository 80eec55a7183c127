//! Checks attestations against roots, signers and keys the caller trusts. Nothing is fetched, and no clock is read:
//! signatures are judged at the instants their logs and timestamp authorities prove.
//!
//! A proven time alone verifies nothing, and neither does a certificate anybody can get: whoever signed must be
//! among the trusted signers.

use sigstore_verify::types::{Artifact as SignedThing, Bundle, Sha256Hash};
use sigstore_verify::{
    PublicKeyVerificationPolicy, SubjectAltName, VerificationPolicy, VerificationResult, Verifier,
};

use super::bundle::sha256_of;
use super::envelope::Envelope;
use super::keys::PublicKey;
use super::reader::{Found, Proof, Reader};
use super::{ArtefactCheck, Attestations, Content, SignedBy, Verification, Wrapping};
use crate::base::{Digest, UnixMillis};
use crate::evidence::DecodeError;

/// A root of trust of a Sigstore instance: certificate authorities, logs, timestamp authorities.
pub struct TrustedRoot {
    verifier: Verifier,
    has_logs: bool,
    has_certificate_logs: bool,
}

/// The text is no trusted root.
#[derive(Debug, thiserror::Error)]
#[error("no Sigstore trusted root: {0}; give the instance's `trusted_root.json`")]
pub struct RootError(String);

impl TrustedRoot {
    /// Reads a `trusted_root.json` (sigstore protobuf-specs, `TrustedRoot`).
    ///
    /// # Errors
    /// When it is none, or holds keys or certificates that cannot be used.
    pub fn from_json(json: &str) -> Result<Self, RootError> {
        let root = sigstore_verify::trust_root::TrustedRoot::from_json(json)
            .map_err(|error| RootError(error.to_string()))?;
        let verifier = Verifier::new(&root).map_err(|error| RootError(error.to_string()))?;
        let (has_logs, has_certificate_logs) = (!root.tlogs.is_empty(), !root.ctlogs.is_empty());
        Ok(Self { verifier, has_logs, has_certificate_logs })
    }

    /// The root of the public Sigstore instance, as it stood when this program was built.
    ///
    /// # Errors
    /// Never with the root that is built in.
    pub fn public_good() -> Result<Self, RootError> {
        Self::from_json(sigstore_verify::trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT)
    }
}

/// A signer named by a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The certificate's identity; with `*` at its end everything that begins so.
    pub identity: String,
    /// Who vouched for the identity, exactly.
    pub issuer: String,
}

impl Signer {
    fn is(&self, identity: &str, issuer: &str) -> bool {
        let named = match self.identity.strip_suffix('*') {
            Some(start) => identity.starts_with(start),
            None => identity == self.identity,
        };
        named && issuer == self.issuer && !issuer.is_empty()
    }
}

/// Everything the caller trusts.
#[derive(Default)]
pub struct Anchors {
    /// Roots for certificates and logs.
    pub roots: Vec<TrustedRoot>,
    /// Whose certificates are accepted; with none, no certificate is.
    pub signers: Vec<Signer>,
    /// Plain keys.
    pub keys: Vec<PublicKey>,
}

/// The artefact an attestation is to be about.
#[derive(Debug, Clone, Copy)]
pub enum Artifact<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// The SHA-256 digest of its bytes.
    Sha256(Digest),
}

/// Reads a document once more and checks every attestation in it.
///
/// # Errors
/// When the document cannot be read; a signature that does not hold is no error but the answer.
pub fn verify(
    document: &[u8],
    anchors: &Anchors,
    artifact: Option<Artifact<'_>>,
) -> Result<Attestations, DecodeError> {
    let found = Reader::read(document)?.found;
    let list = found.into_iter().map(|mut found| {
        found.attestation.verification = check(&found, anchors, artifact);
        found.attestation
    });
    Ok(Attestations { list: list.collect() })
}

fn check(found: &Found, anchors: &Anchors, artifact: Option<Artifact<'_>>) -> Verification {
    match (&found.proof, &found.attestation.wrapping) {
        (Proof::Bundle(json), _) => bundle(json, &found.attestation.content, anchors, artifact),
        (Proof::Envelope(envelope), _) => plain(envelope, &found.attestation.content, anchors, artifact),
        (Proof::None, Wrapping::Metablock) => Verification::unverified(
            "unsupported-signature",
            "signatures of in-toto's first metadata, over canonical JSON, are not checked",
        ),
        (Proof::None, Wrapping::Bare | Wrapping::Dsse | Wrapping::SigstoreBundle(_) | Wrapping::Pep740) => {
            Verification::unverified("unsigned", "it is not signed")
        }
    }
}

/// A DSSE envelope against plain keys. The stated key id is a hint only, so every key is tried.
fn plain(
    envelope: &Envelope,
    content: &Content,
    anchors: &Anchors,
    artifact: Option<Artifact<'_>>,
) -> Verification {
    if envelope.signatures.iter().all(|signature| signature.bytes.is_empty()) {
        return Verification::unverified("unsigned", "the envelope has no signature");
    }
    let message = envelope.pae();
    let signed = |key: &&PublicKey| {
        envelope.signatures.iter().any(|one| !one.bytes.is_empty() && key.verifies(&message, &one.bytes))
    };
    let mut keys: Vec<String> = anchors.keys.iter().filter(signed).map(|key| key.id().to_owned()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return if envelope.signatures.iter().any(|signature| signature.has_certificate) {
            let reason = "it is signed with a certificate, and nothing in the document proves when; \
                          import the Sigstore bundle instead";
            Verification::unverified("no-proof-of-time", reason)
        } else {
            Verification::unverified("untrusted-key", "no signature is of a key that is trusted")
        };
    }
    match artifact.map(|artifact| is_about(content, artifact)) {
        Some(false) => artefact_mismatch(),
        about => Verification::Verified {
            by: SignedBy::Keys(keys),
            at: Vec::new(),
            logged: false,
            artefact: about.map_or(ArtefactCheck::NotGiven, |_| ArtefactCheck::Matched),
        },
    }
}

fn artefact_mismatch() -> Verification {
    Verification::unverified("artefact-mismatch", "the signature holds, but it is not about this artefact")
}

/// Whether a statement names the artefact among its subjects.
fn is_about(content: &Content, artifact: Artifact<'_>) -> bool {
    let digest = match artifact {
        Artifact::Bytes(bytes) => Digest::of(bytes),
        Artifact::Sha256(digest) => digest,
    };
    let named = |value: &String| value.eq_ignore_ascii_case(&digest.to_hex());
    match content {
        Content::Statement(statement) => {
            statement.subjects.iter().any(|subject| subject.digests.get("sha256").is_some_and(named))
        }
        Content::Artefact(digests) => digests.get("sha256").is_some_and(named),
        Content::Link(_) | Content::Layout(_) | Content::Other => false,
    }
}

/// A Sigstore bundle against the roots: the first root under which everything holds.
fn bundle(json: &str, content: &Content, anchors: &Anchors, artifact: Option<Artifact<'_>>) -> Verification {
    let bundle = match Bundle::from_json(json) {
        Ok(bundle) => bundle,
        Err(error) => return Verification::unverified("malformed-bundle", error.to_string()),
    };
    let named = sha256_of(content).and_then(|hex| Sha256Hash::from_hex(hex).ok());
    let thing = match (artifact, named) {
        (Some(Artifact::Bytes(bytes)), _) => SignedThing::from_blob(bytes),
        (Some(Artifact::Sha256(digest)), _) => match Sha256Hash::from_hex(&digest.to_hex()) {
            Ok(hash) => SignedThing::from_digest(hash),
            Err(error) => return Verification::unverified("unsupported-artefact", error.to_string()),
        },
        (None, Some(hash)) => SignedThing::from_digest(hash),
        (None, None) => {
            let reason = "it names no SHA-256 digest, so it can only be checked together with the artefact";
            return Verification::unverified("artefact-needed", reason);
        }
    };
    let matched = if artifact.is_some() { ArtefactCheck::Matched } else { ArtefactCheck::NotGiven };
    let mut worst = Verification::unverified("no-root", "no trusted root is configured");
    for root in &anchors.roots {
        let verdict = match bundle.signing_certificate() {
            Some(_) => by_certificate(root, &bundle, &thing, anchors),
            None => by_key(root, &bundle, &thing, anchors),
        };
        match verdict {
            Ok((by, result)) => return verified(by, &result, matched),
            Err(unverified) => worst = unverified,
        }
    }
    worst
}

fn by_certificate(
    root: &TrustedRoot,
    bundle: &Bundle,
    thing: &SignedThing<'_>,
    anchors: &Anchors,
) -> Result<(SignedBy, VerificationResult), Verification> {
    let mut policy = VerificationPolicy::any_identity();
    // an instance without logs proves the time by its timestamp authority; one with logs must show their proofs
    if !root.has_logs {
        policy = policy.skip_tlog_unsafe();
    }
    if !root.has_certificate_logs {
        policy = policy.skip_sct();
    }
    let result = root.verifier.verify(thing.clone(), bundle, &policy).map_err(|error| refused(&error))?;
    let identity = result.identity().map(SubjectAltName::as_str).unwrap_or_default().to_owned();
    let issuer = result.issuer().unwrap_or_default().to_owned();
    let known = !identity.is_empty() && anchors.signers.iter().any(|signer| signer.is(&identity, &issuer));
    if !result.certificate_verified() || !known {
        let reason = format!("the signature holds, but `{identity}` of `{issuer}` is not a trusted signer");
        return Err(Verification::unverified("untrusted-signer", reason));
    }
    Ok((SignedBy::Certificate { identity, issuer }, result))
}

fn by_key(
    root: &TrustedRoot,
    bundle: &Bundle,
    thing: &SignedThing<'_>,
    anchors: &Anchors,
) -> Result<(SignedBy, VerificationResult), Verification> {
    let mut worst =
        Verification::unverified("untrusted-key", "it is signed with a key, and no key is trusted");
    for key in &anchors.keys {
        let mut policy = PublicKeyVerificationPolicy::new(key.der().clone());
        if !root.has_logs {
            policy = policy.skip_tlog_unsafe();
        }
        match root.verifier.verify(thing.clone(), bundle, &policy) {
            Ok(result) => return Ok((SignedBy::Keys(vec![key.id().to_owned()]), result)),
            Err(error) => worst = refused(&error),
        }
    }
    Err(worst)
}

fn verified(by: SignedBy, result: &VerificationResult, artefact: ArtefactCheck) -> Verification {
    let mut at: Vec<UnixMillis> =
        result.verified_timestamps().iter().map(|time| UnixMillis(time.as_millisecond())).collect();
    at.sort_unstable();
    at.dedup();
    Verification::Verified { by, at, logged: result.tlog_verified(), artefact }
}

/// The library's reason under a stable code.
fn refused(error: &sigstore_verify::Error) -> Verification {
    use sigstore_verify::Error;
    let code = match error {
        Error::SignatureInvalid(_) | Error::Crypto(_) => "bad-signature",
        Error::ArtifactMismatch(_) | Error::UnsupportedArtifact(_) => "artefact-mismatch",
        Error::Certificate(_) => "untrusted-certificate",
        Error::TransparencyLog(_) => "bad-log-proof",
        Error::Timestamp(_) => "no-proof-of-time",
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => "unusable-root",
        Error::IdentityMismatch { .. } | Error::IssuerMismatch { .. } => "untrusted-signer",
        Error::InvalidBundle(_)
        | Error::UnsupportedBundle(_)
        | Error::Types(_)
        | Error::Bundle(_)
        | Error::ArtifactRead(_)
        // the library may add reasons
        | _ => "malformed-bundle",
    };
    Verification::unverified(code, error.to_string())
}

#[cfg(test)]
mod tests;
