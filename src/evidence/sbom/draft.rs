//! One component on its way into the model: its identity, and how equal ones are merged.

use crate::base::{Digest, IdentityHasher};
use crate::evidence::package::Purl;
use crate::evidence::sbom::Component;

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
    pub(super) licences: Vec<&'a str>,
    pub(super) parent: Option<u32>,
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
pub(super) fn identity(draft: &Draft<'_>, read: Option<&Purl>) -> Digest {
    let hasher = IdentityHasher::new("component");
    if let Some(purl) = read {
        let version = if purl.versioned() { None } else { draft.version };
        return hasher.field("purl").field(purl.canonical()).optional(version).finish();
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
    draft.licences.iter().fold(nameless, |hasher, licence| hasher.field(licence)).finish()
}

/// The component a draft makes.
pub(super) fn finish(draft: &Draft<'_>, identity: Digest, purl_key: Option<String>) -> Component {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Component {
        identity,
        reference: owned(draft.reference),
        component_type: owned(draft.component_type),
        name: full_name(draft),
        version: owned(draft.version),
        purl: owned(draft.purl),
        purl_key,
        supplier: owned(draft.supplier),
        licences: draft.licences.iter().map(|licence| (*licence).to_owned()).collect(),
        parent: draft.parent,
    }
}

/// Adds what an equal component knows beyond the kept one.
pub(super) fn complete(kept: &mut Component, draft: &Draft<'_>) {
    let fill = |slot: &mut Option<String>, value: Option<&str>| {
        if slot.is_none() {
            *slot = value.map(str::to_owned);
        }
    };
    fill(&mut kept.reference, draft.reference);
    fill(&mut kept.version, draft.version);
    fill(&mut kept.supplier, draft.supplier);
    for licence in &draft.licences {
        if kept.licences.len() < MOST_LICENCES && !kept.licences.iter().any(|known| known == licence) {
            kept.licences.push((*licence).to_owned());
        }
    }
}

/// Licences united from equal components; more would make merging quadratic.
const MOST_LICENCES: usize = 100;
