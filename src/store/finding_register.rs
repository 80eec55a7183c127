//! Keeps the register of findings: one row per subject and finding, moved on by each scan in the scan's transaction.
//!
//! A finding is closed by one thing only: a newer complete scan of the same tool on the same subject that does not
//! name it. A scan that came late, or bytes that were seen again, change the order of what is known; then the
//! subject's rows are made again from its scans, by the same steps.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use serde_json::Value;

use crate::base::{Severity, UnixMillis};
use crate::evidence::scan::fix_by;
use crate::store::entity::{evidence_item, finding, finding_register, seen_again};
use crate::store::{EvidenceRow, Store, StoreError};

/// Rows per statement: 18 columns stay far below the 32,766 parameters SQLite takes.
const ROWS: usize = 500;

/// A scan as the register sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScanSeen {
    no: i32,
    subject: String,
    /// The tool its summary names.
    tool: Option<String>,
    /// The instant it speaks for.
    at: i64,
    /// Whether its silence says anything.
    complete: bool,
}

impl ScanSeen {
    /// Of an item about to be stored under that number.
    pub(super) fn of_row(no: i32, row: &EvidenceRow) -> Self {
        let facts = [row.summary.as_str(), &row.receipt, &row.completeness];
        Self::new((no, row.subject.clone()), facts, row.observed_at.0)
    }

    fn of_model(m: &evidence_item::Model, at: i64) -> Self {
        Self::new((m.no, m.subject.clone()), [&m.summary, &m.receipt, &m.completeness], at)
    }

    fn new((no, subject): (i32, String), [summary, receipt, completeness]: [&str; 3], at: i64) -> Self {
        // What is stored was written by us; a value that is not there says the scan is not known to be whole.
        let summary: Value = serde_json::from_str(summary).unwrap_or_default();
        let receipt: Value = serde_json::from_str(receipt).unwrap_or_default();
        let failed = summary.get("successful").and_then(Value::as_str) == Some("no");
        let dropped = receipt.pointer("/records/dropped").and_then(Value::as_u64).unwrap_or_default();
        let partial = matches!(completeness, "partial" | "failed");
        Self {
            no,
            subject,
            tool: summary.get("tool").and_then(Value::as_str).map(str::to_owned),
            at,
            complete: !failed && !partial && dropped == 0,
        }
    }
}

/// Takes over what a new scan says.
pub(super) async fn take_in(
    txn: &DatabaseTransaction,
    scan: &ScanSeen,
    rows: Vec<finding::Model>,
) -> Result<(), StoreError> {
    if comes_late(txn, scan).await? {
        return rebuild_in(txn, &scan.subject).await;
    }
    apply_in(txn, scan, rows).await
}

/// Takes over that an item was seen again; anything but a scan changes nothing.
pub(super) async fn seen_in(txn: &DatabaseTransaction, item_no: i32) -> Result<(), StoreError> {
    let item = evidence_item::Entity::find_by_id(item_no).one(txn).await;
    let item = item.map_err(StoreError::of("read the scan that was seen again"))?;
    match item.filter(|i| i.kind == "scan" && i.status == "accepted") {
        Some(item) => rebuild_in(txn, &item.subject).await,
        None => Ok(()),
    }
}

/// Whether something newer is known of the subject already.
async fn comes_late(txn: &DatabaseTransaction, scan: &ScanSeen) -> Result<bool, StoreError> {
    let newer = scans_of(&scan.subject)
        .filter(evidence_item::Column::ObservedAt.gte(scan.at))
        .filter(evidence_item::Column::No.ne(scan.no))
        .count(txn)
        .await
        .map_err(StoreError::of("look for newer scans"))?;
    if newer > 0 {
        return Ok(true);
    }
    let again = seen_again::Entity::find()
        .filter(seen_again::Column::At.gte(scan.at))
        .filter(seen_again::Column::ItemNo.in_subquery(numbers_of(&scan.subject)))
        .count(txn)
        .await
        .map_err(StoreError::of("look for scans seen again later"))?;
    Ok(again > 0)
}

fn scans_of(subject: &str) -> sea_orm::Select<evidence_item::Entity> {
    evidence_item::Entity::find()
        .filter(evidence_item::Column::Subject.eq(subject))
        .filter(evidence_item::Column::Kind.eq("scan"))
        .filter(evidence_item::Column::Status.eq("accepted"))
        .filter(evidence_item::Column::No.not_in_subquery(super::withdrawal::silent(UnixMillis(i64::MAX))))
}

fn numbers_of(subject: &str) -> sea_orm::sea_query::SelectStatement {
    use sea_orm::QueryTrait as _;
    scans_of(subject).select_only().column(evidence_item::Column::No).into_query()
}

/// Makes a subject's rows again from all its scans, in the order of what they speak for.
pub(super) async fn rebuild_in(txn: &DatabaseTransaction, subject: &str) -> Result<(), StoreError> {
    let gone = finding_register::Entity::delete_many().filter(finding_register::Column::Subject.eq(subject));
    gone.exec(txn).await.map_err(StoreError::of("clear a subject's findings"))?;
    let items = scans_of(subject).all(txn).await.map_err(StoreError::of("list a subject's scans"))?;
    let again = seen_again::Entity::find()
        .filter(seen_again::Column::ItemNo.in_subquery(numbers_of(subject)))
        .all(txn)
        .await
        .map_err(StoreError::of("list scans seen again"))?;
    let items: BTreeMap<i32, evidence_item::Model> = items.into_iter().map(|m| (m.no, m)).collect();
    let first = items.values().map(|m| (m.observed_at, m.no));
    let mut line: Vec<(i64, i32)> = first.chain(again.iter().map(|a| (a.at, a.item_no))).collect();
    line.sort_unstable();
    for (at, no) in line {
        let Some(item) = items.get(&no) else { continue };
        let rows = finding::Entity::find()
            .filter(finding::Column::ItemNo.eq(no))
            .order_by_asc(finding::Column::Ordinal)
            .all(txn)
            .await
            .map_err(StoreError::of("read a scan's findings"))?;
        apply_in(txn, &ScanSeen::of_model(item, at), rows).await?;
    }
    Ok(())
}

/// Writes what the newest scan says over what was known, then closes what it no longer names.
async fn apply_in(
    txn: &DatabaseTransaction,
    scan: &ScanSeen,
    rows: Vec<finding::Model>,
) -> Result<(), StoreError> {
    let mut tools: BTreeSet<String> = rows.iter().map(|r| r.tool.clone()).collect();
    tools.extend(scan.tool.clone());
    let tools: Vec<String> = tools.into_iter().collect();
    let known = finding_register::Entity::find()
        .filter(finding_register::Column::Subject.eq(&scan.subject))
        .filter(finding_register::Column::Tool.is_in(tools.clone()))
        .all(txn)
        .await
        .map_err(StoreError::of("read a subject's findings"))?;
    let known: BTreeMap<String, finding_register::Model> =
        known.into_iter().map(|m| (m.identity.clone(), m)).collect();
    // Sorted, so that two writers never wait for each other crosswise.
    let mut new: BTreeMap<String, finding_register::ActiveModel> = BTreeMap::new();
    for row in rows {
        if !new.contains_key(&row.identity) {
            let before = known.get(&row.identity);
            new.insert(row.identity.clone(), moved_on(scan, row, before));
        }
    }
    write_in(txn, new.into_values().collect()).await?;
    if scan.complete { close_in(txn, scan, tools).await } else { Ok(()) }
}

async fn write_in(
    txn: &DatabaseTransaction,
    mut rows: Vec<finding_register::ActiveModel>,
) -> Result<(), StoreError> {
    use finding_register::Column as C;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS));
        let same = OnConflict::columns([C::Subject, C::Identity])
            .update_columns([
                C::Tool,
                C::Rule,
                C::Severity,
                C::SeverityRank,
                C::Title,
                C::Location,
                C::Sought,
                C::State,
                C::Standing,
                C::FirstSeen,
                C::OpenedAt,
                C::LastSeen,
                C::ClosedAt,
                C::DueAt,
                C::ItemNo,
            ])
            .to_owned();
        let done = finding_register::Entity::insert_many(rows).on_conflict(same).exec_without_returning(txn);
        done.await.map_err(StoreError::of("write the register of findings"))?;
        rows = rest;
    }
    Ok(())
}

async fn close_in(txn: &DatabaseTransaction, scan: &ScanSeen, tools: Vec<String>) -> Result<(), StoreError> {
    use finding_register::Column as C;
    finding_register::Entity::update_many()
        .col_expr(C::State, Expr::value("closed"))
        .col_expr(C::Standing, Expr::value(0))
        .col_expr(C::ClosedAt, Expr::value(scan.at))
        .filter(C::Subject.eq(&scan.subject))
        .filter(C::Tool.is_in(tools))
        .filter(C::State.ne("closed"))
        .filter(C::ItemNo.ne(scan.no))
        .exec(txn)
        .await
        .map_err(StoreError::of("close findings"))?;
    Ok(())
}

/// The row after this scan.
fn moved_on(
    scan: &ScanSeen,
    row: finding::Model,
    before: Option<&finding_register::Model>,
) -> finding_register::ActiveModel {
    let standing = stands(&row.state);
    let severity = severity_of(&row.severity);
    // Open without a gap since then; what was closed, or never open, begins anew.
    let opened_at = before.filter(|b| b.standing == 1).map_or(scan.at, |b| b.opened_at);
    let from = match row.clock_from {
        0 => Some(opened_at),
        i64::MAX => None,
        known => Some(known),
    };
    let due = from.and_then(|from| fix_by(severity, UnixMillis(from))).filter(|_| standing);
    let location = row.location.unwrap_or_default();
    let sought = [row.title.as_str(), &row.rule, &location, &scan.subject].join(" ").to_lowercase();
    finding_register::ActiveModel {
        no: NotSet,
        subject: Set(scan.subject.clone()),
        identity: Set(row.identity),
        tool: Set(row.tool),
        rule: Set(row.rule),
        severity_rank: Set(rank(severity)),
        severity: Set(row.severity),
        title: Set(row.title),
        location: Set(location),
        sought: Set(sought),
        state: Set(row.state),
        standing: Set(i32::from(standing)),
        first_seen: Set(before.map_or(scan.at, |b| b.first_seen)),
        opened_at: Set(opened_at),
        last_seen: Set(scan.at),
        closed_at: Set(0),
        due_at: Set(due.map_or(i64::MAX, |t| t.0)),
        item_no: Set(scan.no),
    }
}

/// Whether somebody has to do something about it.
fn stands(state: &str) -> bool {
    matches!(state, "open" | "review")
}

pub(super) fn severity_of(word: &str) -> Severity {
    serde_json::from_value(Value::String(word.to_owned())).unwrap_or(Severity::Unknown)
}

const fn rank(severity: Severity) -> i32 {
    match severity {
        Severity::Unknown => 0,
        Severity::None => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

impl Store {
    /// Fills the register from the scans where it is empty: an installation from before there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_register_fill(&self) -> Result<(), StoreError> {
        let failed = "look into the register of findings";
        let kept = finding_register::Entity::find().limit(1).one(&self.reader).await;
        if kept.map_err(StoreError::of(failed))?.is_some() {
            return Ok(());
        }
        let any = finding::Entity::find().limit(1).one(&self.reader).await;
        if any.map_err(StoreError::of(failed))?.is_none() {
            return Ok(());
        }
        let subjects: Vec<String> = evidence_item::Entity::find()
            .select_only()
            .column(evidence_item::Column::Subject)
            .filter(evidence_item::Column::Kind.eq("scan"))
            .distinct()
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list the subjects of scans"))?;
        for subject in subjects {
            self.finding_register_rebuild(&subject).await?;
        }
        Ok(())
    }

    /// Makes a subject's findings again from its accepted scans: after one of them was withdrawn or released.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_register_rebuild(&self, subject: &str) -> Result<(), StoreError> {
        let txn = self.write().await?;
        rebuild_in(&txn, subject).await?;
        txn.commit().await.map_err(StoreError::of("commit a subject's findings"))
    }
}
