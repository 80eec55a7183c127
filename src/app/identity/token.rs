//! API tokens: shown once, stored as a digest, able to do no more than they were given and than their person may.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::json;

use crate::app::identity::people::in_person;
use crate::app::identity::person::checked_name;
use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::{Actor, Client, Permission, Person, Via};
use crate::app::{App, Error, Event};
use crate::base::{ErrorKind, TokenId, UnixMillis};
use crate::store::TokenRow;

/// A token's use is noted at most once in this time.
const TOUCH_MS: i64 = 60_000;

/// How long a token may last, in days.
pub const LASTS_DAYS: [i64; 3] = [30, 90, 365];

/// A token that is asked for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Name, by which its owner knows it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// One of [`LASTS_DAYS`].
    pub days: i64,
}

/// A token that was just made. Its secret is shown once.
#[derive(Debug)]
pub struct MadeToken {
    /// Identifier.
    pub id: TokenId,
    /// Name.
    pub name: String,
    /// The secret.
    pub secret: SecretString,
    /// When it ends.
    pub expires_at: UnixMillis,
}

impl App {
    /// Makes an API token for the one who is signed in, able to do no more than they are.
    ///
    /// # Errors
    /// When it would outgrow its person, what was given is not usable, or the database fails.
    pub async fn token_create(&self, actor: &Actor, new: &NewToken) -> Result<MadeToken, Error> {
        in_person(actor)?;
        let person = actor.person.ok_or_else(|| Error::invalid("name: a token belongs to a person"))?;
        let name = checked_name(&new.name)?;
        if new.scopes.is_empty() {
            return Err(Error::invalid("scopes: choose at least one thing the token may do"));
        }
        if let Some(beyond) = new.scopes.iter().find(|scope| !actor.may(**scope)) {
            let text = format!("scopes: you may not {beyond} yourself, so your token cannot either");
            return Err(Error::new(ErrorKind::Forbidden, text));
        }
        if !LASTS_DAYS.contains(&new.days) {
            return Err(Error::invalid("days: choose 30, 90 or 365 days"));
        }
        let secret = SecretToken::generate(TokenKind::Api)
            .map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        let now = self.now();
        let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.slug()).collect();
        let row = TokenRow {
            id: TokenId::new(),
            token: secret.digest(),
            person,
            name: name.clone(),
            scopes: scopes.join(" "),
            created_at: now,
            expires_at: now.plus_days(new.days),
            last_used_at: None,
            revoked_at: None,
        };
        self.store.token_insert(&row).await?;
        let after = json!({"name": name, "scopes": scopes, "expires_at": row.expires_at.to_rfc3339()});
        self.audited(actor, Event::done("token.created", format!("token:{}", row.id)).after(after)).await?;
        let secret = SecretString::from(secret.expose().to_owned());
        Ok(MadeToken { id: row.id, name, secret, expires_at: row.expires_at })
    }

    /// A token the actor may see: their own, or anybody's for who manages people.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn token_seen(&self, actor: &Actor, id: TokenId) -> Result<TokenRow, Error> {
        let whose = if actor.may(Permission::ManagePeople) { None } else { actor.person };
        let mut tokens = self.store.token_list(whose).await?;
        let at = tokens.iter().position(|token| token.id == id);
        at.map(|at| tokens.swap_remove(at)).ok_or_else(|| Error::not_found("there is no such token"))
    }

    /// Ends a token for ever.
    ///
    /// # Errors
    /// When there is none the actor may see, it was revoked before, or the database fails.
    pub async fn token_revoke(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let token = self.token_seen(actor, id).await?;
        if !self.store.token_revoke(id, self.now()).await? {
            return Err(Error::new(ErrorKind::Conflict, "this token was revoked already"));
        }
        let event = Event::done("token.revoked", format!("token:{id}"));
        self.audited(actor, event.before(json!({"name": token.name}))).await
    }

    /// Notes that somebody tried a token that is good no more: at most once a minute, for it costs a ledger entry.
    async fn token_refused(&self, token: &TokenRow, actor: &Actor, why: &str) -> Result<(), Error> {
        let now = self.now();
        let ended = token.revoked_at.or_else(|| (token.expires_at <= now).then_some(token.expires_at));
        let noted = token.last_used_at.is_some_and(|used| ended.is_none_or(|ended| used > ended));
        if noted && !stale(token, now) {
            return Ok(());
        }
        self.store.token_touch(token.id, self.now()).await?;
        let event = Event::refused("token.refused", format!("token:{}", token.id));
        self.audited(actor, event.after(json!({"why": why}))).await
    }

    /// Who is behind an API token; `None` for a wrong, expired or revoked one, and for a person who was disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_actor(&self, secret: &str, client: Client) -> Result<Option<Actor>, Error> {
        let Ok(secret) = SecretToken::parse(TokenKind::Api, secret) else { return Ok(None) };
        let Some((token, person)) = self.store.token_find(secret.digest()).await? else { return Ok(None) };
        let now = self.now();
        let person: Person = person.try_into()?;
        let mut actor = Actor::person(&person, Via::Token(token.id), client);
        let refused = match (token.revoked_at, token.expires_at <= now, person.disabled) {
            (Some(_), _, _) => Some("revoked"),
            (None, true, _) => Some("expired"),
            (None, false, true) => Some("person disabled"),
            (None, false, false) => None,
        };
        if let Some(why) = refused {
            self.token_refused(&token, &actor, why).await?;
            return Ok(None);
        }
        if stale(&token, now) {
            self.store.token_touch(token.id, now).await?;
        }
        let given = scopes(&token.scopes);
        // a token never outgrows its person, also when their role shrinks later
        actor.permissions.retain(|p| given.contains(p));
        Ok(Some(actor))
    }
}

fn stale(token: &TokenRow, now: UnixMillis) -> bool {
    token.last_used_at.is_none_or(|used| now.since(used) > TOUCH_MS)
}

/// The permissions in a stored list; words of a later version are left out.
pub fn scopes(text: &str) -> BTreeSet<Permission> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}
