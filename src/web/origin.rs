//! Whether a request that changes something comes from one of our own pages (OWASP: Fetch Metadata, then Origin).

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};

use crate::app::Config;
use crate::base::ErrorKind;
use crate::web::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what another site's page sends. Browsers say where a request comes from; who says nothing is no browser,
/// and programs use API tokens.
///
/// # Errors
/// When it comes from elsewhere, or does not say.
pub fn check(request: &HttpRequest, config: &Config) -> Result<(), Problem> {
    let text = |name: &HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let same_site = text(&SEC_FETCH_SITE).map(|site| site == "same-origin");
    let same_origin = text(&ORIGIN).map(|origin| is_ours(origin, text(&HOST).unwrap_or_default(), config));
    let ours = match (same_site, same_origin) {
        (Some(site), Some(origin)) => site && origin,
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => false,
    };
    if ours {
        return Ok(());
    }
    Err(Problem::new(
        ErrorKind::Forbidden,
        "this request does not come from a page of this service: open the page here and send the form again; \
         programs use an API token",
    ))
}

fn is_ours(origin: &str, host: &str, config: &Config) -> bool {
    if let Some(public) = &config.public_url
        && public.origin().ascii_serialization() == origin
    {
        return true;
    }
    let scheme = if crate::web::cookie::over_tls(config) { "https" } else { "http" };
    config.public_url.is_none() && origin == format!("{scheme}://{host}")
}
