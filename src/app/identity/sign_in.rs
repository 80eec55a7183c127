//! Signing in: the password, then the second factor. Unknown, wrong and shut out look alike, and take as long.

use secrecy::SecretString;
use serde_json::json;

use crate::app::identity::account::of_password;
use crate::app::identity::password::{self, Check};
use crate::app::identity::throttling::Proof;
use crate::app::identity::{Actor, Caller, Client, Level, SignedIn, Via};
use crate::app::{App, Error, Event};
use crate::base::{Digest, PersonId};
use crate::store::PersonRow;

/// What was typed on the sign-in page.
#[derive(Debug)]
pub struct Credentials {
    /// Address.
    pub email: String,
    /// Password.
    pub password: SecretString,
}

impl App {
    /// Checks a password and begins the session it opens.
    ///
    /// # Errors
    /// When it could not be checked; a wrong password is no error.
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<Proof<SignedIn>, Error> {
        let email = credentials.email.trim().to_lowercase();
        let counted = match self.count_try(&format!("password {email}"), client).await? {
            Proof::Accepted(counted) => counted,
            Proof::Refused => return Ok(Proof::Refused),
            Proof::Wait { seconds } => return Ok(Proof::Wait { seconds }),
        };
        let row = self.store.person_by_email(&email).await?;
        let Some(row) = self.password_holds(row, credentials.password, client).await? else {
            return Ok(Proof::Refused);
        };
        self.try_was_right(&counted).await?;
        let signed_in = self.begin_after_password(row, (client, replaced)).await?;
        self.audit_entry(&signed_in, "password", client).await?;
        Ok(Proof::Accepted(signed_in))
    }

    /// The person, when the password is theirs and they may sign in. Takes as long when there is nobody.
    pub(super) async fn password_holds(
        &self,
        row: Option<PersonRow>,
        password: SecretString,
        client: &Client,
    ) -> Result<Option<PersonRow>, Error> {
        let stored = row.as_ref().and_then(|row| row.password.clone());
        let check = password::verify_blocking(password.clone(), stored).await.map_err(of_password)?;
        let id = row.as_ref().map(|row| row.id);
        match row.filter(|row| check != Check::Wrong && !row.disabled) {
            Some(row) => {
                if check == Check::RightButOutdated {
                    let hash = password::hash_blocking(password).await.map_err(of_password)?;
                    self.store.credential_password(row.id, &hash, self.now()).await?;
                }
                Ok(Some(row))
            }
            None => {
                self.audit_refused(id, "password", client).await?;
                Ok(None)
            }
        }
    }

    /// Checks the second factor of who proved the password, and begins their whole session.
    ///
    /// # Errors
    /// When it could not be checked; a wrong code is no error.
    pub async fn sign_in_code(
        &self,
        caller: &Caller,
        code: &str,
        client: &Client,
    ) -> Result<Proof<SignedIn>, Error> {
        if caller.session.level != Level::Password {
            return Err(Error::invalid("code: this session owes no code; sign in again"));
        }
        match self.code_holds(caller.person.id, code, client).await? {
            Proof::Accepted(()) => {}
            Proof::Refused => return Ok(Proof::Refused),
            Proof::Wait { seconds } => return Ok(Proof::Wait { seconds }),
        }
        let signed_in = self.begin_whole(caller.person.id, (client, Some(caller.session.token))).await?;
        self.audit_entry(&signed_in, "password and code", client).await?;
        Ok(Proof::Accepted(signed_in))
    }

    /// Begins a whole session of somebody who proved enough.
    pub(super) async fn begin_whole(
        &self,
        id: PersonId,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<SignedIn, Error> {
        let person = self.person(id).await?;
        let session = self.session_begin(id, Level::Full, (client, replaced)).await?;
        Ok(SignedIn { person, level: Level::Full, session })
    }

    /// Proves anew who is signed in, with password and code; begins another session in place of theirs.
    ///
    /// # Errors
    /// When it could not be checked; what was wrong is no error.
    pub async fn confirm(
        &self,
        caller: &Caller,
        (password, code): (SecretString, &str),
        client: &Client,
    ) -> Result<Proof<SignedIn>, Error> {
        let counted = match self.count_try(&format!("password {}", caller.person.email), client).await? {
            Proof::Accepted(counted) => counted,
            Proof::Refused => return Ok(Proof::Refused),
            Proof::Wait { seconds } => return Ok(Proof::Wait { seconds }),
        };
        let row = self.store.person_get(caller.person.id).await?;
        let Some(row) = self.password_holds(row, password, client).await? else { return Ok(Proof::Refused) };
        if row.totp.is_some() {
            match self.code_holds(row.id, code, client).await? {
                Proof::Accepted(()) => {}
                Proof::Refused => return Ok(Proof::Refused),
                Proof::Wait { seconds } => return Ok(Proof::Wait { seconds }),
            }
        }
        self.try_was_right(&counted).await?;
        self.confirmed(caller, client).await.map(Proof::Accepted)
    }

    /// One of the sample's people, who have nothing to prove, says that they are still there.
    ///
    /// # Errors
    /// When this is no sample, or the person has a password.
    pub async fn confirm_sample(&self, caller: &Caller, client: &Client) -> Result<SignedIn, Error> {
        if caller.person.has_password || !self.is_sample().await? {
            return Err(Error::invalid("password: type your password"));
        }
        self.confirmed(caller, client).await
    }

    pub(super) async fn confirmed(&self, caller: &Caller, client: &Client) -> Result<SignedIn, Error> {
        let signed_in = self.begin_whole(caller.person.id, (client, Some(caller.session.token))).await?;
        let object = format!("person:{}", caller.person.id);
        self.audited(&signed_in.actor(client), Event::done("identity.confirmed", object)).await?;
        Ok(signed_in)
    }

    /// Ends the session somebody signs out of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, caller: &Caller, client: &Client) -> Result<(), Error> {
        self.store.session_end(caller.person.id, caller.session.id).await?;
        let object = format!("person:{}", caller.person.id);
        self.audited(&caller.actor(client.clone()), Event::done("sign-out.done", object)).await
    }

    pub(super) async fn audit_entry(
        &self,
        signed_in: &SignedIn,
        with: &str,
        client: &Client,
    ) -> Result<(), Error> {
        let action = match signed_in.level {
            Level::Password | Level::Enrol => "sign-in.half",
            Level::Full => "sign-in.done",
        };
        let event = Event::done(action, format!("person:{}", signed_in.person.id));
        self.audited(&signed_in.actor(client), event.after(json!({"with": with}))).await
    }

    /// Notes a refusal with the account it was about, if it is one: what else was typed may be a password.
    pub(super) async fn audit_refused(
        &self,
        id: Option<PersonId>,
        with: &str,
        client: &Client,
    ) -> Result<(), Error> {
        let object = id.map_or_else(String::new, |id| format!("person:{id}"));
        let actor = Actor { via: Via::Nobody, ..Actor::stranger(client.clone()) };
        self.audited(&actor, Event::refused("sign-in.refused", object).after(json!({"with": with}))).await
    }
}
