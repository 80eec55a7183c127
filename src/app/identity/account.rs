//! What a person does with their own account: password, second factor, passkeys, sessions.

use secrecy::SecretString;
use serde_json::json;

use crate::app::identity::password::{self, PasswordError};
use crate::app::identity::person::checked_name;
use crate::app::identity::{Actor, Caller, Client, Level, Person, Role, SignedIn};
use crate::app::{App, Error, Event, SecondFactor};
use crate::base::{Digest, ErrorKind, PersonId, SessionId};
use crate::store::PersonRow;

impl App {
    /// The hash of a password that may be chosen by whom `about` names.
    ///
    /// # Errors
    /// When the policy refuses it, or it cannot be hashed.
    pub(super) async fn password_hashed(
        &self,
        chosen: SecretString,
        about: &[&str],
    ) -> Result<String, Error> {
        let organisation = self.config.organisation.name.clone();
        let mut about = about.to_vec();
        about.push(&organisation);
        password::accept(&chosen, &about).map_err(|e| Error::invalid(format!("password: {e}")))?;
        password::hash_blocking(chosen).await.map_err(of_password)
    }

    /// Whether that role must have a second factor here.
    pub fn needs_second_factor(&self, role: Role) -> bool {
        let asked = matches!(role, Role::Administrator | Role::Officer);
        asked && self.config.session.second_factor == SecondFactor::Required
    }

    /// Begins the session that a right password opens: whole, or with the second factor still owed or to be set up.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn begin_after_password(
        &self,
        row: PersonRow,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<SignedIn, Error> {
        let person: Person = row.try_into()?;
        let level = if person.has_totp || self.store.passkey_count(person.id).await? > 0 {
            Level::Password
        } else if self.needs_second_factor(person.role) {
            Level::Enrol
        } else {
            Level::Full
        };
        let session = self.session_begin(person.id, level, (client, replaced)).await?;
        Ok(SignedIn { person, level, session })
    }
}

impl App {
    /// Gives the one who is signed in another name.
    ///
    /// # Errors
    /// When the name is not usable, or the database fails.
    pub async fn account_rename(&self, actor: &Actor, person: &Person, name: &str) -> Result<(), Error> {
        let name = checked_name(name)?;
        self.store.person_rename(person.id, &name, self.now()).await?;
        let event = Event::done("person.renamed", format!("person:{}", person.id));
        self.audited(actor, event.before(json!({"name": person.name})).after(json!({"name": name}))).await
    }

    /// Sets another password for the one who is signed in: their other sessions end, and this one is replaced.
    ///
    /// # Errors
    /// When the policy refuses the password, or the database fails.
    pub async fn password_change(
        &self,
        caller: &Caller,
        chosen: SecretString,
        client: &Client,
    ) -> Result<SignedIn, Error> {
        let person = &caller.person;
        let hash = self.password_hashed(chosen, &[&person.email, &person.name]).await?;
        self.store.credential_password(person.id, &hash, self.now()).await?;
        self.store.session_end_all(person.id, Some(caller.session.id)).await?;
        let signed_in = self.begin_whole(person.id, (client, Some(caller.session.token))).await?;
        let event = Event::done("password.changed", format!("person:{}", person.id));
        self.audited(&signed_in.actor(client), event).await?;
        Ok(signed_in)
    }

    /// Ends one session of the one who is signed in.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn own_session_end(&self, actor: &Actor, person: PersonId, id: SessionId) -> Result<(), Error> {
        self.session_end(person, id).await?;
        self.audited(actor, Event::done("session.ended", format!("session:{id}"))).await
    }

    /// Ends every other session of the one who is signed in; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_sessions_end(&self, actor: &Actor, caller: &Caller) -> Result<u64, Error> {
        let ended = self.store.session_end_all(caller.person.id, Some(caller.session.id)).await?;
        let event = Event::done("sessions.ended", format!("person:{}", caller.person.id));
        self.audited(actor, event.after(json!({"ended": ended}))).await?;
        Ok(ended)
    }
}

/// A failure of the password mechanism in the words of a use case.
pub(super) fn of_password(error: PasswordError) -> Error {
    let kind = match &error {
        PasswordError::TooLong => ErrorKind::Invalid,
        PasswordError::Busy => ErrorKind::Busy,
        PasswordError::NoRandomness(_)
        | PasswordError::Hash(_)
        | PasswordError::Stored(_)
        | PasswordError::CutOff => ErrorKind::Internal,
    };
    Error::new(kind, error.to_string()).caused_by(error)
}
