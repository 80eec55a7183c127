//! Builds the one model from what a format's reader found: identities, merging, references, edges, accounts.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::base::{Digest, IdentityHasher};
use crate::evidence::Records;
use crate::evidence::receipt::{Note, Notes};
use crate::evidence::sbom::{Component, purl};

pub(super) const WRONG_TYPE: Note = Note {
    code: "wrong-type",
    message: "a field has another type than the format says; the field was left out or read as text",
};
pub(super) const DUPLICATE_KEY: Note =
    Note { code: "duplicate-key", message: "a member is written twice in one object; the last one was read" };
pub(super) const DUPLICATE_REF: Note = Note {
    code: "duplicate-ref",
    message: "one reference names different components; edges and statements were taken for the first",
};
pub(super) const DANGLING_REF: Note = Note {
    code: "dangling-ref",
    message: "a reference names nothing in this document; relations to and from it were left out",
};
pub(super) const EXTERNAL_REF: Note = Note {
    code: "external-ref",
    message: "a reference names a thing in another document; relations to and from it were left out",
};
pub(super) const EDGE_TO_OTHER: Note = Note {
    code: "edge-to-other",
    message: "a relation to something that is no component (a file, a service, the document) was left out",
};
pub(super) const NO_ROOT: Note = Note {
    code: "no-root",
    message: "the document does not say what it describes, so direct dependencies are unknown",
};
pub(super) const NO_COMPONENTS: Note = Note {
    code: "no-components",
    message: "the document lists no component; that proves nothing about what is in use",
};
pub(super) const INVALID_PURL: Note = Note {
    code: "invalid-purl",
    message: "a package URL breaks the rules; it is kept as written but cannot be matched",
};
pub(super) const BLANK_NAME: Note = Note { code: "blank-name", message: "a component has no name" };
pub(super) const BAD_TIMESTAMP: Note =
    Note { code: "bad-timestamp", message: "the document's time is no date that is read here" };
const MERGED: Note = Note {
    code: "merged-components",
    message: "components with one identity were merged into the first, edges united",
};

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
    pub(super) licences: Vec<String>,
    pub(super) parent: Option<u32>,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// The described thing itself; with its index when it is listed as a component too.
    Root(Option<u32>),
    /// A component.
    Component(u32),
    /// Something of the document that is no component.
    Other,
}

/// Gathers components, references and edges.
#[derive(Debug, Default)]
pub(super) struct Builder<'a> {
    pub(super) notes: Notes,
    components: Vec<Component>,
    known: HashMap<Digest, u32>,
    references: HashMap<&'a str, Node>,
    missing: HashSet<String>,
    edges: Vec<(Option<u32>, u32)>,
    records: Records,
}

impl<'a> Builder<'a> {
    /// Adds a component, or merges it into an equal one; its index either way.
    pub(super) fn component(&mut self, draft: Draft<'a>, path: &dyn Fn() -> String) -> u32 {
        self.records.read += 1;
        let read = draft.purl.and_then(purl::read);
        if draft.purl.is_some() && read.is_none() {
            self.notes.add(INVALID_PURL, path);
        }
        if draft.name.is_none() {
            self.notes.add(BLANK_NAME, path);
        }
        let identity = identity(&draft, read.as_ref());
        let next = u32::try_from(self.components.len()).unwrap_or(u32::MAX);
        let index = match self.known.entry(identity) {
            Entry::Occupied(known) => {
                self.records.merged += 1;
                self.notes.add(MERGED, path);
                let index = *known.get();
                if let Some(kept) = self.components.get_mut(index as usize) {
                    complete(kept, &draft);
                }
                index
            }
            Entry::Vacant(slot) => {
                slot.insert(next);
                self.records.kept += 1;
                self.components.push(finish(&draft, identity, read.map(|p| p.key)));
                next
            }
        };
        if let Some(reference) = draft.reference {
            self.refer(reference, Node::Component(index), path);
        }
        index
    }

    /// Says what a reference names; the first to claim it keeps it.
    pub(super) fn refer(&mut self, reference: &'a str, node: Node, path: &dyn Fn() -> String) {
        match self.references.entry(reference) {
            Entry::Vacant(slot) => {
                slot.insert(node);
            }
            Entry::Occupied(mut slot) => match (*slot.get(), node) {
                // many tools list the described thing among its own components
                (Node::Root(None), Node::Component(index)) => {
                    slot.insert(Node::Root(Some(index)));
                }
                (known, new) if known == new => {}
                (Node::Root(_) | Node::Component(_) | Node::Other, _) => self.notes.add(DUPLICATE_REF, path),
            },
        }
    }

    /// What a reference names.
    pub(super) fn node(&self, reference: &str) -> Option<Node> {
        self.references.get(reference).copied()
    }

    /// Names every component by its package URL too, where nothing else has that reference.
    pub(super) fn refer_by_purl(&mut self, purls: impl Iterator<Item = (&'a str, u32)>) {
        for (purl, index) in purls {
            self.references.entry(purl).or_insert(Node::Component(index));
        }
    }

    /// Adds the edge from a dependent to its dependency; counted as left out when an end is no component.
    pub(super) fn edge(&mut self, from: &str, to: &str, path: &dyn Fn() -> String) {
        self.records.read += 1;
        let from_node = self.node(from);
        let to_node = self.node(to);
        let (Some(from_node), Some(to_node)) = (from_node, to_node) else {
            self.records.dropped += 1;
            self.note_missing(from, path);
            return self.note_missing(to, path);
        };
        let target = match to_node {
            Node::Component(index) | Node::Root(Some(index)) => index,
            Node::Root(None) | Node::Other => return self.drop_record(EDGE_TO_OTHER, path),
        };
        match from_node {
            Node::Component(index) => self.edges.push((Some(index), target)),
            Node::Root(_) => self.edges.push((None, target)),
            Node::Other => self.drop_record(EDGE_TO_OTHER, path),
        }
    }

    /// Warns once of every reference that names nothing in the document.
    pub(super) fn note_missing(&mut self, reference: &str, path: &dyn Fn() -> String) {
        if self.node(reference).is_none() && self.missing.insert(reference.to_owned()) {
            self.notes.add(if is_external(reference) { EXTERNAL_REF } else { DANGLING_REF }, path);
        }
    }

    /// Counts one record that was read and left out.
    pub(super) fn skip(&mut self, note: Note, path: &dyn Fn() -> String) {
        self.records.read += 1;
        self.drop_record(note, path);
    }

    fn drop_record(&mut self, note: Note, path: &dyn Fn() -> String) {
        self.records.dropped += 1;
        self.notes.add(note, path);
    }

    /// Counts records of other kinds that were kept.
    pub(super) fn keep(&mut self, count: u64) {
        self.records.read += count;
        self.records.kept += count;
    }

    /// The reference of the component a reference was merged into; other references stay as they are.
    pub(super) fn canonical_reference(&self, reference: &str) -> String {
        let kept = match self.node(reference) {
            Some(Node::Component(index)) => {
                self.components.get(index as usize).and_then(|c| c.reference.clone())
            }
            Some(Node::Root(_) | Node::Other) | None => None,
        };
        kept.unwrap_or_else(|| reference.to_owned())
    }

    /// Everything gathered.
    pub(super) fn finish(mut self) -> Built {
        if self.components.is_empty() {
            self.notes.add(NO_COMPONENTS, String::new);
        }
        let written = self.edges.len() as u64;
        self.edges.sort_unstable();
        self.edges.dedup();
        let kept = self.edges.len() as u64;
        self.records.kept += kept;
        self.records.merged += written - kept;
        Built { components: self.components, edges: self.edges, records: self.records, notes: self.notes }
    }
}

/// What a builder gathered.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) components: Vec<Component>,
    pub(super) edges: Vec<(Option<u32>, u32)>,
    pub(super) records: Records,
    pub(super) notes: Notes,
}

/// BOM-Link, or an element of another SPDX document.
fn is_external(reference: &str) -> bool {
    reference.starts_with("urn:cdx:") || reference.starts_with("DocumentRef-")
}

fn full_name(draft: &Draft<'_>) -> String {
    let name = draft.name.unwrap_or_default();
    match draft.group {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    }
}

fn identity(draft: &Draft<'_>, read: Option<&purl::Purl>) -> Digest {
    let hasher = IdentityHasher::new("component");
    if let Some(purl) = read {
        let version = if purl.versioned { None } else { draft.version };
        return hasher.field("purl").field(&purl.canonical).optional(version).finish();
    }
    if let Some(purl) = draft.purl {
        return hasher.field("raw-purl").field(purl).optional(draft.version).finish();
    }
    if draft.name.is_some() {
        return hasher
            .field("name")
            .optional(draft.component_type)
            .field(&full_name(draft))
            .optional(draft.version)
            .finish();
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

fn finish(draft: &Draft<'_>, identity: Digest, purl_key: Option<String>) -> Component {
    Component {
        identity,
        reference: draft.reference.map(str::to_owned),
        component_type: draft.component_type.map(str::to_owned),
        name: full_name(draft),
        version: draft.version.map(str::to_owned),
        purl: draft.purl.map(str::to_owned),
        purl_key,
        supplier: draft.supplier.map(str::to_owned),
        licences: draft.licences.clone(),
        parent: draft.parent,
    }
}

/// Adds what an equal component knows beyond the kept one.
fn complete(kept: &mut Component, draft: &Draft<'_>) {
    let fill = |slot: &mut Option<String>, value: Option<&str>| {
        if slot.is_none() {
            *slot = value.map(str::to_owned);
        }
    };
    fill(&mut kept.reference, draft.reference);
    fill(&mut kept.version, draft.version);
    fill(&mut kept.supplier, draft.supplier);
    for licence in &draft.licences {
        if !kept.licences.contains(licence) {
            kept.licences.push(licence.clone());
        }
    }
}
