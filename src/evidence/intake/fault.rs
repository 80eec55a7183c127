//! Why a file could not be opened, before any decoder saw it.

use crate::evidence::{DecodeError, Limit, Limits, Problem};

/// A reason to quarantine, or a limit that was exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Over a limit: nothing but digest, size and the limit's name is kept.
    Over(Limit),
    /// Not readable: kept and quarantined.
    Bad(DecodeError),
}

impl Fault {
    /// A reason to quarantine.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::Bad(DecodeError::new(code, message))
    }

    /// A compressed stream or archive that breaks off or does not add up.
    pub(super) fn damaged(what: &str, error: &dyn std::fmt::Display) -> Self {
        Self::bad(
            "damaged",
            format!("the {what} is damaged or cut short ({error}); fetch or compress the file again"),
        )
    }

    /// The receipt's entry.
    pub(super) fn problem(self, limits: &Limits) -> Problem {
        match self {
            Self::Bad(error) => error.into(),
            Self::Over(limit) => Problem {
                code: "over-limit".to_owned(),
                path: String::new(),
                message: format!(
                    "{}; nothing but its digest and size is kept. Split it, or raise `{}` in the configuration",
                    limit.explain(limits),
                    limit.name()
                ),
            },
        }
    }

    /// The limit that was exceeded, if one was.
    pub(super) const fn over(&self) -> Option<Limit> {
        match self {
            Self::Over(limit) => Some(*limit),
            Self::Bad(_) => None,
        }
    }
}
