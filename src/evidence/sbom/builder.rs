//! Builds the one model from what a format's reader found: identities, merging, references, edges, accounts.
//!
//! Fed one element at a time in whatever order the document has, so that nothing but the result is held in memory.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::base::Digest;
use crate::evidence::Records;
use crate::evidence::package::Purl;
use crate::evidence::receipt::{Note, Notes};
use crate::evidence::sbom::Component;
use crate::evidence::sbom::draft::{Draft, complete, finish, identity};
use crate::evidence::sbom::notes::{
    BLANK_NAME, DANGLING_REF, DUPLICATE_REF, EDGE_TO_OTHER, EXTERNAL_REF, INVALID_PURL, MERGED,
    NO_COMPONENTS, NO_REFERENCE,
};

/// Components, edges and statements of one document; the largest real ones have a fifth of it.
const MOST_RECORDS: u64 = 2_000_000;

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

/// A reference, by number: documents name the same few things again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Ref(u32);

/// Where in a list an edge was written.
type Place = u32;

/// Gathers components, references and edges.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) notes: Notes,
    components: Vec<Component>,
    known: HashMap<Digest, u32>,
    numbers: HashMap<Box<str>, Ref>,
    nodes: Vec<Option<Node>>,
    edges: Vec<(Ref, Ref, Place)>,
    mentions: Vec<(Ref, Place)>,
    records: Records,
}

impl Builder {
    /// Whether the document has more records than are read.
    pub(super) const fn is_full(&self) -> bool {
        self.records.read + self.mentions.len() as u64 > MOST_RECORDS
    }

    /// Adds a component, or merges it into an equal one; its index either way.
    pub(super) fn component(&mut self, draft: &Draft<'_>, path: &dyn Fn() -> String) -> u32 {
        self.records.read += 1;
        let read = draft.purl.and_then(Purl::read);
        if draft.purl.is_some() && read.is_none() {
            self.notes.add(INVALID_PURL, path);
        }
        if draft.name.is_none() {
            self.notes.add(BLANK_NAME, path);
        }
        let identity = identity(draft, read.as_ref());
        let next = u32::try_from(self.components.len()).unwrap_or(u32::MAX);
        let index = match self.known.entry(identity) {
            Entry::Occupied(known) => {
                self.records.merged += 1;
                self.notes.add(MERGED, path);
                let index = *known.get();
                if let Some(kept) = self.components.get_mut(index as usize) {
                    complete(kept, draft);
                }
                index
            }
            Entry::Vacant(slot) => {
                slot.insert(next);
                self.records.kept += 1;
                self.components.push(finish(draft, identity, read.map(|p| p.key().to_owned())));
                next
            }
        };
        if let Some(reference) = draft.reference {
            self.refer(reference, Node::Component(index), path);
        }
        index
    }

    /// The number of a reference.
    pub(super) fn number(&mut self, reference: &str) -> Ref {
        if let Some(number) = self.numbers.get(reference) {
            return *number;
        }
        let number = Ref(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(None);
        self.numbers.insert(reference.into(), number);
        number
    }

    /// Says what a reference names; the first to claim it keeps it.
    pub(super) fn refer(&mut self, reference: &str, node: Node, path: &dyn Fn() -> String) {
        let number = self.number(reference);
        self.refer_number(number, node, path);
    }

    /// Says what a numbered reference names.
    pub(super) fn refer_number(&mut self, number: Ref, node: Node, path: &dyn Fn() -> String) {
        let Some(slot) = self.nodes.get_mut(number.0 as usize) else { return };
        match (*slot, node) {
            (None, new) => *slot = Some(new),
            // many tools list the described thing among its own components
            (Some(Node::Root(None)), Node::Component(index))
            | (Some(Node::Component(index)), Node::Root(None)) => {
                *slot = Some(Node::Root(Some(index)));
            }
            (Some(known), new) if known == new => {}
            (Some(Node::Root(_) | Node::Component(_) | Node::Other), _) => {
                self.notes.add(DUPLICATE_REF, path)
            }
        }
    }

    /// What a reference names.
    pub(super) fn node(&self, number: Ref) -> Option<Node> {
        self.nodes.get(number.0 as usize).copied().flatten()
    }

    /// Adds the edge from a dependent to its dependency, written at `place` of its list.
    pub(super) fn edge(&mut self, from: Ref, to: Ref, place: Place) {
        self.records.read += 1;
        self.edges.push((from, to, place));
    }

    /// Remembers that a reference is used, if only to warn when it names nothing.
    pub(super) fn mention(&mut self, reference: Ref, place: Place) {
        self.mentions.push((reference, place));
    }

    /// Counts one record that was read and left out.
    pub(super) fn skip(&mut self, note: Note, path: &dyn Fn() -> String) {
        self.records.read += 1;
        self.records.dropped += 1;
        self.notes.add(note, path);
    }

    /// Counts a record of another kind that was kept.
    pub(super) const fn keep(&mut self) {
        self.records.read += 1;
        self.records.kept += 1;
    }

    /// The reference of the component a reference was merged into; other references stay as they are.
    pub(super) fn canonical_reference(&self, reference: &str) -> Option<&str> {
        match self.node(*self.numbers.get(reference)?)? {
            Node::Component(index) => self.components.get(index as usize)?.reference.as_deref(),
            Node::Root(_) | Node::Other => None,
        }
    }

    /// How many distinct edges were written, dangling ones included. Doubled ones are merged here.
    pub(super) fn distinct_edges(&mut self) -> u64 {
        let written = self.edges.len();
        self.edges.sort_unstable();
        self.edges.dedup_by_key(|(from, to, _)| (*from, *to));
        self.records.merged += (written - self.edges.len()) as u64;
        self.edges.len() as u64
    }

    /// Everything gathered; `list` is the path of the list the edges were written in.
    pub(super) fn finish(mut self, list: &str) -> Built {
        if self.components.is_empty() {
            self.notes.add(NO_COMPONENTS, String::new);
        }
        self.distinct_edges();
        self.refer_by_purl();
        self.note_missing(list);
        let mut edges = Vec::with_capacity(self.edges.len());
        for (from, to, place) in std::mem::take(&mut self.edges) {
            match self.ends(from, to) {
                Ends::Edge(from, to) => edges.push((from, to)),
                Ends::Missing => self.records.dropped += 1,
                Ends::Other => {
                    self.records.dropped += 1;
                    self.notes.add(EDGE_TO_OTHER, || format!("{list}/{place}"));
                }
            }
        }
        let found = edges.len();
        edges.sort_unstable();
        edges.dedup();
        self.records.kept += edges.len() as u64;
        self.records.merged += (found - edges.len()) as u64;
        Built { components: self.components, edges, records: self.records, notes: self.notes }
    }

    fn ends(&self, from: Ref, to: Ref) -> Ends {
        let (Some(from), Some(to)) = (self.node(from), self.node(to)) else { return Ends::Missing };
        let target = match to {
            Node::Component(index) | Node::Root(Some(index)) => index,
            Node::Root(None) | Node::Other => return Ends::Other,
        };
        match from {
            Node::Component(index) => Ends::Edge(Some(index), target),
            Node::Root(_) => Ends::Edge(None, target),
            Node::Other => Ends::Other,
        }
    }

    /// Lets components be named by their package URL too: some tools use it as reference without writing one.
    fn refer_by_purl(&mut self) {
        if self.nodes.iter().all(Option::is_some) {
            return;
        }
        for (index, component) in self.components.iter().enumerate() {
            let Some(number) = component.purl.as_deref().and_then(|purl| self.numbers.get(purl)) else {
                continue;
            };
            if let (Some(slot), Ok(index)) = (self.nodes.get_mut(number.0 as usize), u32::try_from(index)) {
                slot.get_or_insert(Node::Component(index));
            }
        }
    }

    /// Warns once of every reference that is used and names nothing in the document.
    fn note_missing(&mut self, list: &str) {
        let used = self.edges.iter().flat_map(|(from, to, place)| [(*from, *place), (*to, *place)]);
        let used = used.chain(self.mentions.iter().copied());
        let mut first: HashMap<Ref, Place> = HashMap::new();
        for (reference, place) in used.filter(|(reference, _)| self.node(*reference).is_none()) {
            let known = first.entry(reference).or_insert(place);
            *known = place.min(*known);
        }
        let mut missing: Vec<(Place, &str)> = self
            .numbers
            .iter()
            .filter_map(|(text, number)| first.get(number).map(|place| (*place, text.as_ref())))
            .collect();
        missing.sort_unstable();
        for (place, reference) in missing {
            self.notes.add(missing_note(reference), || format!("{list}/{place}"));
        }
    }
}

/// What the two ends of an edge turned out to be.
enum Ends {
    Edge(Option<u32>, u32),
    Missing,
    Other,
}

/// What a builder gathered.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) components: Vec<Component>,
    pub(super) edges: Vec<(Option<u32>, u32)>,
    pub(super) records: Records,
    pub(super) notes: Notes,
}

fn missing_note(reference: &str) -> Note {
    // BOM-Link, or an element of another SPDX document
    if reference.starts_with("urn:cdx:") || reference.starts_with("DocumentRef-") {
        EXTERNAL_REF
    } else if reference.is_empty() {
        NO_REFERENCE
    } else {
        DANGLING_REF
    }
}
