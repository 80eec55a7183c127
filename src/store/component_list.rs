//! Bills of materials and their components, page by page; edges and packages of one document.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::base::{ListQuery, Listed, UnixMillis};
use crate::store::entity::{component, dependency, evidence_item};
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError};

/// A bill of materials in the list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SbomLine {
    /// Evidence id.
    pub id: String,
    /// Row number.
    pub no: i32,
    /// Name as given.
    pub file: String,
    /// Format name.
    pub format: String,
    /// Its version.
    pub format_version: Option<String>,
    /// `asset:KEY`.
    pub subject: String,
    /// Summary fields as JSON.
    pub summary: String,
    /// The instant it speaks for, in milliseconds.
    pub observed_at: i64,
    /// When the same bytes were last seen again.
    pub seen_at: Option<i64>,
    /// `newest` of its subject, or `superseded`.
    pub standing: String,
}

impl SbomLine {
    /// The newest instant it counts for.
    pub fn newest(&self) -> UnixMillis {
        UnixMillis(self.seen_at.map_or(self.observed_at, |again| again.max(self.observed_at)))
    }
}

/// A component in a list.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ComponentLine {
    /// Place in the document.
    pub ordinal: i32,
    /// Name.
    pub name: String,
    /// Version.
    pub version: Option<String>,
    /// Package URL as written.
    pub purl: Option<String>,
    /// Canonical package URL; empty when there is none.
    pub purl_key: String,
    /// Type as written.
    pub component_type: Option<String>,
    /// Supplier.
    pub supplier: Option<String>,
    /// Licences, separated by line feeds.
    pub licences: Option<String>,
}

/// A document that has a package.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PackageUse {
    /// Evidence id of the document.
    pub id: String,
    /// Its file.
    pub file: String,
    /// `asset:KEY`.
    pub subject: String,
    /// The instant it speaks for, in milliseconds.
    pub observed_at: i64,
    /// The component's place in it.
    pub ordinal: i32,
}

/// Which components a page is narrowed to beside what its query says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentScope {
    /// Row number of the document.
    pub item_no: i32,
    /// Only these places; at most a few thousand.
    pub only: Option<Vec<i32>>,
}

/// Whether another accepted document of the same subject speaks for a later instant. Compared as one pair, so that
/// the index leads past all older ones.
const STANDING: &str = "CASE WHEN EXISTS (SELECT 1 FROM evidence_item n WHERE n.subject = evidence_item.subject \
     AND n.kind = 'sbom' AND n.status = 'accepted' AND n.no NOT IN \
     (SELECT w.item_no FROM withdrawal w WHERE w.state = 'withdrawn') \
     AND (n.observed_at, n.no) > (evidence_item.observed_at, evidence_item.no)) \
     THEN 'superseded' ELSE 'newest' END";

const SEEN: &str = "(SELECT MAX(s.at) FROM seen_again s WHERE s.item_no = evidence_item.no)";

impl Store {
    /// A page of bills of materials.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn sbom_page(&self, query: &ListQuery) -> Result<Listed<SbomLine>, StoreError> {
        use evidence_item::Column as C;
        let sorts = [
            Key::integer("observed", C::ObservedAt),
            Key::text("asset", C::Subject),
            Key::text("document", C::File),
        ];
        let plan = ListPlan::new(sorts, [Key::integer("no", C::No)])
            .search([C::File, C::Subject])
            .filter(Key::text("standard", C::Format))
            .filter(Key::text("current", Expr::cust(STANDING)));
        let base = evidence_item::Entity::find()
            .select_only()
            .columns([
                C::Id,
                C::No,
                C::File,
                C::Format,
                C::FormatVersion,
                C::Subject,
                C::Summary,
                C::ObservedAt,
            ])
            .column_as(Expr::cust(SEEN), "seen_at")
            .column_as(Expr::cust(STANDING), "standing")
            .filter(C::Kind.eq("sbom"))
            .filter(C::Status.eq("accepted"))
            .filter(C::No.not_in_subquery(super::withdrawal::silent(UnixMillis(i64::MAX))));
        plan.page(&self.reader, base, query).await
    }

    /// A page of one document's components.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn component_page(
        &self,
        query: &ListQuery,
        scope: &ComponentScope,
    ) -> Result<Listed<ComponentLine>, StoreError> {
        use component::Column as C;
        let sorts =
            [Key::text("name", C::Name), Key::text("type", Expr::cust("COALESCE(component_type, '')"))];
        let plan = ListPlan::new(sorts, [Key::integer("ordinal", C::Ordinal)])
            .search([Expr::cust("name"), Expr::cust("purl_key"), Expr::cust("COALESCE(licences, '')")])
            .filter(Key::text("type", Expr::cust("COALESCE(component_type, '')")))
            .filter(Key::text("licence", Expr::cust("COALESCE(licences, '')")))
            .filter(Key::text("has-purl", Expr::cust("CASE WHEN purl_key = '' THEN 'no' ELSE 'yes' END")))
            .filter(Key::text(
                "has-licence",
                Expr::cust("CASE WHEN COALESCE(licences, '') = '' THEN 'no' ELSE 'yes' END"),
            ))
            .filter(Key::text("relation", Expr::cust(relation(scope.item_no))));
        let mut base = component::Entity::find().filter(C::ItemNo.eq(scope.item_no));
        if let Some(only) = &scope.only {
            base = base.filter(C::Ordinal.is_in(only.iter().copied()));
        }
        plan.page(&self.reader, base, query).await
    }

    /// Every component of a document, in its order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn component_lines(&self, item_no: i32) -> Result<Vec<ComponentLine>, StoreError> {
        component::Entity::find()
            .filter(component::Column::ItemNo.eq(item_no))
            .order_by_asc(component::Column::Ordinal)
            .into_model::<ComponentLine>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list components"))
    }

    /// Some components of a document, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn components_at(&self, item_no: i32, at: &[i32]) -> Result<Vec<ComponentLine>, StoreError> {
        component::Entity::find()
            .filter(component::Column::ItemNo.eq(item_no))
            .filter(component::Column::Ordinal.is_in(at.iter().copied()))
            .order_by_asc(component::Column::Name)
            .order_by_asc(component::Column::Ordinal)
            .into_model::<ComponentLine>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read components"))
    }

    /// Every edge of a document: dependent and dependency; -1 is the described thing itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn dependency_edges(&self, item_no: i32) -> Result<Vec<(i32, i32)>, StoreError> {
        dependency::Entity::find()
            .select_only()
            .columns([dependency::Column::FromOrdinal, dependency::Column::ToOrdinal])
            .filter(dependency::Column::ItemNo.eq(item_no))
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list dependencies"))
    }

    /// When each of these packages was first in an accepted document of the subject, in milliseconds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn package_first_seen(
        &self,
        subject: &str,
        purl_keys: &[String],
    ) -> Result<Vec<(String, i64)>, StoreError> {
        component::Entity::find()
            .select_only()
            .column(component::Column::PurlKey)
            .column_as(evidence_item::Column::ObservedAt.min(), "first")
            .join(JoinType::InnerJoin, item_of_component())
            .filter(component::Column::PurlKey.is_in(purl_keys))
            .filter(evidence_item::Column::Subject.eq(subject))
            .filter(evidence_item::Column::Status.eq("accepted"))
            .group_by(component::Column::PurlKey)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("look when packages came"))
    }

    /// The newest documents that have a package.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn package_uses(&self, purl_key: &str, most: u64) -> Result<Vec<PackageUse>, StoreError> {
        use evidence_item::Column as E;
        component::Entity::find()
            .select_only()
            .column(component::Column::Ordinal)
            .columns([E::Id, E::File, E::Subject, E::ObservedAt])
            .join(JoinType::InnerJoin, item_of_component())
            .filter(component::Column::PurlKey.eq(purl_key))
            .filter(E::Status.eq("accepted"))
            .order_by_desc(E::ObservedAt)
            .order_by_desc(E::No)
            .limit(most)
            .into_model::<PackageUse>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("look which documents have a package"))
    }

    /// When an item was last seen again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn evidence_last_seen(&self, item_no: i32) -> Result<Option<UnixMillis>, StoreError> {
        use crate::store::entity::seen_again;
        let newest = seen_again::Entity::find()
            .filter(seen_again::Column::ItemNo.eq(item_no))
            .order_by_desc(seen_again::Column::At)
            .one(&self.reader)
            .await;
        Ok(newest.map_err(StoreError::of("read when an item was seen again"))?.map(|s| UnixMillis(s.at)))
    }

    /// What tells whether the advisories changed: how many there are, and the newest document they came from.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advisory_mark(&self) -> Result<(i64, i32), StoreError> {
        use crate::store::entity::advisory;
        let mark: Option<(i64, Option<i32>)> = advisory::Entity::find()
            .select_only()
            .column_as(advisory::Column::Id.count(), "rows")
            .column_as(advisory::Column::ItemNo.max(), "newest")
            .filter(advisory::Column::ItemNo.not_in_subquery(super::withdrawal::silent(UnixMillis(i64::MAX))))
            .into_tuple()
            .one(&self.reader)
            .await
            .map_err(StoreError::of("look whether advisories changed"))?;
        Ok(mark.map_or((0, 0), |(rows, newest)| (rows, newest.unwrap_or_default())))
    }
}

fn item_of_component() -> sea_orm::RelationDef {
    component::Entity::belongs_to(evidence_item::Entity)
        .from(component::Column::ItemNo)
        .to(evidence_item::Column::No)
        .into()
}

/// `direct`, `transitive` or `unstated`. The inner list does not depend on the row, so it is made once.
fn relation(item_no: i32) -> String {
    format!(
        "CASE WHEN EXISTS (SELECT 1 FROM dependency d WHERE d.item_no = {item_no} AND d.from_ordinal = -1 \
         AND d.to_ordinal = component.ordinal) THEN 'direct' WHEN component.ordinal IN \
         (SELECT t.to_ordinal FROM dependency t WHERE t.item_no = {item_no}) THEN 'transitive' ELSE 'unstated' END"
    )
}
