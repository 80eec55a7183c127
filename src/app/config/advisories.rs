//! How old advisory feeds may be, and whose word against an advisory counts.

use serde::{Deserialize, Serialize};

use crate::app::Error;
use crate::controls::FEED_MAX_AGE_HOURS;

/// How old advisory feeds may be, and whose word against an advisory counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Advisories {
    /// Hours after which a feed no longer counts as current.
    pub max_age_hours: u32,
    /// Authors (or namespaces) of VEX documents whose statements may set a match aside, as the documents name them.
    pub trusted_vex_authors: Vec<String>,
}

impl Default for Advisories {
    fn default() -> Self {
        Self { max_age_hours: FEED_MAX_AGE_HOURS, trusted_vex_authors: Vec::new() }
    }
}

impl Advisories {
    /// Milliseconds after which a feed no longer counts as current.
    pub const fn max_age_ms(&self) -> i64 {
        self.max_age_hours as i64 * 3_600_000
    }

    /// A month is the longest that still follows anything.
    pub(super) fn check(&self) -> Result<(), Error> {
        if (1..=744).contains(&self.max_age_hours) {
            return Ok(());
        }
        Err(Error::invalid("advisories: max_age_hours is between 1 and 744"))
    }
}
