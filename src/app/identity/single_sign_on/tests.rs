//! ID tokens signed here, as a provider would, and altered in every way; the whole flow is walked in a browser test
//! against a provider that others wrote.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreJsonWebKeySet;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::net::{Addresses, NetError, Policy};

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
const ISSUER: &str = "https://id.example.org";
const CLIENT: &str = "attestry";

/// One RSA key for all tests, because making one takes a while.
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// A provider's keys: one RSA, one on P-256, and the set it publishes.
struct Keys {
    rsa: &'static RsaKeyPair,
    ec: EcdsaKeyPair,
}

impl Keys {
    fn generate() -> Self {
        Self { rsa: &RSA, ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap() }
    }

    fn published(&self) -> CoreJsonWebKeySet {
        // a 2048-bit SubjectPublicKeyInfo ends in 00, the 256 bytes of the modulus and five of the exponent 65537
        let der: PublicKeyX509Der<'_> = self.rsa.public_key().as_der().unwrap();
        let modulus = &der.as_ref()[der.as_ref().len() - 261..der.as_ref().len() - 5];
        let point = self.ec.public_key().as_ref();
        let (x, y) = (encode(&point[1..33]), encode(&point[33..65]));
        let keys = json!({"keys": [
            {"kty": "RSA", "use": "sig", "kid": "r1", "n": encode(modulus), "e": "AQAB"},
            {"kty": "EC", "use": "sig", "kid": "e1", "crv": "P-256", "x": x, "y": y},
        ]});
        serde_json::from_value(keys).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let input =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let random = SystemRandom::new();
        let rsa = |padding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &random, input.as_bytes(), &mut signature).unwrap();
            signature
        };
        let signature = match header["alg"].as_str().unwrap() {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "ES256" => self.ec.sign(&random, input.as_bytes()).unwrap().as_ref().to_vec(),
            "HS256" => {
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"client secret");
                aws_lc_rs::hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        format!("{input}.{}", encode(&signature))
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn pending(purpose: Purpose) -> Pending {
    Pending::new(purpose, NOW).unwrap()
}

fn claims(pending: &Pending) -> Value {
    let now = NOW.0 / 1000;
    json!({
        "iss": ISSUER, "sub": "s1", "aud": CLIENT, "nonce": pending.nonce(), "iat": now, "exp": now + 300,
        "email": "anna@example.org", "email_verified": true, "name": "Anna", "groups": ["admins"],
    })
}

fn judge_at(token: &str, keys: &Keys, pending: &Pending, at: UnixMillis) -> Result<Told, SsoError> {
    let issuer = IssuerUrl::new(ISSUER.to_owned()).unwrap();
    let Ok(token) = token.parse::<IdTokenOf>() else { return Err(SsoError::token("no token")) };
    verify(&token, &keys.published(), &Expected { issuer: &issuer, client_id: CLIENT, pending, at })
}

fn judge(token: &str, keys: &Keys, pending: &Pending) -> Result<Told, SsoError> {
    judge_at(token, keys, pending, NOW)
}

/// The refusal of the usual token with one claim set to something else.
fn with(keys: &Keys, name: &str, value: Value) -> Result<Told, SsoError> {
    let pending = pending(Purpose::SignIn);
    let mut claims = claims(&pending);
    claims[name] = value;
    judge(&keys.sign(&json!({"alg": "ES256", "kid": "e1"}), &claims), keys, &pending)
}

fn why(verdict: Result<Told, SsoError>) -> String {
    verdict.unwrap_err().to_string()
}

#[test]
fn a_token_of_the_provider_is_believed_with_each_usual_algorithm() {
    let (keys, pending) = (Keys::generate(), pending(Purpose::SignIn));

    for (algorithm, key) in [("RS256", "r1"), ("PS256", "r1"), ("ES256", "e1")] {
        let token = keys.sign(&json!({"alg": algorithm, "kid": key, "typ": "JWT"}), &claims(&pending));
        let told = judge(&token, &keys, &pending).unwrap();
        assert_eq!(told.subject(), "s1", "{algorithm}");
        assert!(told.is_complete("groups") && !told.is_complete("roles"));
    }
}

#[test]
fn an_unsigned_token_and_one_signed_with_a_shared_secret_are_refused() {
    let (keys, pending) = (Keys::generate(), pending(Purpose::SignIn));

    for algorithm in ["none", "HS256", "HS384", "XS256"] {
        let token = keys.sign(&json!({"alg": algorithm}), &claims(&pending));
        let refused = judge(&token, &keys, &pending).unwrap_err();
        assert!(matches!(refused, SsoError::Token { .. }), "{algorithm}: {refused}");
    }
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let (keys, pending) = (Keys::generate(), pending(Purpose::SignIn));
    let der: PublicKeyX509Der<'_> = keys.rsa.public_key().as_der().unwrap();
    let input = keys.sign(&json!({"alg": "HS256", "kid": "r1"}), &claims(&pending));
    let (input, _) = input.rsplit_once('.').unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, der.as_ref());
    let forged = format!("{input}.{}", encode(aws_lc_rs::hmac::sign(&key, input.as_bytes()).as_ref()));

    assert!(judge(&forged, &keys, &pending).is_err());
}

#[test]
fn a_key_that_is_not_published_is_told_from_a_wrong_signature() {
    let (keys, stranger, pending) = (Keys::generate(), Keys::generate(), pending(Purpose::SignIn));

    let unknown = keys.sign(&json!({"alg": "ES256", "kid": "e2"}), &claims(&pending));
    let forged = stranger.sign(&json!({"alg": "ES256", "kid": "e1"}), &claims(&pending));
    assert!(matches!(judge(&unknown, &keys, &pending), Err(SsoError::UnknownKey)));
    assert!(why(judge(&forged, &keys, &pending)).contains("signature does not hold"));
}

#[test]
fn a_key_in_the_token_itself_is_not_looked_at() {
    let (keys, stranger, pending) = (Keys::generate(), Keys::generate(), pending(Purpose::SignIn));
    let point = stranger.ec.public_key().as_ref();
    let own = json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..65])});

    let forged = stranger.sign(&json!({"alg": "ES256", "kid": "e1", "jwk": own}), &claims(&pending));
    assert!(judge(&forged, &keys, &pending).is_err());
}

#[test]
fn each_claim_that_does_not_fit_is_named() {
    let keys = Keys::generate();
    let now = NOW.0 / 1000;

    assert!(with(&keys, "name", json!("Anna")).is_ok());
    assert!(why(with(&keys, "iss", json!("https://id.example.org/"))).contains("another issuer"));
    assert!(why(with(&keys, "aud", json!("other"))).contains("another application"));
    assert!(why(with(&keys, "aud", json!([CLIENT, "other"]))).contains("another application"));
    assert!(why(with(&keys, "azp", json!("other"))).contains("another application"));
    assert!(why(with(&keys, "nonce", json!("other"))).contains("another sign-in"));
    assert!(why(with(&keys, "nonce", Value::Null)).contains("another sign-in"));
    assert!(why(with(&keys, "exp", json!(now - 60))).contains("expired"));
    assert!(why(with(&keys, "iat", json!(now + 61))).contains("clocks"));
    assert!(why(with(&keys, "iat", json!(now - 61))).contains("clocks"));
}

#[test]
fn clocks_may_be_a_minute_apart_and_no_more() {
    let (keys, pending) = (Keys::generate(), pending(Purpose::SignIn));
    let token = keys.sign(&json!({"alg": "ES256", "kid": "e1"}), &claims(&pending));
    let at = |seconds: i64| judge_at(&token, &keys, &pending, NOW.plus_millis(seconds * 1000)).is_ok();

    assert!(at(-60) && at(0) && at(359));
    assert!(!at(-61) && !at(360));
}

#[test]
fn to_confirm_the_provider_must_have_asked_again() {
    let (keys, pending) = (Keys::generate(), pending(Purpose::Confirm));
    let asked = |when: Option<i64>| {
        let mut claims = claims(&pending);
        if let Some(when) = when {
            claims["auth_time"] = json!(when);
        }
        judge(&keys.sign(&json!({"alg": "ES256", "kid": "e1"}), &claims), &keys, &pending)
    };

    assert!(asked(Some(NOW.0 / 1000)).is_ok());
    assert!(why(asked(None)).contains("ask you again"));
    assert!(why(asked(Some(NOW.0 / 1000 - 3600))).contains("ask you again"));
}

#[test]
fn settings_that_cannot_be_right_are_refused_at_once() {
    let settings = || Settings {
        issuer: ISSUER.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: None,
        redirect: Url::parse("https://evidence.example.org/sign-in/back").unwrap(),
        scopes: vec!["email".to_owned()],
        groups_claim: "groups".to_owned(),
        roles: vec![("admins".to_owned(), "administrator".to_owned())],
    };
    let new = |settings| SingleSignOn::new(settings, Http::new(Policy::STRICT).unwrap());

    assert!(new(settings()).is_ok());
    assert!(matches!(new(Settings { issuer: "id".to_owned(), ..settings() }), Err(SsoError::Issuer(_))));
    assert!(matches!(new(Settings { client_id: " ".to_owned(), ..settings() }), Err(SsoError::ClientId)));
    assert!(matches!(new(Settings { roles: Vec::new(), ..settings() }), Err(SsoError::NoRoles)));
    for (issuer, private) in [("http://id.example.org", false), ("https://10.0.0.1", true)] {
        let refused = new(Settings { issuer: issuer.to_owned(), ..settings() }).unwrap_err();
        let expected = matches!(refused, SsoError::Net(NetError::Private { .. })) == private;
        assert!(expected && matches!(refused, SsoError::Net(_)), "{issuer}: {refused}");
    }
}

/// Handlers run on any thread; this is found out here rather than in a handler.
#[test]
fn both_steps_can_move_between_threads() {
    const fn movable<T: Send>(_: &T) {}
    fn both(sso: &SingleSignOn, callback: &Callback, pending: &Pending) {
        movable(&sso.begin(Purpose::SignIn, NOW));
        movable(&sso.finish(callback, pending, NOW));
    }

    assert!(size_of_val(&both) == 0);
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_an_error_of_the_provider() {
    let http = Http::new(Policy { addresses: Addresses::Any, ..Policy::STRICT }).unwrap();
    let settings = Settings {
        issuer: "http://127.0.0.1:1".to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some("secret".to_owned().into()),
        redirect: Url::parse("https://evidence.example.org/sign-in/back").unwrap(),
        scopes: Vec::new(),
        groups_claim: "groups".to_owned(),
        roles: vec![("admins".to_owned(), "administrator".to_owned())],
    };

    let refused = SingleSignOn::new(settings, http).unwrap().begin(Purpose::SignIn, NOW).await.unwrap_err();

    assert_eq!(refused.kind(), crate::base::ErrorKind::Upstream);
    assert!(refused.to_string().contains("http://127.0.0.1:1"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_token_with_any_character_altered_is_refused(place in any::<prop::sample::Index>(), other in "[A-Za-z0-9_-]") {
        let (keys, pending) = (Keys::generate(), pending(Purpose::SignIn));
        let token = keys.sign(&json!({"alg": "ES256", "kid": "e1"}), &claims(&pending));
        let place = place.index(token.len());
        prop_assume!(token[place..=place] != other);
        let altered = format!("{}{other}{}", &token[..place], &token[place + 1..]);

        prop_assert!(judge(&token, &keys, &pending).is_ok());
        prop_assert!(judge(&altered, &keys, &pending).is_err());
    }

    #[test]
    fn no_other_value_of_a_claim_that_is_checked_is_accepted(
        name in prop::sample::select(vec!["iss", "aud", "nonce", "azp"]),
        value in "\\PC{0,40}",
    ) {
        let keys = Keys::generate();
        prop_assume!(value != ISSUER && value != CLIENT);

        prop_assert!(with(&keys, name, json!(value)).is_err());
    }
}
