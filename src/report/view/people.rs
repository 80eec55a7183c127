//! Pages about people and what they did: users, tokens, the audit trail, engagements and the audit room.

mod room;
mod specs;

pub use room::{
    RoomFramework, RoomPack, RoomPage, RoomRequirement, RoomRequirementInput, RoomRow, requirement,
};
pub use specs::{AUDIT_TRAIL, AUDITS, TOKENS, USERS};

use serde::Serialize;

use crate::report::view::supply::{DetailPage, ListPage};
use crate::report::view::{Crumb, Field, FormError, PageView, SelectField};

/// One question of a form; exactly one of them is some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormPart {
    /// A line or area of text.
    pub field: Option<Field>,
    /// A choice of one.
    pub select: Option<SelectField>,
    /// A choice of several.
    pub checks: Option<Checks>,
}

impl From<Field> for FormPart {
    fn from(field: Field) -> Self {
        Self { field: Some(field), ..Self::default() }
    }
}

impl From<SelectField> for FormPart {
    fn from(select: SelectField) -> Self {
        Self { select: Some(select), ..Self::default() }
    }
}

impl From<Checks> for FormPart {
    fn from(checks: Checks) -> Self {
        Self { checks: Some(checks), ..Self::default() }
    }
}

/// A choice of several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checks {
    /// What is asked for.
    pub legend: &'static str,
    /// What helps to choose.
    pub about: Option<String>,
    /// What can be chosen.
    pub options: Vec<CheckOption>,
}

/// One thing to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckOption {
    /// The name it is sent under.
    pub name: &'static str,
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub checked: bool,
}

/// A form that changes something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormView {
    /// Its heading, where it stands beside others.
    pub title: String,
    /// What it does.
    pub intro: String,
    /// Where it is sent.
    pub action: String,
    /// What it asks for.
    pub parts: Vec<FormPart>,
    /// The words of its button.
    pub verb: String,
    /// The style of its button: `primary`, `danger` or none.
    pub class: &'static str,
    /// What is asked before it is sent.
    pub confirm: Option<String>,
    /// Where one goes instead.
    pub cancel: Option<&'static str>,
}

impl FormView {
    /// The fields of text in it.
    pub fn fields(&mut self) -> impl Iterator<Item = &mut Field> {
        self.parts.iter_mut().filter_map(|part| part.field.as_mut())
    }

    /// Chooses in it what was sent before.
    pub fn choose(&mut self, name: &str, value: &str) {
        for select in self.parts.iter_mut().filter_map(|part| part.select.as_mut()) {
            for option in select.options.iter_mut().filter(|_| select.name == name) {
                option.selected = option.value == value;
            }
        }
    }

    /// Ticks in it what was ticked before.
    pub fn tick(&mut self, values: &[String]) {
        for checks in self.parts.iter_mut().filter_map(|part| part.checks.as_mut()) {
            for option in &mut checks.options {
                option.checked = values.contains(&option.value);
            }
        }
    }
}

/// A page that is one form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormPage {
    /// The way to it.
    #[serde(skip)]
    pub way: Vec<Crumb>,
    /// Its heading.
    pub heading: String,
    /// One line below.
    pub lead: String,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// The form.
    pub form: FormView,
}

impl PageView for FormPage {
    const TEMPLATE: &'static str = "people-form";

    fn tab(&self) -> String {
        self.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.way.clone()
    }
}

/// A link at the head of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HeadLink {
    /// What it says.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Name of its icon.
    pub icon: &'static str,
    /// `primary`, or none.
    pub class: &'static str,
}

/// A list with links at its head.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleList {
    /// The list.
    #[serde(flatten)]
    pub list: ListPage,
    /// The links.
    pub links: Vec<HeadLink>,
    /// The days it is narrowed to, where it can be.
    pub range: Option<DayRange>,
}

/// The form that narrows a list to some days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DayRange {
    /// Where it is sent.
    pub path: &'static str,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Parameters it keeps.
    pub kept: Vec<(String, String)>,
}

impl PageView for PeopleList {
    const TEMPLATE: &'static str = "people-list";

    fn tab(&self) -> String {
        self.list.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here(&self.list.heading)]
    }
}

/// A page about one thing, with forms that change it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ThingPage {
    /// The thing.
    #[serde(flatten)]
    pub detail: DetailPage,
    /// Links at its head.
    pub links: Vec<HeadLink>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// The forms.
    pub forms: Vec<FormView>,
}

impl PageView for ThingPage {
    const TEMPLATE: &'static str = "people-detail";

    fn tab(&self) -> String {
        self.detail.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.detail.way.clone()
    }
}

/// A secret that is shown once.
#[derive(Clone, Default, Serialize)]
pub struct OncePage {
    /// The way to it.
    #[serde(skip)]
    pub way: Vec<Crumb>,
    /// Its heading.
    pub heading: String,
    /// What it is for and when it ends.
    pub lead: String,
    /// What it is.
    pub label: &'static str,
    /// The secret.
    pub secret: String,
    /// How it is used.
    pub usage: Option<String>,
    /// Where one goes on.
    pub back: String,
    /// What that is called.
    pub back_label: &'static str,
}

impl PageView for OncePage {
    const TEMPLATE: &'static str = "people-once";

    fn tab(&self) -> String {
        self.heading.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.way.clone()
    }
}
