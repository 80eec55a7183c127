//! Single sign-on: OpenID Connect's code flow with PKCE, state and nonce.
//!
//! 1. [`SingleSignOn::begin`] gives the address to send the browser to and a [`Pending`], which the caller keeps for
//!    ten minutes, sealed, under the digest of a [`super::secret_token::TokenKind::SignIn`] token that goes into a
//!    cookie of that browser: so nobody can finish in one browser what was begun in another.
//! 2. The provider sends the browser back. The caller takes the pending row (deleting it in the same statement) and
//!    calls [`SingleSignOn::finish`], which exchanges the code, verifies the ID token and answers who it is.
//!
//! People are known by **issuer and subject**. An address is what the provider says it is: never join it to an
//! existing account unless [`Identity::email_verified`] holds and an administrator has allowed that provider to.
//!
//! Checked on the ID token: signature by a published key, with an algorithm of a short list (never `none`, never a
//! shared secret); issuer, audience and authorised party; nonce; expiry and age with sixty seconds of leeway.

mod claims;
mod error;
mod pending;
mod provider;
mod token;

use std::fmt;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreGenderClaim};
use openidconnect::{
    AccessToken, AuthorizationCode, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, UserInfoClaims,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::base::UnixMillis;
use crate::net::Http;

pub use claims::Identity;
pub use error::SsoError;
pub use pending::{Callback, PENDING_MS, Pending, Purpose};

use claims::{Known, Told};
use pending::Taken;
use provider::{Provider, Providers, Wire};
use token::{Expected, ExtraClaims, IdTokenOf, verify};

/// What an installation is told about its provider.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The issuer exactly as the provider names itself.
    pub issuer: String,
    /// The identifier the provider gave this service.
    pub client_id: String,
    /// The secret it gave, if it did.
    pub client_secret: Option<SecretString>,
    /// Where the provider sends people back to: an address of this service, as registered with the provider.
    pub redirect: Url,
    /// Scopes beside `openid`; usually `email` and `profile`, and what makes the provider send groups.
    pub scopes: Vec<String>,
    /// The claim that lists groups; a name, or a path with dots as in `realm_access.roles`.
    pub groups_claim: String,
    /// Which group gives which role; the first that fits wins, and who has none is refused.
    pub roles: Vec<(String, String)>,
}

/// Single sign-on with one provider.
pub struct SingleSignOn {
    settings: Settings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    wire: Wire,
    providers: Providers,
}

impl SingleSignOn {
    /// Prepares single sign-on; the provider is first asked when somebody signs in.
    ///
    /// # Errors
    /// When the settings cannot be right.
    pub fn new(settings: Settings, http: Http) -> Result<Self, SsoError> {
        let configured =
            IssuerUrl::new(settings.issuer.clone()).map_err(|_| SsoError::Issuer(settings.issuer.clone()))?;
        http.allowed(configured.url())?;
        if settings.client_id.trim().is_empty() {
            return Err(SsoError::ClientId);
        }
        if settings.roles.is_empty() {
            return Err(SsoError::NoRoles);
        }
        let redirect = RedirectUrl::from_url(settings.redirect.clone());
        let wire = Wire::new(http);
        Ok(Self { settings, issuer: configured, redirect, wire, providers: Providers::default() })
    }

    /// Where to send the browser, and what to keep until it comes back.
    ///
    /// # Errors
    /// When the provider cannot be asked, or names what is not allowed.
    pub async fn begin(&self, purpose: Purpose, at: UnixMillis) -> Result<(Url, Pending), SsoError> {
        let provider = self.provider(at).await?;
        let pending = Pending::new(purpose, at)?;
        let (state, nonce) =
            (CsrfToken::new(pending.state().to_owned()), Nonce::new(pending.nonce().to_owned()));
        let verifier = PkceCodeVerifier::new(pending.verifier().to_owned());
        let mut request = provider
            .client()
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in &self.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        request = match purpose {
            Purpose::SignIn => request,
            Purpose::Confirm => {
                request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO)
            }
        };
        let (url, _, _) = request.url();
        Ok((url, pending))
    }

    /// Who came back. `pending` is what was kept, and is kept no more, whatever the outcome.
    ///
    /// # Errors
    /// When anything does not hold; see [`SsoError::kind`].
    pub async fn finish(
        &self,
        callback: &Callback,
        pending: &Pending,
        at: UnixMillis,
    ) -> Result<Identity, SsoError> {
        let Taken { code } = pending.take(callback, &self.settings.issuer, at)?;
        let provider = self.provider(at).await?;
        let request = provider.client().exchange_code(AuthorizationCode::new(code));
        let answer = request
            .map_err(|_| SsoError::NoTokenEndpoint)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier().to_owned()))
            .request_async(&self.wire)
            .await
            .map_err(error::of_exchange)?;
        let id_token = answer.id_token().ok_or(SsoError::NoIdToken)?;
        let told = self.verified(id_token, &provider, pending, at).await?;
        let told = if told.is_complete(&self.settings.groups_claim) {
            told
        } else {
            self.with_user_info(told, &provider, answer.access_token().clone()).await?
        };
        let issuer = self.settings.issuer.clone();
        told.into_identity(Known { issuer, groups_claim: &self.settings.groups_claim }, &self.settings.roles)
    }

    /// Verifies the token; a key nobody has heard of may be new, so the keys are fetched again, once a minute.
    async fn verified(
        &self,
        id_token: &IdTokenOf,
        provider: &Provider,
        pending: &Pending,
        at: UnixMillis,
    ) -> Result<Told, SsoError> {
        let expected = Expected { issuer: &self.issuer, client_id: &self.settings.client_id, pending, at };
        match verify(id_token, provider.keys(), &expected) {
            Err(SsoError::UnknownKey) => {
                let fresh = self.providers.with_new_keys(&self.wire, at).await?;
                verify(id_token, fresh.keys(), &expected)
            }
            verdict => verdict,
        }
    }

    /// Many providers put only the subject in the ID token, and the rest where the access token leads.
    async fn with_user_info(
        &self,
        told: Told,
        provider: &Provider,
        access: AccessToken,
    ) -> Result<Told, SsoError> {
        let subject = openidconnect::SubjectIdentifier::new(told.subject().to_owned());
        let Ok(request) = provider.client().user_info(access, Some(subject)) else { return Ok(told) };
        let claims: UserInfoClaims<ExtraClaims, CoreGenderClaim> =
            request.request_async(&self.wire).await.map_err(error::of_user_info)?;
        Ok(told.completed_by(&claims))
    }

    async fn provider(&self, at: UnixMillis) -> Result<std::sync::Arc<Provider>, SsoError> {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let registered = provider::Registered {
            issuer: &self.issuer,
            client_id: &self.settings.client_id,
            secret,
            redirect: &self.redirect,
        };
        self.providers.known(&self.wire, registered, at).await
    }
}

impl fmt::Debug for SingleSignOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SingleSignOn({})", self.settings.issuer)
    }
}

#[cfg(test)]
mod tests;
