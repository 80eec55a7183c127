//! The parts of a CycloneDX document as written, as far as they are used.

mod component;
mod tools;
mod vulnerability;

pub(super) use component::{
    Commit, Component, Composition, Contact, Data, Dependency, Evidence, Hash, IdentityEvidence, Issue,
    LicenceChoice, Method, Occurrence, Organisation, Patch, Pedigree, Property, Reference, Relative, Service,
};
pub(super) use tools::{Tool, Tools};
pub(super) use vulnerability::{Advisory, Affect, Analysis, Rating, Related, Source, Version, Vulnerability};

use crate::evidence::sbom::lenient::{List, Several, Text, record};

record! {
    /// What is said about the document.
    Metadata {
        "timestamp" => timestamp: Text<'a>,
        "lifecycles" => lifecycles: List<Lifecycle<'a>>,
        "tools" => tools: Tools<'a>,
        "authors" => authors: List<Contact<'a>>,
        "component" => component: Component<'a>,
        "manufacture" => manufacture: Organisation<'a>,
        "manufacturer" => manufacturer: Organisation<'a>,
        "supplier" => supplier: Organisation<'a>,
        "licenses" => licenses: Several<LicenceChoice<'a>>,
        "properties" => properties: List<Property<'a>>,
    }
}

record! {
    /// A phase of the life cycle.
    Lifecycle { "phase" => phase: Text<'a>, "name" => name: Text<'a> }
}
