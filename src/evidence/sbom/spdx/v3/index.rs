//! What elements of an SPDX 3 document say of others: agents, creation information, licences and whose they are.
//!
//! Gathered in a first pass, because the format lets an element stand before or after those that speak of it.

use std::collections::HashMap;

use crate::evidence::sbom::spdx::component::licence;
use crate::evidence::sbom::spdx::party::party;
use crate::evidence::sbom::spdx::relation::{says_nothing, screaming};
use crate::evidence::sbom::spdx::v3::raw::{Head, Identifier, Other, Raw, addresses, pieces, record_of};
use crate::evidence::sbom::{Contact, Licence, LicenceRole, Party, PartyKind};

/// Licences put together into one expression.
const MOST_PARTS: u32 = 1_000;
/// Sets within sets.
const DEEPEST: u32 = 32;

/// Who made an element, and when.
#[derive(Debug, Clone, Default)]
pub(super) struct Creation {
    pub(super) version: Option<String>,
    pub(super) created: Option<String>,
    pub(super) by: Vec<String>,
    pub(super) using: Vec<String>,
}

/// A licence element.
#[derive(Debug)]
enum Written {
    Text(String),
    Set(&'static str, Vec<String>),
    OrLater(String),
    With(String, String),
}

/// What is known of elements by address.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) agents: HashMap<String, Party>,
    pub(super) creations: HashMap<String, Creation>,
    pub(super) identifiers: HashMap<String, (String, String)>,
    pub(super) vulnerabilities: HashMap<String, String>,
    licences: HashMap<String, Written>,
    licensed: HashMap<String, Vec<(LicenceRole, String)>>,
}

impl Index {
    /// Takes note of one element.
    pub(super) fn add(&mut self, piece: &str) {
        let head: Head<'_> = record_of(piece);
        let class = head.class();
        let is_relation = class.ends_with("Relationship");
        if class.starts_with("software_") || class.starts_with("security_Vex") {
            return;
        }
        let other: Other<'_> = record_of(piece);
        if is_relation {
            self.relation(&other);
            return;
        }
        let Some(id) = head.id().map(str::to_owned) else { return };
        match class {
            "Person" | "Organization" | "SoftwareAgent" | "Agent" | "Tool" => {
                if let Some(agent) = agent(class, &other) {
                    self.agents.insert(id, agent);
                }
            }
            "CreationInfo" => drop(self.creations.insert(id, creation(&other))),
            "ExternalIdentifier" => {
                let identifier: Identifier<'_> = record_of(piece);
                if let (Some(kind), Some(value)) = (identifier.kind.get(), identifier.value.get()) {
                    self.identifiers.insert(id, (kind.to_owned(), value.to_owned()));
                }
            }
            "security_Vulnerability" => {
                let name = self.first_identifier(&other).or_else(|| other.name.owned());
                let name = name.unwrap_or_else(|| tail(&id).to_owned());
                self.vulnerabilities.insert(id, name);
            }
            _ => {
                if let Some(written) = written(class, &id, &other) {
                    self.licences.insert(id, written);
                }
            }
        }
    }

    /// Remembers whose licence something is.
    fn relation(&mut self, relation: &Other<'_>) {
        let Some(role) = licence_role(relation.relation.get().unwrap_or_default()) else { return };
        let targets = addresses(relation.to);
        for from in addresses(relation.from) {
            let of = self.licensed.entry(from).or_default();
            of.extend(targets.iter().map(|to| (role, to.clone())));
        }
    }

    fn first_identifier(&self, other: &Other<'_>) -> Option<String> {
        let all = pieces(other.identifiers).into_iter().chain(pieces(other.odd_identifiers));
        all.map(record_of::<Identifier<'_>>).find_map(|identifier| identifier.value.owned())
    }

    /// The licences of an element, concluded before declared.
    pub(super) fn licences_of(&self, id: &str) -> Vec<Licence> {
        let mut licences = Vec::new();
        for wanted in [LicenceRole::Concluded, LicenceRole::Declared] {
            let of = self.licensed.get(id).into_iter().flatten().filter(|(role, _)| *role == wanted);
            for (role, address) in of {
                let text = self.expression(address).filter(|text| !says_nothing(text));
                licences.extend(text.map(|text| licence(*role, &text)));
            }
        }
        licences
    }

    /// The expression a licence element stands for; an address the document does not describe is its last part.
    pub(super) fn expression(&self, address: &str) -> Option<String> {
        self.part(address, 0, &mut 0)
    }

    /// Depth and number of parts are bounded, so that sets within sets and sets that contain themselves end.
    fn part(&self, address: &str, depth: u32, parts: &mut u32) -> Option<String> {
        *parts += 1;
        if *parts > MOST_PARTS || depth > DEEPEST {
            return None;
        }
        let below = depth + 1;
        match self.licences.get(address) {
            Some(Written::Text(text)) => Some(text.clone()),
            Some(Written::Set(word, members)) => {
                let mut written = Vec::with_capacity(members.len().min(MOST_PARTS as usize));
                for member in members {
                    written.push(self.part(member, below, parts)?);
                }
                (!written.is_empty()).then(|| format!("({})", written.join(word)))
            }
            Some(Written::OrLater(of)) => Some(format!("{}+", self.part(of, below, parts)?)),
            Some(Written::With(of, addition)) => {
                Some(format!("{} WITH {}", self.part(of, below, parts)?, tail(addition)))
            }
            None => Some(match tail(address) {
                "NoAssertionLicense" => "NOASSERTION".to_owned(),
                "NoneLicense" => "NONE".to_owned(),
                other => other.to_owned(),
            }),
        }
    }

    /// The agents of a list, described in this document or named by address alone.
    pub(super) fn parties(&self, raw: Raw<'_>) -> Vec<Party> {
        addresses(raw).iter().filter_map(|id| self.party(id)).collect()
    }

    /// One agent.
    pub(super) fn party(&self, id: &str) -> Option<Party> {
        match self.agents.get(id) {
            Some(party) => Some(party.clone()),
            None if tail(id).starts_with("NoAssertion") || tail(id).starts_with("None") => None,
            None => Some(Party { urls: vec![id.to_owned()], ..Party::default() }),
        }
    }

    /// Who made an element whose `creationInfo` is that.
    pub(super) fn creation(&self, raw: Raw<'_>) -> Option<Creation> {
        let piece = *pieces(raw).first()?;
        if piece.starts_with('{') {
            return Some(creation(&record_of(piece)));
        }
        addresses(raw).first().and_then(|id| self.creations.get(id)).cloned()
    }
}

/// Whether a relation says whose licence something is.
pub(super) fn licence_role(word: &str) -> Option<LicenceRole> {
    match screaming(word).as_str() {
        "HAS_CONCLUDED_LICENSE" => Some(LicenceRole::Concluded),
        "HAS_DECLARED_LICENSE" => Some(LicenceRole::Declared),
        _ => None,
    }
}

fn creation(other: &Other<'_>) -> Creation {
    Creation {
        version: other.spec_version.owned(),
        created: other.created.owned(),
        by: addresses(other.created_by),
        using: addresses(other.created_using),
    }
}

/// Some writers keep version 2's `Organization:` in front of the name.
fn agent(class: &str, other: &Other<'_>) -> Option<Party> {
    let mut agent = party(other.name.get().unwrap_or_default())?;
    agent.kind = match class {
        "Person" => PartyKind::Person,
        "Organization" => PartyKind::Organisation,
        "Tool" | "SoftwareAgent" => PartyKind::Tool,
        _ => agent.kind,
    };
    for piece in pieces(other.identifiers).into_iter().chain(pieces(other.odd_identifiers)) {
        let identifier: Identifier<'_> = record_of(piece);
        if identifier.kind.get() == Some("email") {
            agent.contacts.push(Contact { email: identifier.value.owned(), ..Contact::default() });
        }
    }
    Some(agent)
}

fn written(class: &str, id: &str, other: &Other<'_>) -> Option<Written> {
    let sole = |raw: Raw<'_>| addresses(raw).into_iter().next();
    match class.rsplit('_').next()? {
        "LicenseExpression" => {
            other.expression.owned().or_else(|| other.odd_expression.owned()).map(Written::Text)
        }
        "ConjunctiveLicenseSet" => Some(Written::Set(" AND ", addresses(other.members))),
        "DisjunctiveLicenseSet" => Some(Written::Set(" OR ", addresses(other.members))),
        "OrLaterOperator" => sole(other.or_later).map(Written::OrLater),
        "WithAdditionOperator" => Some(Written::With(sole(other.extended)?, sole(other.addition)?)),
        "ListedLicense" => Some(Written::Text(tail(id).to_owned())),
        "CustomLicense" | "SimpleLicensingText" | "License" | "AnyLicenseInfo" | "Element" => {
            Some(Written::Text(other.name.owned().unwrap_or_else(|| tail(id).to_owned())))
        }
        _ => None,
    }
}

/// The last part of an address.
pub(super) fn tail(address: &str) -> &str {
    address.trim_end_matches(['/', '#']).rsplit(['#', '/']).next().unwrap_or(address)
}
