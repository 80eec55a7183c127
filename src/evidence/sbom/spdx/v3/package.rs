//! A package of SPDX 3 as a component of the one model.

use crate::evidence::sbom::draft::Draft;
use crate::evidence::sbom::lenient::Text;
use crate::evidence::sbom::spdx::component::reference;
use crate::evidence::sbom::spdx::relation::says_nothing;
use crate::evidence::sbom::spdx::v3::index::Index;
use crate::evidence::sbom::spdx::v3::raw::{
    Head, Identifier, Integrity, Package, Raw, Reference, address, pieces, record_of,
};
use crate::evidence::sbom::{Details, ExternalReference, Hash, IdentifierKind, Stamp};

/// What a package says, put together from the elements it refers to.
pub(super) struct Found {
    /// Its package URLs: the element's own, then those among its identifiers.
    pub(super) purls: Vec<String>,
    supplier: Option<String>,
    details: Details,
}

/// Gathers what a package says.
pub(super) fn find(package: &Package<'_>, index: &Index) -> Found {
    let first = |raw: Raw<'_>| index.parties(raw).into_iter().next();
    let stamp = |text: &Text<'_>| text.get().map(Stamp::new);
    let mut details = Details {
        supplier: first(package.supplied_by),
        manufacturer: first(package.originated_by),
        hashes: hashes(package.verified),
        released: stamp(&package.released),
        built: stamp(&package.built),
        valid_until: stamp(&package.valid_until),
        ..Details::default()
    };
    let mut purls: Vec<String> =
        package.purl.owned().filter(|purl| !says_nothing(purl)).into_iter().collect();
    for (kind, value) in identifiers(package, index) {
        let kind = identifier_kind(&kind);
        if kind != IdentifierKind::Purl {
            details.identifiers.push(crate::evidence::sbom::Identifier { kind, value });
        } else if !purls.contains(&value) {
            purls.push(value);
        }
    }
    let others = purls.iter().skip(1);
    details.identifiers.extend(
        others.map(|purl| crate::evidence::sbom::Identifier {
            kind: IdentifierKind::Purl,
            value: purl.clone(),
        }),
    );
    details.external_references = references(package);
    let maker = details.supplier.as_ref().or(details.manufacturer.as_ref());
    Found { purls, supplier: maker.and_then(|party| party.name.clone()), details }
}

impl Found {
    /// The component the package makes.
    pub(super) fn draft<'a>(
        &'a self,
        head: &'a Head<'_>,
        package: &'a Package<'_>,
        index: &Index,
    ) -> Draft<'a> {
        let version = package.version.get().filter(|version| !says_nothing(version));
        Draft {
            reference: head.id(),
            component_type: package.purpose.get(),
            name: package.name.get(),
            version,
            purl: self.purls.first().map(String::as_str),
            supplier: self.supplier.as_deref(),
            licences: head.id().map(|id| index.licences_of(id)).unwrap_or_default(),
            has_copyright: package.copyright.get().is_some_and(|text| !says_nothing(text)),
            details: (self.details != Details::default()).then(|| Box::new(self.details.clone())),
            ..Draft::default()
        }
    }
}

/// Where it is found, and what else is said of it elsewhere.
fn references(package: &Package<'_>) -> Vec<ExternalReference> {
    let mut found = Vec::new();
    for (kind, text) in [("distribution", &package.download), ("website", &package.homepage)] {
        let url = text.get().filter(|url| !says_nothing(url));
        found.extend(url.map(|url| reference(kind, url, None)));
    }
    for piece in pieces(package.references) {
        let outside: Reference<'_> = record_of(piece);
        let kind = outside.kind.get().unwrap_or("other");
        let urls = outside.locators.0.items.iter().filter_map(Text::get);
        found.extend(urls.map(|url| reference(kind, url, outside.comment.owned())));
    }
    found
}

/// Kind and value of every identifier, written inside or as an element of its own.
fn identifiers(package: &Package<'_>, index: &Index) -> Vec<(String, String)> {
    let all = [package.identifiers, package.odd_identifiers];
    let mut found = Vec::new();
    for piece in all.into_iter().flat_map(pieces) {
        let inside: Identifier<'_> = record_of(piece);
        let inside = inside.kind.owned().zip(inside.value.owned());
        let elsewhere = || address(piece).and_then(|id| index.identifiers.get(&*id)).cloned();
        found.extend(inside.or_else(elsewhere));
    }
    found
}

/// The system an identifier type names. SPDX 3.0.1 `Core/ExternalIdentifierType`.
fn identifier_kind(word: &str) -> IdentifierKind {
    match word {
        "packageUrl" | "purl" => IdentifierKind::Purl,
        "cpe22" | "cpe23" | "cpe22Type" | "cpe23Type" => IdentifierKind::Cpe,
        "swid" => IdentifierKind::Swid,
        "gitoid" => IdentifierKind::Omnibor,
        "swhid" => IdentifierKind::Swhid,
        _ => IdentifierKind::Other,
    }
}

/// Hashes with an algorithm and a value that is not all zeros.
pub(super) fn hashes(raw: Raw<'_>) -> Vec<Hash> {
    let found = pieces(raw).into_iter().map(record_of::<Integrity<'_>>);
    let pair = |integrity: Integrity<'_>| {
        let value = integrity.value.owned().filter(|value| value.bytes().any(|b| b != b'0'))?;
        Some(Hash { algorithm: integrity.algorithm.owned()?, value })
    };
    found.filter_map(pair).collect()
}
