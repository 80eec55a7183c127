//! Requests with an idempotency key: done once, answered as often as they are sent.

use crate::app::identity::Actor;
use crate::app::{App, Error};
use crate::base::{DAY_MS, Digest};
use crate::store::KeyedRequest;

/// After this long a request that still runs was given up by a process that ended.
const GIVEN_UP_MS: i64 = 15 * 60_000;

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// HTTP status.
    pub status: u16,
    /// Where the outcome is; empty for nowhere.
    pub location: String,
    /// The body.
    pub body: String,
}

/// How a request with a key begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nobody sent it before: do it.
    First,
    /// It was done: answer the same.
    Again(Kept),
    /// It is being done.
    Running,
    /// The key was used for something else.
    Other,
}

impl App {
    /// Begins a request with a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn once_begin(&self, actor: &Actor, key: &str, request: Digest) -> Result<Begun, Error> {
        let now = self.now();
        self.store.idempotency_sweep(now.plus_millis(-DAY_MS), now.plus_millis(-GIVEN_UP_MS)).await?;
        let row = KeyedRequest {
            actor: actor.key(),
            key: key.to_owned(),
            request,
            at: now,
            status: 0,
            location: String::new(),
            body: String::new(),
        };
        if self.store.idempotency_begin(&row).await? {
            return Ok(Begun::First);
        }
        Ok(match self.store.idempotency_get(&row.actor, key).await? {
            Some(known) if known.request != request => Begun::Other,
            Some(known) if known.status > 0 => {
                Begun::Again(Kept { status: known.status, location: known.location, body: known.body })
            }
            // gone in between: whoever had it failed, and may be asked again
            Some(_) | None => Begun::Running,
        })
    }

    /// Ends a request with a key: its answer is kept, or it is forgotten when it failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn once_end(&self, actor: &Actor, key: &str, kept: Option<&Kept>) -> Result<(), Error> {
        let Some(kept) = kept else {
            return Ok(self.store.idempotency_forget(&actor.key(), key).await?);
        };
        let row = KeyedRequest {
            actor: actor.key(),
            key: key.to_owned(),
            request: Digest::of(b""),
            at: self.now(),
            status: kept.status,
            location: kept.location.clone(),
            body: kept.body.clone(),
        };
        Ok(self.store.idempotency_end(&row).await?)
    }
}
