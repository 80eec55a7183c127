//! What a document says of itself and of the thing it describes.

use crate::base::UnixMillis;
use crate::evidence::package::Purl;
use crate::evidence::sbom::builder::Node;
use crate::evidence::sbom::cyclonedx::mapping::{draft, licences, properties, references};
use crate::evidence::sbom::cyclonedx::raw::{
    Component, Composition, Contact, Metadata, Organisation, Property, Reference, Tool,
};
use crate::evidence::sbom::cyclonedx::reader::Reader;
use crate::evidence::sbom::draft::{finish, identity, joined_name};
use crate::evidence::sbom::lenient::{List, Text};
use crate::evidence::sbom::notes::{BAD_TIMESTAMP, LIST_CUT, WRONG_TYPE};
use crate::evidence::sbom::stream::Flow;
use crate::evidence::sbom::{ExternalDocument, Party};

impl Reader {
    pub(super) fn text(&mut self, name: &str, text: &Text<'_>) {
        match name {
            "bomFormat" => self.marker.format = text.written().map(str::to_owned),
            "specVersion" => {
                self.marker.version = text.owned();
                self.marker.version_is_wrong = text.is_wrong();
            }
            _ => self.sbom.serial = text.owned(),
        }
    }

    pub(super) fn metadata(&mut self, metadata: &Metadata<'_>) {
        let here = || "/metadata".to_owned();
        self.note_shape(metadata.shape, &here);
        let wrong = [metadata.lifecycles.wrong, metadata.authors.wrong, metadata.properties.wrong];
        let wrong = wrong.iter().filter(|wrong| **wrong).count() as u64;
        self.builder.notes.add_many(WRONG_TYPE, wrong, here);
        if metadata.tools.wrong {
            self.builder.notes.add(WRONG_TYPE, || "/metadata/tools".to_owned());
        }
        self.makers(metadata);
        let about = &mut self.sbom.about;
        about.lifecycles = metadata.lifecycles.items.iter().filter_map(|l| l.lifecycle()).collect();
        about.data_licences = licences(&metadata.licenses.0);
        about.properties.extend(properties(&metadata.properties));
        about.produced_at = metadata.timestamp.owned();
        if let Some(text) = metadata.timestamp.get() {
            self.sbom.produced_at = UnixMillis::parse_lenient(text).ok();
            if self.sbom.produced_at.is_none() {
                self.builder.notes.add(BAD_TIMESTAMP, || "/metadata/timestamp".to_owned());
            }
        }
        self.root(&metadata.component, &metadata.manufacture);
    }

    /// Who made the document, and with what.
    fn makers(&mut self, metadata: &Metadata<'_>) {
        let tools: Vec<Party> = metadata.tools.items.iter().filter_map(Tool::party).collect();
        self.sbom.tools = tools.iter().filter_map(Party::label).collect();
        let about = &mut self.sbom.about;
        about.supplier = metadata.supplier.party();
        about.manufacturer = metadata.manufacturer.party();
        about.creators = metadata.authors.items.iter().filter_map(Contact::person).collect();
        about.creators.extend(about.manufacturer.clone());
        about.creators.extend(tools);
    }

    /// The thing described, and the components nested in it.
    fn root(&mut self, root: &Component<'_>, manufacture: &Organisation<'_>) {
        let here = || "/metadata/component".to_owned();
        self.note_shape(root.shape, &here);
        self.sbom.name = root.name.get().map(|name| joined_name(root.group.get(), name));
        self.sbom.version = root.version.owned();
        if root.shape.present {
            self.has_root = true;
            self.note_component(root, &here);
            let draft = draft(root, None);
            let read = draft.purl.and_then(Purl::read);
            let identity = identity(&draft, read.as_ref());
            let mut component = finish(draft, identity, read.map(|purl| purl.key().to_owned()));
            // until version 1.5 the maker of what is described was written beside it
            if let Some(maker) = manufacture.party() {
                component.supplier = component.supplier.or_else(|| maker.name.clone());
                component.details.get_or_insert_default().manufacturer.get_or_insert(maker);
            }
            self.sbom.root = Some(Box::new(component));
        }
        if let Some(reference) = root.bom_ref.get() {
            self.builder.refer(reference, Node::Root(None), &here);
        }
        // nothing more is read once the document is full or a part of it failed
        let _flow: Flow = self.nested(root, None, &here);
    }

    pub(super) fn note_component(&mut self, component: &Component<'_>, path: &dyn Fn() -> String) {
        self.builder.notes.add_many(WRONG_TYPE, component.wrong_fields(), path);
        self.builder.notes.add_many(LIST_CUT, component.cut_lists(), path);
    }

    pub(super) fn document_references(&mut self, list: &List<Reference<'_>>) {
        let references = references(list);
        let documents = references.iter().filter(|r| r.kind == "bom");
        self.sbom.about.external_documents = documents
            .map(|r| ExternalDocument { id: None, uri: r.url.clone(), hashes: r.hashes.clone() })
            .collect();
        self.sbom.about.external_references = references;
        self.note_list(list, "externalReferences");
    }

    pub(super) fn document_properties(&mut self, list: &List<Property<'_>>) {
        self.sbom.about.properties.extend(properties(list));
        self.note_list(list, "properties");
    }

    pub(super) fn composition(&mut self, place: u32, composition: &Composition<'_>) -> Flow {
        let here = || format!("/compositions/{place}");
        self.note_shape(composition.shape, &here);
        let lists = [&composition.assemblies, &composition.dependencies, &composition.vulnerabilities];
        for list in lists {
            self.builder.notes.add_many(WRONG_TYPE, u64::from(list.wrong), here);
            self.builder.notes.add_many(LIST_CUT, u64::from(list.cut), here);
        }
        if composition.shape.present {
            self.sbom.about.compositions.push(composition.composition());
        }
        if self.sbom.about.compositions.len() > 1_000_000 { self.too_many() } else { self.flow() }
    }

    fn note_list<T>(&mut self, list: &List<T>, name: &'static str) {
        self.builder.notes.add_many(WRONG_TYPE, u64::from(list.wrong), || format!("/{name}"));
        self.builder.notes.add_many(LIST_CUT, u64::from(list.cut), || format!("/{name}"));
    }

    /// Writes references to merged components as those of the kept ones.
    pub(super) fn settle_references(&mut self) {
        let statements = self.sbom.vulnerabilities.iter_mut();
        let affected = statements.flat_map(|v| v.affects.iter_mut()).map(|a| &mut a.reference);
        let compositions = self.sbom.about.compositions.iter_mut();
        let composed = compositions.flat_map(|c| c.assemblies.iter_mut().chain(c.dependencies.iter_mut()));
        for reference in affected.chain(composed) {
            if let Some(kept) = self.builder.canonical_reference(reference) {
                *reference = kept.to_owned();
            }
        }
    }
}
