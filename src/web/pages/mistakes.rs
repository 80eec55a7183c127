//! Where a refusal of a use case is shown on the form it is about.

use crate::app::Error;
use crate::report::view::{Field, FormError};

/// Puts a refusal beside its field: refusals begin with the field's name (`email: …`). Gives the summary above.
pub fn place(error: &Error, fields: &mut [Field]) -> Vec<FormError> {
    let (named, text) = error.public.split_once(": ").unwrap_or(("", &error.public));
    match fields.iter_mut().find(|field| field.name == named) {
        Some(field) => {
            let text = sentence(text);
            field.error = Some(text.clone());
            vec![FormError { name: Some(field.name), text }]
        }
        None => vec![FormError { name: None, text: sentence(&error.public) }],
    }
}

/// Refusals begin in lower case, because on the command line they stand behind `error:`.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
