//! The accounts of a system and what protects them.

mod aws_iam;

pub use aws_iam::AwsIamCredentialReport;

use serde::{Deserialize, Serialize};

use crate::base::{Digest, UnixMillis};
use crate::evidence::Tri;

/// The accounts of one system at one time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccessList {
    /// The system, as the document names it (for AWS the account number).
    pub system: Option<String>,
    /// When the source made the list, if it says.
    pub generated_at: Option<UnixMillis>,
    /// Every account.
    pub accounts: Vec<Account>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Hash of system and the system's own account id.
    pub identity: Digest,
    /// The system's own id (for AWS the ARN).
    pub id: String,
    /// Login name.
    pub name: String,
    /// What the account is.
    pub kind: AccountKind,
    /// When it was created.
    pub created_at: Option<UnixMillis>,
    /// Whether a person can log in with a password.
    pub console: Tri,
    /// Whether a second factor is enrolled.
    pub mfa: Tri,
    /// When the password was last used.
    pub password_last_used: Option<UnixMillis>,
    /// When the password was last changed.
    pub password_last_changed: Option<UnixMillis>,
    /// Newest use of password or any key; `None` when never used or not said.
    pub last_activity: Option<UnixMillis>,
    /// Programmatic keys and certificates.
    pub keys: Vec<AccessKey>,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// The account that can do everything.
    Root,
    /// A person.
    Human,
    /// A program.
    Service,
}

impl AccountKind {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Human => "human",
            Self::Service => "service",
        }
    }
}

/// A programmatic credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Which one (`access_key_1`).
    pub slot: String,
    /// Whether it works.
    pub active: bool,
    /// When it was made or last renewed.
    pub last_rotated: Option<UnixMillis>,
    /// When it was last used; `None` when never or not said.
    pub last_used: Option<UnixMillis>,
}
