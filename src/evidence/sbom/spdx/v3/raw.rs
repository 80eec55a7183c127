//! The elements of an SPDX 3 document as written, as far as they are used. SPDX 3.0.1 Core, Software, Security and
//! Licensing profiles; names as in the JSON-LD context.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::evidence::sbom::lenient::{List, Several, Text, record};

/// Something that may be an address, an object, or a list of either.
pub type Raw<'a> = Option<&'a RawValue>;

record! {
    /// What every element has.
    Head {
        "type" => class: Several<Text<'a>>,
        "@type" => at_class: Several<Text<'a>>,
        "spdxId" => id: Text<'a>,
        "@id" => at_id: Text<'a>,
    }
}

impl Head<'_> {
    /// The class with its profile in front (`software_Package`).
    pub fn class(&self) -> &str {
        let classes = self.class.0.items.iter().chain(&self.at_class.0.items);
        classes.filter_map(Text::get).next().unwrap_or_default()
    }

    /// The address, or the name of a blank node.
    pub fn id(&self) -> Option<&str> {
        self.id.get().or_else(|| self.at_id.get())
    }
}

record! {
    /// A package.
    Package {
        "name" => name: Text<'a>,
        "software_packageVersion" => version: Text<'a>,
        "software_packageUrl" => purl: Text<'a>,
        "software_downloadLocation" => download: Text<'a>,
        "software_homePage" => homepage: Text<'a>,
        "software_primaryPurpose" => purpose: Text<'a>,
        "software_copyrightText" => copyright: Text<'a>,
        "suppliedBy" => supplied_by: Raw<'a>,
        "originatedBy" => originated_by: Raw<'a>,
        "externalIdentifier" => identifiers: Raw<'a>,
        "externalIdentifiers" => odd_identifiers: Raw<'a>,
        "externalRef" => references: Raw<'a>,
        "verifiedUsing" => verified: Raw<'a>,
        "releaseTime" => released: Text<'a>,
        "builtTime" => built: Text<'a>,
        "validUntilTime" => valid_until: Text<'a>,
    }
}

record! {
    /// Any other element.
    Other {
        "name" => name: Text<'a>,
        "from" => from: Raw<'a>,
        "relationshipType" => relation: Text<'a>,
        "to" => to: Raw<'a>,
        "rootElement" => roots: Raw<'a>,
        "created" => created: Text<'a>,
        "createdBy" => created_by: Raw<'a>,
        "createdUsing" => created_using: Raw<'a>,
        "specVersion" => spec_version: Text<'a>,
        "creationInfo" => creation: Raw<'a>,
        "dataLicense" => data_licence: Raw<'a>,
        "import" => imports: Raw<'a>,
        "simplelicensing_licenseExpression" => expression: Text<'a>,
        "licenseExpression" => odd_expression: Text<'a>,
        "expandedlicensing_member" => members: Raw<'a>,
        "expandedlicensing_subjectLicense" => or_later: Raw<'a>,
        "expandedlicensing_subjectExtendableLicense" => extended: Raw<'a>,
        "expandedlicensing_subjectAddition" => addition: Raw<'a>,
        "externalIdentifier" => identifiers: Raw<'a>,
        "externalIdentifiers" => odd_identifiers: Raw<'a>,
        "security_justificationType" => justification: Text<'a>,
        "security_impactStatement" => impact: Text<'a>,
        "security_actionStatement" => action: Text<'a>,
    }
}

record! {
    /// A name in another system.
    Identifier { "externalIdentifierType" => kind: Text<'a>, "identifier" => value: Text<'a> }
}

record! {
    /// A reference to something outside.
    Reference {
        "externalRefType" => kind: Text<'a>,
        "locator" => locators: Several<Text<'a>>,
        "comment" => comment: Text<'a>,
    }
}

record! {
    /// A way to tell that something is unchanged.
    Integrity { "algorithm" => algorithm: Text<'a>, "hashValue" => value: Text<'a> }
}

record! {
    /// An element of another document.
    Import {
        "externalSpdxId" => id: Text<'a>,
        "locationHint" => location: Text<'a>,
        "verifiedUsing" => verified: Raw<'a>,
    }
}

/// The values of a list, or the sole value; more than a list may have are cut.
pub fn pieces(raw: Raw<'_>) -> Vec<&str> {
    let Some(raw) = raw else { return Vec::new() };
    let text = raw.get().trim_start();
    if !text.starts_with('[') {
        return vec![text];
    }
    let list: List<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    list.items.into_iter().map(RawValue::get).collect()
}

/// The record a piece holds; an address is an empty one.
pub fn record_of<'a, T: Deserialize<'a> + Default>(piece: &'a str) -> T {
    serde_json::from_str(piece).unwrap_or_default()
}

/// The address a piece is or has.
pub fn address(piece: &str) -> Option<Cow<'_, str>> {
    if piece.starts_with('"') {
        let text: Text<'_> = serde_json::from_str(piece).ok()?;
        return text.owned().map(Cow::Owned);
    }
    let head: Head<'_> = record_of(piece);
    head.id().map(|id| Cow::Owned(id.to_owned()))
}

/// The addresses of a list.
pub fn addresses(raw: Raw<'_>) -> Vec<String> {
    pieces(raw).into_iter().filter_map(address).map(Cow::into_owned).collect()
}
