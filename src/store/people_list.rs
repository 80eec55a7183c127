//! People, tokens and engagements as lists show them, and the changes that must not leave nobody in charge.

use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::base::{EngagementId, ListQuery, Listed, PersonId, UnixMillis};
use crate::store::entity::{api_token, engagement, person};
use crate::store::list::{Key, ListPlan};
use crate::store::{Store, StoreError};

/// A person as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PersonLine {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role's word.
    pub role: String,
    /// The engagement an auditor is confined to.
    pub engagement_id: Option<String>,
    /// Its name.
    pub engagement: Option<String>,
    /// Sealed secret of one-time codes; only whether it is there is shown.
    pub totp: Option<String>,
    /// Whether there is a passkey.
    pub passkeys: Option<i64>,
    /// When a session that still lives was last used.
    pub seen_at: Option<i64>,
    /// May not sign in.
    pub disabled: bool,
    /// When they were added.
    pub created_at: i64,
}

/// An API token as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct TokenLine {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whose.
    pub person_id: String,
    /// Their name.
    pub owner: Option<String>,
    /// Permissions' words.
    pub scopes: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// An engagement as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct EngagementLine {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Framework ids.
    pub frameworks: String,
    /// First instant of the period.
    pub period_from: i64,
    /// Last instant of the period.
    pub period_to: i64,
    /// When it was set up.
    pub created_at: i64,
    /// When it ended.
    pub closed_at: Option<i64>,
    /// Its auditors.
    pub auditors: Option<i64>,
    /// Its packs.
    pub packs: Option<i64>,
}

/// What a person becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSet {
    /// Role's word.
    pub role: String,
    /// The engagement, for an auditor.
    pub engagement: Option<EngagementId>,
    /// May not sign in.
    pub disabled: bool,
}

const ENGAGEMENT: &str = "(SELECT e.name FROM engagement e WHERE e.id = person.engagement_id)";
const PASSKEYS: &str = "(SELECT COUNT(*) FROM passkey k WHERE k.person_id = person.id)";
const SEEN: &str = "(SELECT MAX(s.seen_at) FROM session s WHERE s.person_id = person.id)";
const OWNER: &str = "(SELECT p.name FROM person p WHERE p.id = api_token.person_id)";
const AUDITORS: &str = "(SELECT COUNT(*) FROM person p WHERE p.engagement_id = engagement.id)";
const PACKS: &str = "(SELECT COUNT(*) FROM pack p WHERE p.engagement_id = engagement.id)";

impl Store {
    /// A page of people.
    ///
    /// # Errors
    /// When the query is wrong or the database does not answer.
    pub async fn person_page(&self, query: &ListQuery) -> Result<Listed<PersonLine>, StoreError> {
        use person::Column as P;
        let base = person::Entity::find()
            .select_only()
            .columns([P::Id, P::Name, P::Email, P::Role, P::EngagementId, P::Totp, P::Disabled, P::CreatedAt])
            .column_as(Expr::cust(ENGAGEMENT), "engagement")
            .column_as(Expr::cust(PASSKEYS), "passkeys")
            .column_as(Expr::cust(SEEN), "seen_at");
        let sorts = [
            Key::text("name", P::Name),
            Key::text("email", P::Email),
            Key::text("role", P::Role),
            Key::integer("added", P::CreatedAt),
        ];
        ListPlan::new(sorts, [Key::text("id", P::Id)])
            .search([P::Name, P::Email])
            .filter(Key::text("role", P::Role))
            .filter(Key::boolean("disabled", P::Disabled))
            .page(&self.reader, base, query)
            .await
    }

    /// A page of API tokens, those of one person when one is given.
    ///
    /// # Errors
    /// When the query is wrong or the database does not answer.
    pub async fn token_page(
        &self,
        query: &ListQuery,
        person: Option<PersonId>,
    ) -> Result<Listed<TokenLine>, StoreError> {
        use api_token::Column as T;
        let mut base = api_token::Entity::find().column_as(Expr::cust(OWNER), "owner");
        if let Some(person) = person {
            base = base.filter(T::PersonId.eq(person.to_string()));
        }
        let sorts = [
            Key::text("name", T::Name),
            Key::integer("expires", T::ExpiresAt),
            Key::integer("created", T::CreatedAt),
        ];
        ListPlan::new(sorts, [Key::text("id", T::Id)]).search([T::Name]).page(&self.reader, base, query).await
    }

    /// A page of engagements.
    ///
    /// # Errors
    /// When the query is wrong or the database does not answer.
    pub async fn engagement_page(&self, query: &ListQuery) -> Result<Listed<EngagementLine>, StoreError> {
        use engagement::Column as E;
        let base = engagement::Entity::find()
            .column_as(Expr::cust(AUDITORS), "auditors")
            .column_as(Expr::cust(PACKS), "packs");
        let sorts = [
            Key::text("name", E::Name),
            Key::integer("from", E::PeriodFrom),
            Key::integer("to", E::PeriodTo),
            Key::integer("created", E::CreatedAt),
        ];
        ListPlan::new(sorts, [Key::text("id", E::Id)])
            .search([E::Name, E::Frameworks])
            .page(&self.reader, base, query)
            .await
    }

    /// Closes an engagement; `false` when it is closed already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engagement_close(&self, id: EngagementId, at: UnixMillis) -> Result<bool, StoreError> {
        let closed = engagement::Entity::update_many()
            .col_expr(engagement::Column::ClosedAt, Expr::value(at.0))
            .filter(engagement::Column::Id.eq(id.to_string()))
            .filter(engagement::Column::ClosedAt.is_null())
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("close an engagement"))?;
        Ok(closed.rows_affected == 1)
    }

    /// Changes role, engagement and whether a person may sign in; `false` when no administrator would be left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_set(
        &self,
        id: PersonId,
        (set, administrator): (&PersonSet, &str),
        at: UnixMillis,
    ) -> Result<bool, StoreError> {
        use person::Column as P;
        let txn = self.write().await?;
        // locked, in one order: of two who demote each other at once, the second sees what the first did
        let in_charge = person::Entity::find()
            .filter(P::Role.eq(administrator))
            .filter(P::Disabled.eq(false))
            .order_by_asc(P::Id)
            .lock(LockType::Update)
            .all(&txn)
            .await
            .map_err(StoreError::of("read who is in charge"))?;
        let stays = set.role == administrator && !set.disabled;
        let key = id.to_string();
        let was = in_charge.iter().any(|row| row.id == key);
        if was && !stays && in_charge.len() == 1 {
            return Ok(false);
        }
        person::Entity::update_many()
            .col_expr(P::Role, Expr::value(set.role.as_str()))
            .col_expr(P::EngagementId, Expr::value(set.engagement.map(|e| e.to_string())))
            .col_expr(P::Disabled, Expr::value(set.disabled))
            .col_expr(P::UpdatedAt, Expr::value(at.0))
            .filter(P::Id.eq(key.as_str()))
            .exec(&txn)
            .await
            .map_err(StoreError::of("change a person"))?;
        txn.commit().await.map_err(StoreError::of("commit a person"))?;
        Ok(true)
    }
}
