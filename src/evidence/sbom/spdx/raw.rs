//! The parts of an SPDX 2.x document as written, as far as they are used.

use crate::evidence::sbom::lenient::{List, Text, record};
use crate::evidence::sbom::spdx::relation::says_nothing;
use crate::evidence::sbom::{Licence, LicenceKind, LicenceRole};

record! {
    /// Who made the document, and when.
    Creation { "created" => created: Text<'a>, "creators" => creators: List<Text<'a>> }
}

record! {
    /// A package.
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
        "externalRefs" => external_refs: List<ExternalRef<'a>>,
    }
}

impl Package<'_> {
    /// The name; drafts of version 2.2 wrote `packageName`.
    pub fn any_name(&self) -> Option<&str> {
        self.name.get().or_else(|| self.old_name.get())
    }

    /// Its package URLs.
    pub fn purls(&self) -> impl Iterator<Item = &str> {
        let is_purl = |kind: &str| kind.eq_ignore_ascii_case("purl") || kind.ends_with("/purl");
        let refs = self.external_refs.items.iter();
        refs.filter(move |r| r.kind.get().is_some_and(is_purl)).filter_map(|r| r.locator.get())
    }

    /// Supplier or originator, without the word for what it is.
    pub fn maker(&self) -> Option<&str> {
        let named = |text: &'_ str| !says_nothing(text);
        let text = self
            .supplier
            .get()
            .filter(|t| named(t))
            .or_else(|| self.originator.get().filter(|t| named(t)))?;
        let name = text.strip_prefix("Organization:").or_else(|| text.strip_prefix("Person:"));
        Some(name.unwrap_or(text).trim())
    }

    /// Concluded and declared licence, where they say something.
    pub fn licences(&self) -> Vec<Licence> {
        let roles = [(LicenceRole::Concluded, &self.concluded), (LicenceRole::Declared, &self.declared)];
        let says = |(role, text): (LicenceRole, &Text<'_>)| {
            let text = text.get().filter(|text| !says_nothing(text))?;
            Some(Licence::new(LicenceKind::Expression, role, text))
        };
        roles.into_iter().filter_map(says).collect()
    }

    /// How many fields have a wrong type.
    pub fn wrong_fields(&self) -> u64 {
        let texts = [&self.id, &self.name, &self.version, &self.supplier];
        texts.iter().filter(|text| text.is_wrong()).count() as u64 + u64::from(self.external_refs.wrong)
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
