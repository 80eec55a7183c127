//! Walks over an SPDX 2.x document once and feeds what it finds to the builder of the one model.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::base::UnixMillis;
use crate::evidence::decoder::{DecodeError, Decoded};
use crate::evidence::sbom::Sbom;
use crate::evidence::sbom::builder::{Builder, Built, Node, Ref};
use crate::evidence::sbom::draft::Draft;
use crate::evidence::sbom::lenient::{Shape, Text};
use crate::evidence::sbom::notes::{
    BAD_TIMESTAMP, DUPLICATE_KEY, FILES_NOT_KEPT, LIST_CUT, NO_ASSERTION, NO_ROOT, OTHER_RELATION,
    SEVERAL_PURLS, WRONG_TYPE,
};
use crate::evidence::sbom::spdx::raw::{Creation, Element, Package, Relationship};
use crate::evidence::sbom::spdx::relation::{Direction, direction, says_nothing};
use crate::evidence::sbom::stream::{Each, Flow, Listed};
use crate::evidence::{Counts, Encoding, Evidence};

/// The element identifier every document has.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// The members that are read.
const MEMBERS: [&str; 11] = [
    "sbom",
    "spdxVersion",
    "SPDXID",
    "name",
    "documentNamespace",
    "creationInfo",
    "documentDescribes",
    "packages",
    "files",
    "snippets",
    "relationships",
];

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) version: Option<String>,
    builder: Builder,
    sbom: Sbom,
    /// Whether the document stands inside GitHub's wrapper.
    wrapped: bool,
    id: Option<String>,
    /// What is said to be described: by which element, which element, and where it stands.
    subjects: Vec<(Ref, Ref, Option<u32>)>,
    packages_wrong: bool,
    packages: u64,
    files: u64,
    relationships: u64,
}

/// Reads a document; whether it is an SPDX document of a known version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Reader, DecodeError> {
    let mut reader = Reader::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let result = DeserializeSeed::deserialize(&mut reader, &mut json).and_then(|()| json.end());
    match result {
        Ok(()) => Ok(reader),
        Err(_) if reader.builder.is_full() => Err(DecodeError::too_many_records()),
        Err(error) => Err(DecodeError::json(&error)),
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            match name.written().and_then(|name| MEMBERS.iter().find(|known| **known == name)) {
                Some(&"sbom") if !self.wrapped && self.version.is_none() => {
                    self.wrapped = true;
                    map.next_value_seed(&mut *self)?;
                }
                Some(&"sbom") | None => drop(map.next_value::<IgnoredAny>()?),
                Some(known) => {
                    if !seen.insert(known) {
                        let path = self.path(known);
                        self.builder.notes.add(DUPLICATE_KEY, || path);
                    }
                    self.member(known, &mut map)?;
                }
            }
        }
        Ok(())
    }
}

impl Reader {
    /// Where a member of the document stands.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", if self.wrapped { "/sbom" } else { "" })
    }

    fn member<'de, A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        let list = self.path(name);
        let listed = match name {
            "packages" => map.next_value_seed(Each::new(|i, package: Package<'de>| {
                self.package(&package, &|| format!("{list}/{i}"))
            }))?,
            "files" | "snippets" => map.next_value_seed(Each::new(|i, element: Element<'de>| {
                self.files += u64::from(name == "files");
                self.element(&element, &|| format!("{list}/{i}"))
            }))?,
            "relationships" => map.next_value_seed(Each::new(|i, relationship: Relationship<'de>| {
                self.relationships += 1;
                self.relationship(i, &relationship, &|| format!("{list}/{i}"))
            }))?,
            "documentDescribes" => map.next_value_seed(Each::new(|_, id: Text<'de>| self.describes(&id)))?,
            "creationInfo" => {
                self.creation(&map.next_value()?, &list);
                Listed::Yes
            }
            _ => {
                self.text(name, &map.next_value()?);
                Listed::Yes
            }
        };
        if listed == Listed::Wrong {
            self.packages_wrong |= name == "packages";
            self.builder.notes.add(WRONG_TYPE, || list);
        }
        Ok(())
    }

    fn text(&mut self, name: &str, text: &Text<'_>) {
        let value = text.get().map(str::to_owned);
        match name {
            "spdxVersion" => self.version = value,
            "SPDXID" => self.id = value,
            "name" => self.sbom.name = value,
            _ => self.sbom.serial = value,
        }
    }

    fn creation(&mut self, creation: &Creation<'_>, path: &str) {
        self.note_shape(creation.shape, &|| path.to_owned());
        let creators = creation.creators.items.iter().filter_map(Text::get);
        self.sbom.tools =
            creators.filter_map(|c| c.strip_prefix("Tool:")).map(|tool| tool.trim().to_owned()).collect();
        if let Some(text) = creation.created.get() {
            self.sbom.produced_at = UnixMillis::parse_lenient(text).ok();
            if self.sbom.produced_at.is_none() {
                self.builder.notes.add(BAD_TIMESTAMP, || format!("{path}/created"));
            }
        }
    }

    fn describes(&mut self, id: &Text<'_>) -> Flow {
        if let Some(id) = id.get().filter(|id| !says_nothing(id)) {
            let subject = (self.builder.number(DOCUMENT), self.builder.number(id));
            self.subjects.push((subject.0, subject.1, None));
        }
        self.flow()
    }

    fn package(&mut self, package: &Package<'_>, path: &dyn Fn() -> String) -> Flow {
        self.note_shape(package.shape, path);
        if !package.shape.present {
            self.builder.notes.add_many(WRONG_TYPE, u64::from(!package.shape.wrong), path);
            return self.flow();
        }
        self.packages += 1;
        self.builder.notes.add_many(WRONG_TYPE, package.wrong_fields(), path);
        self.builder.notes.add_many(LIST_CUT, u64::from(package.external_refs.cut), path);
        let mut purls = package.purls();
        let purl = purls.next();
        if purls.any(|other| Some(other) != purl) {
            self.builder.notes.add(SEVERAL_PURLS, path);
        }
        let draft = Draft {
            reference: package.id.get(),
            component_type: package.purpose.get(),
            group: None,
            name: package.any_name(),
            version: package.version.get().filter(|version| !says_nothing(version)),
            purl,
            supplier: package.maker(),
            licences: package.licences(),
            ..Draft::default()
        };
        self.builder.component(draft, path);
        self.flow()
    }

    /// A file or snippet: known as end of relations, not kept.
    fn element(&mut self, element: &Element<'_>, path: &dyn Fn() -> String) -> Flow {
        self.note_shape(element.shape, path);
        self.builder.skip(FILES_NOT_KEPT, path);
        if let Some(id) = element.id.get() {
            self.builder.refer(id, Node::Other, path);
        }
        self.flow()
    }

    fn relationship(&mut self, place: u32, relation: &Relationship<'_>, path: &dyn Fn() -> String) -> Flow {
        self.note_shape(relation.shape, path);
        let ends = (relation.from.get(), relation.to.get());
        let (Some(left), Some(right)) = ends else {
            self.builder.skip(NO_ASSERTION, path);
            return self.flow();
        };
        if says_nothing(left) || says_nothing(right) {
            self.builder.skip(NO_ASSERTION, path);
            return self.flow();
        }
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
        if self.builder.is_full() || self.subjects.len() > 1_000_000 { Flow::Stop } else { Flow::Continue }
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

    /// Settles what the document is about. A sole subject is the described thing itself; of several each is a part.
    fn settle_subjects(&mut self) -> Option<Ref> {
        let documents = [self.builder.number(DOCUMENT), {
            let id = self.id.clone();
            self.builder.number(id.as_deref().unwrap_or(DOCUMENT))
        }];
        for document in documents {
            self.builder.refer_number(document, Node::Root(None), &String::new);
        }
        // a document that describes itself says nothing about its subject
        let about = |(by, subject, _): &&(Ref, Ref, Option<u32>)| {
            documents.contains(by) && !documents.contains(subject)
        };
        let described: BTreeSet<Ref> =
            self.subjects.iter().filter(about).map(|(_, subject, _)| *subject).collect();
        if described.is_empty() {
            let path = self.path("relationships");
            self.builder.notes.add(NO_ROOT, || path);
        }
        let several = described.len() > 1;
        for (by, subject, place) in std::mem::take(&mut self.subjects) {
            match place {
                _ if several && about(&&(by, subject, place)) => {
                    self.builder.edge(documents[0], subject, place.unwrap_or(0));
                }
                Some(place) => {
                    self.builder.keep();
                    self.builder.mention(subject, place);
                }
                None => self.builder.mention(subject, 0),
            }
        }
        described.first().copied().filter(|_| !several)
    }

    /// The one model, with its accounts.
    pub(super) fn finish(mut self, version: String) -> Decoded {
        let sole = self.settle_subjects();
        let list = self.path("relationships");
        let root = sole.and_then(|sole| self.builder.node(sole).map(|node| (sole, node)));
        if let Some((sole, Node::Component(_))) = root {
            // its dependencies are those of the described thing
            self.builder.refer_number(sole, Node::Root(None), &String::new);
        }
        let counts = self.counts();
        let Built { components, edges, records, notes, .. } = self.builder.finish(&list);
        let mut sbom = Sbom { components, dependencies: edges, ..self.sbom };
        if let Some((_, Node::Component(index))) = root {
            let root = sbom.components.get(index as usize);
            sbom.version = root.and_then(|c| c.version.clone());
            sbom.name = root.map(|c| c.name.clone()).or(sbom.name);
        }
        Decoded {
            format_version: Some(version),
            encoding: Encoding::Json,
            produced_at: sbom.produced_at,
            evidence: Evidence::Sbom(sbom),
            records,
            counts,
            warnings: notes.into_warnings(),
        }
    }

    fn counts(&self) -> Counts {
        [("components", self.packages), ("files", self.files), ("relationships", self.relationships)]
            .into_iter()
            .map(|(key, count)| (key.to_owned(), count))
            .collect()
    }
}
