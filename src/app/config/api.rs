//! How often programs may ask.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// Limits of the API, per token or person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Api {
    /// Requests a minute that read.
    pub reads_per_minute: NonZeroU32,
    /// Requests a minute that change something.
    pub writes_per_minute: NonZeroU32,
}

impl Default for Api {
    fn default() -> Self {
        let of = |n: u32| NonZeroU32::MIN.saturating_add(n - 1);
        Self { reads_per_minute: of(600), writes_per_minute: of(120) }
    }
}
