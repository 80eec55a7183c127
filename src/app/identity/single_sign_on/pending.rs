//! What is kept while a browser is at the provider, and what it brings back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::error::{SsoError, code};
use crate::app::identity::{NoRandomness, random_bytes, same_bytes};
use crate::base::UnixMillis;

/// How long a sign-in may take.
pub const PENDING_MS: i64 = 10 * 60 * 1000;

/// Why somebody is sent to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in; an open session at the provider will do.
    SignIn,
    /// To confirm before something sensitive: the provider must ask them again, now.
    Confirm,
}

/// State, nonce and PKCE verifier of one sign-in. Serialise it, seal it, keep it ten minutes, take it once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    purpose: Purpose,
    state: String,
    nonce: String,
    verifier: String,
    begun_at: UnixMillis,
}

/// The query the provider sends the browser back with.
#[derive(Clone, Default, Deserialize)]
pub struct Callback {
    /// The code to exchange.
    pub code: Option<String>,
    /// What was sent along.
    pub state: Option<String>,
    /// The issuer, from providers that follow RFC 9207.
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// What a callback that fits has to give.
pub(super) struct Taken {
    pub(super) code: String,
}

impl Pending {
    pub(super) fn new(purpose: Purpose, at: UnixMillis) -> Result<Self, NoRandomness> {
        let random = || random_bytes::<32>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self { purpose, state: random()?, nonce: random()?, verifier: random()?, begun_at: at })
    }

    /// Why they were sent.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// When the row may be deleted.
    #[must_use]
    pub const fn until(&self) -> UnixMillis {
        self.begun_at.plus_millis(PENDING_MS)
    }

    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn verifier(&self) -> &str {
        &self.verifier
    }

    pub(super) const fn begun_at(&self) -> UnixMillis {
        self.begun_at
    }

    /// Whether the callback belongs to this sign-in; then its code.
    pub(super) fn take(&self, callback: &Callback, issuer: &str, at: UnixMillis) -> Result<Taken, SsoError> {
        let state = callback.state.as_deref().unwrap_or_default();
        if !same_bytes(state.as_bytes(), self.state.as_bytes()) {
            return Err(SsoError::OtherSignIn);
        }
        // an answer of another provider, made to look like this one's (RFC 9207)
        if callback.iss.as_deref().is_some_and(|iss| iss != issuer) {
            return Err(SsoError::OtherSignIn);
        }
        if at >= self.until() || at.since(self.begun_at) < 0 {
            return Err(SsoError::Expired);
        }
        if let Some(error) = &callback.error {
            return Err(SsoError::Declined(code(error)));
        }
        let code = callback.code.clone().filter(|code| !code.is_empty()).ok_or(SsoError::NoCode)?;
        Ok(Taken { code })
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({:?}, since {}, …)", self.purpose, self.begun_at)
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
    const ISSUER: &str = "https://id.example.org";

    fn begun() -> (Pending, Callback) {
        let pending = Pending::new(Purpose::SignIn, NOW).unwrap();
        let callback = Callback {
            code: Some("abc".to_owned()),
            state: Some(pending.state().to_owned()),
            ..Callback::default()
        };
        (pending, callback)
    }

    #[test]
    fn a_callback_that_fits_gives_its_code() {
        let (pending, mut callback) = begun();

        assert_eq!(pending.take(&callback, ISSUER, NOW).unwrap().code, "abc");
        callback.iss = Some(ISSUER.to_owned());
        assert_eq!(pending.take(&callback, ISSUER, NOW).unwrap().code, "abc");
    }

    #[test]
    fn another_state_or_issuer_is_another_sign_in() {
        let (pending, callback) = begun();
        let (other, _) = begun();

        for state in [None, Some(String::new()), Some(other.state().to_owned())] {
            let wrong = Callback { state, ..callback.clone() };
            assert!(matches!(pending.take(&wrong, ISSUER, NOW), Err(SsoError::OtherSignIn)));
        }
        let mixed_up = Callback { iss: Some("https://evil.example".to_owned()), ..callback };
        assert!(matches!(pending.take(&mixed_up, ISSUER, NOW), Err(SsoError::OtherSignIn)));
    }

    #[test]
    fn ten_minutes_later_it_is_too_late() {
        let (pending, callback) = begun();
        let take = |at| pending.take(&callback, ISSUER, at);

        assert!(take(NOW.plus_millis(PENDING_MS - 1)).is_ok());
        assert!(matches!(take(NOW.plus_millis(PENDING_MS)), Err(SsoError::Expired)));
        assert!(matches!(take(NOW.plus_millis(-1)), Err(SsoError::Expired)));
    }

    #[test]
    fn a_refusal_is_repeated_only_when_it_is_a_code() {
        let (pending, callback) = begun();
        let refusal = |error: &str| {
            let callback = Callback { error: Some(error.to_owned()), ..callback.clone() };
            pending.take(&callback, ISSUER, NOW).err().unwrap().to_string()
        };

        assert!(refusal("access_denied").contains("`access_denied`"));
        assert!(refusal("call +1 555 and say your password").contains("`unknown_error`"));
    }

    #[test]
    fn no_two_sign_ins_share_anything_and_none_is_printed() {
        let (one, _) = begun();
        let (two, _) = begun();

        assert!(one.state != two.state && one.nonce != two.nonce && one.verifier != two.verifier);
        assert!((43..=128).contains(&one.verifier.len()));
        assert!(!format!("{one:?}").contains(&one.state));
        let again: Pending = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
        assert_eq!(again.verifier, one.verifier);
    }
}
