//! People, and the own API tokens, for programs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::api::{Page, Walk, instant};
use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::{Actor, Permission, Person, Via};
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, PersonId, TokenId, UnixMillis};
use crate::store::TokenRow;

/// Longest name of a token.
const LONGEST_NAME: usize = 100;
/// Most days a token lives.
const MOST_DAYS: u32 = 365;

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
    /// The token.
    pub token: TokenRecord,
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
    /// How long it lives.
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
}

impl App {
    /// Everybody, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_people(&self, walk: &Walk) -> Result<Page<PersonRecord>, Error> {
        let all = self.people().await?.into_iter().map(person).collect();
        Ok(walk.page(all, |p: &PersonRecord| &p.id))
    }

    /// The own tokens, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_tokens(&self, actor: &Actor, walk: &Walk) -> Result<Page<TokenRecord>, Error> {
        let rows = self.store.token_list(Some(somebody(actor)?)).await?;
        Ok(walk.page(rows.into_iter().map(token).collect(), |t: &TokenRecord| &t.id))
    }

    /// Makes a token for who asks.
    ///
    /// # Errors
    /// When name, permissions or days cannot be, or the database fails.
    pub async fn api_token_create(&self, actor: &Actor, order: &TokenOrder) -> Result<NewTokenRecord, Error> {
        let person = somebody(actor)?;
        let name = order.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(Error::invalid(format!("name: between 1 and {LONGEST_NAME} characters")));
        }
        if !(1..=MOST_DAYS).contains(&order.days) {
            return Err(Error::invalid(format!("days: between 1 and {MOST_DAYS}")));
        }
        let permissions = given(actor, &order.permissions)?;
        let failed = |e| Error::new(ErrorKind::Internal, "there is no randomness").caused_by(e);
        let secret = SecretToken::generate(TokenKind::Api).map_err(failed)?;
        let now = self.now();
        let words: Vec<&str> = permissions.iter().map(|p| p.slug()).collect();
        let row = TokenRow {
            id: TokenId::new(),
            token: Digest::of(secret.expose().as_bytes()),
            person,
            name: name.to_owned(),
            scopes: words.join(" "),
            created_at: now,
            expires_at: self.expiry(actor, now.plus_days(i64::from(order.days))).await?,
            last_used_at: None,
            revoked_at: None,
        };
        self.store.token_insert(&row).await?;
        let event = Event::done("token.created", format!("token:{}", row.id));
        self.audited(actor, event.after(json!({"permissions": words, "days": order.days}))).await?;
        Ok(NewTokenRecord { secret: secret.expose().to_owned(), token: token(row) })
    }

    /// A token made with a token lives no longer than that: who finds one cannot make it last.
    async fn expiry(&self, actor: &Actor, wanted: UnixMillis) -> Result<UnixMillis, Error> {
        let Via::Token(id) = actor.via else { return Ok(wanted) };
        let own = self.store.token_list(actor.person).await?;
        Ok(own.iter().find(|t| t.id == id).map_or(wanted, |t| t.expires_at.min(wanted)))
    }

    /// Revokes an own token.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn api_token_revoke(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let own = self.store.token_list(Some(somebody(actor)?)).await?;
        if !own.iter().any(|t| t.id == id) {
            return Err(Error::not_found("you have no such token"));
        }
        if self.store.token_revoke(id, self.now()).await? {
            self.audited(actor, Event::done("token.revoked", format!("token:{id}"))).await?;
        }
        Ok(())
    }
}

fn somebody(actor: &Actor) -> Result<PersonId, Error> {
    actor.person.ok_or_else(|| Error::new(ErrorKind::Forbidden, "only people have tokens"))
}

/// The permissions a token is given: some, known, and none its maker has not.
fn given(actor: &Actor, words: &[String]) -> Result<BTreeSet<Permission>, Error> {
    let mut permissions = BTreeSet::new();
    for word in words {
        let permission: Permission = word.parse().map_err(|e| Error::invalid(format!("permissions: {e}")))?;
        if !actor.may(permission) {
            let more = format!("permissions: you may not {permission} yourself, so no token of yours can");
            return Err(Error::new(ErrorKind::Forbidden, more));
        }
        permissions.insert(permission);
    }
    if permissions.is_empty() {
        return Err(Error::invalid("permissions: give at least one"));
    }
    Ok(permissions)
}

fn person(person: Person) -> PersonRecord {
    PersonRecord {
        id: person.id.to_string(),
        email: person.email,
        name: person.name,
        role: person.role.slug().to_owned(),
        engagement: person.engagement.map(|e| e.to_string()),
        disabled: person.disabled,
        second_factor: person.has_totp,
        created_at: instant(person.created_at),
    }
}

fn token(row: TokenRow) -> TokenRecord {
    TokenRecord {
        id: row.id.to_string(),
        name: row.name,
        permissions: row.scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: instant(row.created_at),
        expires_at: instant(row.expires_at),
        last_used_at: row.last_used_at.map(instant),
        revoked_at: row.revoked_at.map(instant),
    }
}
