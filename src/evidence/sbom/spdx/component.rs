//! A package as a component of the one model.

use crate::evidence::sbom::draft::Draft;
use crate::evidence::sbom::lenient::{List, Text};
use crate::evidence::sbom::spdx::party::{named, party};
use crate::evidence::sbom::spdx::raw::{Checksum, ExternalRef, Package};
use crate::evidence::sbom::spdx::relation::says_nothing;
use crate::evidence::sbom::{
    Details, ExternalReference, Hash, Identifier, IdentifierKind, Licence, LicenceKind, LicenceRole, Stamp,
};

/// The component a package makes.
pub(super) fn draft<'a>(package: &'a Package<'_>) -> Draft<'a> {
    let details = details(package);
    Draft {
        reference: package.id.get(),
        component_type: package.purpose.get().filter(|purpose| !says_nothing(purpose)),
        name: package.any_name(),
        version: package.version.get().filter(|version| !says_nothing(version)),
        purl: package.purls().next(),
        supplier: package.supplier.get().and_then(named).or_else(|| package.originator.get().and_then(named)),
        licences: licences(package),
        has_copyright: stated(&package.copyright).is_some(),
        details: (details != Details::default()).then(|| Box::new(details)),
        ..Draft::default()
    }
}

/// A text that says something.
fn stated<'a>(text: &'a Text<'_>) -> Option<&'a str> {
    text.get().filter(|text| !says_nothing(text))
}

/// A licence expression and who says so.
pub(super) fn licence(role: LicenceRole, text: &str) -> Licence {
    Licence::new(LicenceKind::Expression, role, text)
}

/// Concluded and declared licence, where they say something.
fn licences(package: &Package<'_>) -> Vec<Licence> {
    let roles = [(LicenceRole::Concluded, &package.concluded), (LicenceRole::Declared, &package.declared)];
    roles.into_iter().filter_map(|(role, text)| Some(licence(role, stated(text)?))).collect()
}

fn details(package: &Package<'_>) -> Details {
    let stamp = |text: &Text<'_>| stated(text).map(Stamp::new);
    let mut details = Details {
        supplier: stated(&package.supplier).and_then(party),
        manufacturer: stated(&package.originator).and_then(party),
        hashes: hashes(&package.checksums),
        file_name: stated(&package.file_name).map(str::to_owned),
        files_analysed: package.files_analysed.get().and_then(truth),
        released: stamp(&package.released),
        built: stamp(&package.built),
        valid_until: stamp(&package.valid_until),
        ..Details::default()
    };
    let found = package.from_files.items.iter().filter_map(stated);
    details.evidence.licences = found.map(|text| licence(LicenceRole::AsWritten, text)).collect();
    for (kind, text) in [("distribution", &package.download), ("website", &package.homepage)] {
        if let Some(url) = stated(text) {
            details.external_references.push(reference(kind, url, None));
        }
    }
    let mut is_first_purl = true;
    for entry in &package.external_refs.items {
        let is_named_by = entry.word() == Some("purl") && std::mem::take(&mut is_first_purl);
        if !is_named_by {
            add_reference(&mut details, entry);
        }
    }
    details
}

/// `true` and `false` as any form writes them.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Checksums with an algorithm and a value that is not all zeros.
pub(super) fn hashes(list: &List<Checksum<'_>>) -> Vec<Hash> {
    let pairs = list.items.iter().filter_map(Checksum::pair);
    pairs
        .map(|(algorithm, value)| Hash { algorithm: algorithm.to_owned(), value: value.to_owned() })
        .collect()
}

pub(super) fn reference(kind: &str, url: &str, comment: Option<String>) -> ExternalReference {
    ExternalReference { kind: kind.to_owned(), url: url.to_owned(), comment, hashes: Vec::new() }
}

/// An identifier where the type names a system of identifiers, else an address. SPDX 2.3 annex F.
fn add_reference(details: &mut Details, entry: &ExternalRef<'_>) {
    let Some(locator) = entry.locator.get() else { return };
    let word = entry.word().unwrap_or("other");
    let kind = match word {
        "purl" => IdentifierKind::Purl,
        "cpe22Type" | "cpe23Type" => IdentifierKind::Cpe,
        "swid" => IdentifierKind::Swid,
        "gitoid" | "gitbom" => IdentifierKind::Omnibor,
        "swh" => IdentifierKind::Swhid,
        "advisory" | "fix" | "url" => {
            details.external_references.push(reference(word, locator, entry.comment.owned()));
            return;
        }
        _ => IdentifierKind::Other,
    };
    // a category of its own says that the locator means something to its author only
    let is_address = kind == IdentifierKind::Other && locator.contains("://");
    if is_address {
        details.external_references.push(reference(word, locator, entry.comment.owned()));
    } else {
        details.identifiers.push(Identifier { kind, value: locator.to_owned() });
    }
}
