//! Every tag of SPDX 2.x and the member of the JSON form it becomes.

use std::collections::HashMap;

/// The kind of record a tag belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// None: the document itself.
    Document,
    /// A package, from `PackageName` on.
    Package,
    /// A file, from `FileName` on.
    File,
    /// A snippet, from `SnippetSPDXID` on.
    Snippet,
    /// A licence of the document's own, from `LicenseID` on.
    Licence,
}

impl Section {
    /// The list its records stand in.
    pub(super) const fn list(self) -> Option<&'static str> {
        match self {
            Self::Document => None,
            Self::Package => Some("packages"),
            Self::File => Some("files"),
            Self::Snippet => Some("snippets"),
            Self::Licence => Some("hasExtractedLicensingInfos"),
        }
    }
}

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Begins a record; the value is the member of that name.
    Begins(Section, &'static str),
    /// Fills a record of that kind.
    Of(Section, Slot),
    /// Sets a member of the document.
    Document(&'static str),
    /// Sets a member of `creationInfo`.
    Made(&'static str),
    /// Adds to a list in `creationInfo`.
    MadeItem(&'static str),
    /// The identifier of the record, or of the document.
    Identifier,
    /// `Id address algorithm: value`.
    OtherDocument,
    /// `Element TYPE element`.
    Relation,
    /// Begins a remark by somebody.
    Annotation,
    /// Known, and not used.
    Unused,
}

/// What a tag fills in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A member.
    Text(&'static str),
    /// One more entry of a member that is a list.
    Item(&'static str),
    /// A checksum: `Algorithm: value`.
    Checksum,
    /// A reference: `Category type locator`.
    Reference,
    /// A remark on the reference before it.
    ReferenceComment,
}

/// Every tag by name.
pub(super) fn table() -> HashMap<&'static str, Tag> {
    let package = PACKAGE.iter().map(|(tag, slot)| (*tag, Tag::Of(Section::Package, *slot)));
    let unused = UNUSED.iter().map(|tag| (*tag, Tag::Unused));
    TAGS.iter().copied().chain(package).chain(unused).collect()
}

/// Tags of the document (SPDX 2.3 §6), those that begin something, and those of files and licences (§8 to §12).
const TAGS: [(&str, Tag); 20] = [
    ("SPDXVersion", Tag::Document("spdxVersion")),
    ("DocumentName", Tag::Document("name")),
    ("DocumentNamespace", Tag::Document("documentNamespace")),
    ("DataLicense", Tag::Document("dataLicense")),
    ("Creator", Tag::MadeItem("creators")),
    ("Created", Tag::Made("created")),
    ("LicenseListVersion", Tag::Made("licenseListVersion")),
    ("SPDXID", Tag::Identifier),
    ("ExternalDocumentRef", Tag::OtherDocument),
    ("PackageName", Tag::Begins(Section::Package, "name")),
    ("FileName", Tag::Begins(Section::File, "fileName")),
    ("FileChecksum", Tag::Of(Section::File, Slot::Checksum)),
    ("SnippetSPDXID", Tag::Begins(Section::Snippet, "SPDXID")),
    ("SnippetSPDXIdentifier", Tag::Begins(Section::Snippet, "SPDXID")),
    ("LicenseID", Tag::Begins(Section::Licence, "licenseId")),
    ("ExtractedText", Tag::Of(Section::Licence, Slot::Text("extractedText"))),
    ("LicenseName", Tag::Of(Section::Licence, Slot::Text("name"))),
    ("LicenseCrossReference", Tag::Of(Section::Licence, Slot::Item("seeAlsos"))),
    ("Relationship", Tag::Relation),
    ("Annotator", Tag::Annotation),
];

/// Tags of a package, SPDX 2.3 §7.
const PACKAGE: [(&str, Slot); 18] = [
    ("PackageVersion", Slot::Text("versionInfo")),
    ("PackageFileName", Slot::Text("packageFileName")),
    ("PackageSupplier", Slot::Text("supplier")),
    ("PackageOriginator", Slot::Text("originator")),
    ("PackageDownloadLocation", Slot::Text("downloadLocation")),
    ("FilesAnalyzed", Slot::Text("filesAnalyzed")),
    ("PackageChecksum", Slot::Checksum),
    ("PackageHomePage", Slot::Text("homepage")),
    ("PackageLicenseConcluded", Slot::Text("licenseConcluded")),
    ("PackageLicenseInfoFromFiles", Slot::Item("licenseInfoFromFiles")),
    ("PackageLicenseDeclared", Slot::Text("licenseDeclared")),
    ("PackageCopyrightText", Slot::Text("copyrightText")),
    ("PrimaryPackagePurpose", Slot::Text("primaryPackagePurpose")),
    ("ReleaseDate", Slot::Text("releaseDate")),
    ("BuiltDate", Slot::Text("builtDate")),
    ("ValidUntilDate", Slot::Text("validUntilDate")),
    ("ExternalRef", Slot::Reference),
    ("ExternalRefComment", Slot::ReferenceComment),
];

/// Tags of SPDX 2.0 to 2.3 that say nothing the model holds; those of version 1 among them, which newer ones kept.
const UNUSED: [&str; 48] = [
    "DocumentComment",
    "CreatorComment",
    "PackageVerificationCode",
    "PackageSourceInfo",
    "PackageLicenseComments",
    "PackageSummary",
    "PackageDescription",
    "PackageComment",
    "PackageAttributionText",
    "FileType",
    "LicenseConcluded",
    "LicenseInfoInFile",
    "LicenseComments",
    "FileLicenseConcluded",
    "FileLicenseInfoInFile",
    "FileLicenseComments",
    "FileCopyrightText",
    "FileComment",
    "FileNotice",
    "FileContributor",
    "FileAttributionText",
    "FileDependency",
    "ArtifactOfProjectName",
    "ArtifactOfProjectHomePage",
    "ArtifactOfProjectURI",
    "SnippetFromFileSPDXID",
    "SnippetFromFileSPDXIdentifier",
    "SnippetByteRange",
    "SnippetLineRange",
    "SnippetLicenseConcluded",
    "SnippetLicenseInfoInSnippet",
    "LicenseInfoInSnippet",
    "SnippetLicenseComments",
    "SnippetCopyrightText",
    "SnippetComment",
    "SnippetName",
    "SnippetAttributionText",
    "LicenseComment",
    "RelationshipComment",
    "AnnotationDate",
    "AnnotationType",
    "AnnotationComment",
    "SPDXREF",
    "Reviewer",
    "ReviewDate",
    "ReviewComment",
    "CreatorTool",
    "PackageHomepage",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tag_is_listed_twice() {
        assert_eq!(table().len(), TAGS.len() + PACKAGE.len() + UNUSED.len());
    }
}
