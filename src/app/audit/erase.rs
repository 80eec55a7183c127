//! Erasing a person from the audit trail: the keys of their rows are destroyed, and the ledger says so.

use serde_json::json;

use crate::app::audit::verify::Erasure;
use crate::app::identity::Actor;
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, PersonId};
use crate::ledger::statement::PredicateKind;
use crate::store::AuditRow;

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Rows that cannot be read any more.
    pub rows: u64,
    /// Index of the ledger entry that says so.
    pub record: i64,
}

impl App {
    /// Makes name, address, agent, before and after of every action by or about a person unreadable for ever, and
    /// takes what identifies them from their own row. Plain columns, digests and proofs stay.
    ///
    /// # Errors
    /// When the person may still sign in, no reason is given, or the database fails.
    pub async fn audit_erase_person(
        &self,
        actor: &Actor,
        id: PersonId,
        reason: &str,
    ) -> Result<Erased, Error> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 300 || reason.chars().any(char::is_control) {
            return Err(Error::invalid("reason: write 1 to 300 characters that name nobody"));
        }
        let person = self.person(id).await?;
        if !person.disabled {
            return Err(Error::new(
                ErrorKind::Conflict,
                "reason: disable the person first; who may sign in cannot be erased",
            ));
        }
        let found = self.store.audit_erasable(id).await?;
        let rows = found.rows.len() as u64;
        let erasure = Erasure { person: id, through: found.through, rows, reason: reason.to_owned() };
        let list = Digest::of(list_of(&found.rows).as_bytes());
        let at = self.now();
        let subject = ("erased-audit-rows", list);
        let entry = self.signer.entry(PredicateKind::Deletion, subject, &erasure, at)?;
        let record = self.store.audit_erase((id, found.through), &entry, at).await?;
        let event = Event::done("person.erased", format!("person:{id}"));
        let after = json!({"rows": rows, "record": record, "reason": reason});
        self.audited(actor, event.after(after)).await?;
        Ok(Erased { rows, record })
    }
}

/// The rows that are erased, one per line: number and digest. The ledger entry names this text's digest.
fn list_of(rows: &[AuditRow]) -> String {
    rows.iter().map(|row| format!("{} {}\n", row.no, row.sha256)).collect()
}
