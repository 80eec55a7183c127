//! Somebody at a browser, as far as the service can tell: cookies, forms with their token, and where they come from.

use std::net::SocketAddr;

use attestry::app::App;
use attestry::app::identity::session::forgery_token;
use attestry::app::identity::{Client, Level, Role};

use super::{Reply, http, signed_in};

/// Name of the session's cookie where there is no TLS.
pub const SESSION: &str = "attestry-session";

/// Somebody at a browser.
pub struct Visitor {
    address: SocketAddr,
    cookies: Vec<(String, String)>,
}

impl Visitor {
    /// Nobody in particular.
    pub fn stranger(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new() }
    }

    /// Somebody of that role who signed in.
    pub async fn as_role(app: &App, address: SocketAddr, role: Role) -> Self {
        let cookie = signed_in(app, role).await;
        let mut visitor = Self::stranger(address);
        visitor.take_cookie(&cookie);
        visitor
    }

    /// That person with a new session of that level.
    pub async fn as_person(
        app: &App,
        address: SocketAddr,
        (person, level): (attestry::base::PersonId, Level),
    ) -> Self {
        use secrecy::ExposeSecret as _;
        let session = app.session_begin(person, level, (&Client::default(), None)).await.unwrap();
        let mut visitor = Self::stranger(address);
        visitor.take_cookie(&format!("{SESSION}={}", session.secret.expose_secret()));
        visitor
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Keeps a cookie (`name=value; attributes`), as a browser would.
    pub fn take_cookie(&mut self, text: &str) {
        let pair = text.split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        self.cookies.retain(|(n, _)| n != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The token that forms of this session carry; empty for strangers.
    pub fn csrf(&self) -> String {
        self.cookie(SESSION).map_or_else(String::new, forgery_token)
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, &[("Accept", "text/html")], b"").await
    }

    /// Sends a form from a page of the service.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let origin = format!("http://{}", self.address);
        let headers = [("Accept", "text/html"), ("Origin", origin.as_str())];
        let csrf = self.csrf();
        self.post_with(path, &[&[("csrf", csrf.as_str())], fields].concat(), &headers).await
    }

    /// Sends a form with exactly these fields and headers.
    pub async fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        self.ask("POST", path, &[headers, &kind].concat(), body.as_bytes()).await
    }

    async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let cookies = cookies.join("; ");
        let mut all = headers.to_vec();
        if !cookies.is_empty() {
            all.push(("Cookie", &cookies));
        }
        let reply = http::send(self.address, (method, path), &all, body).await;
        for (_, cookie) in reply.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")) {
            self.take_cookie(cookie);
        }
        reply
    }
}
