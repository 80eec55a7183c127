//! Passkeys (WebAuthn): registering one, signing in with one, and confirming with one that it is still you.
//!
//! Each is a ceremony of two steps. The first gives JSON for the browser and a [`CeremonyState`] that the caller keeps
//! **on the server**, takes back once (deleting the row in the same statement) and hands to the second step; it is
//! good for five minutes and for one kind of ceremony. A stored passkey is JSON of ours to keep unread; it holds no
//! secret, only the public key and the counter.
//!
//! Every ceremony asks the authenticator to verify its owner (finger, face, PIN), so a passkey is two factors.

mod ceremony;

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableKey, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder,
    WebauthnError,
};

use crate::base::UnixMillis;

use ceremony::Ceremony;
pub use ceremony::{CEREMONY_MS, CeremonyState};

/// A ceremony with passkeys that failed, in words for the one who tried.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The address is an IP address, has no host or is plain HTTP: browsers offer no passkeys there.
    #[error(
        "passkeys need a host name and HTTPS (or localhost), and `{0}` is not such an address: \
         set the public address of this service"
    )]
    Address(String),
    /// The state is not one of ours, or was altered.
    #[error("this step does not belong to a ceremony that was begun here: begin again")]
    State,
    /// Too late.
    #[error("this took longer than five minutes: begin again")]
    Expired,
    /// The state belongs to another kind of ceremony, or to another person.
    #[error("this answer belongs to another ceremony: begin again")]
    OtherCeremony,
    /// The browser's answer is no answer.
    #[error("the browser's answer cannot be read: begin again, or update the browser")]
    Answer(#[source] serde_json::Error),
    /// What is stored is no passkey.
    #[error("a stored passkey cannot be read: remove it and register it again")]
    Stored(#[source] serde_json::Error),
    /// The page was opened under another address.
    #[error("this page was opened under another address than `{0}`, and a passkey is good for that one only")]
    OtherAddress(String),
    /// The authenticator did not ask its owner.
    #[error("the authenticator did not verify you: set up its PIN, finger or face, and try again")]
    NotVerified,
    /// The device has one for this account already.
    #[error("this device already has a passkey for this account")]
    AlreadyThere,
    /// The counter went back.
    #[error("this passkey may have been copied: its counter went back; remove it and register a new one")]
    MayBeCopied,
    /// The account has none to ask for.
    #[error("this account has no passkey")]
    NoneThere,
    /// Signature, challenge or form did not hold.
    #[error("the passkey was not accepted: try again, or sign in another way")]
    Refused(#[source] WebauthnError),
}

/// The first half of a ceremony.
#[derive(Debug)]
pub struct Begun {
    /// Options for `navigator.credentials.create` or `.get`, as JSON for the page's script.
    pub for_browser: String,
    /// What the caller keeps until the answer comes.
    pub state: CeremonyState,
}

/// Who registers a passkey.
#[derive(Debug, Clone, Copy)]
pub struct Registrant<'a> {
    /// The person; also the handle a passkey gives back.
    pub person: Uuid,
    /// The address they sign in with.
    pub account: &'a str,
    /// What the authenticator shows.
    pub name: &'a str,
}

/// A passkey as it is stored.
#[derive(Clone)]
pub struct StoredPasskey(Passkey);

/// A passkey that was used.
#[derive(Debug)]
pub struct Used {
    /// Which one, as in [`StoredPasskey::id`].
    pub id: String,
    /// The passkey with its new counter, when it must be stored again.
    pub changed: Option<StoredPasskey>,
}

/// The service's side of all ceremonies.
pub struct Passkeys {
    webauthn: Webauthn,
    origin: String,
}

impl Passkeys {
    /// For the address people open: its host is what passkeys are bound to.
    ///
    /// # Errors
    /// When browsers offer no passkeys under that address.
    pub fn new(public: &Url, name: &str) -> Result<Self, PasskeyError> {
        let refused = || PasskeyError::Address(public.to_string());
        let host = public.domain().ok_or_else(refused)?;
        if public.scheme() != "https" && host != "localhost" && !host.ends_with(".localhost") {
            return Err(refused());
        }
        let builder = WebauthnBuilder::new(host, public).map_err(|_| refused())?;
        let webauthn = builder.rp_name(name).build().map_err(|_| refused())?;
        Ok(Self { webauthn, origin: public.origin().ascii_serialization() })
    }

    /// Begins registering; `existing` are the person's passkeys, which their devices will not register again.
    ///
    /// # Errors
    /// When the library refuses, as for an empty account.
    pub fn begin_registration(
        &self,
        who: Registrant<'_>,
        existing: &[StoredPasskey],
        at: UnixMillis,
    ) -> Result<Begun, PasskeyError> {
        let exclude = existing.iter().map(|stored| stored.0.cred_id().clone()).collect();
        let (options, state) = self
            .webauthn
            .start_passkey_registration(who.person, who.account, who.name, Some(exclude))
            .map_err(PasskeyError::Refused)?;
        let mut options = to_value(&options)?;
        // signing in without typing an address needs a passkey the device can list
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = json!("required");
            selection["requireResidentKey"] = json!(true);
        }
        begun(&options, Ceremony::Registration { person: who.person, state }, at)
    }

    /// Finishes registering for the person who is signed in; the caller stores the result for them.
    ///
    /// # Errors
    /// When state or answer do not hold. The caller also refuses an id that is stored already.
    pub fn finish_registration(
        &self,
        person: Uuid,
        step: Answered<'_>,
    ) -> Result<StoredPasskey, PasskeyError> {
        let Ceremony::Registration { person: begun_by, state } = step.state.open(step.at)? else {
            return Err(PasskeyError::OtherCeremony);
        };
        if begun_by != person {
            return Err(PasskeyError::OtherCeremony);
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(step.answer).map_err(PasskeyError::Answer)?;
        let passkey = self.webauthn.finish_passkey_registration(&answer, &state);
        passkey.map(StoredPasskey).map_err(|e| self.explain(e))
    }

    /// Begins signing in without saying who: the browser offers the passkeys it has for this address.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn begin_sign_in(&self, at: UnixMillis) -> Result<Begun, PasskeyError> {
        let (options, state) =
            self.webauthn.start_discoverable_authentication().map_err(PasskeyError::Refused)?;
        begun(&to_value(&options)?, Ceremony::SignIn { state }, at)
    }

    /// Whose passkey an answer claims to be, and which: to look it up. **Proves nothing** before
    /// [`Passkeys::finish_sign_in`].
    ///
    /// # Errors
    /// When the answer cannot be read or names nobody.
    pub fn claimed(&self, answer: &str) -> Result<(Uuid, String), PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(PasskeyError::Answer)?;
        let (person, id) =
            self.webauthn.identify_discoverable_authentication(&answer).map_err(PasskeyError::Refused)?;
        Ok((person, id_text(id)))
    }

    /// Finishes signing in with the passkey that was looked up.
    ///
    /// # Errors
    /// When state, answer or signature do not hold, or the counter went back.
    pub fn finish_sign_in(&self, stored: &StoredPasskey, step: Answered<'_>) -> Result<Used, PasskeyError> {
        let Ceremony::SignIn { state } = step.state.open(step.at)? else {
            return Err(PasskeyError::OtherCeremony);
        };
        let answer: PublicKeyCredential = serde_json::from_str(step.answer).map_err(PasskeyError::Answer)?;
        let key = DiscoverableKey::from(&stored.0);
        let result = self.webauthn.finish_discoverable_authentication_v2(&answer, state, &key);
        used(std::slice::from_ref(stored), &result.map_err(|e| self.explain(e))?)
    }

    /// Begins confirming that the one signed in is still there, before something sensitive.
    ///
    /// # Errors
    /// When the account has no passkey.
    pub fn begin_confirmation(
        &self,
        person: Uuid,
        existing: &[StoredPasskey],
        at: UnixMillis,
    ) -> Result<Begun, PasskeyError> {
        if existing.is_empty() {
            return Err(PasskeyError::NoneThere);
        }
        let keys: Vec<Passkey> = existing.iter().map(|stored| stored.0.clone()).collect();
        let (options, state) =
            self.webauthn.start_passkey_authentication(&keys).map_err(PasskeyError::Refused)?;
        begun(&to_value(&options)?, Ceremony::Confirmation { person, state }, at)
    }

    /// Finishes confirming, with one of the person's passkeys.
    ///
    /// # Errors
    /// When state, answer or signature do not hold, or the counter went back.
    pub fn finish_confirmation(
        &self,
        person: Uuid,
        existing: &[StoredPasskey],
        step: Answered<'_>,
    ) -> Result<Used, PasskeyError> {
        let Ceremony::Confirmation { person: begun_by, state } = step.state.open(step.at)? else {
            return Err(PasskeyError::OtherCeremony);
        };
        if begun_by != person {
            return Err(PasskeyError::OtherCeremony);
        }
        let answer: PublicKeyCredential = serde_json::from_str(step.answer).map_err(PasskeyError::Answer)?;
        let result = self.webauthn.finish_passkey_authentication(&answer, &state);
        used(existing, &result.map_err(|e| self.explain(e))?)
    }

    fn explain(&self, error: WebauthnError) -> PasskeyError {
        if error == WebauthnError::InvalidRPOrigin {
            return PasskeyError::OtherAddress(self.origin.clone());
        }
        if error == WebauthnError::UserNotVerified || error == WebauthnError::UserNotPresent {
            return PasskeyError::NotVerified;
        }
        if error == WebauthnError::CredentialExcludedFromRequest {
            return PasskeyError::AlreadyThere;
        }
        if error == WebauthnError::CredentialPossibleCompromise {
            return PasskeyError::MayBeCopied;
        }
        PasskeyError::Refused(error)
    }
}

impl fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passkeys({})", self.origin)
    }
}

/// The second half of a ceremony: what was kept, what the browser sent, and when.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// The state that was kept, and is kept no more.
    pub state: &'a CeremonyState,
    /// The browser's answer as JSON (`PublicKeyCredential.toJSON()`).
    pub answer: &'a str,
    /// Now.
    pub at: UnixMillis,
}

impl StoredPasskey {
    /// Reads a passkey from its row.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_json(json: &str) -> Result<Self, PasskeyError> {
        serde_json::from_str(json).map(Self).map_err(PasskeyError::Stored)
    }

    /// The passkey for its row.
    ///
    /// # Errors
    /// When it cannot be written, which no passkey has done yet.
    pub fn to_json(&self) -> Result<String, PasskeyError> {
        serde_json::to_string(&self.0).map_err(PasskeyError::Stored)
    }

    /// The credential's id in base64url: unique, and indexed by the caller.
    pub fn id(&self) -> String {
        id_text(self.0.cred_id())
    }
}

impl fmt::Debug for StoredPasskey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredPasskey({})", self.id())
    }
}

fn used(
    existing: &[StoredPasskey],
    result: &webauthn_rs::prelude::AuthenticationResult,
) -> Result<Used, PasskeyError> {
    if !result.user_verified() {
        return Err(PasskeyError::NotVerified);
    }
    for stored in existing {
        let mut passkey = stored.0.clone();
        if let Some(changed) = passkey.update_credential(result) {
            let changed = changed.then_some(StoredPasskey(passkey));
            return Ok(Used { id: id_text(result.cred_id()), changed });
        }
    }
    Err(PasskeyError::OtherCeremony)
}

fn begun(options: &Value, ceremony: Ceremony, at: UnixMillis) -> Result<Begun, PasskeyError> {
    Ok(Begun { for_browser: options.to_string(), state: CeremonyState::seal(ceremony, at)? })
}

fn to_value(options: &impl Serialize) -> Result<Value, PasskeyError> {
    serde_json::to_value(options).map_err(PasskeyError::Answer)
}

fn id_text(id: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
}

#[cfg(test)]
mod tests;
