//! Reads SPDX 3.0 in JSON-LD: a flat list of elements under `@graph`, or one element alone.
//!
//! The `@context` is never fetched: the names in the document are taken as the published context defines them.

mod index;
mod package;
mod raw;
mod settle;
mod vex;

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::evidence::decoder::{DecodeError, Decoded, Probe};
use crate::evidence::receipt::Note;
use crate::evidence::sbom::builder::{Builder, Node, Ref};
use crate::evidence::sbom::lenient::Text;
use crate::evidence::sbom::notes::{FILES_NOT_KEPT, NO_ASSERTION, OTHER_RELATION, SEVERAL_PURLS, WRONG_TYPE};
use crate::evidence::sbom::spdx::component::licence;
use crate::evidence::sbom::spdx::relation::{Direction, direction, screaming};
use crate::evidence::sbom::stream::{Each, Flow, Listed};
use crate::evidence::sbom::{ExternalDocument, LicenceRole, Sbom};

use index::{Creation, Index, licence_role, tail};
use raw::{Head, Import, Other, Package, addresses, pieces, record_of};

const ELEMENT_NOT_KEPT: Note = Note {
    code: "element-not-kept",
    message: "an element of a kind the model has no place for is counted, but kept only in the original document",
};

/// What the addresses of every published context begin with.
const CONTEXT: &[u8] = b"spdx.org/rdf/3.";

/// Whether the document's context is SPDX's, whole or in a list.
pub(super) fn is_meant(probe: &Probe<'_>) -> bool {
    let names = |has: bool| {
        let key = b"\"@context\"".as_slice();
        let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|window| window == what);
        has && find(probe.bytes, key).is_some_and(|at| {
            let rest = probe.bytes.get(at..).unwrap_or_default();
            find(rest.get(..1_000).unwrap_or(rest), CONTEXT).is_some()
        })
    };
    names(probe.head().has("@context")) || names(probe.json().is_some_and(|outline| outline.has("@context")))
}

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Decoded, DecodeError> {
    let mut index = Index::default();
    let mut elements = 0_u64;
    walk(text, &mut |_, piece| {
        elements += 1;
        index.add(piece);
        if elements > MOST_ELEMENTS { Flow::Stop } else { Flow::Continue }
    })?;
    let mut reader = Reader { elements, ..Reader::new(index) };
    walk(text, &mut |place, piece| reader.element(place, piece))?;
    reader.finish()
}

/// Elements of one document; the largest real ones have a hundredth of it.
const MOST_ELEMENTS: u64 = 2_000_000;

/// Calls `take` with the text of every element.
fn walk(text: &str, take: &mut dyn FnMut(u32, &str) -> Flow) -> Result<(), DecodeError> {
    let mut stopped = false;
    let mut json = serde_json::Deserializer::from_str(text);
    let graph = Graph { take, stopped: &mut stopped };
    match graph.deserialize(&mut json).and_then(|found| json.end().map(|()| found)) {
        Ok(Some(Listed::Yes)) => Ok(()),
        Ok(Some(Listed::Wrong)) => {
            let message = "`@graph` is not a list, so nothing can be said of what the document contains";
            Err(DecodeError::at("wrong-type", "/@graph", message))
        }
        Ok(None) => match take(0, text) {
            Flow::Continue => Ok(()),
            Flow::Stop => Err(DecodeError::too_many_records()),
        },
        Err(_) if stopped => Err(DecodeError::too_many_records()),
        Err(error) => Err(DecodeError::json(&error)),
    }
}

struct Graph<'t> {
    take: &'t mut dyn FnMut(u32, &str) -> Flow,
    stopped: &'t mut bool,
}

impl<'de> DeserializeSeed<'de> for Graph<'_> {
    type Value = Option<Listed>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Listed>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Graph<'_> {
    type Value = Option<Listed>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Listed>, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if name.written() != Some("@graph") {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let each = Each::new(|place, piece: &'de RawValue| {
                let flow = (self.take)(place, piece.get());
                *self.stopped |= flow == Flow::Stop;
                flow
            });
            found = Some(map.next_value_seed(each)?);
        }
        Ok(found)
    }
}

/// What has been read so far.
struct Reader {
    index: Index,
    builder: Builder,
    sbom: Sbom,
    statements: vex::Statements,
    creation: Option<Creation>,
    documents: BTreeSet<Ref>,
    subjects: Vec<(Ref, Ref, u32)>,
    elements: u64,
    packages: u64,
    files: u64,
    relationships: u64,
}

impl Reader {
    fn new(index: Index) -> Self {
        Self {
            index,
            builder: Builder::default(),
            sbom: Sbom::default(),
            statements: vex::Statements::default(),
            creation: None,
            documents: BTreeSet::new(),
            subjects: Vec::new(),
            elements: 0,
            packages: 0,
            files: 0,
            relationships: 0,
        }
    }

    fn element(&mut self, place: u32, piece: &str) -> Flow {
        let head: Head<'_> = record_of(piece);
        let path: &dyn Fn() -> String = &|| format!("/@graph/{place}");
        self.relationships += u64::from(head.class().ends_with("Relationship"));
        if self.elements == 1 {
            self.alone(&record_of(piece));
        }
        match head.class() {
            "software_Package" | "ai_AIPackage" | "dataset_DatasetPackage" => {
                self.package(&head, &record_of(piece), path);
            }
            "software_File" | "software_Snippet" => {
                self.files += u64::from(head.class() == "software_File");
                self.builder.skip(FILES_NOT_KEPT, path);
                self.other(&head, path);
            }
            "SpdxDocument" | "software_Sbom" | "Bom" => self.document(&head, &record_of(piece), place),
            class if class.starts_with("security_Vex") => {
                self.statements.add(&record_of(piece), &self.index);
                self.builder.keep();
            }
            "Relationship" | "LifecycleScopedRelationship" => {
                self.relationship(&record_of(piece), place, path);
            }
            "Annotation" => {
                self.sbom.about.annotations = self.sbom.about.annotations.saturating_add(1);
                self.builder.keep();
            }
            class if is_used(class) => self.used(&head, path),
            "" => self.builder.skip(WRONG_TYPE, path),
            _ => {
                self.builder.skip(ELEMENT_NOT_KEPT, path);
                self.other(&head, path);
            }
        }
        if self.builder.is_full() { Flow::Stop } else { Flow::Continue }
    }

    /// An element alone has nobody else to say who made it.
    fn alone(&mut self, element: &Other<'_>) {
        self.creation = self.index.creation(element.creation);
    }

    fn used(&mut self, head: &Head<'_>, path: &dyn Fn() -> String) {
        self.builder.keep();
        self.other(head, path);
    }

    fn other(&mut self, head: &Head<'_>, path: &dyn Fn() -> String) {
        if let Some(id) = head.id() {
            self.builder.refer(id, Node::Other, path);
        }
    }

    fn package(&mut self, head: &Head<'_>, package: &Package<'_>, path: &dyn Fn() -> String) {
        self.packages += u64::from(head.class() == "software_Package");
        let found = package::find(package, &self.index);
        if found.purls.len() > 1 {
            self.builder.notes.add(SEVERAL_PURLS, path);
        }
        self.builder.component(found.draft(head, package, &self.index), path);
    }

    /// The document, or a bill of materials in it.
    fn document(&mut self, head: &Head<'_>, document: &Other<'_>, place: u32) {
        self.builder.keep();
        let Some(id) = head.id() else { return };
        let number = self.builder.number(id);
        self.documents.insert(number);
        for root in addresses(document.roots) {
            let root = self.builder.number(&root);
            self.subjects.push((number, root, place));
        }
        let is_whole = head.class() == "SpdxDocument";
        if is_whole || self.sbom.serial.is_none() {
            self.sbom.serial = Some(id.to_owned());
            self.sbom.name = document.name.owned().or_else(|| self.sbom.name.take());
            self.creation = self.index.creation(document.creation).or_else(|| self.creation.take());
        }
        if is_whole {
            let licence_of = |id: &String| self.index.expression(id);
            let licences = addresses(document.data_licence).iter().filter_map(licence_of).collect::<Vec<_>>();
            let licences = licences.iter().map(|text| licence(LicenceRole::AsWritten, text));
            self.sbom.about.data_licences = licences.collect();
            self.sbom.about.external_documents =
                pieces(document.imports).into_iter().filter_map(imported).collect();
        }
    }

    fn relationship(&mut self, relation: &Other<'_>, place: u32, path: &dyn Fn() -> String) {
        let word = relation.relation.get().unwrap_or_default();
        if licence_role(word).is_some() {
            self.builder.keep();
            return;
        }
        let (from, to) = (addresses(relation.from), addresses(relation.to));
        let Some(from) = from.first().filter(|from| !is_nothing(from)) else {
            self.builder.skip(NO_ASSERTION, path);
            return;
        };
        if word == "hasAssociatedVulnerability" {
            self.statements.associate(from, &to, &self.index);
            self.builder.keep();
            return;
        }
        if to.is_empty() {
            // an empty list says that there is nothing
            self.builder.keep();
        }
        let left = self.builder.number(from);
        for to in &to {
            if is_nothing(to) {
                self.builder.skip(NO_ASSERTION, path);
                continue;
            }
            let right = self.builder.number(to);
            match direction(&screaming(word)) {
                Direction::Forward => self.builder.edge(left, right, place),
                Direction::Backward => self.builder.edge(right, left, place),
                Direction::Describes => self.subjects.push((left, right, place)),
                Direction::DescribedBy => self.subjects.push((right, left, place)),
                Direction::Other => self.builder.skip(OTHER_RELATION, path),
            }
        }
    }
}

/// Classes whose elements are looked up by those that refer to them.
fn is_used(class: &str) -> bool {
    let licensing = class.starts_with("simplelicensing_") || class.starts_with("expandedlicensing_");
    let classes = [
        "Person",
        "Organization",
        "SoftwareAgent",
        "Agent",
        "Tool",
        "CreationInfo",
        "ExternalIdentifier",
        "security_Vulnerability",
    ];
    licensing || classes.contains(&class)
}

/// Whether an address is one of the two that stand for nothing.
fn is_nothing(address: &str) -> bool {
    matches!(tail(address), "NoAssertionElement" | "NoneElement" | "NOASSERTION" | "NONE")
}

fn imported(piece: &str) -> Option<ExternalDocument> {
    let import: Import<'_> = record_of(piece);
    let uri = import.location.owned().or_else(|| import.id.owned())?;
    Some(ExternalDocument { id: import.id.owned(), uri, hashes: package::hashes(import.verified) })
}
