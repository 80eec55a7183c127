//! Collects warnings while a document is read: one per code, counted, with the first place.

use crate::evidence::Warning;

/// A kind of warning: its stable code and its sentence for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// One sentence.
    pub message: &'static str,
}

/// The warnings gathered so far.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    warnings: Vec<Warning>,
}

impl Notes {
    /// Counts one occurrence; `path` is asked only for the first.
    pub fn add(&mut self, note: Note, path: impl FnOnce() -> String) {
        self.add_many(note, 1, path);
    }

    /// Counts `count` occurrences; none when `count` is 0.
    pub fn add_many(&mut self, note: Note, count: u64, path: impl FnOnce() -> String) {
        if count == 0 {
            return;
        }
        // a dozen codes at most, so a list is searched faster than a map
        match self.warnings.iter_mut().find(|w| w.code == note.code) {
            Some(known) => known.count = known.count.saturating_add(count),
            None => self.warnings.push(Warning {
                code: note.code.to_owned(),
                path: path(),
                count,
                message: note.message.to_owned(),
            }),
        }
    }

    /// How often the note was made.
    pub fn count(&self, note: Note) -> u64 {
        self.warnings.iter().find(|w| w.code == note.code).map_or(0, |w| w.count)
    }

    /// The warnings, sorted by code.
    pub fn into_warnings(mut self) -> Vec<Warning> {
        self.warnings.sort_by(|a, b| a.code.cmp(&b.code));
        self.warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_counted_and_keeps_its_first_place() {
        let note = Note { code: "odd", message: "odd" };
        let mut notes = Notes::default();

        notes.add(note, || "/1".to_owned());
        notes.add_many(note, 2, || "/2".to_owned());
        notes.add_many(Note { code: "never", message: "" }, 0, || "/3".to_owned());

        let warnings = notes.into_warnings();
        assert_eq!(warnings.len(), 1);
        assert_eq!((warnings[0].path.as_str(), warnings[0].count), ("/1", 3));
    }
}
