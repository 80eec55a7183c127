//! Who gets in, how, and who does not, over real HTTP.

use std::net::SocketAddr;

use attestry::app::identity::person::NewPerson;
use attestry::app::identity::{Actor, Chosen, Client, LinkPurpose, Person, Role};
use attestry::app::{App, Config, SecondFactor};
use attestry::web;
use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};

use super::support::{Reply, TestApp, Visitor, with_app_of};

mod account;
mod forms;
mod links;
mod second_factor;
mod sessions;
mod sign_in;

/// A password the policy accepts.
const PASSWORD: &str = "violet kettle on the roof";
const EMAIL: &str = "maya@example.com";

/// Serves an installation where nobody must have a second factor.
async fn serving(body: impl AsyncFnOnce(&TestApp, SocketAddr)) {
    serving_as(|config| config.session.second_factor = SecondFactor::Optional, body).await;
}

/// Serves an installation that is configured otherwise.
async fn serving_as(configure: impl FnOnce(&mut Config), body: impl AsyncFnOnce(&TestApp, SocketAddr)) {
    let on_any_port = |config: &mut Config| {
        config.listen = "127.0.0.1:0".to_owned();
        configure(config);
    };
    with_app_of(on_any_port, async |app| {
        let server = web::bind(app.shared()).unwrap();
        let address = server.addresses()[0];
        tokio::select! {
            ended = server.run() => panic!("the service ended: {ended:?}"),
            () = body(app, address) => {}
        }
    })
    .await;
}

/// A person of that role who set [`PASSWORD`].
async fn person(app: &App, email: &str, role: Role) -> Person {
    let new =
        NewPerson { email: email.to_owned(), name: "Maya Lindqvist".to_owned(), role, engagement: None };
    let person = app.person_add(&new).await.unwrap();
    let actor = Actor::local("test");
    let link = app.link_create(&actor, LinkPurpose::Invite, Some(person.id)).await.unwrap();
    let chosen =
        Chosen { name: new.name, email: String::new(), password: SecretString::from(PASSWORD.to_owned()) };
    let client = Client::default();
    app.welcome_accept(link.secret.expose_secret(), chosen, (&client, None)).await.unwrap().person
}

/// Types address and password on the sign-in page.
async fn sign_in(visitor: &mut Visitor, email: &str, password: &str) -> Reply {
    visitor.post("/sign-in", &[("email", email), ("password", password)]).await
}

/// Where an answer sends the browser.
fn goes_to(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.header("location").unwrap()
}

/// The text between two marks of a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("{from} is not in {page}")) + from.len();
    let length = page[start..].find(to).unwrap();
    &page[start..start + length]
}

/// The code an authenticator app shows: RFC 6238 by hand, so that the program is not its own witness.
fn app_code(base32: &str, at_ms: i64) -> String {
    let mut bits = Vec::new();
    for c in base32.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if c.is_ascii_digit() { c - b'2' + 26 } else { c.to_ascii_uppercase() - b'A' };
        bits.extend((0..5).rev().map(|bit| value >> bit & 1));
    }
    let secret: Vec<u8> =
        bits.chunks_exact(8).map(|c| c.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(at_ms / 30_000).to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Sets up an app for who is signed in or must set one up; gives its secret and the recovery codes.
async fn set_up_app(app: &TestApp, visitor: &mut Visitor, path: &str) -> (String, Vec<String>) {
    let page = visitor.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let secret = between(&page.body, "data-totp-secret>", "</code>").to_owned();
    let code = app_code(&secret, app.now().0);
    let done = visitor.post(path, &[("code", &code)]).await;
    assert_eq!(goes_to(&done), "/account/recovery-codes");
    let page = visitor.get("/account/recovery-codes").await.body;
    let codes = page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    (secret, codes.collect())
}

#[test]
fn the_codes_of_these_tests_are_those_of_rfc_6238() {
    // Appendix B, SHA-1, the last six digits; the secret is `12345678901234567890`
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
        assert_eq!(app_code(secret, seconds * 1000), code);
    }
}
