//! Components, services and what hangs on them, as written.

use crate::evidence::sbom::lenient::{Flag, List, Number, Several, Text, record};
use crate::evidence::sbom::stream::Later;

record! {
    /// A component, at whatever depth.
    Component {
        "bom-ref" => bom_ref: Text<'a>,
        "type" => component_type: Text<'a>,
        "mime-type" => mime_type: Text<'a>,
        "group" => group: Text<'a>,
        "name" => name: Text<'a>,
        "version" => version: Text<'a>,
        "versionRange" => version_range: Text<'a>,
        "isExternal" => is_external: Flag,
        "purl" => purl: Text<'a>,
        "cpe" => cpe: Text<'a>,
        "swid" => swid: Swid<'a>,
        "omniborId" => omnibor: Several<Text<'a>>,
        "swhid" => swhid: Several<Text<'a>>,
        "supplier" => supplier: Organisation<'a>,
        "manufacturer" => manufacturer: Organisation<'a>,
        "publisher" => publisher: Text<'a>,
        "author" => author: Text<'a>,
        "authors" => authors: List<Contact<'a>>,
        "scope" => scope: Text<'a>,
        "hashes" => hashes: List<Hash<'a>>,
        "licenses" => licenses: Several<LicenceChoice<'a>>,
        "copyright" => copyright: Text<'a>,
        "modified" => modified: Flag,
        "pedigree" => pedigree: Pedigree<'a>,
        "externalReferences" => external_references: List<Reference<'a>>,
        "evidence" => evidence: Evidence<'a>,
        "properties" => properties: List<Property<'a>>,
        "components" => components: Later<'a>,
    }
}

record! {
    /// A company.
    Organisation {
        "name" => name: Text<'a>,
        "url" => url: Several<Text<'a>>,
        "contact" => contact: Several<Contact<'a>>,
    }
}

record! {
    /// A person, or how a company is reached.
    Contact { "name" => name: Text<'a>, "email" => email: Text<'a>, "phone" => phone: Text<'a> }
}

record! {
    /// A licence or an expression.
    LicenceChoice {
        "license" => license: Licence<'a>,
        "expression" => expression: Text<'a>,
        "acknowledgement" => acknowledgement: Text<'a>,
    }
}

record! {
    /// One licence.
    Licence {
        "id" => id: Text<'a>,
        "name" => name: Text<'a>,
        "url" => url: Text<'a>,
        "text" => text: Attachment<'a>,
        "acknowledgement" => acknowledgement: Text<'a>,
    }
}

record! {
    /// A text with its form.
    Attachment { "content" => content: Text<'a>, "encoding" => encoding: Text<'a> }
}

record! {
    /// A hash.
    Hash { "alg" => algorithm: Text<'a>, "content" => content: Text<'a> }
}

record! {
    /// A reference to the outside.
    Reference {
        "type" => kind: Text<'a>,
        "url" => url: Text<'a>,
        "comment" => comment: Text<'a>,
        "hashes" => hashes: List<Hash<'a>>,
    }
}

record! {
    /// A name-value pair.
    Property { "name" => name: Text<'a>, "value" => value: Text<'a> }
}

record! {
    /// A software identification tag.
    Swid { "tagId" => tag_id: Text<'a> }
}

record! {
    /// Where a component comes from.
    Pedigree {
        "ancestors" => ancestors: List<Relative<'a>>,
        "descendants" => descendants: List<Relative<'a>>,
        "variants" => variants: List<Relative<'a>>,
        "commits" => commits: List<Commit<'a>>,
        "patches" => patches: List<Patch<'a>>,
        "notes" => notes: Text<'a>,
    }
}

record! {
    /// A component another one descends from.
    Relative {
        "type" => component_type: Text<'a>,
        "group" => group: Text<'a>,
        "name" => name: Text<'a>,
        "version" => version: Text<'a>,
        "purl" => purl: Text<'a>,
        "cpe" => cpe: Text<'a>,
    }
}

record! {
    /// A commit.
    Commit { "uid" => uid: Text<'a>, "url" => url: Text<'a> }
}

record! {
    /// A patch.
    Patch { "type" => kind: Text<'a>, "diff" => diff: Diff<'a>, "resolves" => resolves: List<Issue<'a>> }
}

record! {
    /// A difference.
    Diff { "url" => url: Text<'a> }
}

record! {
    /// What a patch resolves.
    Issue { "type" => kind: Text<'a>, "id" => id: Text<'a> }
}

record! {
    /// How a component was found.
    Evidence {
        "identity" => identity: Several<IdentityEvidence<'a>>,
        "occurrences" => occurrences: List<Occurrence<'a>>,
        "callstack" => callstack: Callstack<'a>,
        "licenses" => licenses: Several<LicenceChoice<'a>>,
        "copyright" => copyright: List<serde::de::IgnoredAny>,
    }
}

record! {
    /// A conclusion on what a component is.
    IdentityEvidence {
        "field" => field: Text<'a>,
        "confidence" => confidence: Number,
        "concludedValue" => concluded: Text<'a>,
        "methods" => methods: List<Method<'a>>,
    }
}

record! {
    /// How something was concluded.
    Method { "technique" => technique: Text<'a> }
}

record! {
    /// A place a component was found in.
    Occurrence { "location" => location: Text<'a>, "line" => line: Number }
}

record! {
    /// Calls that reach a component.
    Callstack { "frames" => frames: List<Frame<'a>> }
}

record! {
    /// One call.
    Frame { "module" => module: Text<'a> }
}

record! {
    /// A service, at whatever depth.
    Service {
        "bom-ref" => bom_ref: Text<'a>,
        "provider" => provider: Organisation<'a>,
        "group" => group: Text<'a>,
        "name" => name: Text<'a>,
        "version" => version: Text<'a>,
        "endpoints" => endpoints: Several<Text<'a>>,
        "authenticated" => authenticated: Flag,
        "x-trust-boundary" => trust_boundary: Flag,
        "data" => data: List<Data<'a>>,
        "licenses" => licenses: Several<LicenceChoice<'a>>,
        "externalReferences" => external_references: List<Reference<'a>>,
        "properties" => properties: List<Property<'a>>,
        "services" => services: Later<'a>,
    }
}

record! {
    /// Data that flows.
    Data { "classification" => classification: Text<'a>, "flow" => flow: Text<'a> }
}

record! {
    /// The dependencies of one thing.
    Dependency { "ref" => reference: Text<'a>, "dependsOn" => depends_on: Later<'a> }
}

record! {
    /// How complete something is.
    Composition {
        "aggregate" => aggregate: Text<'a>,
        "assemblies" => assemblies: List<Text<'a>>,
        "dependencies" => dependencies: List<Text<'a>>,
        "vulnerabilities" => vulnerabilities: List<Text<'a>>,
    }
}

impl Component<'_> {
    /// Supplier, manufacturer or publisher.
    pub fn maker(&self) -> Option<&str> {
        let organisation = self.supplier.name.get().or_else(|| self.manufacturer.name.get());
        organisation.or_else(|| self.publisher.get())
    }

    /// How many fields have a wrong type.
    pub fn wrong_fields(&self) -> u64 {
        let texts = [
            &self.bom_ref,
            &self.component_type,
            &self.group,
            &self.name,
            &self.version,
            &self.purl,
            &self.cpe,
            &self.publisher,
            &self.author,
            &self.scope,
        ];
        let lists = [
            self.licenses.0.wrong,
            self.authors.wrong,
            self.hashes.wrong,
            self.external_references.wrong,
            self.properties.wrong,
            self.supplier.shape.wrong,
            self.manufacturer.shape.wrong,
            self.pedigree.shape.wrong,
            self.evidence.shape.wrong,
        ];
        texts.iter().filter(|text| text.is_wrong()).count() as u64
            + lists.iter().filter(|wrong| **wrong).count() as u64
    }

    /// How many lists are longer than is read.
    pub fn cut_lists(&self) -> u64 {
        let lists = [
            self.licenses.0.cut,
            self.authors.cut,
            self.hashes.cut,
            self.external_references.cut,
            self.properties.cut,
            self.properties.items.len() > crate::evidence::sbom::Details::MOST_PROPERTIES,
            self.evidence.occurrences.cut,
        ];
        lists.iter().filter(|cut| **cut).count() as u64
    }
}
