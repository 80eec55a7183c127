//! The fields of each table a gate may ask for.

use crate::controls::FieldType;

use super::GateTable;

type Fields = &'static [(&'static str, FieldType)];

const COMPONENTS: Fields = &[
    ("id", FieldType::Text),
    ("name", FieldType::Text),
    ("version", FieldType::Text),
    ("purl", FieldType::Text),
    ("ecosystem", FieldType::Text),
    ("supplier", FieldType::Text),
    ("licences", FieldType::List),
    ("origin", FieldType::Text),
    ("scope", FieldType::Text),
    ("direct", FieldType::Bool),
    ("hashes", FieldType::Number),
];
const FINDINGS: Fields = &[
    ("id", FieldType::Text),
    ("aliases", FieldType::List),
    ("component", FieldType::Text),
    ("version", FieldType::Text),
    ("purl", FieldType::Text),
    ("ecosystem", FieldType::Text),
    ("severity", FieldType::Text),
    ("class", FieldType::Text),
    ("fix_available", FieldType::Bool),
    ("fixed_in", FieldType::List),
    ("known_exploited", FieldType::Bool),
    ("epss", FieldType::Number),
    ("suppressed", FieldType::Bool),
    ("scope", FieldType::Text),
    ("direct", FieldType::Bool),
    ("published_at", FieldType::Time),
];
const LICENCES: Fields = &[
    ("id", FieldType::Text),
    ("component", FieldType::Text),
    ("version", FieldType::Text),
    ("purl", FieldType::Text),
    ("expression", FieldType::Text),
    ("families", FieldType::List),
    ("confidence", FieldType::Text),
    ("verdict", FieldType::Text),
    ("exception", FieldType::Text),
];
const QUALITY: Fields = &[
    ("id", FieldType::Text),
    ("profile", FieldType::Text),
    ("field", FieldType::Text),
    ("level", FieldType::Text),
    ("outcome", FieldType::Text),
    ("passed", FieldType::Number),
    ("failed", FieldType::Number),
];

impl GateTable {
    /// The word in policies.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Components => "components",
            Self::Findings => "findings",
            Self::Licences => "licences",
            Self::Quality => "quality",
        }
    }

    /// The fields its rows may have.
    pub const fn fields(self) -> Fields {
        match self {
            Self::Components => COMPONENTS,
            Self::Findings => FINDINGS,
            Self::Licences => LICENCES,
            Self::Quality => QUALITY,
        }
    }
}
