//! People, the own API tokens, and the audit trail, for programs.

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::api::{Page, instant, known};
use crate::app::identity::Actor;
use crate::app::identity::token::NewToken;
use crate::app::{App, AuditView, Error};
use crate::base::{ErrorKind, ListQuery, PersonId, TokenId, UnixMillis};
use crate::store::{AuditSpan, PersonLine, TokenLine};

/// Somebody who may sign in. No secret of theirs is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRecord {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: String,
    /// The engagement an auditor is confined to.
    #[schema(format = "uuid")]
    pub engagement: Option<String>,
    /// May not sign in any more.
    pub disabled: bool,
    /// Whether one-time codes are set up.
    pub second_factor: bool,
    /// When they were added.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenRecord {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// Name as given.
    pub name: String,
    /// What it may do, as far as its person may.
    pub permissions: Vec<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// When it was last used, within a minute.
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

/// A new API token; its secret is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewTokenRecord {
    /// The secret, for `Authorization: Bearer`. It is not stored and not shown again.
    pub secret: String,
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// Name as given.
    pub name: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// What a new API token shall be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenOrder {
    /// Its name: what it is used for.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do; never more than who makes it.
    #[schema(min_items = 1)]
    pub permissions: Vec<String>,
    /// How long it lives: 30, 90 or 365 days.
    #[schema(minimum = 30, maximum = 365)]
    pub days: i64,
}

/// An action of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ActionRecord {
    /// Its number in the trail.
    pub no: i32,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// What was done: the action's word.
    pub action: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Who: a person's identifier, `local` or `stranger`.
    pub actor: String,
    /// To what: `kind:identifier`.
    pub object: Option<String>,
    /// Who by name; null once it was erased, like the rest of what identifies.
    pub name: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// From which address.
    pub ip: Option<String>,
    /// With what browser or program.
    pub agent: Option<String>,
    /// What it was before.
    pub before: Value,
    /// What it is now.
    pub after: Value,
    /// Index of its ledger entry.
    pub ledger_index: u64,
}

impl App {
    /// A page of people.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_people(&self, query: &ListQuery) -> Result<Page<PersonRecord>, Error> {
        Ok(self.store.person_page(query).await?.map(person).into())
    }

    /// A page of the own tokens.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn api_tokens(&self, actor: &Actor, query: &ListQuery) -> Result<Page<TokenRecord>, Error> {
        let listed = self.store.token_page(query, Some(somebody(actor)?)).await?;
        Ok(listed.map(token).into())
    }

    /// Makes a token for who asks.
    ///
    /// # Errors
    /// As [`App::token_create`].
    pub async fn api_token_create(&self, actor: &Actor, order: &TokenOrder) -> Result<NewTokenRecord, Error> {
        let scopes = order.permissions.iter().map(|word| word.parse()).collect::<Result<_, _>>();
        let scopes = scopes.map_err(|e: crate::app::identity::role::UnknownPermission| {
            Error::invalid(format!("permissions: {e}"))
        })?;
        let new = NewToken { name: order.name.clone(), scopes, days: order.days };
        let made = self.token_create(actor, &new).await?;
        Ok(NewTokenRecord {
            secret: made.secret.expose_secret().to_owned(),
            id: made.id.to_string(),
            name: made.name,
            expires_at: instant(made.expires_at),
        })
    }

    /// Revokes an own token; one that was revoked before stays so.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn api_token_revoke(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let own = self.store.token_list(Some(somebody(actor)?)).await?;
        let token = own.iter().find(|t| t.id == id);
        let token = token.ok_or_else(|| Error::not_found("you have no such token"))?;
        match token.revoked_at {
            Some(_) => Ok(()),
            None => self.token_revoke(actor, id).await,
        }
    }

    /// A page of the audit trail.
    ///
    /// # Errors
    /// When the query is wrong, a row is damaged, or the database fails.
    pub async fn api_actions(&self, query: &ListQuery) -> Result<Page<ActionRecord>, Error> {
        let listed = self.store.audit_page(query, AuditSpan { from: None, to: None }).await?;
        Ok(listed.try_map(|row| self.audit_open(row).map(action))?.into())
    }
}

fn somebody(actor: &Actor) -> Result<PersonId, Error> {
    actor.person.ok_or_else(|| Error::new(ErrorKind::Forbidden, "only people have tokens"))
}

fn person(line: PersonLine) -> PersonRecord {
    PersonRecord {
        id: line.id,
        email: line.email,
        name: line.name,
        role: line.role,
        engagement: line.engagement_id,
        disabled: line.disabled,
        second_factor: line.totp.is_some(),
        created_at: instant(UnixMillis(line.created_at)),
    }
}

fn token(line: TokenLine) -> TokenRecord {
    let at = |millis: i64| instant(UnixMillis(millis));
    TokenRecord {
        id: line.id,
        name: line.name,
        permissions: line.scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: at(line.created_at),
        expires_at: at(line.expires_at),
        last_used_at: line.last_used_at.map(at),
        revoked_at: line.revoked_at.map(at),
    }
}

fn action(view: AuditView) -> ActionRecord {
    let AuditView { row, who } = view;
    let who = who.as_ref();
    ActionRecord {
        no: row.no,
        at: instant(row.at),
        action: row.action,
        outcome: row.outcome,
        actor: row.actor,
        object: known(&row.object),
        name: who.and_then(|w| known(&w.name)),
        role: who.and_then(|w| known(&w.role)),
        ip: who.and_then(|w| known(&w.ip)),
        agent: who.and_then(|w| known(&w.agent)),
        before: who.map_or(Value::Null, |w| w.before.clone()),
        after: who.map_or(Value::Null, |w| w.after.clone()),
        ledger_index: row.ledger_index.unsigned_abs(),
    }
}
