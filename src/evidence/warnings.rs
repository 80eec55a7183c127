//! Collects a decoder's warnings: one per code with its first place and a count, in the order they first occurred.

use std::collections::HashMap;

use crate::evidence::Warning;

/// Warnings gathered while decoding one document; a million equal ones stay one entry.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    list: Vec<Warning>,
    index: HashMap<&'static str, usize>,
}

impl Warnings {
    /// Notes one occurrence; place and text of the first one are kept.
    pub(crate) fn add(&mut self, code: &'static str, path: impl FnOnce() -> String, message: &str) {
        if let Some(warning) = self.index.get(code).and_then(|at| self.list.get_mut(*at)) {
            warning.count += 1;
            return;
        }
        self.index.insert(code, self.list.len());
        self.list.push(Warning {
            code: code.to_owned(),
            path: path(),
            count: 1,
            message: message.to_owned(),
        });
    }

    /// The collected warnings.
    pub(crate) fn finish(self) -> Vec<Warning> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_warnings_are_counted_and_the_first_place_is_kept() {
        let mut warnings = Warnings::default();

        warnings.add("a", || "/1".to_owned(), "first");
        warnings.add("b", String::new, "other");
        warnings.add("a", || "/2".to_owned(), "second");

        let list = warnings.finish();
        assert_eq!(list.len(), 2);
        assert_eq!((list[0].count, list[0].path.as_str(), list[0].message.as_str()), (2, "/1", "first"));
    }
}
