//! The one way from SPDX 2.x records, whatever they were written in, to the one model.

mod settle;

use serde::Deserialize;
use serde_json::Value;

use crate::base::UnixMillis;
use crate::evidence::decoder::DecodeError;
use crate::evidence::receipt::Note;
use crate::evidence::sbom::builder::{Builder, Node, Ref};
use crate::evidence::sbom::lenient::{Shape, Text};
use crate::evidence::sbom::notes::{
    BAD_TIMESTAMP, DUPLICATE_KEY, FILES_NOT_KEPT, LIST_CUT, NO_ASSERTION, OTHER_RELATION, SEVERAL_PURLS,
    WRONG_TYPE,
};
use crate::evidence::sbom::spdx::component;
use crate::evidence::sbom::spdx::party::party;
use crate::evidence::sbom::spdx::raw::{
    Creation, Element, ExternalDocumentRef, Extracted, Package, Relationship,
};
use crate::evidence::sbom::spdx::relation::{Direction, direction, says_nothing};
use crate::evidence::sbom::stream::Flow;
use crate::evidence::sbom::{
    ExternalDocument, Hash, Licence, LicenceKind, LicenceRole, Party, PartyKind, Sbom,
};

/// The element identifier every document has.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// The members of a document that are read, named as the JSON form names them.
pub(super) const MEMBERS: [&str; 14] = [
    "spdxVersion",
    "dataLicense",
    "SPDXID",
    "name",
    "documentNamespace",
    "creationInfo",
    "documentDescribes",
    "externalDocumentRefs",
    "hasExtractedLicensingInfos",
    "annotations",
    "packages",
    "files",
    "snippets",
    "relationships",
];

/// Those of them that are lists of records.
pub(super) const LISTS: [&str; 8] = [
    "documentDescribes",
    "externalDocumentRefs",
    "hasExtractedLicensingInfos",
    "annotations",
    "packages",
    "files",
    "snippets",
    "relationships",
];

/// Other documents and licences of its own that are kept of one document.
const MOST_OF_DOCUMENT: usize = 20_000;
/// Subjects and file links that are remembered until the whole document is read.
const MOST_LINKS: usize = 1_000_000;

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    /// The version as written.
    pub(super) version: Option<String>,
    /// Where the document stands: `/sbom` inside GitHub's wrapper.
    pub(super) root: &'static str,
    /// `packages` was there, but no list.
    pub(super) packages_wrong: bool,
    builder: Builder,
    sbom: Sbom,
    id: Option<String>,
    /// What is said to be described: by which element, which element, and where it stands.
    subjects: Vec<(Ref, Ref, Option<u32>)>,
    /// Package, one of its `hasFiles`, and the package's place.
    file_links: Vec<(Ref, Ref, u32)>,
    packages: u32,
    files: u32,
    snippets: u32,
    relationships: u32,
    describes: u32,
    documents: u32,
    extracted: u32,
}

impl Mapping {
    /// Takes one record of a list, or a member that is no list, written as the JSON form writes it.
    pub(super) fn take(&mut self, member: &str, value: &Value) -> Flow {
        match member {
            "packages" => self.package(self.packages, &read(value)),
            "files" => self.element("files", self.files, &read(value)),
            "snippets" => self.element("snippets", self.snippets, &read(value)),
            "relationships" => self.relationship(self.relationships, &read(value)),
            "documentDescribes" => self.describes(self.describes, &read(value)),
            "externalDocumentRefs" => self.external_document(self.documents, &read(value)),
            "hasExtractedLicensingInfos" => self.extracted(self.extracted, &read(value)),
            "annotations" => self.annotation(),
            "creationInfo" => {
                self.creation(&read(value));
                Flow::Continue
            }
            other => {
                if let Some(name) = MEMBERS.iter().find(|known| **known == other) {
                    self.text(name, &read(value));
                }
                Flow::Continue
            }
        }
    }

    /// Whether the document has more records than are read.
    pub(super) const fn is_full(&self) -> bool {
        self.builder.is_full() || self.subjects.len() > MOST_LINKS || self.file_links.len() > MOST_LINKS
    }

    /// Where a member of the document stands.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.root)
    }

    /// Warns of something in the document.
    pub(super) fn note(&mut self, note: Note, path: &dyn Fn() -> String) {
        self.builder.notes.add(note, path);
    }

    /// One of the texts of the document itself.
    pub(super) fn text(&mut self, name: &str, text: &Text<'_>) {
        let value = text.get().map(str::to_owned);
        match name {
            "spdxVersion" => self.version = value,
            "SPDXID" => self.id = value,
            "name" => self.sbom.name = value,
            "dataLicense" => {
                let licence = value.map(|text| component::licence(LicenceRole::AsWritten, &text));
                self.sbom.about.data_licences = licence.into_iter().collect();
            }
            _ => self.sbom.serial = value,
        }
    }

    /// Who made the document, and when.
    pub(super) fn creation(&mut self, creation: &Creation<'_>) {
        let path = self.path("creationInfo");
        self.note_shape(creation.shape, &|| path.clone());
        let creators = creation.creators.items.iter().filter_map(Text::get);
        self.sbom.tools = creators
            .clone()
            .filter_map(|c| c.strip_prefix("Tool:"))
            .map(|tool| tool.trim().to_owned())
            .collect();
        let mut parties: Vec<Party> = creators.filter_map(party).collect();
        parties.sort_by_key(|party| party.kind == PartyKind::Tool);
        self.sbom.about.creators = parties;
        self.sbom.about.licence_list_version = creation.licence_list.owned();
        self.sbom.about.produced_at = creation.created.owned();
        if let Some(text) = creation.created.get() {
            self.sbom.produced_at = UnixMillis::parse_lenient(text).ok();
            if self.sbom.produced_at.is_none() {
                self.builder.notes.add(BAD_TIMESTAMP, || format!("{path}/created"));
            }
        }
    }

    /// An entry of `documentDescribes`.
    pub(super) fn describes(&mut self, _place: u32, id: &Text<'_>) -> Flow {
        self.describes = self.describes.saturating_add(1);
        if let Some(id) = id.get().filter(|id| !says_nothing(id)) {
            let subject = (self.builder.number(DOCUMENT), self.builder.number(id));
            self.subjects.push((subject.0, subject.1, None));
        }
        self.flow()
    }

    /// Another document this one refers to.
    pub(super) fn external_document(&mut self, place: u32, other: &ExternalDocumentRef<'_>) -> Flow {
        self.documents = self.documents.saturating_add(1);
        let list = self.path("externalDocumentRefs");
        self.note_shape(other.shape, &|| format!("{list}/{place}"));
        let documents = &mut self.sbom.about.external_documents;
        if let Some(uri) = other.namespace.owned().filter(|_| documents.len() < MOST_OF_DOCUMENT) {
            let hash = other.checksum.pair();
            let hash = hash
                .map(|(algorithm, value)| Hash { algorithm: algorithm.to_owned(), value: value.to_owned() });
            documents.push(ExternalDocument {
                id: other.id.owned(),
                uri,
                hashes: hash.into_iter().collect(),
            });
        }
        self.flow()
    }

    /// A licence that is not on the SPDX list.
    pub(super) fn extracted(&mut self, place: u32, licence: &Extracted<'_>) -> Flow {
        self.extracted = self.extracted.saturating_add(1);
        let list = self.path("hasExtractedLicensingInfos");
        self.note_shape(licence.shape, &|| format!("{list}/{place}"));
        let licences = &mut self.sbom.about.own_licences;
        if let Some(id) = licence.id.get().filter(|_| licences.len() < MOST_OF_DOCUMENT) {
            licences.push(Licence {
                url: licence.see_also.items.iter().find_map(Text::owned),
                has_text: licence.text.get().is_some_and(|text| !says_nothing(text)),
                ..Licence::new(LicenceKind::Id, LicenceRole::AsWritten, id)
            });
        }
        self.flow()
    }

    /// A remark on the document or one of its elements.
    pub(super) fn annotation(&mut self) -> Flow {
        self.annotate(1)
    }

    fn annotate(&mut self, count: usize) -> Flow {
        let annotations = &mut self.sbom.about.annotations;
        *annotations = annotations.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        self.flow()
    }

    /// A package.
    pub(super) fn package(&mut self, place: u32, package: &Package<'_>) -> Flow {
        let list = self.path("packages");
        let path: &dyn Fn() -> String = &|| format!("{list}/{place}");
        self.note_shape(package.shape, path);
        if !package.shape.present {
            self.builder.notes.add_many(WRONG_TYPE, u64::from(!package.shape.wrong), path);
            return self.flow();
        }
        self.packages = self.packages.saturating_add(1);
        self.builder.notes.add_many(WRONG_TYPE, package.wrong_fields(), path);
        self.builder.notes.add_many(LIST_CUT, u64::from(package.is_cut()), path);
        let purl = package.purls().next();
        if package.purls().any(|other| Some(other) != purl) {
            self.builder.notes.add(SEVERAL_PURLS, path);
        }
        self.annotate(package.annotations.items.len());
        self.builder.component(component::draft(package), path);
        if let Some(id) = package.id.get() {
            self.link_files(id, package, place);
        }
        self.flow()
    }

    fn link_files(&mut self, id: &str, package: &Package<'_>, place: u32) {
        for file in package.has_files.items.iter().filter_map(Text::get).filter(|file| !says_nothing(file)) {
            let link = (self.builder.number(id), self.builder.number(file), place);
            self.file_links.push(link);
        }
    }

    /// A file or snippet: known as end of relations, not kept.
    pub(super) fn element(&mut self, list: &str, place: u32, element: &Element<'_>) -> Flow {
        let count = if list == "files" { &mut self.files } else { &mut self.snippets };
        *count = count.saturating_add(1);
        let list = self.path(list);
        let path: &dyn Fn() -> String = &|| format!("{list}/{place}");
        self.note_shape(element.shape, path);
        self.annotate(element.annotations.items.len());
        self.builder.skip(FILES_NOT_KEPT, path);
        if let Some(id) = element.id.get() {
            self.builder.refer(id, Node::Other, path);
        }
        self.flow()
    }

    /// A relation between two elements.
    pub(super) fn relationship(&mut self, place: u32, relation: &Relationship<'_>) -> Flow {
        self.relationships = self.relationships.saturating_add(1);
        let list = self.path("relationships");
        let path: &dyn Fn() -> String = &|| format!("{list}/{place}");
        self.note_shape(relation.shape, path);
        let says = |text: &&str| !says_nothing(text);
        let ends = (relation.from.get().filter(says), relation.to.get().filter(says));
        let (Some(left), Some(right)) = ends else {
            self.builder.skip(NO_ASSERTION, path);
            return self.flow();
        };
        let (left, right) = (self.builder.number(left), self.builder.number(right));
        match direction(relation.kind.get().unwrap_or_default()) {
            Direction::Forward => self.builder.edge(left, right, place),
            Direction::Backward => self.builder.edge(right, left, place),
            Direction::Describes => self.subjects.push((left, right, Some(place))),
            Direction::DescribedBy => self.subjects.push((right, left, Some(place))),
            Direction::Other => self.builder.skip(OTHER_RELATION, path),
        }
        self.flow()
    }

    const fn flow(&self) -> Flow {
        if self.is_full() { Flow::Stop } else { Flow::Continue }
    }

    fn note_shape(&mut self, shape: Shape, path: &dyn Fn() -> String) {
        self.builder.notes.add_many(WRONG_TYPE, u64::from(shape.wrong), path);
        self.builder.notes.add_many(DUPLICATE_KEY, u64::from(shape.duplicates), path);
    }

    /// Refuses a document whose packages cannot be told: taken for empty it would speak of nothing in use.
    pub(super) fn check_packages(&self) -> Result<(), DecodeError> {
        if self.packages_wrong {
            let message = "`packages` is not a list, so nothing can be said of what the document contains";
            return Err(DecodeError::at("wrong-type", self.path("packages"), message));
        }
        Ok(())
    }
}

/// The record a value holds; every type is lenient, so what cannot be read is an empty one.
fn read<'a, T: Deserialize<'a> + Default>(value: &'a Value) -> T {
    T::deserialize(value).unwrap_or_default()
}
