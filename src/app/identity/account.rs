//! What a person does with their own account: password, second factor, passkeys, sessions.

use secrecy::SecretString;

use crate::app::identity::password::{self, PasswordError};
use crate::app::identity::{Client, Level, Person, Role, SignedIn};
use crate::app::{App, Error, SecondFactor};
use crate::base::{Digest, ErrorKind};
use crate::store::PersonRow;

impl App {
    /// The hash of a password that may be chosen by whom `about` names.
    ///
    /// # Errors
    /// When the policy refuses it, or it cannot be hashed.
    pub(super) async fn password_hashed(
        &self,
        chosen: SecretString,
        about: &[&str],
    ) -> Result<String, Error> {
        let organisation = self.config.organisation.name.clone();
        let mut about = about.to_vec();
        about.push(&organisation);
        password::accept(&chosen, &about).map_err(|e| Error::invalid(format!("password: {e}")))?;
        password::hash_blocking(chosen).await.map_err(of_password)
    }

    /// Whether that role must have a second factor here.
    pub fn needs_second_factor(&self, role: Role) -> bool {
        let asked = matches!(role, Role::Administrator | Role::Officer);
        asked && self.config.session.second_factor == SecondFactor::Required
    }

    /// Begins the session that a right password opens: whole, or with the second factor still owed or to be set up.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn begin_after_password(
        &self,
        row: PersonRow,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<SignedIn, Error> {
        let person: Person = row.try_into()?;
        let level = if person.has_totp {
            Level::Password
        } else if self.needs_second_factor(person.role) {
            Level::Enrol
        } else {
            Level::Full
        };
        let session = self.session_begin(person.id, level, (client, replaced)).await?;
        Ok(SignedIn { person, level, session })
    }
}

/// A failure of the password mechanism in the words of a use case.
pub(super) fn of_password(error: PasswordError) -> Error {
    let kind = match &error {
        PasswordError::TooLong => ErrorKind::Invalid,
        PasswordError::Busy => ErrorKind::Busy,
        PasswordError::NoRandomness(_)
        | PasswordError::Hash(_)
        | PasswordError::Stored(_)
        | PasswordError::CutOff => ErrorKind::Internal,
    };
    Error::new(kind, error.to_string()).caused_by(error)
}
