//! People who may sign in.

use crate::app::identity::Role;
use crate::app::{App, Error};
use crate::base::{EngagementId, ErrorKind, PersonId, UnixMillis};
use crate::store::{EngagementRow, PersonRow, StoreError};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// Address, in lower case.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// What they are here for.
    pub role: Role,
    /// The engagement an auditor is confined to.
    pub engagement: Option<EngagementId>,
    /// May not sign in any more.
    pub disabled: bool,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether one-time codes are set up.
    pub has_totp: bool,
    /// When they were invited.
    pub created_at: UnixMillis,
}

impl TryFrom<PersonRow> for Person {
    type Error = Error;

    fn try_from(row: PersonRow) -> Result<Self, Error> {
        let unreadable = |e: crate::app::identity::role::UnknownRole| {
            Error::new(ErrorKind::Internal, "a person's role cannot be read").caused_by(e)
        };
        Ok(Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role.parse().map_err(unreadable)?,
            engagement: row.engagement,
            disabled: row.disabled,
            has_password: row.password.is_some(),
            has_totp: row.totp.is_some(),
            created_at: row.created_at,
        })
    }
}

/// What is needed to add a person.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Address.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The engagement, for an auditor.
    pub engagement: Option<EngagementId>,
}

impl App {
    /// Adds a person who cannot sign in until they set a password, a passkey, or come through single sign-on.
    ///
    /// # Errors
    /// When address or name are not usable, the address is taken, or the database fails.
    pub async fn person_add(&self, new: &NewPerson) -> Result<Person, Error> {
        let row = self.new_person(new)?;
        self.store.person_insert(&row).await.map_err(taken)?;
        row.try_into()
    }

    /// The row of a person who is to be added.
    pub(super) fn new_person(&self, new: &NewPerson) -> Result<PersonRow, Error> {
        let email = checked_email(&new.email)?;
        let name = checked_name(&new.name)?;
        if (new.role == Role::Auditor) != new.engagement.is_some() {
            return Err(Error::invalid(
                "role: an auditor needs an engagement, and only an auditor can have one",
            ));
        }
        let now = self.now();
        Ok(PersonRow {
            id: PersonId::new(),
            email,
            name,
            role: new.role.slug().to_owned(),
            engagement: new.engagement,
            password: None,
            totp: None,
            totp_step: -1,
            recovery: "[]".to_owned(),
            sso_subject: None,
            disabled: false,
            created_at: now,
            updated_at: now,
        })
    }

    /// The person of that identifier.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn person(&self, id: PersonId) -> Result<Person, Error> {
        let row = self.store.person_get(id).await?;
        row.ok_or_else(|| Error::not_found("there is no such person"))?.try_into()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self) -> Result<Vec<Person>, Error> {
        self.store.person_list().await?.into_iter().map(Person::try_from).collect()
    }
}

/// What is needed to set up an engagement.
#[derive(Debug, Clone)]
pub struct NewEngagement {
    /// Name as shown.
    pub name: String,
    /// Framework ids or aliases.
    pub frameworks: Vec<String>,
    /// First instant of the audited period.
    pub from: UnixMillis,
    /// Last instant of the audited period.
    pub to: UnixMillis,
    /// IANA name of the audit's time zone.
    pub time_zone: String,
}

impl App {
    /// Sets up an engagement an auditor can be invited to.
    ///
    /// # Errors
    /// When name, frameworks or period are not usable, or the database fails.
    pub async fn engagement_add(&self, new: &NewEngagement) -> Result<EngagementId, Error> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(Error::invalid("name: write 1 to 120 characters"));
        }
        if new.from > new.to {
            return Err(Error::invalid("period: it ends before it begins"));
        }
        let frameworks = crate::app::frameworks_of(self.catalog(), &new.frameworks)?;
        let row = EngagementRow {
            id: EngagementId::new(),
            name: name.to_owned(),
            frameworks: frameworks.iter().map(|f| f.id.as_str()).collect::<Vec<_>>().join(" "),
            from: new.from,
            to: new.to,
            time_zone: new.time_zone.clone(),
            created_at: self.now(),
            closed_at: None,
        };
        self.store.engagement_insert(&row).await?;
        Ok(row.id)
    }
}

/// What a refused row means: addresses are unique.
pub(super) fn taken(error: StoreError) -> Error {
    if error.kind() == ErrorKind::Conflict {
        return Error::new(ErrorKind::Conflict, "email: somebody with this address is known already");
    }
    error.into()
}

/// A name as it may be shown.
///
/// # Errors
/// When it is empty, too long, or has characters that do not print.
pub fn checked_name(text: &str) -> Result<String, Error> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name: write 1 to 120 characters"));
    }
    Ok(name.to_owned())
}

/// An address in lower case. Only what must hold is checked: something on both sides of one `@`.
///
/// # Errors
/// When it is no address.
pub fn checked_email(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    let parts = email.split_once('@').filter(|(local, host)| {
        !local.is_empty() && host.len() > 2 && !host.contains('@') && !host.starts_with('.')
    });
    let plain = email.len() <= 254 && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    if parts.is_none() || !plain {
        return Err(Error::invalid("email: write an address like maya@example.com"));
    }
    Ok(email)
}
