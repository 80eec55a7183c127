//! Pages about packs: the list, the order, its progress, and one pack with how to check it.

use serde::Serialize;

use crate::report::table::{Column, Direction, TableSpec, TableView};
use crate::report::view::shared::Fact;
use crate::report::view::{Choice, Crumb, Field, FormError, PageView, SelectField};

/// The list of packs.
pub const PACKS: TableSpec = TableSpec {
    id: "packs",
    path: "/packs",
    noun: ("pack", "packs"),
    columns: &[
        Column::new("number", "Pack").sorted(Direction::Descending),
        Column::new("frameworks", "Frameworks"),
        Column::new("as_of", "As of").sorted(Direction::Descending),
        Column::new("period", "Period from"),
        Column::new("items", "Evidence").sorted(Direction::Descending).figures(),
        Column::new("gaps", "Gaps").sorted(Direction::Descending).figures(),
        Column::new("bytes", "Size").sorted(Direction::Descending).figures(),
        Column::new("made", "Created").sorted(Direction::Descending),
        Column::new("sha256", "SHA-256").optional(),
    ],
    filters: &[],
    default_sort: ("number", Direction::Descending),
    searchable: Some("File, framework or digest"),
    batch: &[],
    keep: &[],
};

/// The list as shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackList {
    /// Whether a pack can be created by who looks.
    pub may_create: bool,
    /// The packs.
    pub table: TableView,
}

impl PageView for PackList {
    const TEMPLATE: &'static str = "packs";

    fn tab(&self) -> String {
        "Packs".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Packs")]
    }
}

/// A framework that can be packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameworkChoice {
    /// Its id.
    pub value: String,
    /// Its name.
    pub label: String,
    /// Whether it is chosen.
    pub checked: bool,
}

/// The form that orders a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackForm {
    /// What is wrong with what was sent.
    pub errors: Vec<FormError>,
    /// The frameworks.
    pub frameworks: Vec<FrameworkChoice>,
    /// First day of the period.
    pub from: Field,
    /// Last day.
    pub to: Field,
    /// For whom.
    pub engagement: SelectField,
}

impl PackForm {
    /// An empty form.
    pub fn new(frameworks: Vec<FrameworkChoice>, engagements: Vec<Choice>) -> Self {
        let from = Field {
            kind: "date",
            hint: Some("Leave empty for the evidence that speaks on one day".to_owned()),
            ..Field::optional("from", "First day of the period")
        };
        let to = Field {
            kind: "date",
            hint: Some("Leave empty for now".to_owned()),
            ..Field::optional("to", "As of, or last day of the period")
        };
        let engagement = SelectField {
            name: "engagement",
            label: "For the auditor of",
            options: engagements,
            blank: Some("Nobody in particular"),
            hint: Some("The auditor of this engagement finds the pack in the audit room".to_owned()),
            optional: true,
            ..SelectField::default()
        };
        Self { errors: Vec::new(), frameworks, from, to, engagement }
    }
}

impl PageView for PackForm {
    const TEMPLATE: &'static str = "pack-new";

    fn tab(&self) -> String {
        "Create pack".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Packs", "/packs"), Crumb::here("Create pack")]
    }
}

/// A pack in the making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackProgress {
    /// What happens now.
    pub label: String,
    /// Where its progress is asked for; empty once it ended.
    pub poll: String,
    /// What went wrong.
    pub problem: Option<String>,
}

impl PageView for PackProgress {
    const TEMPLATE: &'static str = "pack-order";

    fn tab(&self) -> String {
        "Creating a pack".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Packs", "/packs"), Crumb::here("Creating a pack")]
    }
}

/// One pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackPage {
    /// `Pack 4`.
    pub title: String,
    /// Its number.
    pub number: u32,
    /// Frameworks and day in a line.
    pub lead: String,
    /// What is in it and what it is pinned to.
    pub facts: Vec<Fact>,
    /// Digest of the file.
    pub sha256: String,
    /// Name of the file.
    pub file: String,
    /// Its size in words.
    pub size: String,
    /// Whether the file is kept here.
    pub kept: bool,
    /// Fingerprint of the signing key.
    pub fingerprint: String,
    /// The public key, as verifiers take it.
    pub key: String,
    /// Where the list of packs is for who looks.
    pub list_href: String,
    /// What that list is called.
    pub list_label: String,
}

impl PageView for PackPage {
    const TEMPLATE: &'static str = "pack";

    fn tab(&self) -> String {
        self.title.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link(&self.list_label, &self.list_href), Crumb::here(&self.title)]
    }
}
