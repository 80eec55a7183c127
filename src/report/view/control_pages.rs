//! The pages about controls: a framework's tree, one requirement, one test. Each is made from stored verdicts.

mod deciding;
mod open_items;
mod requirement;
mod steps;
mod test;
mod tree;

use serde::Serialize;

use crate::base::UnixMillis;
use crate::report::text;

pub use requirement::{RequirementInput, RequirementPage, VerdictStep};
pub use steps::NextStep;
pub use test::TestPage;
pub use tree::{ControlsInput, ControlsPage, Order, TreeQuery};

/// An instant as `partials/time` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    /// Machine-readable; empty when there is none.
    pub iso: String,
    /// For people, or why there is none.
    pub shown: String,
    /// `past` or `future`.
    pub relative_hint: &'static str,
}

impl When {
    /// Something that happened.
    pub fn past(at: UnixMillis) -> Self {
        Self { iso: at.to_rfc3339(), shown: at.to_display(), relative_hint: "past" }
    }

    /// Something to come.
    pub fn future(at: UnixMillis) -> Self {
        Self { iso: at.to_rfc3339(), shown: at.to_display(), relative_hint: "future" }
    }

    /// No instant, and why.
    pub fn missing(why: &str) -> Self {
        Self { iso: String::new(), shown: why.to_owned(), relative_hint: "" }
    }

    /// Something that happened, or why it did not.
    pub fn past_or(at: Option<UnixMillis>, why: &str) -> Self {
        at.map_or_else(|| Self::missing(why), Self::past)
    }
}

/// Addresses of pages, with the day the reader looks back to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// `2026-03-31`; `None` for now.
    pub as_of: Option<String>,
}

impl Links {
    /// Links seen as of that instant.
    pub fn at(as_of: Option<UnixMillis>) -> Self {
        Self { as_of: as_of.map(UnixMillis::to_date) }
    }

    /// A requirement's page.
    pub fn control(&self, framework: &str, id: &str) -> String {
        self.with_day(&format!("/{}", text::path_href(&format!("controls/{framework}/{id}"))))
    }

    /// A framework's tree.
    pub fn framework(&self, framework: &str) -> String {
        self.with_day(&format!("/{}", text::path_href(&format!("controls/{framework}"))))
    }

    /// A test's page.
    pub fn test(&self, id: &str) -> String {
        self.with_day(&format!("/{}", text::path_href(&format!("tests/{id}"))))
    }

    /// An evidence item's page.
    pub fn evidence(id: &str) -> String {
        format!("/{}", text::path_href(&format!("evidence/{id}")))
    }

    /// A vendor's page.
    pub fn vendor(key: &str) -> String {
        format!("/{}", text::path_href(&format!("vendors/{key}")))
    }

    /// The evidence about an asset.
    pub fn asset(key: &str) -> String {
        format!("/evidence?{}", query(&[("subject", &format!("asset:{key}"))]))
    }

    /// The upload form with what is asked for filled in.
    pub fn upload(asset: &str, kind: &str) -> String {
        format!("/evidence/upload?{}", query(&[("asset", asset), ("kind", kind)]))
    }

    fn with_day(&self, path: &str) -> String {
        self.as_of.as_ref().map_or_else(|| path.to_owned(), |day| format!("{path}?as_of={day}"))
    }
}

/// A query string of the pairs that say something.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in given {
        out.append_pair(name, value);
    }
    out.finish()
}

/// The first sentence, cut where it gets long: tables hold one line.
pub(crate) fn first_sentence(words: &str, most: usize) -> String {
    let end = words.find(". ").map_or(words.len(), |at| at + 1);
    let sentence = words.get(..end).unwrap_or(words);
    if sentence.chars().count() <= most {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(most.saturating_sub(1)).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{whole}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_for_a_table_is_the_first_and_short() {
        assert_eq!(first_sentence("2 of 3 have none. Import one.", 80), "2 of 3 have none.");
        assert_eq!(first_sentence("one two three four", 12), "one two…");
        assert_eq!(first_sentence("", 12), "");
    }

    #[test]
    fn links_keep_the_day_and_encode_what_they_name() {
        let links = Links { as_of: Some("2026-03-31".to_owned()) };

        assert_eq!(links.control("gdpr", "32.1.d"), "/controls/gdpr/32.1.d?as_of=2026-03-31");
        assert_eq!(Links::default().test("a b"), "/tests/a%20b");
        assert_eq!(Links::upload("shop api", "sbom"), "/evidence/upload?asset=shop+api&kind=sbom");
        assert_eq!(Links::upload("", "document"), "/evidence/upload?kind=document");
    }
}
