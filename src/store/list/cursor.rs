//! The marker of a page: the key of the row it goes on from, and the order that key belongs to.
//!
//! It is no secret and needs no signature: whoever makes one up sees rows they may list anyway. It only has to be read
//! without trust.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::Value;
use serde::{Deserialize, Serialize};

use crate::base::ListError;
use crate::store::list::Kind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    #[serde(rename = "s")]
    pub sort: String,
    #[serde(rename = "d")]
    pub descending: bool,
    /// Value of the order's column, then the tiebreakers.
    #[serde(rename = "k")]
    pub parts: Vec<Part>,
    /// Rows before the place it marks, as far as the walk knew.
    #[serde(rename = "n")]
    pub before: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Part {
    Integer(i64),
    Text(String),
}

impl Part {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Integer(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}

impl Cursor {
    pub(super) fn write(&self) -> String {
        // texts, numbers and a flag: JSON can say all of them
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn read(text: &str, parameter: &'static str) -> Result<Self, ListError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ListError::Cursor(parameter))?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| ListError::Cursor(parameter))?;
        // sums with it must not run over, and PostgreSQL takes no NUL
        let nul = |part: &Part| matches!(part, Part::Text(text) if text.contains('\0'));
        if cursor.before > u64::from(u32::MAX) || cursor.parts.iter().any(nul) {
            return Err(ListError::Cursor(parameter));
        }
        Ok(cursor)
    }

    /// Whether it was made by a list in this order with keys of these types.
    pub(super) fn fits(&self, sort: &str, descending: bool, kinds: &[Kind]) -> bool {
        let same = |(part, kind): (&Part, &Kind)| match kind {
            Kind::Text => matches!(part, Part::Text(_)),
            Kind::Integer | Kind::Boolean => matches!(part, Part::Integer(_)),
        };
        self.sort == sort
            && self.descending == descending
            && self.parts.len() == kinds.len()
            && self.parts.iter().zip(kinds).all(same)
    }
}
