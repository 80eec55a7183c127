//! Secrets we hand out: session cookies, one-time links and API tokens, and the form token that hangs on a session.
//!
//! Each is 256 random bits. Stored is only a SHA-256 over its kind and its text: the database opens no door, and a
//! link is no session even if its row were copied. API tokens begin with `att_`, so that secret scanners find them in
//! repositories, and end in a checksum, so that a typo is refused without a query.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Crc;
use secrecy::zeroize::Zeroizing;

use super::{NoRandomness, random_bytes, same_bytes};
use crate::base::{Digest, IdentityHasher};

/// What an API token begins with.
pub const API_PREFIX: &str = "att_";

/// Characters of 32 bytes in base64url without padding.
const BODY: usize = 43;

/// Characters of a CRC-32 in base64url without padding.
const CHECK: usize = 6;

/// What a token opens; tokens of one kind are never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A browser's session cookie.
    Session,
    /// What a browser carries between leaving for a sign-in and coming back.
    SignIn,
    /// A link that works once: first administrator, invitation, reset.
    Link,
    /// A program's key.
    Api,
}

/// A secret in clear, on its way to whom it is for. Never stored, never printed.
pub struct SecretToken {
    kind: TokenKind,
    text: Zeroizing<String>,
}

/// The text is no token of that kind; says nothing about whether such a token was ever given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Wrong length, prefix or characters.
    #[error("this is no {0}: it was cut or is something else")]
    Form(&'static str),
    /// The checksum does not fit the rest.
    #[error("this API token has a typo in it: copy it again, or create a new one")]
    Typo,
}

impl TokenKind {
    const fn domain(self) -> &'static str {
        match self {
            Self::Session => "attestry session token",
            Self::SignIn => "attestry sign-in token",
            Self::Link => "attestry one-time link",
            Self::Api => "attestry API token",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::SignIn => "sign-in",
            Self::Link => "one-time link",
            Self::Api => "API token (`att_` and 49 characters)",
        }
    }
}

impl SecretToken {
    /// Makes a new token.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate(kind: TokenKind) -> Result<Self, NoRandomness> {
        let body = Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?));
        let text = match kind {
            TokenKind::Session | TokenKind::SignIn | TokenKind::Link => body,
            TokenKind::Api => Zeroizing::new(format!("{API_PREFIX}{}{}", *body, checksum(&body))),
        };
        Ok(Self { kind, text })
    }

    /// Reads a token as it came from a cookie, an address or a header.
    ///
    /// # Errors
    /// When it has not the form of its kind.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, TokenError> {
        let form = || TokenError::Form(kind.name());
        let body = match kind {
            TokenKind::Session | TokenKind::SignIn | TokenKind::Link => text,
            TokenKind::Api => {
                let rest = text.strip_prefix(API_PREFIX).ok_or_else(form)?;
                let (body, check) = rest.split_at_checked(BODY).ok_or_else(form)?;
                if check.len() != CHECK {
                    return Err(form());
                }
                if !same_bytes(check.as_bytes(), checksum(body).as_bytes()) {
                    return Err(TokenError::Typo);
                }
                body
            }
        };
        // decoding is strict: one token has one spelling
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(body).map_err(|_| form())?);
        if bytes.len() != 32 {
            return Err(form());
        }
        Ok(Self { kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// The text for the cookie, the link or the page that shows it once.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What is stored, and looked up.
    pub fn digest(&self) -> Digest {
        IdentityHasher::new(self.kind.domain()).field(&self.text).finish()
    }

    /// Whether this is the token a row was made for.
    pub fn is(&self, stored: &Digest) -> bool {
        same_bytes(self.digest().as_bytes(), stored.as_bytes())
    }

    /// The first characters, by which an owner tells API tokens apart in a list: `att_Ab3d`.
    pub fn hint(&self) -> String {
        self.text.chars().take(API_PREFIX.len() + 4).collect()
    }

    /// The form token of this session: HMAC-SHA256 under the session's secret, so there is nothing to store.
    ///
    /// The same for the whole session. Compression at a proxy could leak it byte by byte only to a page that can send
    /// requests with the cookie, and `SameSite` denies that.
    pub fn form_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.form_key(), FORM))
    }

    /// Whether a form came from a page of this session.
    pub fn form_token_fits(&self, sent: &str) -> bool {
        URL_SAFE_NO_PAD.decode(sent).is_ok_and(|sent| hmac::verify(&self.form_key(), FORM, &sent).is_ok())
    }

    fn form_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.text.as_bytes())
    }
}

const FORM: &[u8] = b"attestry form token";

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretToken({:?}, …)", self.kind)
    }
}

/// CRC-32 of prefix and body. No secret and no proof: it only tells a typo from a token.
fn checksum(body: &str) -> String {
    let mut crc = Crc::new();
    crc.update(API_PREFIX.as_bytes());
    crc.update(body.as_bytes());
    URL_SAFE_NO_PAD.encode(crc.sum().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [TokenKind; 4] = [TokenKind::Session, TokenKind::SignIn, TokenKind::Link, TokenKind::Api];

    #[test]
    fn a_token_is_read_back_and_known_by_its_digest() {
        for kind in KINDS {
            let token = SecretToken::generate(kind).unwrap();
            let stored = token.digest();

            let read = SecretToken::parse(kind, token.expose()).unwrap();
            assert!(read.is(&stored));
            assert!(!SecretToken::generate(kind).unwrap().is(&stored));
        }
    }

    #[test]
    fn a_token_of_one_kind_is_not_one_of_another() {
        let session = SecretToken::generate(TokenKind::Session).unwrap();

        let link = SecretToken::parse(TokenKind::Link, session.expose()).unwrap();
        assert!(!link.is(&session.digest()));
        assert!(SecretToken::parse(TokenKind::Api, session.expose()).is_err());
        let api = SecretToken::generate(TokenKind::Api).unwrap();
        assert!(SecretToken::parse(TokenKind::Session, api.expose()).is_err());
    }

    #[test]
    fn an_api_token_can_be_found_by_scanners_and_told_apart_in_a_list() {
        let token = SecretToken::generate(TokenKind::Api).unwrap();

        assert!(token.expose().starts_with("att_"));
        assert_eq!(token.expose().len(), 53);
        assert_eq!(token.hint(), token.expose()[..8]);
    }

    #[test]
    fn a_typo_in_an_api_token_is_refused_without_looking_it_up() {
        let token = SecretToken::generate(TokenKind::Api).unwrap();
        let text = token.expose();

        for place in API_PREFIX.len()..text.len() {
            let other = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
            let typo = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            assert_eq!(SecretToken::parse(TokenKind::Api, &typo).unwrap_err(), TokenError::Typo, "{place}");
        }
        assert!(SecretToken::parse(TokenKind::Api, &text[..52]).is_err());
        assert!(SecretToken::parse(TokenKind::Api, &format!("{text}A")).is_err());
    }

    #[test]
    fn a_form_token_belongs_to_one_session_and_is_not_the_cookie() {
        let one = SecretToken::generate(TokenKind::Session).unwrap();
        let other = SecretToken::generate(TokenKind::Session).unwrap();
        let token = one.form_token();

        assert!(one.form_token_fits(&token) && !other.form_token_fits(&token));
        assert!(!one.form_token_fits("") && !one.form_token_fits(one.expose()));
        assert!(!one.form_token_fits(&token[..token.len() - 1]));
        assert_ne!(token, one.expose());
        assert_eq!(token, SecretToken::parse(TokenKind::Session, one.expose()).unwrap().form_token());
    }

    #[test]
    fn neither_token_nor_error_prints_the_secret() {
        let token = SecretToken::generate(TokenKind::Api).unwrap();
        let error = SecretToken::parse(TokenKind::Session, token.expose()).unwrap_err();

        assert_eq!(format!("{token:?}"), "SecretToken(Api, …)");
        assert!(!format!("{error:?} {error}").contains(&token.expose()[4..]));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(text in "\\PC{0,80}") {
            for kind in KINDS {
                if let Ok(token) = SecretToken::parse(kind, &text) {
                    prop_assert_eq!(token.expose(), text.as_str());
                }
            }
        }
    }
}
