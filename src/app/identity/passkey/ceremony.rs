//! What is kept between the two steps of a ceremony.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration};

use super::PasskeyError;
use crate::base::UnixMillis;

/// How long a ceremony may take.
pub const CEREMONY_MS: i64 = 5 * 60 * 1000;

/// An opaque text, kept on the server and taken back once.
///
/// It holds the challenge: whoever could write it could choose it, so it never goes through a browser.
#[derive(Clone, PartialEq, Eq)]
pub struct CeremonyState(String);

#[derive(Serialize, Deserialize)]
#[serde(tag = "ceremony", rename_all = "snake_case")]
pub(super) enum Ceremony {
    /// A new passkey for a person.
    Registration { person: Uuid, state: PasskeyRegistration },
    /// Somebody signs in.
    SignIn { state: DiscoverableAuthentication },
    /// A person who is signed in confirms.
    Confirmation { person: Uuid, state: PasskeyAuthentication },
}

#[derive(Serialize, Deserialize)]
struct Kept {
    until: UnixMillis,
    #[serde(flatten)]
    ceremony: Ceremony,
}

impl CeremonyState {
    /// The state as it was stored.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn seal(ceremony: Ceremony, at: UnixMillis) -> Result<Self, PasskeyError> {
        let kept = Kept { until: at.plus_millis(CEREMONY_MS), ceremony };
        serde_json::to_string(&kept).map(Self).map_err(|_| PasskeyError::State)
    }

    pub(super) fn open(&self, at: UnixMillis) -> Result<Ceremony, PasskeyError> {
        let kept: Kept = serde_json::from_str(&self.0).map_err(|_| PasskeyError::State)?;
        // a state from the future was not begun here, or the clock went back: neither is five minutes old
        if at >= kept.until || kept.until.since(at) > CEREMONY_MS {
            return Err(PasskeyError::Expired);
        }
        Ok(kept.ceremony)
    }
}

impl fmt::Debug for CeremonyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CeremonyState(…)")
    }
}
