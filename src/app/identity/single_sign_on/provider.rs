//! What is known about the provider: its endpoints for a day, its keys until one is missing.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AsyncHttpClient, AuthType, Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, RedirectUrl,
    StandardErrorResponse, StandardTokenResponse,
};
use tokio::sync::Mutex;

use super::error::{SsoError, of_document};
use super::token::{Algorithm, ExtraClaims};
use crate::base::{DAY_MS, UnixMillis};
use crate::net::{Http, NetError};

/// Keys are fetched again at most this often, however many unknown ones turn up.
pub(super) const KEYS_MS: i64 = 60_000;

type Fields = IdTokenFields<
    ExtraClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    Algorithm,
>;

/// A client that is known to have where people sign in, and may have the other two.
pub(super) type OidcClient = Client<
    ExtraClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Our HTTP client as the library wants it.
#[derive(Debug)]
pub(super) struct Wire(Http);

impl Wire {
    pub(super) const fn new(http: Http) -> Self {
        Self(http)
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = NetError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NetError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// What the provider was told about us.
pub(super) struct Registered<'a> {
    pub(super) issuer: &'a IssuerUrl,
    pub(super) client_id: &'a str,
    pub(super) secret: Option<ClientSecret>,
    pub(super) redirect: &'a RedirectUrl,
}

/// A provider as it described itself.
pub(super) struct Provider {
    client: OidcClient,
    metadata: CoreProviderMetadata,
    keys: CoreJsonWebKeySet,
    described_at: UnixMillis,
    keys_at: UnixMillis,
}

/// The one provider, once it has been asked. One asks at a time; the others wait for its answer.
#[derive(Default)]
pub(super) struct Providers(Mutex<Option<Arc<Provider>>>);

impl Provider {
    pub(super) const fn client(&self) -> &OidcClient {
        &self.client
    }

    pub(super) const fn keys(&self) -> &CoreJsonWebKeySet {
        &self.keys
    }
}

impl Providers {
    /// The provider, asked again after a day.
    pub(super) async fn known(
        &self,
        wire: &Wire,
        registered: Registered<'_>,
        at: UnixMillis,
    ) -> Result<Arc<Provider>, SsoError> {
        let mut known = self.0.lock().await;
        if let Some(provider) = known.as_ref().filter(|p| is_within(p.described_at, at, DAY_MS)) {
            return Ok(provider.clone());
        }
        let provider = Arc::new(describe(wire, registered, at).await?);
        *known = Some(provider.clone());
        Ok(provider)
    }

    /// The provider with its keys fetched anew, unless that was done a moment ago.
    pub(super) async fn with_new_keys(&self, wire: &Wire, at: UnixMillis) -> Result<Arc<Provider>, SsoError> {
        let mut known = self.0.lock().await;
        let Some(provider) = known.as_ref() else { return Err(SsoError::UnknownKey) };
        if is_within(provider.keys_at, at, KEYS_MS) {
            // perhaps another sign-in has just fetched them: what is here now is as new as it gets
            return Ok(provider.clone());
        }
        let keys = CoreJsonWebKeySet::fetch_async(provider.metadata.jwks_uri(), wire)
            .await
            .map_err(|e| of_document("key set", e))?;
        let fresh = Arc::new(Provider {
            client: provider.client.clone(),
            metadata: provider.metadata.clone(),
            keys,
            described_at: provider.described_at,
            keys_at: at,
        });
        *known = Some(fresh.clone());
        Ok(fresh)
    }
}

async fn describe(wire: &Wire, registered: Registered<'_>, at: UnixMillis) -> Result<Provider, SsoError> {
    let metadata = CoreProviderMetadata::discover_async(registered.issuer.clone(), wire)
        .await
        .map_err(|e| of_document("discovery document", e))?;
    // people are sent there with a secret on them: the same rules as for our own requests
    wire.0.allowed(metadata.authorization_endpoint().url())?;
    let in_body = registered.secret.is_some() && wants_secret_in_body(&metadata);
    let client = OidcClient::from_provider_metadata(
        metadata.clone(),
        ClientId::new(registered.client_id.to_owned()),
        registered.secret,
    )
    .set_redirect_uri(registered.redirect.clone())
    .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth });
    let keys = metadata.jwks().clone();
    Ok(Provider { client, metadata, keys, described_at: at, keys_at: at })
}

/// Whether the provider takes the secret in the body only; where it says nothing, the standard says the header.
fn wants_secret_in_body(metadata: &CoreProviderMetadata) -> bool {
    metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
    })
}

/// Whether less than `millis` have passed since `then`; a clock that went back has not aged anything.
const fn is_within(then: UnixMillis, at: UnixMillis, millis: i64) -> bool {
    at.since(then) < millis
}
