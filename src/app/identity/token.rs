//! API tokens: shown once, stored as a digest, able to do no more than they were given and than their person may.

use std::collections::BTreeSet;

use crate::app::identity::{Actor, Client, Permission, Person, Via};
use crate::app::{App, Error};
use crate::base::{Digest, UnixMillis};
use crate::store::TokenRow;

/// A token's use is noted at most once in this time.
const TOUCH_MS: i64 = 60_000;

impl App {
    /// Who is behind an API token; `None` for a wrong, expired or revoked one, and for a person who was disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_actor(&self, secret: &str, client: Client) -> Result<Option<Actor>, Error> {
        let Some((token, person)) = self.store.token_find(Digest::of(secret.as_bytes())).await? else {
            return Ok(None);
        };
        let now = self.now();
        if token.revoked_at.is_some() || token.expires_at <= now || person.disabled {
            return Ok(None);
        }
        if stale(&token, now) {
            self.store.token_touch(token.id, now).await?;
        }
        let person: Person = person.try_into()?;
        let mut actor = Actor::person(&person, Via::Token(token.id), client);
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
