//! The ID token: what it must be before anything in it is believed.

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl,
    Nonce, SignatureVerificationError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::Told;
use super::error::SsoError;
use super::pending::{Pending, Purpose};
use crate::base::UnixMillis;

/// How far two clocks may be apart.
pub(super) const LEEWAY_MS: i64 = 60_000;

/// The signature algorithms a provider may use: public keys only. No `none`, and nothing with a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

pub(super) type Algorithm = CoreJwsSigningAlgorithm;

/// Everything beside the standard claims; the groups are among it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ExtraClaims(pub(super) Map<String, Value>);

impl AdditionalClaims for ExtraClaims {}

pub(super) type IdTokenOf =
    IdToken<ExtraClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;

/// What a token must fit.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a IssuerUrl,
    pub(super) client_id: &'a str,
    pub(super) pending: &'a Pending,
    pub(super) at: UnixMillis,
}

/// What the token tells, once all of it holds.
pub(super) fn verify(
    token: &IdTokenOf,
    keys: &CoreJsonWebKeySet,
    expected: &Expected<'_>,
) -> Result<Told, SsoError> {
    let at = expected.at;
    let (late, early) = (instant(at.plus_millis(-LEEWAY_MS))?, instant(at.plus_millis(LEEWAY_MS))?);
    let oldest = instant(expected.pending.begun_at().plus_millis(-LEEWAY_MS))?;
    // as for a public client: a client secret is never a signature key here, whatever the token says
    let client = ClientId::new(expected.client_id.to_owned());
    let verifier = IdTokenVerifier::new_public_client(client, expected.issuer.clone(), keys.clone())
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || late)
        .set_issue_time_verifier_fn(move |issued| {
            let fits = issued <= early && issued >= oldest;
            if fits { Ok(()) } else { Err("issued at another time than this sign-in".to_owned()) }
        });
    let nonce = Nonce::new(expected.pending.nonce().to_owned());
    let claims = token.claims(&verifier, &nonce).map_err(refused)?;
    authorised_party(claims, expected.client_id)?;
    authenticated_now(claims, expected.pending)?;
    Ok(Told::by_id_token(claims))
}

/// A token that was made for another client, and names this one beside it, is not for us.
fn authorised_party(
    claims: &IdTokenClaims<ExtraClaims, CoreGenderClaim>,
    client_id: &str,
) -> Result<(), SsoError> {
    match claims.authorized_party() {
        Some(party) if party.as_str() != client_id => {
            Err(SsoError::token("it was made for another application"))
        }
        Some(_) | None => Ok(()),
    }
}

/// To confirm, the person must have been asked since they were sent; an old session at the provider is not enough.
fn authenticated_now(
    claims: &IdTokenClaims<ExtraClaims, CoreGenderClaim>,
    pending: &Pending,
) -> Result<(), SsoError> {
    match pending.purpose() {
        Purpose::SignIn => Ok(()),
        Purpose::Confirm => {
            let since = instant(pending.begun_at().plus_millis(-LEEWAY_MS))?;
            let asked = claims.auth_time().is_some_and(|when| when >= since);
            let refusal = "the provider did not ask you again (no recent `auth_time`)";
            if asked { Ok(()) } else { Err(SsoError::token(refusal)) }
        }
    }
}

fn refused(error: ClaimsVerificationError) -> SsoError {
    let what = match &error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            return SsoError::UnknownKey;
        }
        ClaimsVerificationError::SignatureVerification(signature) => of_signature(signature),
        ClaimsVerificationError::Expired(_) => "it has expired, or is not of this sign-in; check both clocks",
        ClaimsVerificationError::InvalidAudience(_) => "it is for another application; check the client id",
        ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer; check the issuer",
        ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in",
        ClaimsVerificationError::InvalidSubject(_)
        | ClaimsVerificationError::InvalidAuthContext(_)
        | ClaimsVerificationError::InvalidAuthTime(_)
        | ClaimsVerificationError::Unsupported(_)
        | ClaimsVerificationError::Other(_) => "it is of a form that is not read here",
        _ => "it does not hold",
    };
    SsoError::Token { what, source: Some(error) }
}

const fn of_signature(error: &SignatureVerificationError) -> &'static str {
    match error {
        SignatureVerificationError::CryptoError(_) => "its signature does not hold",
        SignatureVerificationError::DisallowedAlg(_) | SignatureVerificationError::UnsupportedAlg(_) => {
            "it is signed with an algorithm that is not accepted; let the provider use RS256 or ES256"
        }
        SignatureVerificationError::NoSignature => "it is not signed",
        SignatureVerificationError::AmbiguousKeyId(_) => {
            "it does not say which of the provider's keys signed it"
        }
        SignatureVerificationError::InvalidKey(_)
        | SignatureVerificationError::NoMatchingKey
        | SignatureVerificationError::Other(_) => "the provider's key cannot be used",
        _ => "its signature cannot be checked",
    }
}

fn instant(at: UnixMillis) -> Result<DateTime<Utc>, SsoError> {
    at.to_chrono().ok_or(SsoError::token("the time is out of range"))
}
