//! The parts of an SPDX 2.x document as written, as far as they are used.
//!
//! Named as the JSON form names them (SPDX 2.3 annex A.1, `spdx-schema.json`); the other forms are brought into it.

use serde::de::IgnoredAny;

use crate::evidence::sbom::lenient::{List, Text, record};
use crate::evidence::sbom::spdx::relation::says_nothing;

record! {
    /// Who made the document, and when. SPDX 2.3 §6.8–6.10.
    Creation {
        "created" => created: Text<'a>,
        "creators" => creators: List<Text<'a>>,
        "licenseListVersion" => licence_list: Text<'a>,
    }
}

record! {
    /// A package. SPDX 2.3 §7.
    Package {
        "SPDXID" => id: Text<'a>,
        "name" => name: Text<'a>,
        "packageName" => old_name: Text<'a>,
        "versionInfo" => version: Text<'a>,
        "supplier" => supplier: Text<'a>,
        "originator" => originator: Text<'a>,
        "primaryPackagePurpose" => purpose: Text<'a>,
        "licenseConcluded" => concluded: Text<'a>,
        "licenseDeclared" => declared: Text<'a>,
        "licenseInfoFromFiles" => from_files: List<Text<'a>>,
        "externalRefs" => external_refs: List<ExternalRef<'a>>,
        "checksums" => checksums: List<Checksum<'a>>,
        "downloadLocation" => download: Text<'a>,
        "homepage" => homepage: Text<'a>,
        "packageFileName" => file_name: Text<'a>,
        "filesAnalyzed" => files_analysed: Text<'a>,
        "copyrightText" => copyright: Text<'a>,
        "releaseDate" => released: Text<'a>,
        "builtDate" => built: Text<'a>,
        "validUntilDate" => valid_until: Text<'a>,
        "hasFiles" => has_files: List<Text<'a>>,
        "annotations" => annotations: List<IgnoredAny>,
    }
}

impl Package<'_> {
    /// The name; drafts of version 2.2 wrote `packageName`.
    pub fn any_name(&self) -> Option<&str> {
        self.name.get().or_else(|| self.old_name.get())
    }

    /// Its package URLs.
    pub fn purls(&self) -> impl Iterator<Item = &str> {
        self.external_refs.items.iter().filter(|r| r.word() == Some("purl")).filter_map(|r| r.locator.get())
    }

    /// How many fields have a wrong type; `filesAnalyzed` is a boolean by the book and a text in other forms.
    pub fn wrong_fields(&self) -> u64 {
        let texts = [
            &self.id,
            &self.name,
            &self.version,
            &self.supplier,
            &self.originator,
            &self.purpose,
            &self.concluded,
            &self.declared,
            &self.download,
        ];
        let lists = [
            self.external_refs.wrong,
            self.checksums.wrong,
            self.from_files.wrong,
            self.has_files.wrong,
            self.annotations.wrong,
        ];
        let lists = lists.into_iter().filter(|wrong| *wrong).count();
        (texts.iter().filter(|text| text.is_wrong()).count() + lists) as u64
    }

    /// Whether a list had more entries than are read.
    pub const fn is_cut(&self) -> bool {
        self.external_refs.cut || self.checksums.cut || self.from_files.cut || self.has_files.cut
    }
}

record! {
    /// A name of the package in another system. SPDX 2.3 §7.21.
    ExternalRef {
        "referenceCategory" => category: Text<'a>,
        "referenceType" => kind: Text<'a>,
        "referenceLocator" => locator: Text<'a>,
        "comment" => comment: Text<'a>,
    }
}

impl ExternalRef<'_> {
    /// The type's word (`purl`, `cpe23Type`, …); RDF and some tools write an address that ends in it.
    pub fn word(&self) -> Option<&str> {
        let kind = self.kind.get()?;
        let word = kind.rsplit(['/', '#']).next().unwrap_or(kind);
        let known = KNOWN_TYPES.iter().find(|known| known.eq_ignore_ascii_case(word));
        Some(known.copied().unwrap_or(word))
    }
}

/// The reference types of SPDX 2.3 annex F.
const KNOWN_TYPES: [&str; 14] = [
    "purl",
    "cpe22Type",
    "cpe23Type",
    "swid",
    "gitoid",
    "swh",
    "advisory",
    "fix",
    "url",
    "maven-central",
    "npm",
    "nuget",
    "bower",
    "gitbom",
];

record! {
    /// A checksum. SPDX 2.3 §7.10.
    Checksum { "algorithm" => algorithm: Text<'a>, "checksumValue" => value: Text<'a> }
}

impl Checksum<'_> {
    /// Algorithm and value; `None` where either is missing or the value is nothing but zeros, as some tools write for
    /// a file they did not read.
    pub fn pair(&self) -> Option<(&str, &str)> {
        let value =
            self.value.get().filter(|value| value.bytes().any(|b| b != b'0') && !says_nothing(value))?;
        Some((self.algorithm.get()?, value))
    }
}

record! {
    /// A file or snippet. SPDX 2.3 §8 and §9.
    Element {
        "SPDXID" => id: Text<'a>,
        "annotations" => annotations: List<IgnoredAny>,
    }
}

record! {
    /// A relation between two elements. SPDX 2.3 §11.
    Relationship {
        "spdxElementId" => from: Text<'a>,
        "relationshipType" => kind: Text<'a>,
        "relatedSpdxElement" => to: Text<'a>,
    }
}

record! {
    /// Another SPDX document this one refers to. SPDX 2.3 §6.6.
    ExternalDocumentRef {
        "externalDocumentId" => id: Text<'a>,
        "spdxDocument" => namespace: Text<'a>,
        "checksum" => checksum: Checksum<'a>,
    }
}

record! {
    /// A licence that is not on the SPDX list. SPDX 2.3 §10.
    Extracted {
        "licenseId" => id: Text<'a>,
        "name" => name: Text<'a>,
        "extractedText" => text: Text<'a>,
        "seeAlsos" => see_also: List<Text<'a>>,
    }
}
