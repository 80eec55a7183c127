//! One-time links: how somebody without a password comes in the first time, or again after they lost it.
//!
//! The secret is 256 random bits in the address, shown once; its digest is stored. Looking at the page a link leads
//! to uses nothing up: mail scanners open links. Sending the form does, in one transaction with what it changes.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::app::identity::person::{NewPerson, checked_name, taken};
use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::{Actor, Client, Level, Person, Role, SignedIn, Via};
use crate::app::{App, Error, Event};
use crate::base::{DAY_MS, Digest, ErrorKind, PersonId, UnixMillis};
use crate::store::{LinkRow, PersonRow, Redeemed};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To become administrator, or to get back in as one: whoever reads this machine's terminal owns it anyway.
    Administrator,
    /// To set a password for the first time.
    Invite,
    /// To set another password. The second factor stays.
    Reset,
    /// To look around in sample data as one of its people; good more than once, until the service ends.
    Sample,
}

impl LinkPurpose {
    const ALL: [Self; 4] = [Self::Administrator, Self::Invite, Self::Reset, Self::Sample];

    /// The stable word.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::Sample => "sample",
        }
    }

    /// How long such a link is good.
    pub const fn lasts_ms(self) -> i64 {
        match self {
            Self::Administrator | Self::Invite | Self::Reset => DAY_MS,
            Self::Sample => 7 * DAY_MS,
        }
    }
}

/// A link that was just made. Its secret is shown once.
#[derive(Debug)]
pub struct NewLink {
    /// For the address.
    pub secret: SecretString,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it ends.
    pub expires_at: UnixMillis,
}

impl NewLink {
    /// The link's path. Holds the secret.
    pub fn path(&self) -> String {
        format!("/welcome/{}", self.secret.expose_secret())
    }
}

/// What a good link leads to.
#[derive(Debug)]
pub struct Welcome {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// For whom; nobody yet for the first administrator.
    pub person: Option<Person>,
    /// Whom one can be, with a sample's link.
    pub people: Vec<Person>,
    /// When it ends.
    pub expires_at: UnixMillis,
}

/// What was filled in on a link's page.
#[derive(Debug)]
pub struct Chosen {
    /// Name as shown.
    pub name: String,
    /// Address; read only where the link is for nobody yet.
    pub email: String,
    /// The new password.
    pub password: SecretString,
}

impl App {
    /// Makes a link for a person, or for an administrator nobody knows yet. Earlier links of the same purpose for the
    /// same person are void.
    ///
    /// # Errors
    /// When the person is not known, there is no randomness, or the database fails.
    pub async fn link_create(
        &self,
        actor: &Actor,
        purpose: LinkPurpose,
        person: Option<PersonId>,
    ) -> Result<NewLink, Error> {
        let secret = SecretToken::generate(TokenKind::Link)
            .map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        let now = self.now();
        let expires_at = now.plus_millis(purpose.lasts_ms());
        let row = LinkRow {
            token: secret.digest(),
            purpose: purpose.slug().to_owned(),
            person,
            created_at: now,
            expires_at,
            used_at: None,
        };
        self.store.link_sweep(now).await?;
        self.store.link_void(purpose.slug(), person).await?;
        self.store.link_insert(&row).await?;
        let object = person.map_or_else(String::new, |id| format!("person:{id}"));
        let after = json!({"purpose": purpose.slug(), "expires_at": expires_at.to_rfc3339()});
        self.audited(actor, Event::done("link.created", object).after(after)).await?;
        Ok(NewLink { secret: SecretString::from(secret.expose().to_owned()), purpose, expires_at })
    }

    /// A link that makes an administrator: of nobody known when no address is given, else of that one, who is added
    /// when they are not known. For this machine's command line only.
    ///
    /// # Errors
    /// When the address belongs to somebody who is no administrator, or the database fails.
    pub async fn administrator_link(
        &self,
        email: Option<&str>,
        name: Option<&str>,
    ) -> Result<NewLink, Error> {
        let actor = Actor::local("command line");
        let Some(email) = email else {
            return self.link_create(&actor, LinkPurpose::Administrator, None).await;
        };
        let email = super::person::checked_email(email)?;
        let person = match self.store.person_by_email(&email).await? {
            Some(row) if row.role == Role::Administrator.slug() && !row.disabled => row.id,
            Some(_) => {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    format!(
                        "{email} is known, but is no administrator or may not sign in: change that under Users, or give another address"
                    ),
                ));
            }
            None => {
                let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(&email)).to_owned();
                let new = NewPerson { email, name, role: Role::Administrator, engagement: None };
                let person = self.person_add(&new).await?;
                let after = json!({"name": person.name, "email": person.email, "role": person.role});
                self.audited(
                    &actor,
                    Event::done("person.added", format!("person:{}", person.id)).after(after),
                )
                .await?;
                person.id
            }
        };
        self.link_create(&actor, LinkPurpose::Administrator, Some(person)).await
    }

    /// The link a starting service shows on its terminal: one to look around in sample data, or one to become the
    /// first administrator; none once somebody can sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_link(&self) -> Result<Option<NewLink>, Error> {
        let actor = Actor::local("service");
        if self.is_sample().await? {
            return self.link_create(&actor, LinkPurpose::Sample, None).await.map(Some);
        }
        if self.store.person_count().await? == 0 {
            return self.link_create(&actor, LinkPurpose::Administrator, None).await.map(Some);
        }
        Ok(None)
    }

    /// Ends the sample's links, when the service that showed them ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sample_links_end(&self) -> Result<(), Error> {
        Ok(self.store.link_void(LinkPurpose::Sample.slug(), None).await?)
    }

    /// Whether this installation shows sample data.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_sample(&self) -> Result<bool, Error> {
        Ok(self.store.setting_get("sample").await?.is_some())
    }

    /// What a link leads to. Uses nothing up.
    ///
    /// # Errors
    /// When the link is wrong, used or over, or the database fails.
    pub async fn welcome(&self, secret: &str) -> Result<Welcome, Error> {
        let (row, purpose) = self.good_link(secret).await?;
        let person = match row.person {
            Some(id) => Some(self.person(id).await?).filter(|p| !p.disabled),
            None => None,
        };
        if row.person.is_some() && person.is_none() {
            return Err(no_such_link());
        }
        let people = match purpose {
            LinkPurpose::Sample => self.sample_people().await?,
            LinkPurpose::Administrator | LinkPurpose::Invite | LinkPurpose::Reset => Vec::new(),
        };
        Ok(Welcome { purpose, person, people, expires_at: row.expires_at })
    }

    /// Uses a link up: sets name and password of the one it is for, ends their other sessions, and begins one.
    ///
    /// # Errors
    /// When the link is not good, what was chosen is not accepted, or the database fails.
    pub async fn welcome_accept(
        &self,
        secret: &str,
        chosen: Chosen,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<SignedIn, Error> {
        let (link, purpose) = self.good_link(secret).await?;
        let (mut row, known) = match (link.person, purpose) {
            (_, LinkPurpose::Sample) => return Err(no_such_link()),
            (Some(id), _) => (self.store.person_get(id).await?.ok_or_else(no_such_link)?, true),
            (None, _) => {
                let (email, name) = (chosen.email, chosen.name.clone());
                let new = NewPerson { email, name, role: Role::Administrator, engagement: None };
                (self.new_person(&new)?, false)
            }
        };
        if row.disabled {
            return Err(no_such_link());
        }
        row.name = checked_name(&chosen.name)?;
        row.password = Some(self.password_hashed(chosen.password, &[&row.email, &row.name]).await?);
        row.updated_at = self.now();
        if purpose == LinkPurpose::Administrator {
            // who got back in by the machine itself sets up their second factor anew
            forget_second_factor(&mut row);
        }
        let redeemed = if known { Redeemed::Known(&row) } else { Redeemed::New(&row) };
        let used = self.store.link_redeem(link.token, self.now(), redeemed).await.map_err(taken)?;
        if !used {
            return Err(no_such_link());
        }
        self.store.session_end_all(row.id, None).await?;
        let signed_in = self.begin_after_password(row, (client, replaced)).await?;
        self.audited(&signed_in.actor(client), link_used(purpose, &signed_in.person)).await?;
        Ok(signed_in)
    }

    /// Begins a session as one of the sample's people; the link stays good.
    ///
    /// # Errors
    /// When the link is not a sample's, or the person is not one of the sample's.
    pub async fn welcome_sample(
        &self,
        secret: &str,
        id: PersonId,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<SignedIn, Error> {
        let (_, purpose) = self.good_link(secret).await?;
        let people = match purpose {
            LinkPurpose::Sample => self.sample_people().await?,
            LinkPurpose::Administrator | LinkPurpose::Invite | LinkPurpose::Reset => Vec::new(),
        };
        let person = people.into_iter().find(|p| p.id == id).ok_or_else(no_such_link)?;
        let session = self.session_begin(person.id, Level::Full, (client, replaced)).await?;
        let signed_in = SignedIn { person, level: Level::Full, session };
        self.audited(&signed_in.actor(client), link_used(purpose, &signed_in.person)).await?;
        Ok(signed_in)
    }

    async fn good_link(&self, secret: &str) -> Result<(LinkRow, LinkPurpose), Error> {
        let token = SecretToken::parse(TokenKind::Link, secret).map_err(|_| no_such_link())?;
        let row = self.store.link_find(token.digest()).await?.ok_or_else(no_such_link)?;
        let purpose = LinkPurpose::ALL.into_iter().find(|p| p.slug() == row.purpose);
        let purpose = purpose.ok_or_else(no_such_link)?;
        if row.used_at.is_some() || row.expires_at <= self.now() {
            return Err(no_such_link());
        }
        // a copy of sample data that became a real installation must not be open to everybody
        if purpose == LinkPurpose::Sample && !self.is_sample().await? {
            return Err(no_such_link());
        }
        Ok((row, purpose))
    }
}

impl SignedIn {
    /// The one who signed in, as an actor.
    pub fn actor(&self, client: &Client) -> Actor {
        Actor::person(&self.person, Via::Session(self.session.id), client.clone())
    }
}

fn link_used(purpose: LinkPurpose, person: &Person) -> Event {
    Event::done("link.used", format!("person:{}", person.id)).after(json!({"purpose": purpose.slug()}))
}

/// Takes one-time codes and recovery codes away from a person.
pub(super) fn forget_second_factor(row: &mut PersonRow) {
    row.totp = None;
    row.totp_step = -1;
    "[]".clone_into(&mut row.recovery);
}

/// One answer for wrong, used and ended links: it tells a guesser nothing.
fn no_such_link() -> Error {
    Error::not_found(
        "this link is wrong, was used already, or has ended: ask who gave it to you for a new one, or sign in",
    )
}
