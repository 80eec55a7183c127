//! The only way out: one HTTP client under one policy, for everything that fetches from elsewhere.
//!
//! HTTPS only (a loopback host may be plain), no redirects except by [`Http::fetch`], five seconds to connect and thirty
//! in all, bodies up to a limit, and no private, link-local or otherwise special address unless the policy allows it.
//! Names are resolved here and the connection goes to what was resolved and checked, so a name that answers differently
//! the second time gains nothing.
//!
//! TLS is rustls with aws-lc-rs, which `reqwest` chooses by itself here (it is the only provider in the tree);
//! certificates are checked against the system's store, and `SSL_CERT_FILE` adds an organisation's own.

mod address;
mod error;
mod follow;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, Response, StatusCode};
use url::{Host, Url};

pub use error::NetError;

use address::{Checked, is_public};

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Those of the public Internet. Proxies from the environment are not used: they would resolve names themselves.
    Public,
    /// Any, also private ones and this machine: for self-hosted providers and tests. The environment's proxy is used,
    /// except for this machine.
    Any,
}

/// Where plain HTTP is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    /// For `localhost` and loopback addresses.
    LoopbackOnly,
    /// Everywhere: for a test network.
    Anywhere,
}

/// What a client may do.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Addresses it may connect to.
    pub addresses: Addresses,
    /// Where it may speak plain HTTP.
    pub plain_http: PlainHttp,
    /// Bytes of a body it reads before it gives up.
    pub body_limit: usize,
    /// Time to connect.
    pub connect: Duration,
    /// Time for everything.
    pub total: Duration,
}

impl Policy {
    /// The strict policy, with bodies up to one megabyte.
    pub const STRICT: Self = Self {
        addresses: Addresses::Public,
        plain_http: PlainHttp::LoopbackOnly,
        body_limit: 1_000_000,
        connect: Duration::from_secs(5),
        total: Duration::from_secs(30),
    };
}

/// What came of one request.
enum Exchange {
    Answer(Response<Vec<u8>>),
    Elsewhere { host: String, headers: HeaderMap },
}

/// A client under a policy. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    // for this machine, which no proxy can reach
    direct: reqwest::Client,
    policy: Policy,
}

impl Http {
    /// Makes a client.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, NetError> {
        let checked = |builder: reqwest::ClientBuilder| match policy.addresses {
            Addresses::Public => builder.no_proxy().dns_resolver(Arc::new(Checked)),
            Addresses::Any => builder,
        };
        let client = checked(builder(&policy)).build().map_err(NetError::Setup)?;
        let direct = checked(builder(&policy).no_proxy()).build().map_err(NetError::Setup)?;
        Ok(Self { client, direct, policy })
    }

    /// The policy in force.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends a request and reads the whole answer.
    ///
    /// An answer with an error status is an answer; a redirect is an error, because this follows none.
    ///
    /// # Errors
    /// When the address is not allowed, nobody answers in time, or the answer is too large.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, NetError> {
        match self.exchange(request).await? {
            Exchange::Answer(answer) => Ok(answer),
            Exchange::Elsewhere { host, headers } => {
                Err(NetError::Redirect { host, to: destination(&headers) })
            }
        }
    }

    async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Exchange, NetError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| NetError::Address)?;
        self.allowed(&url)?;
        let host = place(&url);
        let client = if is_this_machine(&url) { &self.direct } else { &self.client };
        let request = client.request(parts.method, url).headers(parts.headers).body(body);
        let answer = request.send().await.map_err(|e| NetError::of(host.clone(), e))?;
        let (status, version, headers) = (answer.status(), answer.version(), answer.headers().clone());
        if redirects(status) {
            return Ok(Exchange::Elsewhere { host, headers });
        }
        let body = self.read(&host, answer).await?;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.version_mut() = version;
        *response.headers_mut() = headers;
        Ok(Exchange::Answer(response))
    }

    async fn read(&self, host: &str, mut answer: reqwest::Response) -> Result<Vec<u8>, NetError> {
        let limit = self.policy.body_limit;
        let too_large = || NetError::TooLarge { host: host.to_owned(), limit };
        let announced = answer.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| NetError::cut(host.to_owned(), e))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Whether the policy allows an address as it is written; names are judged again when they are resolved.
    ///
    /// # Errors
    /// With what the policy has against it.
    pub fn allowed(&self, url: &Url) -> Result<(), NetError> {
        let host = url.host().ok_or(NetError::Address)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::Credentials { host: place(url) });
        }
        let loopback = is_this_machine(url);
        let plain = url.scheme() == "http" && (loopback || self.policy.plain_http == PlainHttp::Anywhere);
        if url.scheme() != "https" && !plain {
            return Err(NetError::Plain { host: place(url) });
        }
        let public = match host {
            Host::Domain(_) => !loopback,
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
        };
        if !public && self.policy.addresses == Addresses::Public {
            return Err(NetError::Private { host: place(url) });
        }
        Ok(())
    }
}

fn builder(policy: &Policy) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("attestry/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(policy.connect)
        .timeout(policy.total)
}

/// Whether an address, as it is written, is one of this machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Scheme, host and port: all of an address that is ever printed.
fn place(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn redirects(status: StatusCode) -> bool {
    status.is_redirection() && status != StatusCode::NOT_MODIFIED
}

/// Where a redirect points, without the query, which may hold what is not ours to print.
fn destination(headers: &HeaderMap) -> String {
    let location = headers.get(http::header::LOCATION).and_then(|value| value.to_str().ok());
    match location.map(Url::parse) {
        Some(Ok(url)) => place(&url),
        Some(Err(_)) | None => "another path".to_owned(),
    }
}

#[cfg(test)]
mod tests;
