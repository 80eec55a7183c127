//! One component of a bill of materials: the few fields nearly all have, and the rest where there is any.

use serde::Serialize;

use crate::base::Digest;
use crate::evidence::sbom::details::{Details, Identifier, IdentifierKind};
use crate::evidence::sbom::licence::Licence;

/// One component of a bill of materials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Component {
    /// Stable identity: hash of the canonical purl with qualifiers (and the version where the purl names none), else
    /// of type, name with group, and version, else of everything known of it. Never of its place in the document.
    pub identity: Digest,
    /// The document's own reference (bom-ref, SPDXID), if it has one; of merged components the first one's.
    pub reference: Option<String>,
    /// Component type as written (`library`, `application`, …).
    pub component_type: Option<String>,
    /// Name, with its group or namespace in front when there is one; empty when the document gives none.
    pub name: String,
    /// Bytes of `name` that are the group; 0 when there is none.
    pub group_bytes: u32,
    /// Version as written.
    pub version: Option<String>,
    /// Package URL as written; the first of several, the others are in [`Details::identifiers`].
    pub purl: Option<String>,
    /// Canonical package URL without qualifiers and subpath; `None` when absent or unreadable.
    pub purl_key: Option<String>,
    /// Name of the supplier, else of the manufacturer, else the publisher.
    pub supplier: Option<String>,
    /// Licences as written.
    pub licences: Vec<Licence>,
    /// Whether it is needed at run time (CycloneDX `scope`); `None` when the document does not say or says no known word.
    pub scope: Option<Scope>,
    /// Whether a copyright notice is written.
    pub has_copyright: bool,
    /// Whether it differs from the original (CycloneDX `modified`, deprecated in favour of the pedigree).
    pub modified: Option<bool>,
    /// Index of the component it is nested in.
    pub parent: Option<u32>,
    /// What most components do not have.
    pub details: Option<Box<Details>>,
}

/// Whether a component is needed at run time. CycloneDX `components[].scope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// It is; the default where nothing is written.
    Required,
    /// It may be absent.
    Optional,
    /// It is not reached at run time (build and test tools).
    Excluded,
}

impl Scope {
    /// The scope a document's word means.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "required" => Some(Self::Required),
            "optional" => Some(Self::Optional),
            "excluded" => Some(Self::Excluded),
            _ => None,
        }
    }
}

impl Component {
    /// The group or namespace, when the document gives one apart from the name.
    pub fn group(&self) -> Option<&str> {
        self.name.get(..self.group_bytes as usize).filter(|group| !group.is_empty())
    }

    /// The name without its group.
    pub fn own_name(&self) -> &str {
        match self.group() {
            Some(group) => self.name.get(group.len() + 1..).unwrap_or_default(),
            None => &self.name,
        }
    }

    /// Every package URL as written, the one that names the component first.
    pub fn purls(&self) -> impl Iterator<Item = &str> {
        self.purl.as_deref().into_iter().chain(self.identifiers(IdentifierKind::Purl))
    }

    /// Every CPE name as written, valid or not.
    pub fn cpes(&self) -> impl Iterator<Item = &str> {
        self.identifiers(IdentifierKind::Cpe)
    }

    /// Every further identifier of a kind.
    fn identifiers(&self, kind: IdentifierKind) -> impl Iterator<Item = &str> {
        let all: &[Identifier] = self.details.as_ref().map_or(&[], |details| &details.identifiers);
        all.iter().filter(move |id| id.kind == kind).map(|id| id.value.as_str())
    }

    /// The licences' labels as lists show them, each once.
    pub fn licence_labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = Vec::with_capacity(self.licences.len());
        for label in self.licences.iter().map(Licence::label) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }
}
