//! How the service is reached and how long people stay signed in.

use serde::{Deserialize, Serialize};

/// Sessions of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request after which a person signs in again. PCI DSS 8.2.8 asks for 15 at most.
    pub idle_minutes: i64,
    /// Hours after which a person signs in again, however busy.
    pub absolute_hours: i64,
    /// Whether administrators and officers must have a second factor.
    pub second_factor: SecondFactor,
}

/// Whether administrators and officers must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// They set one up at their first sign-in.
    Required,
    /// Everybody may, nobody must.
    Optional,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 15, absolute_hours: 12, second_factor: SecondFactor::Required }
    }
}
