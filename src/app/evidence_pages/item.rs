//! One evidence item's page.

use std::collections::BTreeMap;

use crate::app::evidence_pages::upload::{counts, notes, what};
use crate::app::identity::{Actor, Permission};
use crate::app::withdrawal::name_of;
use crate::app::{App, Error};
use crate::base::{EvidenceId, UnixMillis};
use crate::controls::TestResult;
use crate::evidence::Receipt;
use crate::ledger::merkle::hash_leaf;
use crate::report::Mark;
use crate::report::text;
use crate::report::view::Fact;
use crate::report::view::evidence_pages::{
    CheckpointView, Digested, EvidenceItemPage, HistoryLine, ProofView, StatusChip, TestUse, When,
    WithdrawalView, subject_href,
};
use crate::store::{EvidenceRow, WithdrawalRow, WithdrawalState};

/// Lines of a history shown of each kind.
const HISTORY: u64 = 50;

impl App {
    /// An item's page, with what was known and rested on it at `at`.
    ///
    /// # Errors
    /// When there was no such item then, or the database fails.
    pub async fn evidence_item(
        &self,
        actor: &Actor,
        id: EvidenceId,
        at: Option<UnixMillis>,
    ) -> Result<EvidenceItemPage, Error> {
        let at = at.unwrap_or_else(|| self.now());
        let item = self.evidence_row(id).await?;
        if item.received_at > at {
            return Err(Error::not_found(format!(
                "this item came only on {}",
                item.received_at.to_display()
            )));
        }
        let receipt: Receipt = serde_json::from_str(&item.receipt)
            .map_err(|e| Error::integrity(format!("the receipt of {id} cannot be read")).caused_by(e))?;
        let names = self.names().await?;
        let mut withdrawals = self.store.withdrawal_of_item(item.no).await?;
        withdrawals.retain(|w| w.asked_at <= at);
        let withdrawal = shown_withdrawal(&withdrawals, at).map(|w| withdrawal_view(actor, &names, w));
        let in_force = withdrawal.as_ref().is_some_and(|w| w.in_force);
        let status = if in_force { "withdrawn" } else { item.status.as_str() };
        let (errors, warnings) = notes(&receipt);
        let may_ask = actor.may(Permission::WithdrawEvidence) && withdrawal.is_none();
        Ok(EvidenceItemPage {
            file: item.file.clone(),
            href: format!("/evidence/{id}"),
            what: what(&item.kind, &item.format, item.format_version.as_deref()),
            subject: item.subject.clone(),
            subject_href: subject_href(&item.subject),
            status: StatusChip::of_status(status),
            may_withdraw: may_ask,
            may_download: actor.may(Permission::DownloadEvidence),
            withdrawal,
            facts: self.item_facts(&item).await?,
            sha256: Digested::new(item.sha256.to_hex()),
            counts: counts(&receipt),
            errors,
            warnings,
            content: self.first_rows(&item, &receipt).await?,
            uses: self.uses(&item, at).await?,
            history: self.history(&item, (&names, &withdrawals), at).await?,
            proof: self.proof_view(&item).await?,
        })
    }

    /// The withdrawal of an item that is in force now.
    pub(super) async fn withdrawal_of(&self, no: i32) -> Result<Option<WithdrawalRow>, Error> {
        let all = self.store.withdrawal_of_item(no).await?;
        Ok(all.into_iter().find(|w| w.state == WithdrawalState::Withdrawn))
    }

    async fn item_facts(&self, item: &EvidenceRow) -> Result<Vec<Fact>, Error> {
        let source = match &item.source_id {
            Some(id) => self.store.source_get(id).await?.map_or_else(String::new, |s| s.name),
            None => "uploaded".to_owned(),
        };
        let produced = item.produced_at.map_or_else(|| "not stated".to_owned(), UnixMillis::to_display);
        let valid = match item.schema_valid {
            Some(true) => "valid",
            Some(false) => "not valid, read all the same",
            None => "no rule set yet",
        };
        let mut size = text::size(item.stored_bytes);
        if item.stored_bytes != item.bytes {
            size = format!("{size} stored, {} as given", text::size(item.bytes));
        }
        Ok(vec![
            Fact::text("Collected", item.collected_at.to_display()),
            Fact::text("Produced", produced),
            Fact::text("Source", source),
            Fact::text("Collector", item.collector.clone()),
            Fact::text("Completeness", item.completeness.clone()),
            Fact::text("Size", size),
            Fact::text("Read by", item.parser.clone()),
            Fact::text("Schema", valid),
        ])
    }

    /// The tests that rested on the item in the newest evaluation up to `at`.
    async fn uses(&self, item: &EvidenceRow, at: UnixMillis) -> Result<Vec<TestUse>, Error> {
        let Some(evaluation) = self.store.evaluation_newest(at).await? else { return Ok(Vec::new()) };
        let results = self.store.evaluation_results(evaluation.no).await?;
        Ok(results.iter().filter_map(|result| self.test_use(item.id, result)).collect())
    }

    fn test_use(&self, id: EvidenceId, result: &TestResult) -> Option<TestUse> {
        let id = id.to_string();
        let subject = result.subjects.iter().find(|s| s.relied_on.contains(&id))?;
        let test = self.catalog.test(&result.test)?;
        let (mark, _) = Mark::of_test(subject.status);
        let requirement = |link: &crate::controls::Link| {
            let name = format!("{} {}", link.framework, link.id);
            (name, format!("/controls/{}/{}", link.framework, link.id))
        };
        Some(TestUse {
            title: test.title.clone(),
            href: format!("/tests/{}", test.id),
            explanation: text::capitalised(&subject.explanation),
            chip: StatusChip::new(mark, mark.word()),
            requirements: test.evidences.iter().map(requirement).collect(),
        })
    }

    async fn history(
        &self,
        item: &EvidenceRow,
        (names, withdrawals): (&BTreeMap<String, String>, &[WithdrawalRow]),
        at: UnixMillis,
    ) -> Result<Vec<HistoryLine>, Error> {
        let mut lines =
            vec![(item.received_at, line("", "Received", item.collector.clone(), item.received_at))];
        for seen in self.store.evidence_seen_list(item.no, HISTORY).await? {
            lines.push((seen.at, line("", "Came again, unchanged", seen.file, seen.at)));
        }
        for w in withdrawals {
            lines.extend(withdrawal_lines(names, w));
        }
        for row in self.store.audit_of_object(&format!("evidence:{}", item.id), HISTORY).await? {
            // the withdrawal's own lines say more than these
            if !row.action.starts_with("withdrawal.") || row.outcome == "refused" {
                let who = name_of(names, &row.actor);
                lines.push((row.at, line(&who, &words(&row.action, &row.outcome), String::new(), row.at)));
            }
        }
        lines.retain(|(when, _)| *when <= at);
        lines.sort_by_key(|(when, _)| std::cmp::Reverse(*when));
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }

    async fn proof_view(&self, item: &EvidenceRow) -> Result<ProofView, Error> {
        let index = item.ledger_index.unsigned_abs();
        let entry = self.store.ledger_entry(index).await?;
        let entry = entry.ok_or_else(|| Error::integrity(format!("ledger entry {index} is not there")))?;
        let mut view = ProofView {
            index: text::grouped(index),
            leaf: Digested::new(hash_leaf(entry.envelope.as_bytes()).to_hex()),
            checkpoint: None,
            hashes: Vec::new(),
        };
        if let Some((checkpoint, hashes)) = self.inclusion(item).await? {
            // the root is the third line of the signed note: the checkpoint's own words, not ours
            let root = checkpoint.note.lines().nth(2).unwrap_or_default().to_owned();
            view.checkpoint =
                Some(CheckpointView { size: text::grouped(checkpoint.size), root, at: checkpoint.at.into() });
            view.hashes = hashes.into_iter().map(crate::base::Digest::to_hex).collect();
        }
        Ok(view)
    }
}

/// The withdrawal in force at `at`, else the request that waited then.
fn shown_withdrawal(all: &[WithdrawalRow], at: UnixMillis) -> Option<&WithdrawalRow> {
    let decided = |w: &WithdrawalRow| w.decided_at.is_some_and(|decided| decided <= at);
    let in_force = all.iter().find(|w| w.state == WithdrawalState::Withdrawn && decided(w));
    in_force.or_else(|| all.iter().find(|w| !decided(w)))
}

fn withdrawal_view(actor: &Actor, names: &BTreeMap<String, String>, w: &WithdrawalRow) -> WithdrawalView {
    let own = w.asked_by == actor.key();
    let open = w.state == WithdrawalState::Asked;
    let may = open && !own && actor.may(Permission::DecideWithdrawal);
    let waits_for = match (open, own) {
        (true, true) => "You asked for this, so somebody else has to decide.",
        (true, false) if !may => "An administrator or compliance officer has to decide.",
        (true | false, _) => "",
    };
    WithdrawalView {
        in_force: w.state == WithdrawalState::Withdrawn,
        asked_by: name_of(names, &w.asked_by),
        asked_at: w.asked_at.into(),
        reason: w.reason.clone(),
        decided_by: if open { String::new() } else { name_of(names, &w.decided_by) },
        decided_at: w.decided_at.unwrap_or(w.asked_at).into(),
        decide_href: may.then(|| format!("/withdrawals/{}/decide", w.id)),
        waits_for: waits_for.to_owned(),
    }
}

fn withdrawal_lines(names: &BTreeMap<String, String>, w: &WithdrawalRow) -> Vec<(UnixMillis, HistoryLine)> {
    let asked = line(&name_of(names, &w.asked_by), "asked to withdraw it", w.reason.clone(), w.asked_at);
    let mut lines = vec![(w.asked_at, asked)];
    let decided = match w.state {
        WithdrawalState::Asked => return lines,
        WithdrawalState::Withdrawn => ("withdrew it", "not-applicable"),
        WithdrawalState::Declined => ("declined to withdraw it", "met"),
    };
    let at = w.decided_at.unwrap_or(w.asked_at);
    let who = name_of(names, &w.decided_by);
    lines
        .push((at, HistoryLine { class: decided.1, ..line(&who, decided.0, w.decision_reason.clone(), at) }));
    lines
}

fn line(who: &str, what: &str, detail: String, at: UnixMillis) -> HistoryLine {
    let (who, what) = (who.to_owned(), what.to_owned());
    HistoryLine { who, what, href: String::new(), detail, class: "", when: When::from(at) }
}

/// An action of the trail in words.
fn words(action: &str, outcome: &str) -> String {
    let done = match action {
        "evidence.uploaded" => "uploaded it",
        "evidence.downloaded" => "downloaded the original bytes",
        "evidence.read-again" => "had it read again",
        "withdrawal.asked" => "asked to withdraw it",
        "withdrawal.decided" => "decided on its withdrawal",
        other => other,
    };
    if outcome == "refused" { format!("{done}: refused") } else { done.to_owned() }
}
