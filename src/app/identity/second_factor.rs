//! One-time codes and recovery codes of people: setting up, checking, taking away.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use serde_json::json;

use crate::app::identity::recovery::{self, RecoveryCode};
use crate::app::identity::throttling::Proof;
use crate::app::identity::totp::{QrPicture, TotpError, TotpSecret};
use crate::app::identity::{Actor, Caller, Client, Person, SignedIn, Via};
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, PersonId};
use crate::ledger::key::Sealed;
use crate::store::{CeremonyRow, PersonRow};

/// What is shown while an authenticator app is set up lasts this long.
const SETUP_MS: i64 = 15 * 60_000;
/// Binds sealed secrets of apps to their purpose.
const TOTP: &[u8] = b"attestry/totp/v1";
/// Binds what is kept for one showing to its purpose.
const SHOWN: &[u8] = b"attestry/recovery-codes-shown/v1";

/// What an authenticator app is given.
#[derive(Debug)]
pub struct TotpSetup {
    /// The secret for typing, in groups of four.
    pub text: Zeroizing<String>,
    /// The secret for the camera.
    pub picture: QrPicture,
}

impl App {
    /// Begins to set up one-time codes, or goes on with what was begun: a reload shows the same secret.
    ///
    /// # Errors
    /// When there is no randomness, or the database fails.
    pub async fn totp_begin(&self, person: &Person) -> Result<TotpSetup, Error> {
        let id = format!("totp:{}", person.id);
        let now = self.now();
        let secret = match self.store.ceremony_get(&id, now).await? {
            Some(row) => self.totp_open(&row.state)?,
            None => {
                let secret = TotpSecret::generate().map_err(of_totp)?;
                let state = self.seal_text(secret.as_bytes(), TOTP)?;
                let row = CeremonyRow {
                    id,
                    purpose: "totp".to_owned(),
                    person: Some(person.id),
                    state,
                    expires_at: now.plus_millis(SETUP_MS),
                };
                self.store.ceremony_put(&row, now).await?;
                secret
            }
        };
        let (organisation, _) = self.shown_organisation().await?;
        let picture = secret.picture(&format!("Attestry {organisation}"), &person.email).map_err(of_totp)?;
        Ok(TotpSetup { text: secret.to_base32(), picture })
    }

    /// Finishes setting up with a first code: makes recovery codes, ends the person's other sessions, begins a whole
    /// one in place of theirs.
    ///
    /// # Errors
    /// When nothing was begun, or the database fails; a wrong code is no error.
    pub async fn totp_finish(
        &self,
        caller: &Caller,
        code: &str,
        client: &Client,
    ) -> Result<Proof<SignedIn>, Error> {
        let (id, now) = (format!("totp:{}", caller.person.id), self.now());
        let over = || Error::invalid("code: setting up took too long: use the new picture below");
        let row = self.store.ceremony_get(&id, now).await?.ok_or_else(over)?;
        let secret = self.totp_open(&row.state)?;
        let Some(step) = secret.check(code, None, now).map_err(of_totp)? else { return Ok(Proof::Refused) };
        self.store.ceremony_take(&id, now).await?.ok_or_else(over)?;
        let recovery = self.recovery_codes_make(caller.person.id).await?;
        self.store.credential_totp(caller.person.id, (&row.state, step, &recovery), now).await?;
        self.store.session_end_all(caller.person.id, Some(caller.session.id)).await?;
        let signed_in = self.begin_whole(caller.person.id, (client, Some(caller.session.token))).await?;
        let event = Event::done("second-factor.added", format!("person:{}", caller.person.id));
        self.audited(&signed_in.actor(client), event).await?;
        Ok(Proof::Accepted(signed_in))
    }

    /// Takes one-time codes away from the one who is signed in.
    ///
    /// # Errors
    /// When their role must have a second factor and no passkey would remain, or the database fails.
    pub async fn totp_remove(&self, actor: &Actor, person: &Person) -> Result<(), Error> {
        if self.needs_second_factor(person.role) && self.store.passkey_count(person.id).await? == 0 {
            return Err(Error::new(
                ErrorKind::Conflict,
                "your role must have a second factor: add a passkey first, or set up another app instead",
            ));
        }
        self.store.credential_totp_remove(person.id, self.now()).await?;
        self.audited(actor, Event::done("second-factor.removed", format!("person:{}", person.id))).await
    }

    /// Takes the second factor away from somebody who lost it; they set up another at their next sign-in.
    ///
    /// # Errors
    /// When there is no such person, or the database fails.
    pub async fn second_factor_reset(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        self.person(id).await?;
        self.store.credential_totp_remove(id, self.now()).await?;
        self.store.session_end_all(id, None).await?;
        self.audited(actor, Event::done("second-factor.reset", format!("person:{id}"))).await
    }

    /// Makes new recovery codes; the old ones are void. They are shown once, by [`App::recovery_codes_take`].
    ///
    /// # Errors
    /// When there is no randomness, the codes changed in between, or the database fails.
    pub async fn recovery_codes_renew(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        let row = self.store.person_get(id).await?.ok_or_else(|| Error::not_found("no such person"))?;
        if row.totp.is_none() {
            return Err(Error::invalid("recovery codes belong to one-time codes: set those up first"));
        }
        let next = self.recovery_codes_make(id).await?;
        if !self.store.credential_recovery(id, (&row.recovery, &next), self.now()).await? {
            return Err(Error::new(ErrorKind::Conflict, "a recovery code was used just now: try again"));
        }
        self.audited(actor, Event::done("recovery-codes.renewed", format!("person:{id}"))).await
    }

    /// The recovery codes that were just made, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_take(&self, id: PersonId) -> Result<Option<Vec<String>>, Error> {
        let taken = self.store.ceremony_take(&format!("recovery:{id}"), self.now()).await?;
        let Some(row) = taken else { return Ok(None) };
        let text = self.open_text(&row.state, SHOWN)?;
        serde_json::from_slice(&text).map(Some).map_err(|e| damaged(e.into()))
    }

    /// How many recovery codes a person has left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recovery_codes_left(&self, id: PersonId) -> Result<usize, Error> {
        let row = self.store.person_get(id).await?;
        row.map_or(Ok(0), |row| digests(&row).map(|d| d.len()))
    }

    /// Whether a code is the person's: of their app and not used before, or an unused recovery code.
    pub(super) async fn code_holds(
        &self,
        id: PersonId,
        code: &str,
        client: &Client,
    ) -> Result<Proof<()>, Error> {
        let counted = match self.count_try(&format!("code {id}"), client).await? {
            Proof::Accepted(counted) => counted,
            Proof::Refused => return Ok(Proof::Refused),
            Proof::Wait { seconds } => return Ok(Proof::Wait { seconds }),
        };
        let row = self.store.person_get(id).await?.filter(|row| !row.disabled);
        let right = match &row {
            Some(row) => {
                self.app_code_holds(row, code).await? || self.recovery_holds(row, code, client).await?
            }
            None => false,
        };
        if right {
            self.try_was_right(&counted).await?;
            return Ok(Proof::Accepted(()));
        }
        self.audit_refused(Some(id), "code", client).await?;
        Ok(Proof::Refused)
    }

    async fn app_code_holds(&self, row: &PersonRow, code: &str) -> Result<bool, Error> {
        let Some(sealed) = &row.totp else { return Ok(false) };
        let last = (row.totp_step >= 0).then_some(row.totp_step);
        match self.totp_open(sealed)?.check(code, last, self.now()).map_err(of_totp)? {
            // of two who send the same code at once, one is refused
            Some(step) => Ok(self.store.person_accept_step(row.id, step).await?),
            None => Ok(false),
        }
    }

    async fn recovery_holds(&self, row: &PersonRow, code: &str, client: &Client) -> Result<bool, Error> {
        let mut unused = digests(row)?;
        let Some(index) = recovery::matching(code, &unused) else { return Ok(false) };
        unused.remove(index);
        let next = to_json(&unused)?;
        if !self.store.credential_recovery(row.id, (&row.recovery, &next), self.now()).await? {
            return Ok(false);
        }
        let person = Person::try_from(row.clone())?;
        let actor = Actor::person(&person, Via::Nobody, client.clone());
        let event = Event::done("recovery-code.used", format!("person:{}", row.id));
        self.audited(&actor, event.after(json!({"left": unused.len()}))).await?;
        Ok(true)
    }

    /// New codes: their digests as stored, the codes themselves sealed for one showing.
    async fn recovery_codes_make(&self, id: PersonId) -> Result<String, Error> {
        let codes = RecoveryCode::generate_set().map_err(|e| Error::upstream(e.to_string()).caused_by(e))?;
        let shown: Vec<String> = codes.iter().map(|code| code.shown().to_string()).collect();
        let text = Zeroizing::new(serde_json::to_vec(&shown).map_err(|e| damaged(e.into()))?);
        let row = CeremonyRow {
            id: format!("recovery:{id}"),
            purpose: "recovery".to_owned(),
            person: Some(id),
            state: self.seal_text(&text, SHOWN)?,
            expires_at: self.now().plus_millis(SETUP_MS),
        };
        self.store.ceremony_put(&row, self.now()).await?;
        let digests: Vec<Digest> = codes.iter().map(RecoveryCode::digest).collect();
        to_json(&digests)
    }

    fn totp_open(&self, sealed: &str) -> Result<TotpSecret, Error> {
        TotpSecret::from_bytes(&self.open_text(sealed, TOTP)?).map_err(of_totp)
    }

    /// Seals a secret under the master key, for a column of text.
    pub(super) fn seal_text(&self, secret: &[u8], context: &[u8]) -> Result<String, Error> {
        let sealed = self.signer.master.seal(secret, context).map_err(|e| damaged(e.into()))?;
        Ok(STANDARD.encode(sealed.as_bytes()))
    }

    /// Opens what [`App::seal_text`] sealed.
    pub(super) fn open_text(&self, text: &str, context: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let bytes = STANDARD.decode(text).map_err(|e| damaged(e.into()))?;
        let sealed = Sealed::from_bytes(bytes).map_err(|e| damaged(e.into()))?;
        self.signer.master.open(&sealed, context).map_err(|e| damaged(e.into()))
    }
}

fn digests(row: &PersonRow) -> Result<Vec<Digest>, Error> {
    serde_json::from_str(&row.recovery).map_err(|e| damaged(e.into()))
}

fn to_json(digests: &[Digest]) -> Result<String, Error> {
    serde_json::to_string(digests).map_err(|e| damaged(e.into()))
}

fn damaged(error: anyhow::Error) -> Error {
    Error::new(ErrorKind::Internal, "a stored secret of a person cannot be read or written").caused_by(error)
}

fn of_totp(error: TotpError) -> Error {
    Error::new(ErrorKind::Internal, error.to_string()).caused_by(error)
}
