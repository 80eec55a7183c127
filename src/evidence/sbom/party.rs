//! Who made, supplies or wrote something: persons, organisations and tools.

use serde::Serialize;

/// What a [`Party`] is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A natural person.
    Person,
    /// A company, project or authority.
    Organisation,
    /// A program.
    Tool,
    /// The document does not say.
    #[default]
    Unknown,
}

/// A person, organisation or tool a document names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Party {
    /// What it is.
    pub kind: PartyKind,
    /// Its name, with the group in front for a tool that has one.
    pub name: Option<String>,
    /// Version of a tool.
    pub version: Option<String>,
    /// Who makes a tool.
    pub maker: Option<String>,
    /// Web addresses as written.
    pub urls: Vec<String>,
    /// How to reach it; for a person one entry with the person's own addresses.
    pub contacts: Vec<Contact>,
}

/// How somebody is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Name of the contact; absent for a person's own addresses.
    pub name: Option<String>,
    /// E-mail address as written.
    pub email: Option<String>,
    /// Telephone number as written.
    pub phone: Option<String>,
}

impl Party {
    /// A party of which only the name is known.
    pub fn named(kind: PartyKind, name: impl Into<String>) -> Self {
        Self { kind, name: Some(name.into()), ..Self::default() }
    }

    /// Whether the document says nothing of it.
    pub fn is_blank(&self) -> bool {
        self.name.is_none() && self.urls.is_empty() && self.contacts.is_empty()
    }

    /// Every e-mail address, in document order.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.contacts.iter().filter_map(|contact| contact.email.as_deref())
    }

    /// Whether somebody can be reached by e-mail or on the web, as NTIA, CISA and BSI TR-03183-2 ask of a creator.
    pub fn is_reachable(&self) -> bool {
        self.emails().next().is_some() || !self.urls.is_empty()
    }

    /// `name version`, as tools are listed.
    pub fn label(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        Some(self.version.as_deref().map_or_else(|| name.to_owned(), |version| format!("{name} {version}")))
    }
}
