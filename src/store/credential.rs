//! What a person proves who they are with, column by column: writing back whole rows could undo what another request
//! changed in between, the last accepted code among it.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany};

use crate::base::{PersonId, UnixMillis};
use crate::store::entity::person;
use crate::store::{Store, StoreError};

impl Store {
    /// Sets a password's hash.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn credential_password(
        &self,
        id: PersonId,
        hash: &str,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let change = of_person(id, at).col_expr(person::Column::Password, Expr::value(hash));
        self.credential_change(change, "set a password").await.map(drop)
    }

    /// Sets up one-time codes with the step of the first one, and new recovery codes' digests.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn credential_totp(
        &self,
        id: PersonId,
        (sealed, step, recovery): (&str, i64, &str),
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        let change = of_person(id, at)
            .col_expr(person::Column::Totp, Expr::value(sealed))
            .col_expr(person::Column::TotpStep, Expr::value(step))
            .col_expr(person::Column::Recovery, Expr::value(recovery));
        self.credential_change(change, "set up one-time codes").await.map(drop)
    }

    /// Takes one-time codes and recovery codes away.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn credential_totp_remove(&self, id: PersonId, at: UnixMillis) -> Result<(), StoreError> {
        let change = of_person(id, at)
            .col_expr(person::Column::Totp, Expr::value(Option::<String>::None))
            .col_expr(person::Column::TotpStep, Expr::value(-1_i64))
            .col_expr(person::Column::Recovery, Expr::value("[]"));
        self.credential_change(change, "remove one-time codes").await.map(drop)
    }

    /// Replaces the digests of unused recovery codes; `false` when they are not those that were seen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn credential_recovery(
        &self,
        id: PersonId,
        (seen, next): (&str, &str),
        at: UnixMillis,
    ) -> Result<bool, StoreError> {
        let change = of_person(id, at)
            .col_expr(person::Column::Recovery, Expr::value(next))
            .filter(person::Column::Recovery.eq(seen));
        Ok(self.credential_change(change, "change recovery codes").await? == 1)
    }

    /// Gives a person another name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_rename(&self, id: PersonId, name: &str, at: UnixMillis) -> Result<(), StoreError> {
        let change = of_person(id, at).col_expr(person::Column::Name, Expr::value(name));
        self.credential_change(change, "rename a person").await.map(drop)
    }

    async fn credential_change(
        &self,
        change: UpdateMany<person::Entity>,
        action: &'static str,
    ) -> Result<u64, StoreError> {
        let done = change.exec(&self.writer).await.map_err(StoreError::of(action))?;
        Ok(done.rows_affected)
    }
}

fn of_person(id: PersonId, at: UnixMillis) -> UpdateMany<person::Entity> {
    person::Entity::update_many()
        .col_expr(person::Column::UpdatedAt, Expr::value(at.0))
        .filter(person::Column::Id.eq(id.to_string()))
}
