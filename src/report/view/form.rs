//! Form fields as they are shown: made by a page's view, laid out by `partials/field` and `partials/select`.

use serde::Serialize;

/// One line or area of text in a form: `{{> partials/field form.email}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The name it is sent under; also the anchor `#f-…` that an error leads to.
    pub name: &'static str,
    /// What is asked for.
    pub label: &'static str,
    /// The input's type; `text` when empty.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What is in it; never a secret.
    pub value: String,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// What is wrong with it and how to mend that.
    pub error: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether the label says that it may stay empty.
    pub optional: bool,
    /// What the browser may fill in, e.g. `username` or `one-time-code`.
    pub autocomplete: Option<&'static str>,
    /// The keyboard a phone shows, e.g. `numeric`.
    pub inputmode: Option<&'static str>,
    /// The longest text taken.
    pub maxlength: Option<u32>,
    /// The number of lines, for an area.
    pub area: Option<u32>,
    /// Whether it has the focus when the page opens.
    pub autofocus: bool,
}

impl Field {
    /// A field that must be filled in.
    pub fn required(name: &'static str, label: &'static str) -> Self {
        Self { name, label, required: true, ..Self::default() }
    }

    /// A field that may stay empty, and says so.
    pub fn optional(name: &'static str, label: &'static str) -> Self {
        Self { name, label, optional: true, ..Self::default() }
    }
}

/// A choice of one in a form: `{{> partials/select form.role}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SelectField {
    /// The name it is sent under.
    pub name: &'static str,
    /// What is asked for.
    pub label: &'static str,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// The words of the empty choice, where nothing need be chosen yet.
    pub blank: Option<&'static str>,
    /// What helps to choose.
    pub hint: Option<String>,
    /// What is wrong with it and how to mend that.
    pub error: Option<String>,
    /// Whether one must be chosen.
    pub required: bool,
    /// Whether the label says that none need be chosen.
    pub optional: bool,
}

/// One thing to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// A line of the summary above a form that was not accepted: `{{> partials/errors}}` with `errors`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormError {
    /// The field's name; none when it is about the whole form.
    pub name: Option<&'static str>,
    /// What is wrong and how to mend it.
    pub text: String,
}
