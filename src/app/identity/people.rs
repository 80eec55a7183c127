//! Inviting and changing people: who may do it to whom, and that it stands in the audit trail.

use serde_json::json;

use crate::app::identity::person::NewPerson;
use crate::app::identity::{Actor, LinkPurpose, NewLink, Permission, Person, Role, Via};
use crate::app::{App, Error, Event};
use crate::base::{EngagementId, ErrorKind, PersonId};
use crate::store::PersonSet;

impl App {
    /// Adds a person and makes the link with which they set a password. Who may not manage people invites auditors only.
    ///
    /// # Errors
    /// When the actor may not, the engagement is closed, what was given is not usable, or the database fails.
    pub async fn person_invite(&self, actor: &Actor, new: &NewPerson) -> Result<(Person, NewLink), Error> {
        in_person(actor)?;
        if new.role != Role::Auditor && !actor.may(Permission::ManagePeople) {
            return Err(Error::new(
                ErrorKind::Forbidden,
                "role: you may invite auditors; an administrator invites everybody else",
            ));
        }
        if let Some(engagement) = new.engagement {
            self.open_engagement(engagement).await?;
        }
        let person = self.person_add(new).await?;
        let event = Event::done("person.added", format!("person:{}", person.id));
        let after = json!({"name": person.name, "email": person.email, "role": person.role, "engagement": person.engagement});
        self.audited(actor, event.after(after)).await?;
        let link = self.link_create(actor, LinkPurpose::Invite, Some(person.id)).await?;
        Ok((person, link))
    }

    /// Gives a person another role.
    ///
    /// # Errors
    /// When it is the actor, nobody would be in charge, the engagement does not fit, or the database fails.
    pub async fn person_role(
        &self,
        actor: &Actor,
        id: PersonId,
        (role, engagement): (Role, Option<EngagementId>),
    ) -> Result<(), Error> {
        let person = self.manageable(actor, id).await?;
        if (role == Role::Auditor) != engagement.is_some() {
            return Err(Error::invalid(
                "role: an auditor needs an engagement, and only an auditor can have one",
            ));
        }
        if let Some(engagement) = engagement {
            self.open_engagement(engagement).await?;
        }
        let set = PersonSet { role: role.slug().to_owned(), engagement, disabled: person.disabled };
        self.set(actor, &person, &set).await?;
        let event = Event::done("person.role-changed", format!("person:{id}"));
        let before = json!({"role": person.role, "engagement": person.engagement});
        self.audited(actor, event.before(before).after(json!({"role": role, "engagement": engagement}))).await
    }

    /// Lets a person sign in no more, and ends their sessions; their tokens are refused from then on.
    ///
    /// # Errors
    /// When it is the actor, nobody would be in charge, or the database fails.
    pub async fn person_disable(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        let person = self.manageable(actor, id).await?;
        self.set(actor, &person, &set_of(&person, true)).await?;
        self.store.session_end_all(id, None).await?;
        let event = Event::done("person.disabled", format!("person:{id}"));
        self.audited(actor, event.before(json!({"disabled": false})).after(json!({"disabled": true}))).await
    }

    /// Lets a person sign in again.
    ///
    /// # Errors
    /// When they were erased, or the database fails.
    pub async fn person_enable(&self, actor: &Actor, id: PersonId) -> Result<(), Error> {
        let person = self.manageable(actor, id).await?;
        if person.is_erased() {
            return Err(Error::new(ErrorKind::Conflict, "this person was erased: invite them anew"));
        }
        self.set(actor, &person, &set_of(&person, false)).await?;
        let event = Event::done("person.enabled", format!("person:{id}"));
        self.audited(actor, event.before(json!({"disabled": true})).after(json!({"disabled": false}))).await
    }

    /// Ends every session of a person; gives how many.
    ///
    /// # Errors
    /// When there is no such person, or the database fails.
    pub async fn person_sessions_end(&self, actor: &Actor, id: PersonId) -> Result<u64, Error> {
        in_person(actor)?;
        self.person(id).await?;
        let ended = self.store.session_end_all(id, None).await?;
        let event = Event::done("sessions.ended", format!("person:{id}"));
        self.audited(actor, event.after(json!({"ended": ended}))).await?;
        Ok(ended)
    }

    /// Makes a link with which a person sets another password.
    ///
    /// # Errors
    /// When they may not sign in, or the database fails.
    pub async fn person_reset(&self, actor: &Actor, id: PersonId) -> Result<(Person, NewLink), Error> {
        in_person(actor)?;
        let person = self.person(id).await?;
        if person.disabled {
            return Err(Error::new(ErrorKind::Conflict, "this person is disabled: enable them first"));
        }
        let link = self.link_create(actor, LinkPurpose::Reset, Some(id)).await?;
        Ok((person, link))
    }

    /// A person the actor may change: anybody but themselves.
    async fn manageable(&self, actor: &Actor, id: PersonId) -> Result<Person, Error> {
        in_person(actor)?;
        let person = self.person(id).await?;
        if actor.person == Some(id) {
            let own = "role: nobody changes their own role or status; ask another administrator";
            let event = Event::refused("person.role-changed", format!("person:{id}"));
            self.audited(actor, event.after(json!({"why": "own role"}))).await?;
            return Err(Error::new(ErrorKind::Conflict, own));
        }
        Ok(person)
    }

    async fn set(&self, actor: &Actor, person: &Person, set: &PersonSet) -> Result<(), Error> {
        let administrator = Role::Administrator.slug();
        if self.store.person_set(person.id, (set, administrator), self.now()).await? {
            return Ok(());
        }
        let event = Event::refused("person.role-changed", format!("person:{}", person.id));
        self.audited(actor, event.after(json!({"why": "last administrator"}))).await?;
        Err(Error::new(
            ErrorKind::Conflict,
            "role: this is the last administrator; make somebody else administrator first",
        ))
    }
}

fn set_of(person: &Person, disabled: bool) -> PersonSet {
    PersonSet { role: person.role.slug().to_owned(), engagement: person.engagement, disabled }
}

impl Person {
    /// Whether what identified them was erased.
    pub fn is_erased(&self) -> bool {
        self.email == format!("erased-{}@invalid", self.id)
    }
}

/// What changes who may do what is done by a person who is here, never by a program with a token.
///
/// # Errors
/// When it is a program.
pub(in crate::app) fn in_person(actor: &Actor) -> Result<(), Error> {
    match actor.via {
        Via::Session(_) | Via::Local => Ok(()),
        Via::Token(_) | Via::Nobody => Err(Error::new(
            ErrorKind::Forbidden,
            "this is done by a person on the page, not with an API token",
        )),
    }
}
