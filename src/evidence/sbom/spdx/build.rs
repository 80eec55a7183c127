//! Turns an SPDX 2.x document as written into the one model.

use crate::base::UnixMillis;
use crate::evidence::decoder::Decoded;
use crate::evidence::receipt::Note;
use crate::evidence::sbom::Sbom;
use crate::evidence::sbom::builder::{
    BAD_TIMESTAMP, Builder, Built, DANGLING_REF, DUPLICATE_KEY, Draft, NO_ROOT, Node, WRONG_TYPE,
};
use crate::evidence::sbom::lenient::{Shape, Text};
use crate::evidence::sbom::spdx::raw::{Document, Package, Relationship};
use crate::evidence::{Counts, Encoding, Evidence};

const NO_ASSERTION: Note = Note {
    code: "no-assertion",
    message: "a relation to NOASSERTION, NONE or nothing says nothing and was left out",
};
const OTHER_RELATION: Note =
    Note { code: "other-relation", message: "a relation that is no dependency was left out of the graph" };
const FILES_NOT_KEPT: Note =
    Note { code: "files-not-kept", message: "files are counted, but kept only in the original document" };
const SEVERAL_PURLS: Note =
    Note { code: "several-purls", message: "a package has several package URLs; the first one names it" };

/// The element identifier every document has.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// How a relation reads as a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// The left element needs the right one.
    Forward,
    /// The right element needs the left one.
    Backward,
    /// The left element (the document) is about the right one.
    Describes,
    /// The right element (the document) is about the left one.
    DescribedBy,
    /// No dependency.
    Other,
}

fn direction(relation: &str) -> Direction {
    match relation {
        "DESCRIBES" => Direction::Describes,
        "DESCRIBED_BY" => Direction::DescribedBy,
        "DEPENDS_ON" | "CONTAINS" | "HAS_PREREQUISITE" | "STATIC_LINK" | "DYNAMIC_LINK"
        | "GENERATED_FROM" => Direction::Forward,
        "DEPENDENCY_OF"
        | "CONTAINED_BY"
        | "PREREQUISITE_FOR"
        | "PACKAGE_OF"
        | "GENERATES"
        | "BUILD_DEPENDENCY_OF"
        | "DEV_DEPENDENCY_OF"
        | "OPTIONAL_DEPENDENCY_OF"
        | "PROVIDED_DEPENDENCY_OF"
        | "RUNTIME_DEPENDENCY_OF"
        | "TEST_DEPENDENCY_OF"
        | "OPTIONAL_COMPONENT_OF" => Direction::Backward,
        _ => Direction::Other,
    }
}

/// The one model of a document, with its accounts; `prefix` is where the document stands in its file.
pub(super) fn build<'a>(document: &'a Document<'a>, prefix: &str) -> Decoded {
    let mut reader = Reader { builder: Builder::default(), prefix, several: false };
    reader.note_shape(document.shape, "");
    let described = reader.described(document);
    reader.several = described.len() > 1;
    let packages = reader.packages(document, &described);
    reader.elements(document);
    reader.relationships(document);
    let produced_at = reader.produced_at(&document.creation.created);
    let counts = counts(document, packages);
    let sole = described.first().filter(|_| described.len() == 1);
    let root = sole.and_then(|id| document.packages.items.iter().find(|p| p.id.get() == Some(id)));
    let Built { components, edges, records, notes } = reader.builder.finish();
    let sbom = Sbom {
        name: root.and_then(Package::any_name).or_else(|| document.name.get()).map(str::to_owned),
        version: root.and_then(|p| p.version.get()).map(str::to_owned),
        serial: document.namespace.get().map(str::to_owned),
        produced_at,
        tools: document.creation.creators.items.iter().filter_map(tool).collect(),
        components,
        dependencies: edges,
        vulnerabilities: Vec::new(),
    };
    Decoded {
        format_version: None,
        encoding: Encoding::Json,
        evidence: Evidence::Sbom(sbom),
        records,
        counts,
        warnings: notes.into_warnings(),
        produced_at,
    }
}

struct Reader<'a, 'p> {
    builder: Builder<'a>,
    prefix: &'p str,
    /// Whether the document describes several things; each is then a part of what it describes as a whole.
    several: bool,
}

impl<'a> Reader<'a, '_> {
    /// The elements the document says it is about, in order, each once.
    fn described(&mut self, document: &'a Document<'a>) -> Vec<&'a str> {
        let listed = document.describes.items.iter().filter_map(Text::get);
        let related = document.relationships.items.iter().filter_map(|r| {
            match direction(r.kind.get().unwrap_or_default()) {
                Direction::Describes if is_document(document, r.from.get()?) => r.to.get(),
                Direction::DescribedBy if is_document(document, r.to.get()?) => r.from.get(),
                Direction::Describes
                | Direction::DescribedBy
                | Direction::Forward
                | Direction::Backward
                | Direction::Other => None,
            }
        });
        let mut described: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        // a document that describes itself says nothing about its subject
        for id in listed.chain(related).filter(|id| !is_document(document, id) && !says_nothing(id)) {
            if seen.insert(id) {
                described.push(id);
            }
        }
        if described.is_empty() {
            let path = format!("{}/relationships", self.prefix);
            self.builder.notes.add(NO_ROOT, || path);
        }
        described
    }

    fn packages(&mut self, document: &'a Document<'a>, described: &[&'a str]) -> u64 {
        let prefix = self.prefix;
        self.note_list(document.packages.wrong, "/packages");
        self.builder.refer(document.id.get().unwrap_or(DOCUMENT), Node::Root(None), &String::new);
        if document.id.get().is_some_and(|id| id != DOCUMENT) {
            self.builder.refer(DOCUMENT, Node::Root(None), &String::new);
        }
        if let [sole] = described {
            // its dependencies are those of the described thing
            self.builder.refer(sole, Node::Root(None), &String::new);
        }
        let mut count = 0;
        for (i, package) in document.packages.items.iter().enumerate() {
            self.note_shape(package.shape, "/packages");
            if !package.shape.present {
                self.note_list(!package.shape.wrong, "/packages");
                continue;
            }
            count += 1;
            let here = || format!("{prefix}/packages/{i}");
            let draft = self.draft(package, &here);
            self.builder.component(draft, &here);
        }
        count
    }

    fn draft(&mut self, package: &'a Package<'a>, here: &dyn Fn() -> String) -> Draft<'a> {
        let mut purls = package
            .external_refs
            .items
            .iter()
            .filter(|r| {
                r.kind.get().is_some_and(|kind| kind.eq_ignore_ascii_case("purl") || kind.ends_with("/purl"))
            })
            .filter_map(|r| r.locator.get());
        let purl = purls.next();
        if purls.any(|other| Some(other) != purl) {
            self.builder.notes.add(SEVERAL_PURLS, here);
        }
        let texts = [&package.id, &package.name, &package.version, &package.supplier];
        let wrong = texts.iter().filter(|text| text.is_wrong()).count() as u64;
        self.builder.notes.add_many(WRONG_TYPE, wrong + u64::from(package.external_refs.wrong), here);
        let mut licences: Vec<String> = Vec::new();
        for licence in [&package.concluded, &package.declared].into_iter().filter_map(|l| l.get()) {
            if !says_nothing(licence) && !licences.iter().any(|known| known == licence) {
                licences.push(licence.to_owned());
            }
        }
        Draft {
            reference: package.id.get(),
            component_type: package.purpose.get(),
            group: None,
            name: package.any_name(),
            version: package.version.get().filter(|version| !says_nothing(version)),
            purl,
            supplier: agent(&package.supplier).or_else(|| agent(&package.originator)),
            licences,
            parent: None,
        }
    }

    /// Files and snippets: known as ends of relations, not kept.
    fn elements(&mut self, document: &'a Document<'a>) {
        let prefix = self.prefix;
        for (list, name) in [(&document.files, "files"), (&document.snippets, "snippets")] {
            self.note_list(list.wrong, name);
            for (i, element) in list.items.iter().enumerate().filter(|(_, e)| e.shape.present) {
                let here = || format!("{prefix}/{name}/{i}");
                self.builder.skip(FILES_NOT_KEPT, &here);
                if let Some(id) = element.id.get() {
                    self.builder.refer(id, Node::Other, &here);
                }
            }
        }
    }

    fn relationships(&mut self, document: &'a Document<'a>) {
        let prefix = self.prefix;
        self.note_list(document.relationships.wrong, "/relationships");
        for (i, relationship) in document.relationships.items.iter().enumerate() {
            self.note_shape(relationship.shape, "/relationships");
            let here = || format!("{prefix}/relationships/{i}");
            self.relationship(document, relationship, &here);
        }
        if self.several {
            for id in document.describes.items.iter().filter_map(Text::get) {
                self.builder.edge(DOCUMENT, id, &|| format!("{prefix}/documentDescribes"));
            }
        }
    }

    fn relationship(
        &mut self,
        document: &Document<'_>,
        relation: &Relationship<'_>,
        here: &dyn Fn() -> String,
    ) {
        let ends = (relation.from.get(), relation.to.get());
        let (Some(left), Some(right)) = ends else { return self.builder.skip(NO_ASSERTION, here) };
        if says_nothing(left) || says_nothing(right) {
            return self.builder.skip(NO_ASSERTION, here);
        }
        match direction(relation.kind.get().unwrap_or_default()) {
            Direction::Forward => self.builder.edge(left, right, here),
            Direction::Backward => self.builder.edge(right, left, here),
            Direction::Describes => self.describes(document, right, here),
            Direction::DescribedBy => self.describes(document, left, here),
            Direction::Other => self.builder.skip(OTHER_RELATION, here),
        }
    }

    /// A statement on what the document is about. A sole subject is the described thing itself, so nothing is to add.
    fn describes(&mut self, document: &Document<'_>, subject: &str, here: &dyn Fn() -> String) {
        if self.several && !is_document(document, subject) {
            self.builder.edge(DOCUMENT, subject, here);
        } else if self.builder.node(subject).is_some() || is_document(document, subject) {
            self.builder.keep(1);
        } else {
            self.builder.skip(DANGLING_REF, here);
        }
    }

    fn produced_at(&mut self, created: &Text<'_>) -> Option<UnixMillis> {
        let read = UnixMillis::parse_lenient(created.get()?).ok();
        if read.is_none() {
            let path = format!("{}/creationInfo/created", self.prefix);
            self.builder.notes.add(BAD_TIMESTAMP, || path);
        }
        read
    }

    fn note_shape(&mut self, shape: Shape, path: &str) {
        let prefix = self.prefix;
        self.builder.notes.add_many(WRONG_TYPE, u64::from(shape.wrong), || format!("{prefix}{path}"));
        self.builder.notes.add_many(DUPLICATE_KEY, u64::from(shape.duplicates), || format!("{prefix}{path}"));
    }

    fn note_list(&mut self, wrong: bool, path: &str) {
        let prefix = self.prefix;
        self.builder.notes.add_many(WRONG_TYPE, u64::from(wrong), || format!("{prefix}{path}"));
    }
}

fn counts(document: &Document<'_>, packages: u64) -> Counts {
    let files = document.files.items.len() as u64;
    let relationships = document.relationships.items.len() as u64;
    [("components", packages), ("files", files), ("relationships", relationships)]
        .into_iter()
        .map(|(key, count)| (key.to_owned(), count))
        .collect()
}

fn is_document(document: &Document<'_>, id: &str) -> bool {
    id == DOCUMENT || document.id.get() == Some(id)
}

fn says_nothing(text: &str) -> bool {
    matches!(text, "NOASSERTION" | "NONE")
}

/// The name in `Organization: name (mail)`.
fn agent<'a>(text: &'a Text<'_>) -> Option<&'a str> {
    let text = text.get().filter(|text| !says_nothing(text))?;
    let name = text.strip_prefix("Organization:").or_else(|| text.strip_prefix("Person:")).unwrap_or(text);
    Some(name.trim())
}

fn tool(creator: &Text<'_>) -> Option<String> {
    creator.get()?.strip_prefix("Tool:").map(|name| name.trim().to_owned())
}
