//! Passkeys of people: adding, naming and removing them, signing in with one, and confirming with one.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::app::identity::passkey::{
    Answered, Begun, CEREMONY_MS, CeremonyState, PasskeyError, Passkeys, Registrant, StoredPasskey, Used,
};
use crate::app::identity::person::checked_name;
use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::throttling::Proof;
use crate::app::identity::{Actor, Caller, Client, SignedIn};
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, PersonId, UnixMillis};
use crate::store::{CeremonyRow, PasskeyRow};

/// A passkey as it may be shown.
#[derive(Debug, Clone)]
pub struct PasskeyView {
    /// The credential's id.
    pub id: String,
    /// Name as given.
    pub name: String,
    /// When it was added.
    pub created_at: UnixMillis,
    /// When it was last used.
    pub last_used_at: Option<UnixMillis>,
}

/// The first half of signing in with a passkey.
#[derive(Debug)]
pub struct PasskeySignIn {
    /// Names the ceremony; goes back with the answer.
    pub ceremony: SecretString,
    /// Options for the browser, as JSON.
    pub options: String,
}

impl App {
    /// Whether browsers offer passkeys under the address of this service.
    pub fn has_passkeys(&self) -> bool {
        self.passkeys_here().is_ok()
    }

    /// Passkeys of a person, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkeys_of(&self, id: PersonId) -> Result<Vec<PasskeyView>, Error> {
        let rows = self.store.passkey_list(id).await?;
        let view = |r: PasskeyRow| PasskeyView {
            id: r.id,
            name: r.name,
            created_at: r.created_at,
            last_used_at: r.last_used_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Begins to add a passkey; gives the options for the browser.
    ///
    /// # Errors
    /// When passkeys do not work here, or the database fails.
    pub async fn passkey_add_begin(&self, caller: &Caller) -> Result<String, Error> {
        let person = &caller.person;
        let who = Registrant { person: person.id.0, account: &person.email, name: &person.name };
        let existing = self.stored_passkeys(person.id).await?;
        let begun =
            self.passkeys_here()?.begin_registration(who, &existing, self.now()).map_err(of_passkey)?;
        self.keep_ceremony(&format!("passkey-add:{}", person.id), Some(person.id), &begun).await?;
        Ok(begun.for_browser)
    }

    /// Adds the passkey the browser made.
    ///
    /// # Errors
    /// When the answer does not hold, or the database fails.
    pub async fn passkey_add_finish(
        &self,
        actor: &Actor,
        caller: &Caller,
        (answer, name): (&str, &str),
    ) -> Result<(), Error> {
        let name = if name.trim().is_empty() { "Passkey".to_owned() } else { checked_name(name)? };
        let state = self.take_ceremony(&format!("passkey-add:{}", caller.person.id)).await?;
        let step = Answered { state: &state, answer, at: self.now() };
        let made = self.passkeys_here()?.finish_registration(caller.person.id.0, step).map_err(of_passkey)?;
        let row = PasskeyRow {
            id: made.id(),
            person: caller.person.id,
            name,
            credential: made.to_json().map_err(of_passkey)?,
            created_at: self.now(),
            last_used_at: None,
        };
        self.store.passkey_insert(&row).await.map_err(|e| {
            if e.kind() == ErrorKind::Conflict { of_passkey(PasskeyError::AlreadyThere) } else { e.into() }
        })?;
        let event = Event::done("passkey.added", format!("person:{}", caller.person.id));
        self.audited(actor, event.after(json!({"name": row.name}))).await
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// When there is none, the name is not usable, or the database fails.
    pub async fn passkey_rename(&self, actor: &Actor, (id, name): (&str, &str)) -> Result<(), Error> {
        let person = actor.person.ok_or_else(no_such_passkey)?;
        let name = checked_name(name)?;
        if !self.store.passkey_rename(person, id, &name).await? {
            return Err(no_such_passkey());
        }
        let event = Event::done("passkey.renamed", format!("person:{person}"));
        self.audited(actor, event.after(json!({"name": name}))).await
    }

    /// Removes a passkey of the one who is signed in.
    ///
    /// # Errors
    /// When there is none, their role would be left without a second factor, or the database fails.
    pub async fn passkey_remove(&self, actor: &Actor, caller: &Caller, id: &str) -> Result<(), Error> {
        let person = &caller.person;
        let last = self.store.passkey_count(person.id).await? <= 1;
        if last && !person.has_totp && person.has_password && self.needs_second_factor(person.role) {
            return Err(Error::new(
                ErrorKind::Conflict,
                "your role must have a second factor: set up an authenticator app first",
            ));
        }
        if !self.store.passkey_remove(person.id, id).await? {
            return Err(no_such_passkey());
        }
        self.audited(actor, Event::done("passkey.removed", format!("person:{}", person.id))).await
    }

    /// Begins signing in with a passkey, by whomever.
    ///
    /// # Errors
    /// When passkeys do not work here, there is no randomness, or the database fails.
    pub async fn passkey_sign_in_begin(&self) -> Result<PasskeySignIn, Error> {
        let begun = self.passkeys_here()?.begin_sign_in(self.now()).map_err(of_passkey)?;
        let token = SecretToken::generate(TokenKind::SignIn)
            .map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        self.keep_ceremony(&sign_in_id(token.digest()), None, &begun).await?;
        let ceremony = SecretString::from(token.expose().to_owned());
        Ok(PasskeySignIn { ceremony, options: begun.for_browser })
    }

    /// Signs in with the passkey the browser used. It is two factors: something held, and finger, face or PIN.
    ///
    /// # Errors
    /// When it could not be checked; a passkey that is not accepted is no error.
    pub async fn passkey_sign_in_finish(
        &self,
        (ceremony, answer): (&SecretString, &str),
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<Proof<SignedIn>, Error> {
        let over = || of_passkey(PasskeyError::State);
        let token = SecretToken::parse(TokenKind::SignIn, ceremony.expose_secret()).map_err(|_| over())?;
        let state = self.take_ceremony(&sign_in_id(token.digest())).await?;
        let here = self.passkeys_here()?;
        let (person, id) = here.claimed(answer).map_err(of_passkey)?;
        let person = PersonId(person);
        let row = self.store.passkey_get(person, &id).await?;
        let known = self.store.person_get(person).await?.filter(|p| !p.disabled);
        let (Some(row), Some(_)) = (row, known) else {
            self.audit_refused(None, "passkey", client).await?;
            return Ok(Proof::Refused);
        };
        let stored = StoredPasskey::from_json(&row.credential).map_err(of_passkey)?;
        match here.finish_sign_in(&stored, Answered { state: &state, answer, at: self.now() }) {
            Ok(used) => self.passkey_was_used(&used).await?,
            Err(error) => {
                tracing::info!(%error, "a passkey was not accepted");
                self.audit_refused(Some(person), "passkey", client).await?;
                return Ok(Proof::Refused);
            }
        }
        let signed_in = self.begin_whole(person, (client, replaced)).await?;
        self.audit_entry(&signed_in, "passkey", client).await?;
        Ok(Proof::Accepted(signed_in))
    }

    /// Begins confirming with a passkey that the one who is signed in is still there.
    ///
    /// # Errors
    /// When they have none, or the database fails.
    pub async fn passkey_confirm_begin(&self, caller: &Caller) -> Result<String, Error> {
        let id = caller.person.id;
        let existing = self.stored_passkeys(id).await?;
        let begun =
            self.passkeys_here()?.begin_confirmation(id.0, &existing, self.now()).map_err(of_passkey)?;
        self.keep_ceremony(&format!("passkey-confirm:{}", caller.session.id), Some(id), &begun).await?;
        Ok(begun.for_browser)
    }

    /// Finishes confirming; begins another session in place of theirs.
    ///
    /// # Errors
    /// When the answer does not hold, or the database fails.
    pub async fn passkey_confirm_finish(
        &self,
        caller: &Caller,
        answer: &str,
        client: &Client,
    ) -> Result<SignedIn, Error> {
        let id = caller.person.id;
        let state = self.take_ceremony(&format!("passkey-confirm:{}", caller.session.id)).await?;
        let existing = self.stored_passkeys(id).await?;
        let step = Answered { state: &state, answer, at: self.now() };
        match self.passkeys_here()?.finish_confirmation(id.0, &existing, step) {
            Ok(used) => self.passkey_was_used(&used).await?,
            Err(error) => {
                self.audit_refused(Some(id), "passkey", client).await?;
                return Err(of_passkey(error));
            }
        }
        self.confirmed(caller, client).await
    }

    async fn passkey_was_used(&self, used: &Used) -> Result<(), Error> {
        let changed = used.changed.as_ref().map(StoredPasskey::to_json).transpose().map_err(of_passkey)?;
        Ok(self.store.passkey_used(&used.id, changed.as_deref(), self.now()).await?)
    }

    async fn stored_passkeys(&self, id: PersonId) -> Result<Vec<StoredPasskey>, Error> {
        let rows = self.store.passkey_list(id).await?;
        rows.iter().map(|r| StoredPasskey::from_json(&r.credential).map_err(of_passkey)).collect()
    }

    async fn keep_ceremony(&self, id: &str, person: Option<PersonId>, begun: &Begun) -> Result<(), Error> {
        let now = self.now();
        let row = CeremonyRow {
            id: id.to_owned(),
            purpose: "passkey".to_owned(),
            person,
            state: begun.state.as_str().to_owned(),
            expires_at: now.plus_millis(CEREMONY_MS),
        };
        Ok(self.store.ceremony_put(&row, now).await?)
    }

    async fn take_ceremony(&self, id: &str) -> Result<CeremonyState, Error> {
        let row = self.store.ceremony_take(id, self.now()).await?;
        row.map(|row| CeremonyState::from_stored(row.state)).ok_or_else(|| of_passkey(PasskeyError::State))
    }

    /// The service's side of ceremonies, bound to its public address, or to `localhost` where it has none.
    fn passkeys_here(&self) -> Result<Passkeys, Error> {
        let url = match &self.config.public_url {
            Some(url) => url.clone(),
            None => {
                let port = self.config.listen.rsplit(':').next().unwrap_or_default();
                let wrong = |_| of_passkey(PasskeyError::Address(self.config.listen.clone()));
                url::Url::parse(&format!("http://localhost:{port}")).map_err(wrong)?
            }
        };
        Passkeys::new(&url, "Attestry").map_err(of_passkey)
    }
}

fn sign_in_id(token: Digest) -> String {
    format!("passkey-sign-in:{token}")
}

fn no_such_passkey() -> Error {
    Error::not_found("there is no such passkey; it may have been removed already")
}

fn of_passkey(error: PasskeyError) -> Error {
    let kind = match &error {
        PasskeyError::Stored(_) => ErrorKind::Internal,
        PasskeyError::AlreadyThere | PasskeyError::NoneThere => ErrorKind::Conflict,
        PasskeyError::Address(_)
        | PasskeyError::State
        | PasskeyError::Expired
        | PasskeyError::OtherCeremony
        | PasskeyError::Answer(_)
        | PasskeyError::OtherAddress(_)
        | PasskeyError::NotVerified
        | PasskeyError::MayBeCopied
        | PasskeyError::Refused(_) => ErrorKind::Invalid,
    };
    Error::new(kind, error.to_string()).caused_by(error)
}
