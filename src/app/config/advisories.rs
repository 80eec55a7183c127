//! How old advisory feeds may be.

use serde::{Deserialize, Serialize};

use crate::app::Error;
use crate::controls::FEED_MAX_AGE_HOURS;

/// How old advisory feeds may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Advisories {
    /// Hours after which a feed no longer counts as current.
    pub max_age_hours: u32,
}

impl Default for Advisories {
    fn default() -> Self {
        Self { max_age_hours: FEED_MAX_AGE_HOURS }
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
