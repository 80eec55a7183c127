//! The list of findings, and the history of one.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::base::{ListQuery, Listed, UnixMillis};
use crate::store::entity::{asset, evidence_item, finding, finding_register};
use crate::store::list::{Key, ListPlan};
use crate::store::search::part;
use crate::store::{Store, StoreError};

/// Words of a search that count.
const MOST_WORDS: usize = 8;

/// Where a finding stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingFinding {
    /// Row number.
    pub no: i32,
    /// `asset:KEY`.
    pub subject: String,
    /// Hexadecimal digest that survives new titles and moved lines.
    pub identity: String,
    /// Tool that found it.
    pub tool: String,
    /// Its rule.
    pub rule: String,
    /// Severity word.
    pub severity: String,
    /// Title.
    pub title: String,
    /// Place; empty when the tool names none.
    pub location: String,
    /// `open`, `review`, `suppressed`, `pass`, `not_applicable` or `closed`.
    pub state: String,
    /// When it was ever seen first.
    pub first_seen: UnixMillis,
    /// When it was opened the last time.
    pub opened_at: UnixMillis,
    /// When it was seen last.
    pub last_seen: UnixMillis,
    /// When a newer complete scan no longer named it.
    pub closed_at: Option<UnixMillis>,
    /// By when it is to be gone.
    pub due_at: Option<UnixMillis>,
}

/// One scan's word about a finding.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct FindingSighting {
    /// The scan's evidence id.
    pub evidence: String,
    /// Its file.
    pub file: String,
    /// `asset:KEY`.
    pub subject: String,
    /// The instant it speaks for, in milliseconds.
    pub observed_at: i64,
    /// Severity word of that scan.
    pub severity: String,
    /// The tool's own word.
    pub severity_raw: String,
    /// State of that scan.
    pub state: String,
    /// Place in that scan.
    pub location: Option<String>,
    /// Title in that scan.
    pub title: String,
}

fn into_standing(m: finding_register::Model) -> StandingFinding {
    StandingFinding {
        no: m.no,
        subject: m.subject,
        identity: m.identity,
        tool: m.tool,
        rule: m.rule,
        severity: m.severity,
        title: m.title,
        location: m.location,
        state: m.state,
        first_seen: UnixMillis(m.first_seen),
        opened_at: UnixMillis(m.opened_at),
        last_seen: UnixMillis(m.last_seen),
        closed_at: (m.closed_at > 0).then_some(UnixMillis(m.closed_at)),
        due_at: (m.due_at < i64::MAX).then_some(UnixMillis(m.due_at)),
    }
}

impl Store {
    /// A page of findings. Without a state asked for, those somebody has to do something about; `overdue` alone when
    /// an instant is given.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn finding_page(
        &self,
        query: &ListQuery,
        overdue_at: Option<UnixMillis>,
    ) -> Result<Listed<StandingFinding>, StoreError> {
        use finding_register::Column as C;
        let sorts = [
            Key::integer("severity", C::SeverityRank),
            Key::integer("opened", C::OpenedAt),
            Key::integer("due", C::DueAt),
            Key::text("subject", C::Subject),
        ];
        let plan = ListPlan::new(sorts, [Key::integer("no", C::No)])
            .filter(Key::text("severity", C::Severity))
            .filter(Key::text("state", C::State))
            .filter(Key::text("tool", C::Tool))
            .filter(Key::text("asset", C::Subject));
        let mut base = finding_register::Entity::find();
        if query.filter("state").is_empty() || overdue_at.is_some() {
            base = base.filter(C::Standing.eq(1));
        }
        if let Some(at) = overdue_at {
            base = base.filter(C::DueAt.lt(at.0));
        }
        // One text per row, in lower case already: four columns would cost four times as much.
        for word in query.search.split_whitespace().take(MOST_WORDS) {
            base = base.filter(C::Sought.like(part(word)));
        }
        let page: Listed<finding_register::Model> = plan.page(&self.reader, base, query).await?;
        Ok(page.map(into_standing))
    }

    /// Where the finding of that identity stands, on each subject that has it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_standings(&self, identity: &str) -> Result<Vec<StandingFinding>, StoreError> {
        let rows = finding_register::Entity::find()
            .filter(finding_register::Column::Identity.eq(identity))
            .order_by_asc(finding_register::Column::Subject)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read a finding"))?;
        Ok(rows.into_iter().map(into_standing).collect())
    }

    /// The newest scans that name the finding, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn finding_sightings(
        &self,
        identity: &str,
        most: u64,
    ) -> Result<Vec<FindingSighting>, StoreError> {
        use evidence_item::Column as E;
        use finding::Column as F;
        let join = finding::Entity::belongs_to(evidence_item::Entity).from(F::ItemNo).to(E::No).into();
        finding::Entity::find()
            .select_only()
            .columns([F::Severity, F::SeverityRaw, F::State, F::Location, F::Title])
            .column_as(E::Id, "evidence")
            .columns([E::File, E::Subject, E::ObservedAt])
            .join(JoinType::InnerJoin, join)
            .filter(F::Identity.eq(identity))
            .order_by_desc(E::ObservedAt)
            .order_by_desc(E::No)
            .limit(most)
            .into_model::<FindingSighting>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read a finding's history"))
    }

    /// Whether the asset is declared in scope; `None` when it was never declared.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn asset_in_scope(&self, key: &str) -> Result<Option<bool>, StoreError> {
        let row = asset::Entity::find_by_id(key.to_owned()).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read an asset"))?.map(|a| a.in_scope))
    }
}
