//! The audit trail: every action with who, what, before and after, from where and when.
//!
//! What identifies a person is encrypted under a key of the row's own. The ledger entry names the digest of that
//! ciphertext, so destroying the key erases name, address and agent, and every proof stays valid.

mod erase;
mod export;
mod shown;
mod verify;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::identity::Actor;
use crate::app::{App, Error};
use crate::base::{Digest, ErrorKind, UnixMillis};
use crate::ledger::key::{MasterKey, Sealed};
use crate::ledger::statement::PredicateKind;
use crate::store::AuditRow;

pub use erase::Erased;
pub use export::TrailFormat;
pub use shown::days as audit_days;
pub(in crate::app) use verify::AuditClaims;

/// Context strings bind the sealed parts to their purpose.
const ROW: &[u8] = b"attestry/audit-row/v1";
const ROW_KEY: &[u8] = b"attestry/audit-row-key/v1";

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done,
    /// It was not permitted, or what was given was wrong.
    Refused,
}

impl Ended {
    /// The stable word.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// One action, before it is written.
#[derive(Debug, Clone)]
pub struct Event {
    /// What was done: noun and verb (`evidence.uploaded`).
    pub action: &'static str,
    /// To what: `kind:identifier`, or empty.
    pub object: String,
    /// How it ended.
    pub ended: Ended,
    /// What it was before; `Null` when it was not.
    pub before: Value,
    /// What it is now; `Null` when it is no more. Never a secret.
    pub after: Value,
}

impl Event {
    /// Something that was done.
    pub fn done(action: &'static str, object: impl Into<String>) -> Self {
        Self { action, object: object.into(), ended: Ended::Done, before: Value::Null, after: Value::Null }
    }

    /// Something that was tried and refused.
    pub fn refused(action: &'static str, object: impl Into<String>) -> Self {
        Self { ended: Ended::Refused, ..Self::done(action, object) }
    }

    /// With what it was before.
    #[must_use]
    pub fn before(mut self, before: impl Into<Value>) -> Self {
        self.before = before.into();
        self
    }

    /// With what it is now.
    #[must_use]
    pub fn after(mut self, after: impl Into<Value>) -> Self {
        self.after = after.into();
        self
    }
}

/// The encrypted part of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifying {
    /// Who, by name.
    pub name: String,
    /// In which role.
    pub role: String,
    /// From which address.
    pub ip: String,
    /// With what browser or program.
    pub agent: String,
    /// What it was before.
    pub before: Value,
    /// What it is now.
    pub after: Value,
}

/// What is signed into the ledger: the plain columns.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct AuditPredicate {
    at: UnixMillis,
    action: String,
    outcome: String,
    actor: String,
    object: String,
}

/// One action as it is read.
#[derive(Debug, Clone)]
pub struct AuditView {
    /// The row.
    pub row: AuditRow,
    /// Who and what exactly; `None` when it was erased.
    pub who: Option<Identifying>,
}

impl App {
    /// Writes an action into the audit trail and the ledger.
    ///
    /// # Errors
    /// When the database fails: what cannot be recorded must not be said to have been done.
    pub async fn audited(&self, actor: &Actor, event: Event) -> Result<(), Error> {
        let at = self.now();
        let who = Identifying {
            name: actor.name.clone(),
            role: actor.role.map_or("", |r| r.slug()).to_owned(),
            ip: actor.client.ip.clone(),
            agent: actor.client.agent.clone(),
            before: event.before,
            after: event.after,
        };
        let (sealed, row_key) = self.seal_row(&who)?;
        let row = AuditRow {
            no: 0,
            at,
            action: event.action.to_owned(),
            outcome: event.ended.slug().to_owned(),
            actor: actor.key(),
            object: event.object,
            sha256: Digest::of(sealed.as_bytes()),
            sealed: STANDARD.encode(sealed.as_bytes()),
            row_key,
            ledger_index: -1,
        };
        let subject = ("audit-row", row.sha256);
        let entry = self.signer.entry(PredicateKind::AuditTrail, subject, &predicate(&row), at)?;
        Ok(self.store.audit_append(&row, &entry).await?)
    }

    fn seal_row(&self, who: &Identifying) -> Result<(Sealed, String), Error> {
        let failed =
            |e: anyhow::Error| Error::new(ErrorKind::Internal, "could not encrypt an audit row").caused_by(e);
        let text = serde_json::to_vec(who).map_err(|e| failed(e.into()))?;
        let key = MasterKey::generate().map_err(|e| failed(e.into()))?;
        let sealed = key.seal(&text, ROW).map_err(|e| failed(e.into()))?;
        let kept =
            self.signer.master.seal(key.to_text().as_bytes(), ROW_KEY).map_err(|e| failed(e.into()))?;
        Ok((sealed, STANDARD.encode(kept.as_bytes())))
    }

    /// Reads what identifies a person in a row; `None` when its key was destroyed.
    ///
    /// # Errors
    /// When the row was damaged.
    pub fn audit_open(&self, row: AuditRow) -> Result<AuditView, Error> {
        if row.row_key.is_empty() {
            return Ok(AuditView { row, who: None });
        }
        let damaged = |e: anyhow::Error| {
            Error::integrity(format!("row {} of the audit trail is damaged", row.no)).caused_by(e)
        };
        let kept = STANDARD.decode(&row.row_key).map_err(|e| damaged(e.into()))?;
        let kept = Sealed::from_bytes(kept).map_err(|e| damaged(e.into()))?;
        let key = self.signer.master.open(&kept, ROW_KEY).map_err(|e| damaged(e.into()))?;
        let key = std::str::from_utf8(&key).map_err(|e| damaged(e.into()))?;
        let key = MasterKey::parse(key).map_err(|e| damaged(e.into()))?;
        let sealed = STANDARD.decode(&row.sealed).map_err(|e| damaged(e.into()))?;
        let sealed = Sealed::from_bytes(sealed).map_err(|e| damaged(e.into()))?;
        let text = key.open(&sealed, ROW).map_err(|e| damaged(e.into()))?;
        let who = serde_json::from_slice(&text).map_err(|e| damaged(e.into()))?;
        Ok(AuditView { row, who: Some(who) })
    }
}

/// The words of an action: `pack.downloaded` is "Pack downloaded".
pub(super) fn in_words(action: &str) -> String {
    let words = action.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn predicate(row: &AuditRow) -> AuditPredicate {
    AuditPredicate {
        at: row.at,
        action: row.action.clone(),
        outcome: row.outcome.clone(),
        actor: row.actor.clone(),
        object: row.object.clone(),
    }
}
