//! What commands print: documents and tables on standard output, everything else on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::app::Error;
use crate::cli::args::{Cli, Colour};
use crate::cli::exit::{self, Outcome};

/// Where and how to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    colour: bool,
    colour_errors: bool,
}

/// How a word is set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As is.
    Plain,
    /// A heading.
    Bold,
    /// Good.
    Green,
    /// Bad.
    Red,
    /// Needs attention.
    Yellow,
    /// Secondary.
    Dim,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Green => "32",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Dim => "2",
        }
    }
}

impl Output {
    /// Decides about colour.
    pub fn new(choice: Colour) -> Self {
        let allowed = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        let decide = |terminal: bool| match choice {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && allowed,
        };
        Self {
            colour: decide(std::io::stdout().is_terminal()),
            colour_errors: decide(std::io::stderr().is_terminal()),
        }
    }

    /// Whether standard error takes colour.
    pub const fn colour_errors(&self) -> bool {
        self.colour_errors
    }

    /// Sets a word off.
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && style != Style::Plain {
            return format!("\u{1b}[{}m{text}\u{1b}[0m", style.code());
        }
        text.to_owned()
    }

    /// Prints one line of the answer.
    pub fn line(&self, text: &str) {
        // A reader that went away (`| head`) is no failure of ours.
        drop(writeln!(std::io::stdout().lock(), "{text}"));
    }

    /// Prints one line beside the answer.
    pub fn note(&self, text: &str) {
        drop(writeln!(std::io::stderr().lock(), "{text}"));
    }

    /// Prints a document as JSON.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn json<T: serde::Serialize>(&self, value: &T) -> Result<(), Error> {
        self.line(&to_json(value, serde_json::to_string_pretty)?);
        Ok(())
    }

    /// Prints a document as one line of JSON.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn json_line<T: serde::Serialize>(&self, value: &T) -> Result<(), Error> {
        self.line(&to_json(value, serde_json::to_string)?);
        Ok(())
    }

    /// Prints one line and is fine.
    pub fn said(&self, text: &str) -> Outcome {
        self.line(text);
        Outcome::Fine
    }

    /// Prints shell completions.
    pub fn completions(&self, shell: clap_complete::Shell) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "attestry", &mut script);
        drop(std::io::stdout().lock().write_all(&script));
        Outcome::Fine
    }

    /// Prints a failure with what may be known of its cause, and gives its exit code.
    pub fn failed(&self, error: &Error) -> ExitCode {
        let word = if self.colour_errors { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
        self.note(&format!("{word} {error}"));
        let mut shown = error.to_string();
        let mut cause = error.source.as_ref().map(|s| -> &(dyn std::error::Error + 'static) { s.as_ref() });
        while let Some(inner) = cause {
            let words = inner.to_string();
            if !shown.contains(&words) {
                self.note(&format!("  because: {words}"));
                shown.push_str(&words);
            }
            cause = inner.source();
        }
        ExitCode::from(exit::of_kind(error.kind))
    }

    /// Prints rows under headings, columns aligned; numbers to the right.
    pub fn table(&self, headings: &[&str], rows: &[Vec<String>]) {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|r| r.get(column)).map(|c| visible(c));
            cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        let head: Vec<String> =
            headings.iter().zip(&widths).map(|(h, w)| self.paint(Style::Dim, &format!("{h:<w$}"))).collect();
        self.line(format!("  {}", head.join("  ")).trim_end());
        for row in rows {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| aligned(cell, *width)).collect();
            self.line(format!("  {}", cells.join("  ")).trim_end());
        }
    }
}

fn to_json<T: serde::Serialize>(
    value: &T,
    write: fn(&T) -> Result<String, serde_json::Error>,
) -> Result<String, Error> {
    write(value)
        .map_err(|e| Error::new(crate::base::ErrorKind::Internal, "could not write JSON").caused_by(e))
}

fn aligned(cell: &str, width: usize) -> String {
    let gap = " ".repeat(width.saturating_sub(visible(cell)));
    let numeric = cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%' | '-' | ' '));
    if numeric { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
}

/// Characters a terminal shows: colour codes take no room.
fn visible(text: &str) -> usize {
    let mut shown = 0;
    let mut in_code = false;
    for c in text.chars() {
        match (in_code, c) {
            (false, '\u{1b}') => in_code = true,
            (true, 'm') => in_code = false,
            (true, _) => {}
            (false, _) => shown += 1,
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_takes_no_room() {
        assert_eq!(visible("\u{1b}[32mmet\u{1b}[0m"), 3);
        assert_eq!(aligned("7", 3), "  7");
        assert_eq!(aligned("pci-dss-4.0.1", 15), "pci-dss-4.0.1  ");
    }
}
