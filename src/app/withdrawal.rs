//! Withdraws a wrong upload without deleting it: one person asks and says why, another decides.
//!
//! From the decision on the item no longer speaks; as of an earlier day it still does. Its bytes stay, it is listed as
//! withdrawn, and who decided what is signed into the ledger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::evidence_pages::Turned;
use crate::app::identity::Actor;
use crate::app::{App, Error, Event};
use crate::base::{Digest, ErrorKind, EvidenceId, UnixMillis, WithdrawalId};
use crate::ledger::statement::PredicateKind;
use crate::store::{Deciding, StoreError, WithdrawalRow, WithdrawalState};

/// Letters a reason has at least and at most: an auditor reads it a year later.
const REASON: std::ops::RangeInclusive<usize> = 8..=1000;
/// Open requests shown at once.
const MOST_PENDING: u64 = 100;

/// What is decided on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The item is withdrawn.
    Withdraw,
    /// It stays.
    Decline,
}

/// A request nobody decided on yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingWithdrawal {
    /// Identifier.
    pub id: WithdrawalId,
    /// The item.
    pub evidence: EvidenceId,
    /// Its file.
    pub file: String,
    /// Why it should be withdrawn.
    pub reason: String,
    /// Who asked, by name.
    pub asked_by: String,
    /// Who asked, as [`Actor::key`] says it: they may not decide.
    pub asked_by_key: String,
    /// When.
    pub asked_at: UnixMillis,
}

/// A decision that was made.
#[derive(Debug)]
pub struct Decided {
    /// The item.
    pub evidence: EvidenceId,
    /// Requirements whose verdict it changed.
    pub turned: Vec<Turned>,
}

/// What is signed into the ledger about a decision. Reasons may name people, so only their digests are in it.
#[derive(Debug, Serialize)]
struct WithdrawalPredicate<'a> {
    withdrawal: WithdrawalId,
    evidence: EvidenceId,
    decision: &'a str,
    asked_by: &'a str,
    asked_at: UnixMillis,
    reason_sha256: Digest,
    decided_by: &'a str,
    decided_at: UnixMillis,
    decision_reason_sha256: Digest,
}

impl App {
    /// Asks that an item be withdrawn.
    ///
    /// # Errors
    /// When there is no such item, it is withdrawn or asked for already, or the reason says too little.
    pub async fn withdrawal_ask(
        &self,
        actor: &Actor,
        evidence: EvidenceId,
        reason: &str,
    ) -> Result<WithdrawalId, Error> {
        let reason = checked_reason(reason)?;
        let item = self.store.evidence_get(evidence).await?;
        let item = item.ok_or_else(|| Error::not_found("there is no such evidence item"))?;
        let earlier = self.store.withdrawal_of_item(item.no).await?;
        if earlier.iter().any(|w| w.state == WithdrawalState::Withdrawn) {
            return Err(Error::new(ErrorKind::Conflict, "the item is withdrawn already"));
        }
        let row = WithdrawalRow {
            id: WithdrawalId::new(),
            item_no: item.no,
            evidence,
            file: item.file,
            subject: item.subject,
            state: WithdrawalState::Asked,
            reason: reason.to_owned(),
            asked_by: actor.key(),
            asked_at: self.now(),
            decided_by: String::new(),
            decided_at: None,
            decision_reason: String::new(),
            ledger_index: -1,
        };
        self.store.withdrawal_ask(&row).await.map_err(asked_already)?;
        let event = Event::done("withdrawal.asked", object(evidence));
        self.audited(actor, event.after(json!({"withdrawal": row.id, "reason": reason}))).await?;
        Ok(row.id)
    }

    /// Decides on a request somebody else made, and evaluates anew.
    ///
    /// # Errors
    /// When there is no such request, it was decided, the actor made it, or declining comes without a reason.
    pub async fn withdrawal_decide(
        &self,
        actor: &Actor,
        id: WithdrawalId,
        (verdict, reason): (Verdict, &str),
    ) -> Result<Decided, Error> {
        let row = self.store.withdrawal_get(id).await?;
        let row = row.ok_or_else(|| Error::not_found("there is no such request"))?;
        if row.state != WithdrawalState::Asked {
            return Err(decided_already());
        }
        if row.asked_by == actor.key() {
            let event = Event::refused("withdrawal.decided", object(row.evidence));
            self.audited(
                actor,
                event.after(json!({"withdrawal": id, "why": "asked and decided by one person"})),
            )
            .await?;
            return Err(Error::new(
                ErrorKind::Forbidden,
                "you asked for this withdrawal: somebody else has to decide on it",
            ));
        }
        let reason = match verdict {
            Verdict::Withdraw => reason.trim(),
            Verdict::Decline => checked_reason(reason)?,
        };
        self.withdrawal_settle(actor, &row, (verdict, reason)).await?;
        let turned = self.evaluate_and_tell().await?;
        Ok(Decided { evidence: row.evidence, turned })
    }

    async fn withdrawal_settle(
        &self,
        actor: &Actor,
        row: &WithdrawalRow,
        (verdict, reason): (Verdict, &str),
    ) -> Result<(), Error> {
        let item = self.store.evidence_get(row.evidence).await?;
        let item = item.ok_or_else(|| Error::not_found("there is no such evidence item"))?;
        let (at, by) = (self.now(), actor.key());
        let state = match verdict {
            Verdict::Withdraw => WithdrawalState::Withdrawn,
            Verdict::Decline => WithdrawalState::Declined,
        };
        let predicate = WithdrawalPredicate {
            withdrawal: row.id,
            evidence: row.evidence,
            decision: state.slug(),
            asked_by: &row.asked_by,
            asked_at: row.asked_at,
            reason_sha256: Digest::of(row.reason.as_bytes()),
            decided_by: &by,
            decided_at: at,
            decision_reason_sha256: Digest::of(reason.as_bytes()),
        };
        let subject = (item.file.as_str(), item.sha256);
        let entry = self.signer.entry(PredicateKind::Decision, subject, &predicate, at)?;
        let deciding = Deciding { state, by: by.clone(), at, reason: reason.to_owned(), entry };
        if !self.store.withdrawal_decide(row, &deciding).await? {
            return Err(decided_already());
        }
        let event = Event::done("withdrawal.decided", object(row.evidence))
            .before(json!({"withdrawal": row.id, "state": "asked", "reason": row.reason}))
            .after(json!({"withdrawal": row.id, "state": state.slug(), "reason": reason}));
        self.audited(actor, event).await
    }

    /// Requests that wait for a decision, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_withdrawals(&self) -> Result<Vec<PendingWithdrawal>, Error> {
        let rows = self.store.withdrawal_pending(MOST_PENDING).await?;
        let names = if rows.is_empty() { BTreeMap::new() } else { self.names().await? };
        Ok(rows
            .into_iter()
            .map(|row| PendingWithdrawal {
                id: row.id,
                evidence: row.evidence,
                file: row.file,
                reason: row.reason,
                asked_by: name_of(&names, &row.asked_by),
                asked_by_key: row.asked_by,
                asked_at: row.asked_at,
            })
            .collect())
    }

    /// Names of people by what the audit trail calls them.
    pub(super) async fn names(&self) -> Result<BTreeMap<String, String>, Error> {
        Ok(self.people().await?.into_iter().map(|p| (p.id.to_string(), p.name)).collect())
    }
}

/// A person's name by what the audit trail calls them.
pub(super) fn name_of(names: &BTreeMap<String, String>, key: &str) -> String {
    match key {
        "local" => "the command line".to_owned(),
        _person => names.get(key).cloned().unwrap_or_else(|| "somebody who is not here any more".to_owned()),
    }
}

/// Why an item is withdrawn, for lists and packs.
pub(super) fn in_words(row: &WithdrawalRow) -> String {
    let at = row.decided_at.map_or_else(String::new, |at| format!(" on {}", at.to_date()));
    format!("withdrawn{at}: {}", row.reason)
}

fn object(evidence: EvidenceId) -> String {
    format!("evidence:{evidence}")
}

fn decided_already() -> Error {
    Error::new(ErrorKind::Conflict, "somebody decided on this request already: load the page again")
}

/// The unique column refused a second open request.
fn asked_already(error: StoreError) -> Error {
    if error.kind() == ErrorKind::Conflict {
        return Error::new(
            ErrorKind::Conflict,
            "somebody asked to withdraw this item already: decide on that request",
        );
    }
    error.into()
}

fn checked_reason(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    if REASON.contains(&reason.chars().count()) {
        return Ok(reason);
    }
    let (least, most) = (REASON.start(), REASON.end());
    Err(Error::invalid(format!("reason: say why in {least} to {most} letters; an auditor will read it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        assert_eq!(checked_reason("  wrong asset \n").unwrap(), "wrong asset");
        for reason in ["", "      no      ", &"x".repeat(1001)] {
            assert!(checked_reason(reason).unwrap_err().to_string().starts_with("reason:"));
        }
    }
}
