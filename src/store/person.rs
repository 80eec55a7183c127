//! People and the engagements auditors are confined to.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
};

use crate::base::{EngagementId, PersonId, UnixMillis};
use crate::store::entity::{engagement, person};
use crate::store::error::readable;
use crate::store::{Store, StoreError};

/// A person as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Identifier.
    pub id: PersonId,
    /// Address, in lower case, unique.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Role's word.
    pub role: String,
    /// The engagement an auditor is confined to.
    pub engagement: Option<EngagementId>,
    /// Argon2id hash in the PHC string format.
    pub password: Option<String>,
    /// Secret of one-time codes, sealed under the master key.
    pub totp: Option<String>,
    /// Time step of the last accepted code; codes of it and before it are refused.
    pub totp_step: i64,
    /// Digests of unused recovery codes, as a JSON array.
    pub recovery: String,
    /// Issuer and subject at the single sign-on provider.
    pub sso_subject: Option<String>,
    /// May not sign in.
    pub disabled: bool,
    /// When they were added.
    pub created_at: UnixMillis,
    /// When the row last changed.
    pub updated_at: UnixMillis,
}

/// An engagement as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngagementRow {
    /// Identifier.
    pub id: EngagementId,
    /// Name as shown.
    pub name: String,
    /// Framework ids, separated by spaces.
    pub frameworks: String,
    /// First instant of the audited period.
    pub from: UnixMillis,
    /// Last instant of the audited period.
    pub to: UnixMillis,
    /// IANA name of the audit's time zone.
    pub time_zone: String,
    /// When it was set up.
    pub created_at: UnixMillis,
    /// When it ended; its auditor sees nothing from then on.
    pub closed_at: Option<UnixMillis>,
}

impl Store {
    /// Adds a person.
    ///
    /// # Errors
    /// When the address is taken or the database does not answer.
    pub async fn person_insert(&self, row: &PersonRow) -> Result<(), StoreError> {
        let model = from_person(row).into_active_model();
        let done = person::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("add a person"))?;
        Ok(())
    }

    /// Replaces a person's row.
    ///
    /// # Errors
    /// When the address is taken or the database does not answer.
    pub async fn person_put(&self, row: &PersonRow) -> Result<(), StoreError> {
        let model = from_person(row).into_active_model().reset_all();
        let done = person::Entity::update(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("change a person"))?;
        Ok(())
    }

    /// Moves the last accepted time step forward; `false` when a code of that step or a later one was accepted before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_accept_step(&self, id: PersonId, step: i64) -> Result<bool, StoreError> {
        let moved = person::Entity::update_many()
            .col_expr(person::Column::TotpStep, Expr::value(step))
            .filter(person::Column::Id.eq(id.to_string()))
            .filter(person::Column::TotpStep.lt(step))
            .exec(&self.writer)
            .await
            .map_err(StoreError::of("accept a one-time code"))?;
        Ok(moved.rows_affected == 1)
    }

    /// The person of that identifier.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_get(&self, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let row = person::Entity::find_by_id(id.to_string()).one(&self.reader).await;
        row.map_err(StoreError::of("read a person"))?.map(into_person).transpose()
    }

    /// The person of that address, which is in lower case.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<PersonRow>, StoreError> {
        let row = person::Entity::find().filter(person::Column::Email.eq(email)).one(&self.reader).await;
        row.map_err(StoreError::of("look for a person"))?.map(into_person).transpose()
    }

    /// The person of that subject at the single sign-on provider.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_by_subject(&self, subject: &str) -> Result<Option<PersonRow>, StoreError> {
        let row = person::Entity::find().filter(person::Column::SsoSubject.eq(subject));
        let row = row.one(&self.reader).await;
        row.map_err(StoreError::of("look for a person"))?.map(into_person).transpose()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_list(&self) -> Result<Vec<PersonRow>, StoreError> {
        let rows = person::Entity::find()
            .order_by_asc(person::Column::Name)
            .order_by_asc(person::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list people"))?;
        rows.into_iter().map(into_person).collect()
    }

    /// How many people there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_count(&self) -> Result<u64, StoreError> {
        person::Entity::find().count(&self.reader).await.map_err(StoreError::of("count people"))
    }

    /// Adds an engagement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engagement_insert(&self, row: &EngagementRow) -> Result<(), StoreError> {
        let model = engagement::Model {
            id: row.id.to_string(),
            name: row.name.clone(),
            frameworks: row.frameworks.clone(),
            period_from: row.from.0,
            period_to: row.to.0,
            time_zone: row.time_zone.clone(),
            created_at: row.created_at.0,
            closed_at: row.closed_at.map(|t| t.0),
        };
        let model = model.into_active_model();
        let done = engagement::Entity::insert(model).exec_without_returning(&self.writer).await;
        done.map_err(StoreError::of("add an engagement"))?;
        Ok(())
    }

    /// The engagement of that identifier.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engagement_get(&self, id: EngagementId) -> Result<Option<EngagementRow>, StoreError> {
        let row = engagement::Entity::find_by_id(id.to_string()).one(&self.reader).await;
        row.map_err(StoreError::of("read an engagement"))?.map(into_engagement).transpose()
    }

    /// Every engagement, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn engagement_list(&self) -> Result<Vec<EngagementRow>, StoreError> {
        let rows = engagement::Entity::find()
            .order_by_desc(engagement::Column::CreatedAt)
            .order_by_desc(engagement::Column::Id)
            .all(&self.reader)
            .await
            .map_err(StoreError::of("list engagements"))?;
        rows.into_iter().map(into_engagement).collect()
    }
}

pub(super) fn from_person(row: &PersonRow) -> person::Model {
    person::Model {
        id: row.id.to_string(),
        email: row.email.clone(),
        name: row.name.clone(),
        role: row.role.clone(),
        engagement_id: row.engagement.map(|e| e.to_string()),
        password: row.password.clone(),
        totp: row.totp.clone(),
        totp_step: row.totp_step,
        recovery: row.recovery.clone(),
        sso_subject: row.sso_subject.clone(),
        disabled: row.disabled,
        created_at: row.created_at.0,
        updated_at: row.updated_at.0,
    }
}

pub(super) fn into_person(m: person::Model) -> Result<PersonRow, StoreError> {
    let engagement = m.engagement_id.map(|e| e.parse()).transpose();
    Ok(PersonRow {
        id: readable("person id", m.id.parse())?,
        email: m.email,
        name: m.name,
        role: m.role,
        engagement: readable("engagement id", engagement)?,
        password: m.password,
        totp: m.totp,
        totp_step: m.totp_step,
        recovery: m.recovery,
        sso_subject: m.sso_subject,
        disabled: m.disabled,
        created_at: UnixMillis(m.created_at),
        updated_at: UnixMillis(m.updated_at),
    })
}

fn into_engagement(m: engagement::Model) -> Result<EngagementRow, StoreError> {
    Ok(EngagementRow {
        id: readable("engagement id", m.id.parse())?,
        name: m.name,
        frameworks: m.frameworks,
        from: UnixMillis(m.period_from),
        to: UnixMillis(m.period_to),
        time_zone: m.time_zone,
        created_at: UnixMillis(m.created_at),
        closed_at: m.closed_at.map(UnixMillis),
    })
}
