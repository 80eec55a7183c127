//! Walks over a CycloneDX document once and feeds what it finds to the builder of the one model.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::evidence::decoder::{DecodeError, Decoded};
use crate::evidence::receipt::Note;
use crate::evidence::sbom::Sbom;
use crate::evidence::sbom::builder::{Builder, Built, Node};
use crate::evidence::sbom::cyclonedx::mapping::draft;
use crate::evidence::sbom::cyclonedx::raw::{Component, Composition, Dependency, Service, Vulnerability};
use crate::evidence::sbom::lenient::{Shape, Text};
use crate::evidence::sbom::notes::{DUPLICATE_KEY, LIST_CUT, NO_ROOT, WRONG_TYPE};
use crate::evidence::sbom::stream::{Each, Flow, Listed};
use crate::evidence::{Counts, Encoding, Evidence};

mod about;

/// Components in components: what is read of one inside the other.
const DEEPEST: u32 = 64;

/// What a document says it is.
#[derive(Debug, Default)]
pub(super) struct Marker {
    pub(super) format: Option<String>,
    pub(super) version: Option<String>,
    /// The version was no text.
    pub(super) version_is_wrong: bool,
}

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) marker: Marker,
    builder: Builder,
    sbom: Sbom,
    has_root: bool,
    wrong_list: Option<&'static str>,
    failure: Option<DecodeError>,
    components: u64,
    depth: u32,
}

/// Reads a document; whether it is a CycloneDX document of a known version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Reader, DecodeError> {
    let mut reader = Reader::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let result = DeserializeSeed::deserialize(&mut reader, &mut json).and_then(|()| json.end());
    match (result, reader.failure.take()) {
        (Ok(()), _) => Ok(reader),
        (Err(_), Some(failure)) => Err(failure),
        (Err(_), None) if reader.builder.is_full() => Err(DecodeError::too_many_records()),
        (Err(error), None) => Err(DecodeError::json(&error)),
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
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            match name.written().and_then(|name| MEMBERS.iter().find(|known| **known == name)) {
                Some(known) => {
                    if !seen.insert(known) {
                        self.builder.notes.add(DUPLICATE_KEY, || format!("/{known}"));
                    }
                    self.member(known, &mut map)?;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The members that are read.
const MEMBERS: [&str; 13] = [
    "bomFormat",
    "specVersion",
    "serialNumber",
    "version",
    "metadata",
    "components",
    "services",
    "externalReferences",
    "dependencies",
    "compositions",
    "vulnerabilities",
    "properties",
    "signature",
];

impl Reader {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        let listed = match name {
            "components" => map.next_value_seed(Each::new(|i, c: Component<'de>| {
                self.component(&c, None, &|| format!("/components/{i}"))
            }))?,
            "services" => map.next_value_seed(Each::new(|i, s: Service<'de>| {
                self.service(&s, None, &|| format!("/services/{i}"))
            }))?,
            "dependencies" => {
                map.next_value_seed(Each::new(|i, d: Dependency<'de>| self.dependency(i, &d)))?
            }
            "vulnerabilities" => {
                map.next_value_seed(Each::new(|i, v: Vulnerability<'de>| self.vulnerability(i, &v)))?
            }
            "compositions" => {
                map.next_value_seed(Each::new(|i, c: Composition<'de>| self.composition(i, &c)))?
            }
            _ => {
                self.single(name, map)?;
                Listed::Yes
            }
        };
        if listed == Listed::Wrong {
            self.wrong_list.get_or_insert(name);
            self.builder.notes.add(WRONG_TYPE, || format!("/{name}"));
        }
        Ok(())
    }

    /// A member that is no list of records.
    fn single<'de, A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "metadata" => self.metadata(&map.next_value()?),
            // as written: a number may be larger than any type of ours
            "version" => {
                let written: Box<RawValue> = map.next_value()?;
                let text = written.get().trim_matches('"');
                self.sbom.about.version = (!text.is_empty() && text != "null").then(|| text.to_owned());
            }
            "externalReferences" => self.document_references(&map.next_value()?),
            "properties" => self.document_properties(&map.next_value()?),
            "signature" => {
                map.next_value::<IgnoredAny>()?;
                self.sbom.about.has_signature = true;
            }
            _ => self.text(name, &map.next_value()?),
        }
        Ok(())
    }

    fn component(
        &mut self,
        component: &Component<'_>,
        parent: Option<u32>,
        path: &dyn Fn() -> String,
    ) -> Flow {
        self.note_shape(component.shape, path);
        if !component.shape.present {
            self.note_absent(component.shape, path);
            return self.flow();
        }
        self.note_component(component, path);
        self.components += 1;
        let index = self.builder.component(draft(component, parent), path);
        self.nested(component, Some(index), path)
    }

    /// Reads the components inside a component.
    fn nested(&mut self, outer: &Component<'_>, parent: Option<u32>, path: &dyn Fn() -> String) -> Flow {
        if self.depth == DEEPEST {
            return self.too_deep(path);
        }
        self.depth += 1;
        let result = outer.components.each(|i, inner: Component<'_>| {
            self.component(&inner, parent, &|| format!("{}/components/{i}", path()))
        });
        self.depth -= 1;
        self.after_nested(result, path)
    }

    fn service(&mut self, service: &Service<'_>, parent: Option<u32>, path: &dyn Fn() -> String) -> Flow {
        self.note_shape(service.shape, path);
        if !service.shape.present {
            self.note_absent(service.shape, path);
            return self.flow();
        }
        let index = u32::try_from(self.sbom.about.services.len()).ok();
        self.sbom.about.services.push(service.service(parent));
        self.builder.keep();
        if let Some(reference) = service.bom_ref.get() {
            self.builder.refer(reference, Node::Other, path);
        }
        if self.depth == DEEPEST {
            return self.too_deep(path);
        }
        self.depth += 1;
        let result = service.services.each(|i, inner: Service<'_>| {
            self.service(&inner, index, &|| format!("{}/services/{i}", path()))
        });
        self.depth -= 1;
        self.after_nested(result, path)
    }

    fn dependency(&mut self, place: u32, dependency: &Dependency<'_>) -> Flow {
        let here = || format!("/dependencies/{place}");
        self.note_shape(dependency.shape, &here);
        let from = self.builder.number(dependency.reference.get().unwrap_or_default());
        if dependency.reference.get().is_some() {
            self.builder.mention(from, place);
        }
        let result = dependency.depends_on.each(|_, target: Text<'_>| {
            match target.written() {
                Some(to) => {
                    let to = self.builder.number(to.trim());
                    self.builder.edge(from, to, place);
                }
                None => self.builder.notes.add(WRONG_TYPE, here),
            }
            self.flow()
        });
        self.after_nested(result, &here)
    }

    fn vulnerability(&mut self, place: u32, vulnerability: &Vulnerability<'_>) -> Flow {
        let here = || format!("/vulnerabilities/{place}");
        self.note_shape(vulnerability.shape, &here);
        if !vulnerability.shape.present {
            self.note_absent(vulnerability.shape, &here);
            return self.flow();
        }
        if let Some(reference) = vulnerability.bom_ref.get() {
            self.builder.refer(reference, Node::Other, &here);
        }
        let cut = u64::from(vulnerability.affects.cut) + u64::from(vulnerability.ratings.cut);
        self.builder.notes.add_many(LIST_CUT, cut, here);
        self.builder.keep();
        self.sbom.vulnerabilities.push(vulnerability.statement());
        self.flow()
    }

    fn too_deep(&mut self, path: &dyn Fn() -> String) -> Flow {
        let message = format!("one inside the other more than {DEEPEST} deep, as in no real document");
        self.failure = Some(DecodeError::at("too-deep", path(), message));
        Flow::Stop
    }

    /// Notes what was met outside the JSON form.
    pub(super) fn note(&mut self, note: Note, count: u64) {
        self.builder.notes.add_many(note, count, String::new);
    }

    fn too_many(&mut self) -> Flow {
        self.failure = Some(DecodeError::too_many_records());
        Flow::Stop
    }

    fn after_nested(&mut self, result: Result<Listed, serde_json::Error>, path: &dyn Fn() -> String) -> Flow {
        match result {
            Ok(Listed::Yes) => {}
            Ok(Listed::Wrong) => self.builder.notes.add(WRONG_TYPE, path),
            Err(_) if self.failure.is_some() || self.builder.is_full() => return Flow::Stop,
            Err(error) => {
                self.failure = Some(DecodeError::json(&error));
                return Flow::Stop;
            }
        }
        self.flow()
    }

    const fn flow(&self) -> Flow {
        if self.failure.is_some() || self.builder.is_full() { Flow::Stop } else { Flow::Continue }
    }

    fn note_shape(&mut self, shape: Shape, path: &dyn Fn() -> String) {
        self.builder.notes.add_many(WRONG_TYPE, u64::from(shape.wrong), path);
        self.builder.notes.add_many(DUPLICATE_KEY, u64::from(shape.duplicates), path);
    }

    /// Null in a list; another wrong value is noted by its shape already.
    fn note_absent(&mut self, shape: Shape, path: &dyn Fn() -> String) {
        self.builder.notes.add_many(WRONG_TYPE, u64::from(!shape.wrong), path);
    }

    /// Refuses a document whose inventory cannot be read at all: taken for empty it would speak of nothing in use.
    pub(super) fn check_lists(&self) -> Result<(), DecodeError> {
        match self.wrong_list {
            Some(name @ ("components" | "vulnerabilities")) => Err(DecodeError::at(
                "wrong-type",
                format!("/{name}"),
                format!("`{name}` is not a list, so nothing can be said of what the document contains"),
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// The one model, with its accounts.
    pub(super) fn finish(mut self, version: String, encoding: Encoding) -> Decoded {
        if !self.has_root {
            self.builder.notes.add(NO_ROOT, || "/metadata/component".to_owned());
        }
        self.settle_references();
        self.sbom.about.spec_version = Some(version.clone());
        let counts = self.counts();
        let Built { components, edges, nestings, records, notes } = self.builder.finish("/dependencies");
        let sbom = Sbom { components, dependencies: edges, nestings, ..self.sbom };
        Decoded {
            format_version: Some(version),
            encoding,
            produced_at: sbom.produced_at,
            evidence: Evidence::Sbom(sbom),
            records,
            counts,
            warnings: notes.into_warnings(),
        }
    }

    fn counts(&mut self) -> Counts {
        let dependencies = self.builder.distinct_edges();
        let findings = self.sbom.vulnerabilities.len() as u64;
        let mut counts = Counts::new();
        counts.insert("components".to_owned(), self.components);
        counts.insert("dependencies".to_owned(), dependencies);
        let services = self.sbom.about.services.len() as u64;
        for (key, count) in [("services", services), ("findings", findings)] {
            if count > 0 {
                counts.insert(key.to_owned(), count);
            }
        }
        counts
    }
}
