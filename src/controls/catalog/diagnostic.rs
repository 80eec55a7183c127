//! Problems with file, line, column and an excerpt with a caret.

use super::yaml::{Node, Place, Step};
use super::{Diagnostic, SourceFile};

/// Longest part of a line shown, in characters.
const WIDTH: usize = 100;

/// Gathers every problem of all files.
pub(super) struct Report<'f> {
    files: &'f [SourceFile],
    found: Vec<(usize, Diagnostic)>,
}

/// Where something stands: a file by position, and a node of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'n> {
    pub file: usize,
    pub node: &'n Node,
}

impl<'n> Spot<'n> {
    /// The place the steps lead to.
    pub fn at(self, steps: &[Step]) -> (usize, Place) {
        (self.file, self.node.place_of(steps))
    }

    /// The child of that key, else the same place.
    pub fn key(self, key: &str) -> Self {
        Self { node: self.node.get(key).unwrap_or(self.node), ..self }
    }

    /// The entry of that index, else the same place.
    pub fn index(self, index: usize) -> Self {
        Self { node: self.node.members().get(index).unwrap_or(self.node), ..self }
    }
}

impl<'f> Report<'f> {
    pub const fn new(files: &'f [SourceFile]) -> Self {
        Self { files, found: Vec::new() }
    }

    pub fn add(&mut self, code: &'static str, (file, place): (usize, Place), message: String) {
        let source = self.files.get(file);
        let (name, text) = source.map_or(("", ""), |f| (f.name.as_str(), f.text.as_str()));
        let Place { line, column } = place;
        let excerpt = excerpt(text, place);
        self.found.push((file, Diagnostic { code, file: name.to_owned(), line, column, message, excerpt }));
    }

    /// The problems in file order, each once.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|(a, x), (b, y)| {
            (a, x.line, x.column, x.code, &x.message).cmp(&(b, y.line, y.column, y.code, &y.message))
        });
        self.found.dedup();
        self.found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
    }
}

/// The line with a caret under the column; a long line is cut around it.
fn excerpt(text: &str, place: Place) -> String {
    let Some(line) = place.line.checked_sub(1).and_then(|n| text.lines().nth(n)) else {
        return String::new();
    };
    let column = place.column.max(1) - 1;
    let start = column.saturating_sub(WIDTH * 3 / 4);
    let shown: String =
        line.chars().skip(start).take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let caret = " ".repeat(column - start);
    format!("{number} | {shown}\n{margin} | {caret}^")
}
