//! From what is written to the one model: components, services and what the document says of itself.

mod component;
mod vulnerability;

use crate::evidence::sbom::cyclonedx::raw;
use crate::evidence::sbom::lenient::{List, Text};
use crate::evidence::sbom::{
    Composition, Contact, DataFlow, ExternalReference, Hash, Licence, LicenceKind, LicenceRole, Lifecycle,
    Party, PartyKind, Property, Service,
};

use super::raw::{LicenceChoice, Organisation, Reference, Tool};
pub(super) use component::draft;

/// A list without the room it did not need.
fn gathered<T>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.collect();
    list.shrink_to_fit();
    list
}

/// The texts of a list that say something.
pub(super) fn texts(list: &List<Text<'_>>) -> Vec<String> {
    gathered(list.items.iter().filter_map(Text::owned))
}

/// The beginning of a text, at most `most` bytes.
fn beginning(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

impl Organisation<'_> {
    /// The organisation; `None` when nothing is said of it.
    pub(super) fn party(&self) -> Option<Party> {
        let contacts = self.contact.0.items.iter().filter_map(raw::Contact::contact);
        let party = Party {
            kind: PartyKind::Organisation,
            name: self.name.owned(),
            urls: texts(&self.url.0),
            contacts: gathered(contacts),
            ..Party::default()
        };
        (!party.is_blank()).then_some(party)
    }
}

impl raw::Contact<'_> {
    fn contact(&self) -> Option<Contact> {
        let contact =
            Contact { name: self.name.owned(), email: self.email.owned(), phone: self.phone.owned() };
        (contact != Contact::default()).then_some(contact)
    }

    /// The person; `None` when nothing is said.
    pub(super) fn person(&self) -> Option<Party> {
        let Contact { name, email, phone } = self.contact()?;
        let reachable = email.is_some() || phone.is_some();
        let contacts = reachable.then_some(Contact { name: None, email, phone }).into_iter().collect();
        Some(Party { kind: PartyKind::Person, name, contacts, ..Party::default() })
    }
}

impl Tool<'_> {
    /// The tool; `None` when it has no name.
    pub(super) fn party(&self) -> Option<Party> {
        let organisations = [&self.supplier, &self.manufacturer, &self.provider];
        let organisation = organisations.iter().find_map(|o| o.name.get());
        let maker = self.vendor.get().or(organisation).or_else(|| self.publisher.get());
        let contacts = organisations.iter().filter_map(|o| o.party()).flat_map(|party| party.contacts);
        Some(Party {
            kind: PartyKind::Tool,
            name: Some(self.name.owned()?),
            version: self.version.owned(),
            maker: maker.or_else(|| self.author.get()).map(str::to_owned),
            urls: gathered(self.external_references.items.iter().filter_map(|r| r.url.owned())),
            contacts: gathered(contacts),
        })
    }
}

impl LicenceChoice<'_> {
    /// The licence; `None` when nothing is written.
    pub(super) fn licence(&self) -> Option<Licence> {
        let inner = &self.license;
        let (kind, text) = if let Some(expression) = self.expression.get() {
            (LicenceKind::Expression, expression)
        } else if let Some(id) = inner.id.get() {
            (LicenceKind::Id, id)
        } else if let Some(name) = inner.name.get() {
            (LicenceKind::Name, name)
        } else if let Some(url) = inner.url.get() {
            (LicenceKind::Url, url)
        } else {
            (LicenceKind::Text, inner.text.content.get()?)
        };
        let word = self.acknowledgement.get().or_else(|| inner.acknowledgement.get());
        let role = match word {
            Some("declared") => LicenceRole::Declared,
            Some("concluded") => LicenceRole::Concluded,
            Some(_) | None => LicenceRole::AsWritten,
        };
        Some(Licence {
            url: inner.url.owned().filter(|_| kind != LicenceKind::Url),
            has_text: inner.text.content.get().is_some(),
            ..Licence::new(kind, role, beginning(text, Licence::TEXT_BYTES))
        })
    }
}

/// The licences of a list.
pub(super) fn licences(list: &List<LicenceChoice<'_>>) -> Vec<Licence> {
    gathered(list.items.iter().filter_map(LicenceChoice::licence))
}

fn hashes(list: &List<raw::Hash<'_>>) -> Vec<Hash> {
    let hash = |hash: &raw::Hash<'_>| {
        Some(Hash { algorithm: hash.algorithm.owned().unwrap_or_default(), value: hash.content.owned()? })
    };
    gathered(list.items.iter().filter_map(hash))
}

/// The references to the outside that name an address.
pub(super) fn references(list: &List<Reference<'_>>) -> Vec<ExternalReference> {
    let reference = |reference: &Reference<'_>| {
        Some(ExternalReference {
            kind: reference.kind.owned().unwrap_or_default(),
            url: reference.url.owned()?,
            comment: reference.comment.owned(),
            hashes: hashes(&reference.hashes),
        })
    };
    gathered(list.items.iter().filter_map(reference))
}

/// Name-value pairs, as many and as long as are kept.
pub(super) fn properties(list: &List<raw::Property<'_>>) -> Vec<Property> {
    let property = |property: &raw::Property<'_>| {
        let value = property.value.get().map(|value| beginning(value, Property::VALUE_BYTES).to_owned());
        Some(Property { name: property.name.owned()?, value })
    };
    gathered(list.items.iter().filter_map(property).take(crate::evidence::sbom::Details::MOST_PROPERTIES))
}

impl raw::Lifecycle<'_> {
    /// The phase; `None` when nothing is written.
    pub(super) fn lifecycle(&self) -> Option<Lifecycle> {
        let lifecycle = Lifecycle { phase: self.phase.owned(), name: self.name.owned() };
        (lifecycle != Lifecycle::default()).then_some(lifecycle)
    }
}

impl raw::Composition<'_> {
    /// What it says, with references as written.
    pub(super) fn composition(&self) -> Composition {
        Composition {
            aggregate: self.aggregate.owned(),
            assemblies: texts(&self.assemblies),
            dependencies: texts(&self.dependencies),
            vulnerabilities: texts(&self.vulnerabilities),
        }
    }
}

impl raw::Service<'_> {
    /// The service, nested in the given one.
    pub(super) fn service(&self, parent: Option<u32>) -> Service {
        let name = self.name.get().unwrap_or_default();
        let flow = |data: &raw::Data<'_>| DataFlow {
            classification: data.classification.owned(),
            flow: data.flow.owned(),
        };
        Service {
            reference: self.bom_ref.owned(),
            provider: self.provider.party(),
            name: crate::evidence::sbom::draft::joined_name(self.group.get(), name),
            version: self.version.owned(),
            endpoints: texts(&self.endpoints.0),
            authenticated: self.authenticated.0,
            crosses_trust_boundary: self.trust_boundary.0,
            data: gathered(self.data.items.iter().map(flow)),
            licences: licences(&self.licenses.0),
            external_references: references(&self.external_references),
            properties: properties(&self.properties),
            parent,
        }
    }
}
