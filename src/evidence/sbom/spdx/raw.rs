//! An SPDX 2.x document as written, as far as it is used.

use crate::evidence::sbom::lenient::{List, Text, record};

record! {
    /// A file: the document itself, or GitHub's wrapper around one.
    File {
        "sbom" => sbom: Document<'a>,
        "spdxVersion" => spdx_version: Text<'a>,
        "SPDXID" => id: Text<'a>,
        "name" => name: Text<'a>,
        "documentNamespace" => namespace: Text<'a>,
        "creationInfo" => creation: Creation<'a>,
        "documentDescribes" => describes: List<Text<'a>>,
        "packages" => packages: List<Package<'a>>,
        "files" => files: List<Element<'a>>,
        "snippets" => snippets: List<Element<'a>>,
        "relationships" => relationships: List<Relationship<'a>>,
    }
}

record! {
    /// The document.
    Document {
        "spdxVersion" => spdx_version: Text<'a>,
        "SPDXID" => id: Text<'a>,
        "name" => name: Text<'a>,
        "documentNamespace" => namespace: Text<'a>,
        "creationInfo" => creation: Creation<'a>,
        "documentDescribes" => describes: List<Text<'a>>,
        "packages" => packages: List<Package<'a>>,
        "files" => files: List<Element<'a>>,
        "snippets" => snippets: List<Element<'a>>,
        "relationships" => relationships: List<Relationship<'a>>,
    }
}

impl<'a> File<'a> {
    /// The document, where the file is one.
    pub fn into_document(self) -> Document<'a> {
        Document {
            shape: self.shape,
            spdx_version: self.spdx_version,
            id: self.id,
            name: self.name,
            namespace: self.namespace,
            creation: self.creation,
            describes: self.describes,
            packages: self.packages,
            files: self.files,
            snippets: self.snippets,
            relationships: self.relationships,
        }
    }
}

record! {
    /// Who made the document, and when.
    Creation { "created" => created: Text<'a>, "creators" => creators: List<Text<'a>> }
}

record! {
    /// A package.
    Package {
        "SPDXID" => id: Text<'a>,
        "name" => name: Text<'a>,
        "versionInfo" => version: Text<'a>,
        "supplier" => supplier: Text<'a>,
        "originator" => originator: Text<'a>,
        "primaryPackagePurpose" => purpose: Text<'a>,
        "licenseConcluded" => concluded: Text<'a>,
        "licenseDeclared" => declared: Text<'a>,
        "externalRefs" => external_refs: List<ExternalRef<'a>>,
    }
}

record! {
    /// A name of the package in another system.
    ExternalRef { "referenceType" => kind: Text<'a>, "referenceLocator" => locator: Text<'a> }
}

record! {
    /// A file or snippet.
    Element { "SPDXID" => id: Text<'a> }
}

record! {
    /// A relation between two elements.
    Relationship {
        "spdxElementId" => from: Text<'a>,
        "relationshipType" => kind: Text<'a>,
        "relatedSpdxElement" => to: Text<'a>,
    }
}
