//! The line grammar of tag-value: `Tag: value`, `Tag: <text>…</text>` over several lines, comments from `#`.
//!
//! SPDX 2.3 §4.4 and the field descriptions of §6–12: one tag a line, nothing is escaped.

use crate::evidence::decoder::DecodeError;

/// One step through the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A tag, and its value without surrounding space; of a `<text>` block what stands inside.
    Field(&'a str, &'a str),
    /// A line that is neither blank, comment nor field.
    Odd,
}

/// Walks over a document line by line; nothing is copied.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    number: u32,
    next_number: u32,
}

const OPEN: &str = "<text>";
const CLOSE: &str = "</text>";

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, number: 0, next_number: 1 }
    }

    /// The number of the line last returned, counted from 1; of a block its first.
    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    /// The next field or odd line; `None` at the end.
    ///
    /// # Errors
    /// When a `<text>` block is never closed.
    pub(super) fn next(&mut self) -> Result<Option<Line<'a>>, DecodeError> {
        while self.at < self.text.len() {
            let start = self.at;
            let line = self.text.get(start..).unwrap_or_default();
            let line = line.split_once('\n').map_or(line, |(line, _)| line);
            self.at = start + line.len() + 1;
            self.number = self.next_number;
            self.next_number = self.next_number.saturating_add(1);
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let Some((tag, value)) = line.split_once(':') else { return Ok(Some(Line::Odd)) };
            let tag = tag.trim();
            if tag.is_empty() || !tag.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Ok(Some(Line::Odd));
            }
            let value = value.trim_start();
            if let Some(inside) = value.strip_prefix(OPEN) {
                let from = start + line.len() - inside.len();
                return self.block(from).map(|value| Some(Line::Field(tag, value)));
            }
            return Ok(Some(Line::Field(tag, value.trim_end())));
        }
        Ok(None)
    }

    /// What stands from an offset to the closing mark; goes on behind the line the mark is in.
    fn block(&mut self, from: usize) -> Result<&'a str, DecodeError> {
        let rest = self.text.get(from..).unwrap_or_default();
        let Some((value, _)) = rest.split_once(CLOSE) else {
            let message = "a `<text>` block is never closed, so what follows cannot be told from its text; \
                           add the missing `</text>`";
            return Err(DecodeError::at("unclosed-text", format!("line {}", self.number), message));
        };
        let lines = value.bytes().filter(|b| *b == b'\n').count();
        self.next_number = self.next_number.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        let end = from + value.len() + CLOSE.len();
        let tail = self.text.get(end..).unwrap_or_default();
        self.at = end + tail.find('\n').map_or(tail.len(), |at| at + 1);
        Ok(value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u32, Line<'_>)> {
        let mut lines = Lines::new(text);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push((lines.number(), line));
        }
        seen
    }

    #[test]
    fn blocks_span_lines_and_comments_and_blank_lines_are_passed_over() {
        let text = "# c\r\n\r\nA: 1 \r\nB: <text>x\r\nC: no\r\n</text>\r\nD:<text>y</text>\r\nE: http://e:1";

        assert_eq!(
            all(text),
            [
                (3, Line::Field("A", "1")),
                (4, Line::Field("B", "x\r\nC: no")),
                (7, Line::Field("D", "y")),
                (8, Line::Field("E", "http://e:1")),
            ]
        );
    }

    #[test]
    fn lines_without_a_tag_are_odd() {
        assert_eq!(all("no tag\nA b: c\n: x"), [(1, Line::Odd), (2, Line::Odd), (3, Line::Odd)]);
    }

    #[test]
    fn an_unclosed_block_is_an_error_that_names_its_line() {
        let mut lines = Lines::new("A: 1\nB: <text>x\nC: 2\n");

        assert_eq!(lines.next().unwrap(), Some(Line::Field("A", "1")));
        assert_eq!(lines.next().unwrap_err().path, "line 2");
    }
}
