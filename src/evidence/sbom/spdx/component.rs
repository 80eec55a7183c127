//! A package as a component of the one model.

use crate::evidence::sbom::draft::Draft;
use crate::evidence::sbom::lenient::Text;
use crate::evidence::sbom::spdx::raw::Package;
use crate::evidence::sbom::spdx::relation::says_nothing;

/// The component a package makes.
pub(super) fn draft<'a>(package: &'a Package<'_>) -> Draft<'a> {
    Draft {
        reference: package.id.get(),
        component_type: package.purpose.get(),
        group: None,
        name: package.any_name(),
        version: package.version.get().filter(|version| !says_nothing(version)),
        purl: package.purls().next(),
        supplier: maker(package),
        licences: licences(package),
        parent: None,
    }
}

/// Supplier or originator, without the word for what it is.
fn maker<'a>(package: &'a Package<'_>) -> Option<&'a str> {
    let says = |text: &&str| !says_nothing(text);
    let text = package.supplier.get().filter(says).or_else(|| package.originator.get().filter(says))?;
    let name = text.strip_prefix("Organization:").or_else(|| text.strip_prefix("Person:"));
    Some(name.unwrap_or(text).trim())
}

/// Concluded and declared licence, where they say something.
fn licences<'a>(package: &'a Package<'_>) -> Vec<&'a str> {
    let mut licences: Vec<&str> = [&package.concluded, &package.declared]
        .into_iter()
        .filter_map(Text::get)
        .filter(|l| !says_nothing(l))
        .collect();
    licences.dedup();
    licences
}
