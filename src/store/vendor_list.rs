//! Vendors with their newest scores, page by page, and the scores of one.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::base::{ListQuery, Listed};
use crate::store::entity::{vendor, vendor_score};
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError, VendorRow};

/// A vendor with its newest score.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct VendorScoreLine {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// When it was scored, in milliseconds.
    pub at: Option<i64>,
    /// Tier word.
    pub tier: Option<String>,
    /// Inherent risk.
    pub inherent: Option<f64>,
    /// Residual risk.
    pub residual: Option<f64>,
    /// Confidence, 0 to 1.
    pub confidence: Option<f64>,
    /// The whole calculation as JSON.
    pub body: Option<String>,
    /// Residual risk of the run before.
    pub before: Option<f64>,
}

/// One score of a vendor's history.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct PastScore {
    /// The instant it is for, in milliseconds.
    pub at: i64,
    /// Version of the rules.
    pub rule_set: String,
    /// Inherent risk.
    pub inherent: f64,
    /// Residual risk.
    pub residual: f64,
    /// Confidence, 0 to 1.
    pub confidence: f64,
}

const NEWEST: &str = "vendor_score.id = (SELECT x.id FROM vendor_score x WHERE x.vendor = vendor.key \
     ORDER BY x.at DESC, x.id DESC LIMIT 1)";

const BEFORE: &str = "(SELECT y.residual FROM vendor_score y WHERE y.vendor = vendor.key \
     AND y.at < vendor_score.at ORDER BY y.at DESC, y.id DESC LIMIT 1)";

/// In thousandths, so that the order and its cursor are exact; what was never scored comes last.
const RESIDUAL: &str = "COALESCE(CAST(ROUND(vendor_score.residual * 1000) AS BIGINT), -1)";

impl Store {
    /// A page of vendors with their newest scores.
    ///
    /// # Errors
    /// When the database does not answer or the query names something the list does not have.
    pub async fn vendor_page(&self, query: &ListQuery) -> Result<Listed<VendorScoreLine>, StoreError> {
        use vendor::Column as V;
        use vendor_score::Column as S;
        let plan = ListPlan::new(
            [Key::text("name", V::Name), Key::integer("residual", Expr::cust(RESIDUAL))],
            [Key::text("key", V::Key)],
        )
        .search([V::Name, V::Key])
        .filter(Key::text("tier", Expr::cust("COALESCE(vendor_score.tier, 'none')")));
        let mut base = vendor::Entity::find()
            .select_only()
            .columns([V::Key, V::Name])
            .columns([S::At, S::Tier, S::Inherent, S::Residual, S::Confidence, S::Body])
            .column_as(Expr::cust(BEFORE), "before");
        QueryTrait::query(&mut base).join(JoinType::LeftJoin, vendor_score::Entity, Expr::cust(NEWEST));
        plan.page(&self.reader, base, query).await
    }

    /// The vendor of that key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn vendor_get(&self, key: &str) -> Result<Option<VendorRow>, StoreError> {
        let row = vendor::Entity::find_by_id(key.to_owned()).one(&self.reader).await;
        Ok(row.map_err(StoreError::of("read a vendor"))?.map(|m| VendorRow {
            key: m.key,
            name: m.name,
            facts: m.facts,
            updated_at: crate::base::UnixMillis(m.updated_at),
        }))
    }

    /// A vendor's newest scores, newest first; at most `most`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn score_history(&self, vendor: &str, most: u64) -> Result<Vec<PastScore>, StoreError> {
        use vendor_score::Column as S;
        vendor_score::Entity::find()
            .select_only()
            .columns([S::At, S::RuleSet, S::Inherent, S::Residual, S::Confidence])
            .filter(S::Vendor.eq(vendor))
            .order_by_desc(S::At)
            .order_by_desc(S::Id)
            .limit(most)
            .into_model::<PastScore>()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list a vendor's scores"))
    }

    /// The bodies of a vendor's two newest scores, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn score_bodies(&self, vendor: &str) -> Result<Vec<String>, StoreError> {
        use vendor_score::Column as S;
        vendor_score::Entity::find()
            .select_only()
            .column(S::Body)
            .filter(S::Vendor.eq(vendor))
            .order_by_desc(S::At)
            .order_by_desc(S::Id)
            .limit(2)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read a vendor's newest scores"))
    }
}
