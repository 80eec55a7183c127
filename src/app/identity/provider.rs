//! People who come through the organisation's identity provider: known by issuer and subject, role by group.
//!
//! The second factor is the provider's to ask for: who it lets in is in. An auditor cannot come this way, because no
//! group says which engagement they are confined to.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::app::identity::person::{NewPerson, checked_email, checked_name, taken};
use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::single_sign_on::{
    Callback, Identity, PENDING_MS, Pending, Purpose, Settings, SingleSignOn, SsoError,
};
use crate::app::identity::{Caller, Client, Role, SignedIn};
use crate::app::{App, Config, Error, Event};
use crate::base::{Digest, ErrorKind, UnixMillis};
use crate::net::{Addresses, Http, Policy};
use crate::store::{CeremonyRow, PersonRow};

/// Binds what is kept meanwhile to its purpose.
const PENDING: &[u8] = b"attestry/single-sign-on/v1";
/// Where the provider sends people back to.
const CALLBACK: &str = "/sign-in/sso/callback";

/// The first half of a sign-in through the provider.
#[derive(Debug)]
pub struct ProviderSignIn {
    /// Where the browser goes.
    pub url: Url,
    /// For a cookie of that browser: what is begun in one is not finished in another.
    pub token: SecretString,
    /// When it is over.
    pub expires_at: UnixMillis,
}

/// Somebody the provider let in, and where they wanted to go.
#[derive(Debug)]
pub struct FromProvider {
    /// Who.
    pub signed_in: SignedIn,
    /// Where to.
    pub return_to: String,
}

/// Whom the provider told about, as they were before.
enum Told {
    /// Nobody knew them.
    Added(PersonRow),
    /// Their row before their group's role was given.
    Known(PersonRow),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    pending: Pending,
    return_to: String,
}

/// Prepares single sign-on as it is configured; `None` when it is not.
///
/// # Errors
/// When the settings cannot be right.
pub(in crate::app) fn prepared(config: &Config) -> Result<Option<SingleSignOn>, Error> {
    let Some(sso) = &config.sso else { return Ok(None) };
    let missing =
        || Error::invalid("sso: public_url is needed, so that the provider knows where to send people back");
    let public = config.public_url.as_ref().ok_or_else(missing)?;
    let redirect = public.join(CALLBACK).map_err(|e| Error::invalid(format!("public_url: {e}")))?;
    let settings = Settings {
        issuer: sso.issuer.clone(),
        client_id: sso.client_id.clone(),
        client_secret: sso.client_secret.clone(),
        redirect,
        scopes: sso.scopes.clone(),
        groups_claim: sso.groups_claim.clone(),
        roles: sso.role.iter().map(|r| (r.group.clone(), r.role.slug().to_owned())).collect(),
    };
    let addresses = if sso.private_addresses { Addresses::Any } else { Addresses::Public };
    let http = Http::new(Policy { addresses, ..Policy::STRICT }).map_err(|e| of_sso(SsoError::Net(e)))?;
    SingleSignOn::new(settings, http).map(Some).map_err(|e| Error::invalid(format!("sso: {e}")).caused_by(e))
}

impl App {
    /// What the button for single sign-on says; `None` when it is not configured.
    pub fn sso_label(&self) -> Option<&str> {
        self.config.sso.as_ref().map(|sso| sso.label.as_str())
    }

    /// Begins signing in, or confirming, through the provider.
    ///
    /// # Errors
    /// When single sign-on is not configured, the provider cannot be asked, or the database fails.
    pub async fn sso_begin(&self, purpose: Purpose, return_to: &str) -> Result<ProviderSignIn, Error> {
        let sso = self.sso.as_ref().ok_or_else(not_configured)?;
        let now = self.now();
        let (url, pending) = sso.begin(purpose, now).await.map_err(of_sso)?;
        let unwritable = |e| Error::new(ErrorKind::Internal, "could not keep a sign-in").caused_by(e);
        let kept = Kept { pending, return_to: return_to.to_owned() };
        let text = serde_json::to_vec(&kept).map_err(|e| unwritable(anyhow::Error::from(e)))?;
        let token = SecretToken::generate(TokenKind::SignIn)
            .map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        let expires_at = now.plus_millis(PENDING_MS);
        let row = CeremonyRow {
            id: ceremony_id(token.digest()),
            purpose: "sso".to_owned(),
            person: None,
            state: self.seal_text(&text, PENDING)?,
            expires_at,
        };
        self.store.ceremony_put(&row, now).await?;
        Ok(ProviderSignIn { url, token: SecretString::from(token.expose().to_owned()), expires_at })
    }

    /// Lets in whom the provider sent back; a person it says nothing new about is added or gets their group's role.
    ///
    /// # Errors
    /// When anything does not hold, the address is not verified or belongs to another account, or the database fails.
    pub async fn sso_finish(
        &self,
        (token, callback): (&SecretString, &Callback),
        caller: Option<&Caller>,
        client: &Client,
    ) -> Result<FromProvider, Error> {
        let sso = self.sso.as_ref().ok_or_else(not_configured)?;
        let over = || of_sso(SsoError::OtherSignIn);
        let token = SecretToken::parse(TokenKind::SignIn, token.expose_secret()).map_err(|_| over())?;
        let row =
            self.store.ceremony_take(&ceremony_id(token.digest()), self.now()).await?.ok_or_else(over)?;
        let kept: Kept =
            serde_json::from_slice(&self.open_text(&row.state, PENDING)?).map_err(|e| over().caused_by(e))?;
        let provided = match sso.finish(callback, &kept.pending, self.now()).await {
            Ok(told) => self.provided(&told).await,
            Err(error) => Err(of_sso(error)),
        };
        let person = match provided {
            Ok(person) => person,
            Err(error) => {
                self.audit_refused(None, "single sign-on", client).await?;
                return Err(error);
            }
        };
        let (Told::Added(row) | Told::Known(row)) = &person;
        let other = caller.is_some_and(|caller| caller.person.id != row.id);
        if kept.pending.purpose() == Purpose::Confirm && (caller.is_none() || other) {
            return Err(Error::new(ErrorKind::Forbidden, "the provider confirmed somebody else than you"));
        }
        let replaced = caller.map(|caller| caller.session.token);
        let signed_in = self.begin_whole(row.id, (client, replaced)).await?;
        self.audit_entry(&signed_in, "single sign-on", client).await?;
        self.role_changes_audited(&signed_in, &person, client).await?;
        Ok(FromProvider { signed_in, return_to: kept.return_to })
    }

    /// Whom the provider told about: added when nobody is known, with their group's role when somebody is.
    async fn provided(&self, told: &Identity) -> Result<Told, Error> {
        let email = told.email.as_deref().filter(|_| told.email_verified).ok_or_else(|| {
            Error::new(
                ErrorKind::Forbidden,
                "the provider did not send a verified e-mail address: have it verified there, then sign in again",
            )
        })?;
        let role: Role = told.role.parse().map_err(|e| Error::invalid(format!("sso.role: {e}")))?;
        let subject = format!("{} {}", told.issuer, told.subject);
        if let Some(row) = self.store.person_by_subject(&subject).await? {
            return self.with_role(row, role).await.map(Told::Known);
        }
        let email = checked_email(email)?;
        match self.store.person_by_email(&email).await? {
            Some(row) if self.config.sso.as_ref().is_some_and(|sso| sso.join_by_email) => {
                let joined = PersonRow { sso_subject: Some(subject), updated_at: self.now(), ..row };
                self.store.person_put(&joined).await?;
                self.with_role(joined, role).await.map(Told::Known)
            }
            Some(_) => Err(Error::new(
                ErrorKind::Conflict,
                "an account with your address exists and is not joined to the provider: sign in with its password, or ask an administrator to set sso.join_by_email",
            )),
            None => {
                let name = told.name.as_deref().and_then(|name| checked_name(name).ok());
                let name = name.unwrap_or_else(|| email.clone());
                let new = NewPerson { email, name, role, engagement: None };
                let row = PersonRow { sso_subject: Some(subject), ..self.new_person(&new)? };
                self.store.person_insert(&row).await.map_err(taken)?;
                Ok(Told::Added(row))
            }
        }
    }

    async fn with_role(&self, row: PersonRow, role: Role) -> Result<PersonRow, Error> {
        if row.disabled {
            return Err(Error::new(
                ErrorKind::Forbidden,
                "this account may not sign in: ask an administrator",
            ));
        }
        if row.role != role.slug() {
            let now = PersonRow {
                role: role.slug().to_owned(),
                engagement: None,
                updated_at: self.now(),
                ..row.clone()
            };
            self.store.person_put(&now).await?;
        }
        Ok(row)
    }

    async fn role_changes_audited(
        &self,
        signed_in: &SignedIn,
        before: &Told,
        client: &Client,
    ) -> Result<(), Error> {
        let person = &signed_in.person;
        let (actor, object) = (signed_in.actor(client), format!("person:{}", person.id));
        let now = json!({"name": person.name, "email": person.email, "role": person.role});
        let event = match before {
            Told::Added(_) => Event::done("person.added", object).after(now),
            Told::Known(row) if row.role != person.role.slug() => {
                Event::done("person.role-changed", object).before(json!({"role": row.role})).after(now)
            }
            Told::Known(_) => return Ok(()),
        };
        self.audited(&actor, event).await
    }
}

fn ceremony_id(token: Digest) -> String {
    format!("sso:{token}")
}

fn not_configured() -> Error {
    Error::not_found("single sign-on is not set up here: sign in with a password")
}

fn of_sso(error: SsoError) -> Error {
    Error::new(error.kind(), error.to_string()).caused_by(error)
}

#[cfg(test)]
mod tests;
