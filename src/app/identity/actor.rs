//! Who acts: handed to every use case that changes something, and written into the audit trail.

use std::collections::BTreeSet;

use crate::app::identity::{Permission, Person, Role};
use crate::base::{EngagementId, PersonId, SessionId, TokenId};

/// From where a request comes; for the audit trail and for throttling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// Address of the client; that of a trusted proxy's client when proxies are configured.
    pub ip: String,
    /// What the client calls itself, cut at 300 characters.
    pub agent: String,
}

/// How an actor came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// Signed in on a page.
    Session(SessionId),
    /// With an API token.
    Token(TokenId),
    /// On this machine's command line, or the scheduler.
    Local,
    /// Not signed in.
    Nobody,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; `None` for the command line, the scheduler and strangers.
    pub person: Option<PersonId>,
    /// Name as shown.
    pub name: String,
    /// The person's role.
    pub role: Option<Role>,
    /// What may be done: the role's permissions, or fewer with a token.
    pub permissions: BTreeSet<Permission>,
    /// The engagement an auditor is confined to.
    pub engagement: Option<EngagementId>,
    /// How.
    pub via: Via,
    /// From where.
    pub client: Client,
}

impl Actor {
    /// A person who came in like that.
    pub fn person(person: &Person, via: Via, client: Client) -> Self {
        Self {
            person: Some(person.id),
            name: person.name.clone(),
            role: Some(person.role),
            permissions: person.role.permissions(),
            engagement: person.engagement,
            via,
            client,
        }
    }

    /// Somebody who is not signed in.
    pub fn stranger(client: Client) -> Self {
        Self {
            person: None,
            name: "not signed in".to_owned(),
            role: None,
            permissions: BTreeSet::new(),
            engagement: None,
            via: Via::Nobody,
            client,
        }
    }

    /// This machine's command line or scheduler, which may do everything.
    pub fn local(name: &str) -> Self {
        Self {
            person: None,
            name: name.to_owned(),
            role: None,
            permissions: Permission::ALL.iter().copied().collect(),
            engagement: None,
            via: Via::Local,
            client: Client::default(),
        }
    }

    /// Whether the actor may do that.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The actor in the audit trail's plain column: a person's identifier, or how they came.
    pub fn key(&self) -> String {
        match (self.person, self.via) {
            (Some(person), _) => person.to_string(),
            (None, Via::Local) => "local".to_owned(),
            (None, _) => "stranger".to_owned(),
        }
    }
}
