//! One licence as a document writes it.

use serde::Serialize;

/// In which form a licence is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceKind {
    /// An identifier, meant to be one of the SPDX licence list.
    Id,
    /// A free name.
    Name,
    /// An expression (SPDX 2.3 annex D), valid or not.
    Expression,
    /// Nothing but a web address.
    Url,
    /// Nothing but the licence's text.
    Text,
}

/// Who says that the licence holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceRole {
    /// The component's author.
    Declared,
    /// Whoever analysed the component.
    Concluded,
    /// The document names it without saying which.
    #[default]
    AsWritten,
}

/// A licence of a component, a service or the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// The form of `text`.
    pub kind: LicenceKind,
    /// Who says so.
    pub role: LicenceRole,
    /// Identifier, name, expression, address or licence text as written; a licence text is cut at
    /// [`Licence::TEXT_BYTES`].
    pub text: String,
    /// Where the licence can be read, when that is written beside `text`.
    pub url: Option<String>,
    /// Whether the document also holds the licence's own text.
    pub has_text: bool,
}

impl Licence {
    /// How much of a licence text is kept, in bytes; the document itself has the rest.
    pub const TEXT_BYTES: usize = 4096;

    /// A licence of which nothing but one text is known.
    pub fn new(kind: LicenceKind, role: LicenceRole, text: &str) -> Self {
        Self { kind, role, text: text.to_owned(), url: None, has_text: kind == LicenceKind::Text }
    }

    /// One line that names it: the text, of a licence text its first line.
    pub fn label(&self) -> &str {
        match self.kind {
            LicenceKind::Text => self.text.lines().next().unwrap_or_default(),
            LicenceKind::Id | LicenceKind::Name | LicenceKind::Expression | LicenceKind::Url => &self.text,
        }
    }
}
