//! What surrounds every page of the service: navigation, who is looking, at which day, and what just happened.
//!
//! A page is a [`PageView`]; [`crate::report::Pages::show`] puts its fields beside the [`Frame`], so a template says
//! `{{field}}` for its own and `{{frame.csrf}}` for what surrounds it.

use serde::Serialize;

/// Everything around a page's own content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Whose evidence this is.
    pub organisation: String,
    /// Whether it shows sample data; said on every page.
    pub sample: bool,
    /// The program's name and version, for the foot of the page.
    pub version: String,
    /// The browser tab's title; set from the page by [`crate::report::Pages::show`].
    pub tab: String,
    /// Where the page is; set from the page by [`crate::report::Pages::show`].
    pub crumbs: Vec<Crumb>,
    /// The navigation, in the order shown; empty for who is not signed in.
    pub groups: Vec<NavGroup>,
    /// Who is looking; nobody on the pages before sign-in.
    pub person: Option<PersonChip>,
    /// The token that every form sends back.
    pub csrf: String,
    /// Path and query of this page, url-encoded for `return_to`.
    pub here: String,
    /// The day the page is seen as of, where the page can be seen as of another day.
    pub as_of: Option<AsOf>,
    /// What the last action did.
    pub notice: Option<Notice>,
    /// `system`, `light` or `dark`.
    pub theme: &'static str,
    /// What was searched for, shown in the search box.
    pub search: String,
    /// What the search box looks through, where it is less than everything.
    pub search_scope: Option<String>,
}

/// One step of the way to a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Crumb {
    /// What it is called.
    pub label: String,
    /// Where it leads; nowhere for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// Pages that belong together in the navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NavGroup {
    /// Its heading; none when empty.
    pub title: String,
    /// Its pages.
    pub items: Vec<NavItem>,
}

/// One page in the navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NavItem {
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// The name of its icon: `i-…` in `partials/icons` and `partials/icons-app`.
    pub icon: &'static str,
    /// Whether this page is it, or under it.
    pub current: bool,
}

/// Who is looking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PersonChip {
    /// Their name.
    pub name: String,
    /// Their role in words.
    pub role: String,
    /// One or two letters for the round sign.
    pub initials: String,
}

impl PersonChip {
    /// A person with the first letters of their first and last names.
    pub fn new(name: impl Into<String>, role: impl Into<String>) -> Self {
        let name = name.into();
        let initials = initials(&name);
        Self { name, role: role.into(), initials }
    }
}

/// The day a page is seen as of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// `yyyy-mm-dd`, or empty for now.
    pub value: String,
    /// Whether it is a day in the past, which the page then says in a band.
    pub past: bool,
    /// The day in words.
    pub label: String,
    /// The page's other query parameters, kept when another day is chosen.
    pub keep: Vec<(String, String)>,
}

/// What the last action did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// `met`, `not-met` or `attention`: its colour and icon.
    pub class: &'static str,
    /// A sentence.
    pub text: String,
}

/// A page of the service: which template lays it out, and what it says about itself to the frame.
pub trait PageView: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;
    /// Whether the page can be seen as of a past day.
    const SEEN_AS_OF: bool = false;
    /// Whether everybody who may see the page sees the same: its template then names nothing of the frame, and its
    /// content is rendered once and kept.
    const SHARED: bool = false;

    /// The browser tab's title.
    fn tab(&self) -> String;

    /// The way to the page; the last step is the page itself.
    fn crumbs(&self) -> Vec<Crumb>;
}

/// The first letters of the first and the last word, in capitals; a question mark for a name without letters.
fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let Some(first) = words.next() else { return "?".to_owned() };
    [Some(first), words.next_back()].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(initials("ada maría lovelace"), "AL");
        assert_eq!(initials("ada@example.org"), "AO");
        assert_eq!(initials("Öz"), "Ö");
        assert_eq!(initials(" -- "), "?");
    }
}
