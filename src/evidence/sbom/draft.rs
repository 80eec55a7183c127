//! One component on its way into the model: its identity, and how equal ones are merged.

use crate::base::{Digest, IdentityHasher};
use crate::evidence::sbom::{Component, Details, Licence, Party, Scope, purl};

/// One component as its format's reader found it; text already trimmed, blank text absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft<'a> {
    pub(super) reference: Option<&'a str>,
    pub(super) component_type: Option<&'a str>,
    pub(super) group: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) purl: Option<&'a str>,
    pub(super) supplier: Option<&'a str>,
    pub(super) licences: Vec<Licence>,
    pub(super) scope: Option<Scope>,
    pub(super) has_copyright: bool,
    pub(super) modified: Option<bool>,
    pub(super) parent: Option<u32>,
    /// `None` rather than empty.
    pub(super) details: Option<Box<Details>>,
}

fn full_name(draft: &Draft<'_>) -> String {
    joined_name(draft.group, draft.name.unwrap_or_default())
}

/// A name with its group in front.
pub(super) fn joined_name(group: Option<&str>, name: &str) -> String {
    match group {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    }
}

/// See [`Component::identity`].
pub(super) fn identity(draft: &Draft<'_>, read: Option<&purl::Purl>) -> Digest {
    let hasher = IdentityHasher::new("component");
    if let Some(purl) = read {
        let version = if purl.versioned { None } else { draft.version };
        return hasher.field("purl").field(&purl.canonical).optional(version).finish();
    }
    if let Some(purl) = draft.purl {
        return hasher.field("raw-purl").field(purl).optional(draft.version).finish();
    }
    if draft.name.is_some() {
        let named = hasher.field("name").optional(draft.component_type).field(&full_name(draft));
        return named.optional(draft.version).finish();
    }
    let nameless = hasher
        .field("content")
        .optional(draft.reference)
        .optional(draft.component_type)
        .optional(draft.group)
        .optional(draft.version)
        .optional(draft.supplier);
    draft.licences.iter().fold(nameless, |hasher, licence| hasher.field(&licence.text)).finish()
}

/// The component a draft makes.
pub(super) fn finish(draft: Draft<'_>, identity: Digest, purl_key: Option<String>) -> Component {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Component {
        identity,
        reference: owned(draft.reference),
        component_type: owned(draft.component_type),
        name: full_name(&draft),
        group_bytes: group_bytes(&draft),
        version: owned(draft.version),
        purl: owned(draft.purl),
        purl_key,
        supplier: owned(draft.supplier),
        licences: draft.licences,
        scope: draft.scope,
        has_copyright: draft.has_copyright,
        modified: draft.modified,
        parent: draft.parent,
        details: draft.details,
    }
}

/// Adds what an equal component knows beyond the kept one. Of two different texts the first in byte order stays, so
/// that the order of the document makes no difference.
pub(super) fn complete(kept: &mut Component, draft: Draft<'_>) {
    if kept.reference.is_none() {
        kept.reference = draft.reference.map(str::to_owned);
    }
    settle_name(kept, &draft);
    settle_text(&mut kept.component_type, draft.component_type);
    settle_text(&mut kept.version, draft.version);
    settle_text(&mut kept.supplier, draft.supplier);
    settle_text(&mut kept.purl, draft.purl);
    settle(&mut kept.scope, draft.scope);
    settle(&mut kept.modified, draft.modified);
    kept.has_copyright |= draft.has_copyright;
    unite(&mut kept.licences, draft.licences);
    match (&mut kept.details, draft.details) {
        (Some(kept), Some(other)) => kept.complete(*other),
        (slot @ None, other) => *slot = other,
        (Some(_), None) => {}
    }
}

/// Settles the name; of equal ones that which tells its group stays.
fn settle_name(kept: &mut Component, draft: &Draft<'_>) {
    let name = full_name(draft);
    let group_bytes = group_bytes(draft);
    let is_first = !name.is_empty() && (kept.name.is_empty() || name < kept.name);
    if is_first || (name == kept.name && group_bytes > kept.group_bytes) {
        kept.name = name;
        kept.group_bytes = group_bytes;
    }
}

fn group_bytes(draft: &Draft<'_>) -> u32 {
    draft.group.and_then(|group| u32::try_from(group.len()).ok()).unwrap_or(0)
}

fn settle_text(slot: &mut Option<String>, value: Option<&str>) {
    if let Some(value) = value.filter(|value| slot.as_deref().is_none_or(|kept| *value < kept)) {
        *slot = Some(value.to_owned());
    }
}

fn settle<T: PartialOrd>(slot: &mut Option<T>, value: Option<T>) {
    if let Some(value) = value.filter(|value| slot.as_ref().is_none_or(|kept| value < kept)) {
        *slot = Some(value);
    }
}

/// Adds what is new; at most [`MOST_UNITED`] are kept.
fn unite<T: PartialEq>(kept: &mut Vec<T>, other: Vec<T>) {
    for item in other {
        if kept.len() < MOST_UNITED && !kept.contains(&item) {
            kept.push(item);
        }
    }
}

/// Items of a list united from equal components; more would make merging quadratic.
const MOST_UNITED: usize = 100;

impl Details {
    fn complete(&mut self, other: Self) {
        unite(&mut self.identifiers, other.identifiers);
        unite(&mut self.authors, other.authors);
        unite(&mut self.hashes, other.hashes);
        unite(&mut self.external_references, other.external_references);
        unite(&mut self.properties, other.properties);
        unite(&mut self.evidence.identities, other.evidence.identities);
        unite(&mut self.evidence.occurrences, other.evidence.occurrences);
        unite(&mut self.evidence.licences, other.evidence.licences);
        self.evidence.copyrights = self.evidence.copyrights.max(other.evidence.copyrights);
        self.evidence.call_frames = self.evidence.call_frames.max(other.evidence.call_frames);
        unite(&mut self.pedigree.ancestors, other.pedigree.ancestors);
        unite(&mut self.pedigree.descendants, other.pedigree.descendants);
        unite(&mut self.pedigree.variants, other.pedigree.variants);
        unite(&mut self.pedigree.commits, other.pedigree.commits);
        unite(&mut self.pedigree.patches, other.pedigree.patches);
        settle(&mut self.pedigree.notes, other.pedigree.notes);
        settle_party(&mut self.supplier, other.supplier);
        settle_party(&mut self.manufacturer, other.manufacturer);
        settle(&mut self.publisher, other.publisher);
        settle(&mut self.file_name, other.file_name);
        settle(&mut self.mime_type, other.mime_type);
        settle(&mut self.is_external, other.is_external);
        settle(&mut self.version_range, other.version_range);
        settle(&mut self.files_analysed, other.files_analysed);
        settle(&mut self.released, other.released);
        settle(&mut self.built, other.built);
        settle(&mut self.valid_until, other.valid_until);
    }
}

fn settle_party(slot: &mut Option<Party>, value: Option<Party>) {
    let key = |party: &Party| format!("{party:?}");
    if let Some(value) = value.filter(|value| slot.as_ref().is_none_or(|kept| key(value) < key(kept))) {
        *slot = Some(value);
    }
}
