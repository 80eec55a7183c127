//! What may go wrong with a provider, and what to do about it. Nothing a provider or a browser sent is repeated here
//! but names of ours and the short codes of the standards.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError, StandardErrorResponse, UserInfoError,
};

use crate::app::identity::NoRandomness;
use crate::base::ErrorKind;
use crate::net::NetError;

/// Single sign-on that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The issuer is no address.
    #[error("the issuer `{0}` is no address: write it exactly as the provider names itself, with https://")]
    Issuer(String),
    /// No client identifier.
    #[error("single sign-on has no client id: register this service with the provider and set it")]
    ClientId,
    /// Nobody could ever sign in.
    #[error("single sign-on maps no group to a role, so nobody could sign in: add at least one")]
    NoRoles,
    /// The connection.
    #[error("the identity provider: {0}")]
    Net(#[from] NetError),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// No discovery document, or no key set.
    #[error("the provider answered {status} instead of its {what}: check the issuer's address")]
    NoDocument {
        /// Which document.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// A document of another form.
    #[error("the provider's {what} cannot be read at `{path}`: is this an OpenID Connect provider?")]
    Malformed {
        /// Which document.
        what: &'static str,
        /// The member at fault.
        path: String,
    },
    /// The discovery document names another issuer.
    #[error(
        "the provider's discovery document names another issuer than the one configured: \
         write the issuer exactly as the document does, up to the last slash"
    )]
    OtherIssuer,
    /// The document names no token endpoint.
    #[error("the provider's discovery document names no token endpoint: it does not offer the code flow")]
    NoTokenEndpoint,
    /// Too late.
    #[error("signing in took longer than ten minutes: begin again")]
    Expired,
    /// State or issuer of the answer do not fit what was sent.
    #[error("this answer does not belong to the sign-in that was begun in this browser: begin again")]
    OtherSignIn,
    /// The provider refused, with its code.
    #[error("the provider did not sign you in (`{0}`): try again, or ask its administrator")]
    Declined(String),
    /// Neither code nor error came back.
    #[error("the provider sent neither a code nor an error: begin again")]
    NoCode,
    /// The exchange of the code was refused, with its code.
    #[error("the provider refused the code (`{0}`): check client id, client secret and redirect address")]
    Exchange(String),
    /// No ID token in the answer.
    #[error("the provider sent no ID token: does this client have the scope `openid`?")]
    NoIdToken,
    /// Signed with a key that is not published.
    #[error("the ID token is signed with a key the provider does not publish: try again in a minute")]
    UnknownKey,
    /// The ID token does not hold.
    #[error("the ID token was refused: {what}")]
    Token {
        /// What does not hold, in our words.
        what: &'static str,
        /// What the library says.
        #[source]
        source: Option<ClaimsVerificationError>,
    },
    /// The user information was refused.
    #[error("the provider's user information was refused: {0}")]
    UserInfo(&'static str),
    /// The provider sent no groups.
    #[error("the provider sent no claim `{0}`, so no role can be given: let it send the groups")]
    NoGroupsClaim(String),
    /// None of the groups gives a role.
    #[error("none of your groups gives access here: ask an administrator to map one, or to add you")]
    NoRole,
}

impl SsoError {
    /// How a caller may act on it.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Issuer(_) | Self::ClientId | Self::NoRoles => ErrorKind::Invalid,
            Self::NoRandomness(_) => ErrorKind::Internal,
            Self::Net(_)
            | Self::NoDocument { .. }
            | Self::Malformed { .. }
            | Self::OtherIssuer
            | Self::NoTokenEndpoint
            | Self::Exchange(_)
            | Self::NoIdToken
            | Self::UserInfo(_) => ErrorKind::Upstream,
            Self::Expired
            | Self::OtherSignIn
            | Self::Declined(_)
            | Self::NoCode
            | Self::UnknownKey
            | Self::Token { .. } => ErrorKind::Unauthenticated,
            Self::NoGroupsClaim(_) | Self::NoRole => ErrorKind::Forbidden,
        }
    }

    pub(super) const fn token(what: &'static str) -> Self {
        Self::Token { what, source: None }
    }
}

/// A short code of a standard (`access_denied`), or a word of ours when it is anything else.
pub(super) fn code(text: &str) -> String {
    let plain = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if plain && !text.is_empty() { text.to_owned() } else { "unknown_error".to_owned() }
}

pub(super) fn of_document(what: &'static str, error: DiscoveryError<NetError>) -> SsoError {
    match error {
        DiscoveryError::Request(error) => SsoError::Net(error),
        DiscoveryError::Response(status, _, _) => SsoError::NoDocument { what, status: status.as_u16() },
        DiscoveryError::Parse(error) => SsoError::Malformed { what, path: error.path().to_string() },
        DiscoveryError::Validation(_) => SsoError::OtherIssuer,
        DiscoveryError::UrlParse(_) | DiscoveryError::Other(_) => {
            SsoError::Malformed { what, path: "its address".to_owned() }
        }
        _ => SsoError::Malformed { what, path: ".".to_owned() },
    }
}

pub(super) fn of_exchange(
    error: RequestTokenError<NetError, StandardErrorResponse<CoreErrorResponseType>>,
) -> SsoError {
    match error {
        RequestTokenError::Request(error) => SsoError::Net(error),
        RequestTokenError::ServerResponse(said) => SsoError::Exchange(code(said.error().as_ref())),
        RequestTokenError::Parse(error, _) => {
            SsoError::Malformed { what: "token answer", path: error.path().to_string() }
        }
        RequestTokenError::Other(_) => SsoError::Exchange("unknown_error".to_owned()),
    }
}

pub(super) fn of_user_info(error: UserInfoError<NetError>) -> SsoError {
    match error {
        UserInfoError::Request(error) => SsoError::Net(error),
        UserInfoError::ClaimsVerification(_) => {
            SsoError::UserInfo("it is about somebody else, or not signed")
        }
        UserInfoError::Parse(_) | UserInfoError::Other(_) => SsoError::UserInfo("it cannot be read"),
        UserInfoError::Response(..) => SsoError::UserInfo("it was not given"),
        _ => SsoError::UserInfo("it cannot be read"),
    }
}
