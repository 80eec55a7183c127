//! The session's cookie and the theme's.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::app::Config;
use crate::app::identity::NewSession;
use crate::app::identity::provider::ProviderSignIn;
use crate::base::UnixMillis;

/// Over TLS: the browser takes it from this host only, for every path, and never sends it in clear.
const SECURE: &str = "__Host-attestry";
/// Without TLS, on this machine.
const PLAIN: &str = "attestry-session";
const THEME: &str = "attestry-theme";
/// What the last action did, for the page that follows it.
const NOTICE: &str = "attestry-notice";

/// Whether people reach the service over TLS.
pub fn over_tls(config: &Config) -> bool {
    config.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

fn name(config: &Config) -> &'static str {
    if over_tls(config) { SECURE } else { PLAIN }
}

/// The session's secret, if the request carries one.
pub fn secret(request: &HttpRequest, config: &Config) -> Option<SecretString> {
    let cookie = request.cookie(name(config))?;
    (cookie.value().len() <= 128).then(|| SecretString::from(cookie.value().to_owned()))
}

/// The cookie that carries a session.
pub fn of_session(session: &NewSession, config: &Config, now: UnixMillis) -> Cookie<'static> {
    let seconds = session.expires_at.since(now) / 1000;
    build(name(config), session.secret.expose_secret().to_owned(), config)
        .http_only(true)
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// The cookie that ends a session in the browser.
pub fn ended(config: &Config) -> Cookie<'static> {
    build(name(config), String::new(), config).http_only(true).max_age(Duration::ZERO).finish()
}

/// The cookie that binds a sign-in through the provider to this browser.
pub fn of_provider(begun: &ProviderSignIn, config: &Config, now: UnixMillis) -> Cookie<'static> {
    let seconds = begun.expires_at.since(now) / 1000;
    build(provider_name(config), begun.token.expose_secret().to_owned(), config)
        .http_only(true)
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// What binds a sign-in through the provider to this browser, if one was begun here.
pub fn provider(request: &HttpRequest, config: &Config) -> Option<SecretString> {
    let cookie = request.cookie(provider_name(config))?;
    (cookie.value().len() <= 128).then(|| SecretString::from(cookie.value().to_owned()))
}

/// The cookie that takes it away.
pub fn provider_ended(config: &Config) -> Cookie<'static> {
    build(provider_name(config), String::new(), config).http_only(true).max_age(Duration::ZERO).finish()
}

fn provider_name(config: &Config) -> &'static str {
    if over_tls(config) { "__Host-attestry-sso" } else { "attestry-sso" }
}

/// `system`, `light` or `dark`.
pub fn theme(request: &HttpRequest) -> &'static str {
    let cookie = request.cookie(THEME);
    known_theme(cookie.as_ref().map_or("", Cookie::value))
}

/// The cookie that remembers a theme.
pub fn of_theme(theme: &str, config: &Config) -> Cookie<'static> {
    build(THEME, known_theme(theme).to_owned(), config).http_only(true).max_age(Duration::days(365)).finish()
}

/// The cookie that hands a sentence to the next page.
pub fn of_notice(text: &str, config: &Config) -> Cookie<'static> {
    let short: String = text.chars().take(600).collect();
    build(NOTICE, URL_SAFE_NO_PAD.encode(short), config)
        .http_only(true)
        .max_age(Duration::seconds(60))
        .finish()
}

/// The sentence handed over, if there is one.
pub fn notice(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NOTICE)?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(cookie.value()).ok()?).ok()
}

/// The cookie that takes the sentence away once it was shown.
pub fn shown(config: &Config) -> Cookie<'static> {
    build(NOTICE, String::new(), config).http_only(true).max_age(Duration::ZERO).finish()
}

fn known_theme(text: &str) -> &'static str {
    ["light", "dark"].into_iter().find(|known| *known == text).unwrap_or("system")
}

fn build(name: &'static str, value: String, config: &Config) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(name, value).path("/").same_site(SameSite::Lax).secure(over_tls(config))
}
