//! The audit trail as it is read: page by page, by its ledger entry, and what is left when a person was erased.

use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use crate::base::{ListQuery, Listed, PersonId, UnixMillis};
use crate::store::audit::into_audit;
use crate::store::entity::{api_token, audit_entry, passkey, person, session};
use crate::store::ledger::append_in;
use crate::store::list::{Key, ListPlan};
use crate::store::{AuditRow, NewEntry, Store, StoreError};

/// From when to when actions are looked at, both inclusive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditSpan {
    /// The first instant.
    pub from: Option<UnixMillis>,
    /// The last instant.
    pub to: Option<UnixMillis>,
}

/// What identifies a person in the audit trail and is there to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasable {
    /// Rows by or about the person whose key still exists.
    pub rows: Vec<AuditRow>,
    /// The number of the newest row there is.
    pub through: i32,
}

impl Store {
    /// One page of the audit trail.
    ///
    /// # Errors
    /// When the query is wrong or the database does not answer.
    pub async fn audit_page(
        &self,
        query: &ListQuery,
        span: AuditSpan,
    ) -> Result<Listed<AuditRow>, StoreError> {
        use audit_entry::Column as A;
        let mut rows = audit_entry::Entity::find();
        if let Some(from) = span.from {
            rows = rows.filter(A::At.gte(from.0));
        }
        if let Some(to) = span.to {
            rows = rows.filter(A::At.lte(to.0));
        }
        let plan = ListPlan::new([Key::integer("when", A::No)], [Key::integer("no", A::No)])
            .search([A::Action, A::Object, A::Actor])
            .filter(Key::text("action", A::Action))
            .filter(Key::text("actor", A::Actor))
            .filter(Key::text("outcome", A::Outcome));
        let listed: Listed<audit_entry::Model> = plan.page(&self.reader, rows, query).await?;
        listed.try_map(into_audit)
    }

    /// The action of that number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_get(&self, no: i32) -> Result<Option<AuditRow>, StoreError> {
        let row = audit_entry::Entity::find_by_id(no).one(&self.reader).await;
        row.map_err(StoreError::of("read an action"))?.map(into_audit).transpose()
    }

    /// The rows by or about a person that can still be read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_erasable(&self, person: PersonId) -> Result<Erasable, StoreError> {
        let newest = audit_entry::Entity::find().order_by_desc(audit_entry::Column::No).one(&self.reader);
        let newest = newest.await.map_err(StoreError::of("read the newest action"))?;
        let through = newest.map_or(0, |row| row.no);
        let rows = audit_entry::Entity::find()
            .filter(of_person(person, through))
            .order_by_asc(audit_entry::Column::No)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("read a person's actions"))?;
        let rows: Result<Vec<AuditRow>, _> = rows.into_iter().map(into_audit).collect();
        Ok(Erasable { rows: rows?, through })
    }

    /// Destroys the keys of a person's rows up to `through`, and takes name, address and credentials from the person,
    /// together with the ledger entry that says so; returns the entry's index.
    ///
    /// # Errors
    /// When the database does not answer; nothing is erased then.
    pub async fn audit_erase(
        &self,
        (person, through): (PersonId, i32),
        entry: &NewEntry,
        at: UnixMillis,
    ) -> Result<i64, StoreError> {
        let txn = self.write().await?;
        let index = append_in(&txn, entry).await?;
        audit_entry::Entity::update_many()
            .col_expr(audit_entry::Column::RowKey, Expr::value(""))
            .filter(of_person(person, through))
            .exec(&txn)
            .await
            .map_err(StoreError::of("destroy the keys of actions"))?;
        forget_in(&txn, person, at).await?;
        txn.commit().await.map_err(StoreError::of("commit an erasure"))?;
        Ok(index)
    }
}

fn of_person(person: PersonId, through: i32) -> Condition {
    use audit_entry::Column as A;
    let whose =
        Condition::any().add(A::Actor.eq(person.to_string())).add(A::Object.eq(format!("person:{person}")));
    Condition::all().add(whose).add(A::No.lte(through)).add(A::RowKey.ne(""))
}

/// The row stays, because tokens and actions name it; nothing in it tells who it was.
async fn forget_in(txn: &DatabaseTransaction, id: PersonId, at: UnixMillis) -> Result<(), StoreError> {
    use person::Column as P;
    let failed = |what: &'static str| StoreError::of(what);
    let key = id.to_string();
    let none = || Expr::value(Option::<String>::None);
    let changed = person::Entity::update_many()
        .col_expr(P::Name, Expr::value("Erased person"))
        .col_expr(P::Email, Expr::value(format!("erased-{id}@invalid")))
        .col_expr(P::Password, none())
        .col_expr(P::Totp, none())
        .col_expr(P::Recovery, Expr::value("[]"))
        .col_expr(P::SsoSubject, none())
        .col_expr(P::Disabled, Expr::value(true))
        .col_expr(P::UpdatedAt, Expr::value(at.0))
        .filter(P::Id.eq(key.as_str()));
    changed.exec(txn).await.map_err(failed("forget a person"))?;
    let sessions = session::Entity::delete_many().filter(session::Column::PersonId.eq(key.as_str()));
    sessions.exec(txn).await.map_err(failed("end a person's sessions"))?;
    let passkeys = passkey::Entity::delete_many().filter(passkey::Column::PersonId.eq(key.as_str()));
    passkeys.exec(txn).await.map_err(failed("remove a person's passkeys"))?;
    let tokens = api_token::Entity::delete_many().filter(api_token::Column::PersonId.eq(key.as_str()));
    tokens.exec(txn).await.map_err(failed("remove a person's tokens"))?;
    Ok(())
}
