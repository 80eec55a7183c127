//! Evidence as lists show it: narrow rows, page by page, with what became of each by an instant.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Func, IntoCondition as _, SimpleExpr};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use crate::base::{Digest, EvidenceId, ListQuery, Listed, UnixMillis};
use crate::store::entity::{evidence_item, seen_again, source, withdrawal};
use crate::store::error::readable;
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError, WithdrawalState};

/// An evidence item as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceLine {
    /// Identifier.
    pub id: EvidenceId,
    /// File name as given.
    pub file: String,
    /// Evidence kind; empty when unknown.
    pub kind: String,
    /// Format name; empty when unknown.
    pub format: String,
    /// Format version as written.
    pub format_version: Option<String>,
    /// `asset:KEY`, `vendor:KEY`, `feed:KEY`, or empty.
    pub subject: String,
    /// `accepted`, `quarantined` or `withdrawn`.
    pub status: String,
    /// Whether somebody asked to withdraw it and nobody decided yet.
    pub is_asked: bool,
    /// When it was collected.
    pub collected_at: UnixMillis,
    /// When it was recorded here.
    pub received_at: UnixMillis,
    /// Name of the source; empty for an upload.
    pub source: String,
    /// Size of the stored bytes.
    pub bytes: u64,
    /// Address of the stored bytes.
    pub sha256: Digest,
    /// Index of its ledger entry.
    pub ledger_index: i64,
    /// Parser and version.
    pub parser: String,
    /// The receipt as JSON; empty unless it was asked for.
    pub receipt: String,
}

/// One time the same bytes came again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SightingRow {
    /// When.
    pub at: UnixMillis,
    /// The run that fetched them.
    pub run_id: Option<String>,
    /// Name under which they came.
    pub file: String,
}

#[derive(Debug, FromQueryResult)]
struct Line {
    id: String,
    file: String,
    kind: String,
    format: String,
    format_version: Option<String>,
    subject: String,
    shown_status: String,
    asked: i32,
    collected_at: i64,
    received_at: i64,
    source_name: String,
    stored_bytes: i64,
    sha256: String,
    ledger_index: i64,
    parser: String,
    receipt: String,
}

impl Store {
    /// One page of the items as they were at `at`, whatever became of them.
    ///
    /// # Errors
    /// When the query names what the list has not, or the database does not answer.
    pub async fn evidence_page(
        &self,
        query: &ListQuery,
        at: UnixMillis,
    ) -> Result<Listed<EvidenceLine>, StoreError> {
        let base = lines(at).expr_as(Expr::val(""), "receipt");
        plan().page::<_, Line>(&self.reader, base, query).await?.try_map(into_line)
    }

    /// One page of the items in quarantine at `at`, with their receipts. Withdrawn ones wait for nobody.
    ///
    /// # Errors
    /// As [`Store::evidence_page`].
    pub async fn quarantine_page(
        &self,
        query: &ListQuery,
        at: UnixMillis,
    ) -> Result<Listed<EvidenceLine>, StoreError> {
        let base = lines(at)
            .column(evidence_item::Column::Receipt)
            .filter(evidence_item::Column::Status.eq("quarantined"))
            .filter(withdrawal::Column::No.is_null())
            .filter(Expr::cust(NOT_READ_SINCE));
        plan().page::<_, Line>(&self.reader, base, query).await?.try_map(into_line)
    }

    /// Each time the bytes of an item came again, newest first, up to `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_seen_list(&self, no: i32, limit: u64) -> Result<Vec<SightingRow>, StoreError> {
        let rows = seen_again::Entity::find()
            .filter(seen_again::Column::ItemNo.eq(no))
            .order_by_desc(seen_again::Column::No)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list sightings of an item"))?;
        let row = |m: seen_again::Model| SightingRow { at: UnixMillis(m.at), run_id: m.run_id, file: m.file };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// What could be read since, by another parser or as another kind, waits for nobody. Asked per item: those in
/// quarantine are few, the accepted ones are many.
const NOT_READ_SINCE: &str = "NOT EXISTS (SELECT 1 FROM evidence_item r WHERE r.sha256 = evidence_item.sha256 \
     AND r.status = 'accepted')";

/// The columns of a line: the item, its source's name, and its withdrawal in force at `at`, of which there is one at
/// most.
fn lines(at: UnixMillis) -> sea_orm::Select<evidence_item::Entity> {
    use evidence_item::Column as C;
    let withdrawn = withdrawal::Relation::Item.def().rev().on_condition(move |_, _| {
        let state = withdrawal::Column::State.eq(WithdrawalState::Withdrawn.slug());
        state.and(withdrawal::Column::DecidedAt.lte(at.0)).into_condition()
    });
    let from_source =
        evidence_item::Entity::belongs_to(source::Entity).from(C::SourceId).to(source::Column::Id).into();
    let columns =
        [C::Id, C::File, C::Kind, C::Format, C::FormatVersion, C::Subject, C::CollectedAt, C::ReceivedAt];
    let more = [C::StoredBytes, C::Sha256, C::LedgerIndex, C::Parser];
    evidence_item::Entity::find()
        .select_only()
        .columns(columns)
        .columns(more)
        .expr_as(shown_status(), "shown_status")
        .expr_as(source_name(), "source_name")
        .expr_as(asked(), "asked")
        .join(JoinType::LeftJoin, withdrawn)
        .join(JoinType::LeftJoin, from_source)
        .filter(C::ReceivedAt.lte(at.0))
}

fn shown_status() -> SimpleExpr {
    let there = Expr::col((withdrawal::Entity, withdrawal::Column::No)).is_not_null();
    CaseStatement::new()
        .case(there, WithdrawalState::Withdrawn.slug())
        .finally(Expr::col((evidence_item::Entity, evidence_item::Column::Status)))
        .into()
}

fn source_name() -> SimpleExpr {
    Func::coalesce([Expr::col((source::Entity, source::Column::Name)), Expr::val("")]).into()
}

/// 1 when a request is open, 0 otherwise.
fn asked() -> SimpleExpr {
    use sea_orm::sea_query::Query;
    let open = Query::select()
        .column(withdrawal::Column::ItemNo)
        .from(withdrawal::Entity)
        .and_where(Expr::col(withdrawal::Column::State).eq(WithdrawalState::Asked.slug()))
        .to_owned();
    let is_open = Expr::col((evidence_item::Entity, evidence_item::Column::No)).in_subquery(open);
    CaseStatement::new().case(is_open, Expr::val(1)).finally(Expr::val(0)).into()
}

/// `asset`, `vendor`, `feed`, or nothing: what stands before the colon.
fn about() -> SimpleExpr {
    let subject = || Expr::col((evidence_item::Entity, evidence_item::Column::Subject));
    let case = |word: &'static str| subject().like(format!("{word}:%"));
    CaseStatement::new()
        .case(case("asset"), "asset")
        .case(case("vendor"), "vendor")
        .case(case("feed"), "feed")
        .finally("nothing")
        .into()
}

fn plan() -> ListPlan {
    use evidence_item::Column as C;
    let item = |column: C| Expr::col((evidence_item::Entity, column));
    let sorts = [
        Key::text("file", item(C::File)),
        Key::text("kind", item(C::Kind)),
        Key::text("subject", item(C::Subject)),
        Key::text("status", shown_status()),
        Key::text("source", source_name()),
        Key::integer("collected", item(C::CollectedAt)),
        Key::integer("received", item(C::ReceivedAt)),
        Key::integer("size", item(C::StoredBytes)),
        Key::integer("ledger", item(C::LedgerIndex)),
    ];
    ListPlan::new(sorts, [Key::integer("no", item(C::No))])
        .search([item(C::File), item(C::Subject), item(C::Sha256), item(C::Format)])
        .filter(Key::text("kind", item(C::Kind)))
        .filter(Key::text("status", shown_status()))
        .filter(Key::text("about", about()))
        .filter(Key::text("subject", item(C::Subject)))
        .filter(Key::text("source", source_name()))
}

fn into_line(line: Line) -> Result<EvidenceLine, StoreError> {
    Ok(EvidenceLine {
        id: readable("evidence id", line.id.parse())?,
        sha256: readable("digest", line.sha256.parse())?,
        file: line.file,
        kind: line.kind,
        format: line.format,
        format_version: line.format_version,
        subject: line.subject,
        status: line.shown_status,
        is_asked: line.asked > 0,
        collected_at: UnixMillis(line.collected_at),
        received_at: UnixMillis(line.received_at),
        source: line.source_name,
        bytes: line.stored_bytes.unsigned_abs(),
        ledger_index: line.ledger_index,
        parser: line.parser,
        receipt: line.receipt,
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::IntoActiveModel as _;

    use super::*;
    use crate::base::Count;
    use crate::store::DatabaseUrl;

    async fn store(items: i32) -> (Store, tempfile::TempDir) {
        let data = tempfile::tempdir().unwrap();
        let store = Store::connect(&DatabaseUrl::Sqlite(data.path().join("a.db"))).await.unwrap();
        for from in (0..items).step_by(500) {
            let models = (from..Ord::min(items, from + 500)).map(|n| model(n).into_active_model());
            evidence_item::Entity::insert_many(models).exec_without_returning(&store.writer).await.unwrap();
        }
        (store, data)
    }

    fn model(n: i32) -> evidence_item::Model {
        evidence_item::Model {
            no: n + 1,
            id: EvidenceId::new().to_string(),
            kind: if n % 3 == 0 { "scan" } else { "sbom" }.to_owned(),
            format: "cyclonedx".to_owned(),
            format_version: Some("1.6".to_owned()),
            file: format!("bom-{n}.json"),
            sha256: Digest::of(&n.to_le_bytes()).to_hex(),
            bytes: i64::from(n),
            stored_bytes: i64::from(n),
            subject: format!("asset:a-{}", n % 50),
            source_id: None,
            run_id: None,
            produced_at: None,
            observed_at: i64::from(n),
            collected_at: i64::from(n),
            received_at: i64::from(n),
            collector: String::new(),
            request: "{}".to_owned(),
            completeness: "unknown".to_owned(),
            parser: String::new(),
            schema_valid: None,
            status: if n % 10 == 0 { "quarantined" } else { "accepted" }.to_owned(),
            receipt: "x".repeat(2000),
            summary: "{}".to_owned(),
            ledger_index: i64::from(n),
        }
    }

    fn asked(sort: &str) -> ListQuery {
        ListQuery { sort: sort.to_owned(), descending: true, limit: 25, ..ListQuery::default() }
    }

    #[tokio::test]
    async fn ten_thousand_items_are_listed_at_once_in_every_order() {
        let (store, _data) = store(10_000).await;
        let (all, mut slowest) = (UnixMillis(i64::MAX), std::time::Duration::ZERO);

        for sort in ["received", "collected", "file", "status", "source", "size", "subject"] {
            let started = std::time::Instant::now();
            let page = store.evidence_page(&asked(sort), all).await.unwrap();
            slowest = slowest.max(started.elapsed());
            assert_eq!((page.rows.len(), page.total), (25, Count::Exactly(10_000)), "{sort}");
        }
        let quarantine = store.quarantine_page(&asked("received"), all).await.unwrap();

        assert_eq!(quarantine.total, Count::Exactly(1_000));
        assert_eq!(quarantine.rows[0].receipt.len(), 2000);
        assert!(slowest < std::time::Duration::from_millis(500), "{slowest:?}");
        println!("slowest order: {slowest:?}");
    }

    #[tokio::test]
    async fn what_came_later_is_not_in_an_earlier_list() {
        let (store, _data) = store(30).await;

        let page = store.evidence_page(&asked("received"), UnixMillis(9)).await.unwrap();

        assert_eq!((page.rows.len(), page.rows[0].file.as_str()), (10, "bom-9.json"));
    }
}
