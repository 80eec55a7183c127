//! What the rules ask, shared by the profiles that ask the same.

use crate::evidence::Encoding;
use crate::evidence::licence;
use crate::evidence::sbom::{Details, Hash, IdentifierKind, LicenceRole, Party, PartyKind};

use super::{Case, Thing};

fn details<'t>(thing: &Thing<'t>) -> Option<&'t Details> {
    thing.component.details.as_deref()
}

fn said(text: Option<&str>) -> bool {
    text.is_some_and(|text| !matches!(text.trim(), "" | "NOASSERTION" | "NONE"))
}

pub(super) fn has_name(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    said(Some(&thing.component.name))
}

pub(super) fn has_version(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    said(thing.component.version.as_deref())
}

/// Supplier, manufacturer, publisher or author.
pub(super) fn has_producer(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let authors =
        details(thing).is_some_and(|details| details.authors.iter().any(|party| said(party.name.as_deref())));
    said(thing.component.supplier.as_deref()) || authors
}

/// The supplier itself, as SPDX `PackageSupplier`.
pub(super) fn has_supplier(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    said(thing.component.supplier.as_deref())
}

/// Somebody who can be reached: an e-mail address or a web address.
pub(super) fn has_reachable_creator(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let Some(details) = details(thing) else { return false };
    let parties = details.manufacturer.iter().chain(&details.supplier).chain(&details.authors);
    parties.into_iter().any(Party::is_reachable)
}

/// A package URL, CPE, SWID, `OmniBOR` or Software Heritage id.
pub(super) fn has_identifier(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let known = |kind| match kind {
        IdentifierKind::Purl | IdentifierKind::Cpe | IdentifierKind::Swid => true,
        IdentifierKind::Omnibor | IdentifierKind::Swhid => true,
        IdentifierKind::Other => false,
    };
    let other = details(thing).is_some_and(|details| details.identifiers.iter().any(|id| known(id.kind)));
    said(thing.component.purl.as_deref()) || other
}

pub(super) fn has_purl(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    thing.component.purl_key.is_some()
}

/// A hash with its algorithm.
pub(super) fn has_hash(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    details(thing).is_some_and(|details| details.hashes.iter().any(is_whole))
}

fn is_whole(hash: &Hash) -> bool {
    said(Some(&hash.algorithm)) && said(Some(&hash.value))
}

/// SHA-512 of the component as delivered, at the component or at its place of distribution.
pub(super) fn has_sha512(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let Some(details) = details(thing) else { return false };
    let delivered = details.external_references.iter().filter(|reference| is_delivery(&reference.kind));
    let hashes = details.hashes.iter().chain(delivered.flat_map(|reference| &reference.hashes));
    let mut hashes = hashes.filter(|hash| is_whole(hash));
    hashes.any(|hash| hash.algorithm.replace('-', "").eq_ignore_ascii_case("SHA512"))
}

fn is_delivery(kind: &str) -> bool {
    matches!(kind, "distribution" | "distribution-intake")
}

pub(super) fn has_licence(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    thing.component.licences.iter().any(|licence| said(Some(licence.label())))
}

/// A valid SPDX expression, concluded or without a role.
pub(super) fn has_distribution_licence(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let licences = thing.component.licences.iter().filter(|licence| licence.role != LicenceRole::Declared);
    licences.map(licence::of_licence).any(|read| read.confidence == licence::Confidence::Exact)
}

pub(super) fn has_declared_licence(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    thing.component.licences.iter().any(|l| l.role == LicenceRole::Declared && said(Some(l.label())))
}

pub(super) fn has_copyright(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    thing.component.has_copyright
}

/// It is in a relationship with anything: depends, is depended on, holds or is held.
pub(super) fn is_related(case: &Case<'_>, thing: &Thing<'_>) -> bool {
    match thing.place {
        Some(place) => case.related.get(place) == Some(&true),
        None => case.sbom.dependencies.iter().any(|(from, _)| from.is_none()),
    }
}

/// A composition says how complete its dependencies are.
pub(super) fn says_completeness(case: &Case<'_>, thing: &Thing<'_>) -> bool {
    thing.component.reference.as_deref().is_some_and(|reference| case.complete.contains(reference))
}

pub(super) fn has_file_name(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    let name = details(thing).and_then(|details| details.file_name.as_deref());
    said(name) && !name.unwrap_or_default().contains(['/', '\\'])
}

fn property(thing: &Thing<'_>, name: &str, words: &[&str]) -> bool {
    details(thing).and_then(|details| details.property(name)).is_some_and(|value| words.contains(&value))
}

pub(super) fn says_executable(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    property(thing, "bsi:component:executable", &["executable", "non-executable"])
}

pub(super) fn says_archive(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    property(thing, "bsi:component:archive", &["archive", "no archive"])
}

pub(super) fn says_structured(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    property(thing, "bsi:component:structured", &["structured", "unstructured"])
}

fn refers_to(thing: &Thing<'_>, kinds: &[&str]) -> bool {
    details(thing).is_some_and(|details| {
        details.external_references.iter().any(|reference| kinds.contains(&reference.kind.as_str()))
    })
}

pub(super) fn has_source_address(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    refers_to(thing, &["source-distribution", "vcs"])
}

pub(super) fn has_delivery_address(_: &Case<'_>, thing: &Thing<'_>) -> bool {
    refers_to(thing, &["distribution", "distribution-intake"])
}

/// A person or organisation who made the document.
pub(super) fn has_author(case: &Case<'_>) -> bool {
    let about = &case.sbom.about;
    let people = about.creators.iter().filter(|party| party.kind != PartyKind::Tool);
    people.chain(&about.manufacturer).chain(&about.supplier).any(|party| !party.is_blank())
}

pub(super) fn has_reachable_author(case: &Case<'_>) -> bool {
    let about = &case.sbom.about;
    let people = about.creators.iter().filter(|party| party.kind != PartyKind::Tool);
    people.chain(&about.manufacturer).chain(&about.supplier).any(Party::is_reachable)
}

pub(super) fn has_time(case: &Case<'_>) -> bool {
    case.sbom.produced_at.is_some()
}

pub(super) fn has_tool(case: &Case<'_>) -> bool {
    !case.sbom.tools.is_empty() || case.sbom.about.creators.iter().any(|party| party.kind == PartyKind::Tool)
}

/// A tool with its version, which SPDX writes behind the name.
pub(super) fn has_tool_version(case: &Case<'_>) -> bool {
    let digit = |text: &String| text.chars().any(|c| c.is_ascii_digit());
    let tools = case.sbom.about.creators.iter().filter(|party| party.kind == PartyKind::Tool);
    let versioned = |party: &Party| party.version.is_some() || party.name.as_ref().is_some_and(digit);
    tools.into_iter().any(versioned) || case.sbom.tools.iter().any(digit)
}

pub(super) fn has_organisation(case: &Case<'_>) -> bool {
    case.sbom.about.creators.iter().any(|party| party.kind == PartyKind::Organisation && !party.is_blank())
}

pub(super) fn has_lifecycle(case: &Case<'_>) -> bool {
    case.sbom.about.lifecycles.iter().any(|phase| phase.phase.is_some() || phase.name.is_some())
}

pub(super) fn has_serial(case: &Case<'_>) -> bool {
    said(case.sbom.serial.as_deref())
}

pub(super) fn has_document_name(case: &Case<'_>) -> bool {
    said(case.sbom.about.name.as_deref())
}

pub(super) fn has_data_licence(case: &Case<'_>) -> bool {
    !case.sbom.about.data_licences.is_empty()
}

/// The document says what it describes, and what that consists of.
pub(super) fn describes(case: &Case<'_>) -> bool {
    case.sbom.root.is_some() || case.sbom.name.is_some()
}

pub(super) fn has_top_level(case: &Case<'_>) -> bool {
    describes(case) && case.sbom.dependencies.iter().any(|(from, _)| from.is_none())
}

pub(super) fn has_no_vulnerabilities(case: &Case<'_>) -> bool {
    case.sbom.vulnerabilities.is_empty()
}

pub(super) fn is_common_format(case: &Case<'_>) -> bool {
    matches!(case.written.format, "cyclonedx" | "spdx" | "swid")
}

/// CycloneDX from 1.6 or SPDX from 3.0.1, in JSON or XML.
pub(super) fn is_recent_format(case: &Case<'_>) -> bool {
    let version = case.written.version.map(numbers).unwrap_or_default();
    let encoded = matches!(case.written.encoding, Encoding::Json | Encoding::Xml);
    let least: &[u32] = match case.written.format {
        "cyclonedx" => &[1, 6],
        "spdx" => &[3, 0, 1],
        _ => return false,
    };
    encoded && version.as_slice() >= least
}

/// SPDX 2.2 or 2.3 in tag-value or JSON.
pub(super) fn is_spdx_two(case: &Case<'_>) -> bool {
    let version = case.written.version.map(numbers).unwrap_or_default();
    case.written.format == "spdx"
        && matches!(version.as_slice(), [2, 2 | 3, ..])
        && matches!(case.written.encoding, Encoding::Json | Encoding::TagValue)
}

fn numbers(version: &str) -> Vec<u32> {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split('.').map_while(|part| part.parse().ok()).collect()
}
