//! The pages before somebody is signed in.

use serde::Serialize;

use crate::report::view::{Crumb, Field, FormError, PageView};

/// Where a one-time link leads.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WelcomePage {
    /// What can be done here.
    pub heading: String,
    /// A sentence that explains it.
    pub lede: String,
    /// Where the form goes: the link itself.
    pub path: String,
    /// What is asked; empty with sample data.
    pub fields: Vec<Field>,
    /// The button.
    pub verb: String,
    /// Whom one can be; empty but with sample data.
    pub people: Vec<SamplePerson>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Until when the link is good.
    pub until: String,
}

/// One of the sample's people.
#[derive(Debug, Clone, Serialize)]
pub struct SamplePerson {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// The role as pages name it.
    pub role_label: String,
    /// What there is to see as that person.
    pub about: &'static str,
}

impl PageView for WelcomePage {
    const TEMPLATE: &'static str = "welcome";

    fn tab(&self) -> String {
        "Welcome".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Welcome")]
    }
}
