//! Looks a few things up by part of a name. Bounded: a handful of each, and of what is many only the newest rows.

use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::store::entity::{asset, component, evidence_item, finding_register, vendor};
use crate::store::{Store, StoreError};

/// Of what is many only so many of the newest rows are searched: an answer must come before the next key is pressed.
pub const SEARCHED_ROWS: u64 = 10_000;

/// Something found: identifier, name, and what tells it from others.
pub type Hit = (String, String, String);

/// The text as part of a name, in lower case, whatever it contains.
fn like(column: impl IntoSimpleExpr, text: &str) -> SimpleExpr {
    Expr::expr(Func::lower(column.into_simple_expr())).like(part(text))
}

/// The text, in lower case, as part of something that is kept in lower case.
pub(super) fn part(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().replace('\0', " ").chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

impl Store {
    /// Assets by key or name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_assets(&self, text: &str, most: u64) -> Result<Vec<Hit>, StoreError> {
        use asset::Column as C;
        asset::Entity::find()
            .select_only()
            .columns([C::Key, C::Name, C::AssetType])
            .filter(Condition::any().add(like(C::Key, text)).add(like(C::Name, text)))
            .order_by_asc(C::Name)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("search assets"))
    }

    /// Vendors by key or name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_vendors(&self, text: &str, most: u64) -> Result<Vec<Hit>, StoreError> {
        use vendor::Column as C;
        vendor::Entity::find()
            .select_only()
            .columns([C::Key, C::Name, C::Key])
            .filter(Condition::any().add(like(C::Key, text)).add(like(C::Name, text)))
            .order_by_asc(C::Name)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("search vendors"))
    }

    /// The newest evidence by file name or subject.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_evidence(&self, text: &str, most: u64) -> Result<Vec<Hit>, StoreError> {
        use evidence_item::Column as C;
        evidence_item::Entity::find()
            .select_only()
            .columns([C::Id, C::File, C::Subject])
            .filter(Condition::any().add(like(C::File, text)).add(like(C::Subject, text)))
            .order_by_desc(C::No)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("search evidence"))
    }

    /// Open findings by title, rule, place or subject, among the newest rows of the register.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_findings(&self, text: &str, most: u64) -> Result<Vec<Hit>, StoreError> {
        use finding_register::Column as C;
        let newest = finding_register::Entity::find()
            .select_only()
            .column(C::No)
            // not as `standing = 1`: its indexes would have every open finding sorted first
            .filter(Expr::cust("finding_register.standing + 0 = 1"))
            .order_by_desc(C::No)
            .limit(SEARCHED_ROWS);
        finding_register::Entity::find()
            .select_only()
            .columns([C::Identity, C::Title, C::Subject])
            .filter(C::No.in_subquery(QueryTrait::into_query(newest)))
            .filter(C::Sought.like(part(text)))
            .order_by_desc(C::SeverityRank)
            .order_by_desc(C::No)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("search findings"))
    }

    /// Components by name or package URL, among the newest documents: evidence id and place, name with version, file.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_components(&self, text: &str, most: u64) -> Result<Vec<Hit>, StoreError> {
        use component::Column as C;
        let join = component::Entity::belongs_to(evidence_item::Entity)
            .from(C::ItemNo)
            .to(evidence_item::Column::No)
            .into();
        let newest = component::Entity::find()
            .select_only()
            .columns([C::ItemNo, C::Ordinal])
            .order_by_desc(C::ItemNo)
            .order_by_desc(C::Ordinal)
            .limit(SEARCHED_ROWS);
        let among = Expr::tuple([Expr::cust("component.item_no"), Expr::cust("component.ordinal")]);
        let rows: Vec<(String, i32, String, Option<String>, String)> = component::Entity::find()
            .select_only()
            .column(evidence_item::Column::Id)
            .columns([C::Ordinal, C::Name, C::Version])
            .column(evidence_item::Column::Subject)
            .join(sea_orm::JoinType::InnerJoin, join)
            .filter(among.in_subquery(QueryTrait::into_query(newest)))
            .filter(Condition::any().add(like(C::Name, text)).add(like(C::PurlKey, text)))
            .order_by_desc(C::ItemNo)
            .order_by_asc(C::Ordinal)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(StoreError::of("search components"))?;
        let hit = |(id, ordinal, name, version, subject): (String, i32, String, Option<String>, String)| {
            (format!("{id}/components/{ordinal}"), named(&name, version.as_deref()), subject)
        };
        Ok(rows.into_iter().map(hit).collect())
    }
}

fn named(name: &str, version: Option<&str>) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}
