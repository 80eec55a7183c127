//! Indents quoted text that goes on at its key's own indentation: against YAML's rules (1.2.2 §6.1), yet what people
//! write and most readers take. The added space is folded away with the line break.

/// Documents that are repaired; a longer one is not written by hand.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Indentation that is looked at; the format nests far less.
const MOST_INDENT: usize = 64;

/// The text with the lines inside quotes indented deeper than the line the quote opens in.
pub(super) fn indent_quoted(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len() + text.len() / 8);
    let mut open: Option<(char, usize)> = None;
    let mut literal: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        if let Some((quote, indent)) = open {
            repaired.extend(std::iter::repeat_n(' ', indent + 1));
            open = open.filter(|_| !closes(line, quote));
            repaired.push_str(line);
            continue;
        }
        repaired.push_str(line);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let trimmed = line.trim();
        if literal.is_some_and(|of| trimmed.is_empty() || indent > of) {
            continue;
        }
        literal = None;
        let value = value(trimmed);
        match value.chars().next() {
            Some(quote @ ('"' | '\'')) if indent <= MOST_INDENT => {
                let inside = value.get(1..).unwrap_or_default();
                open = Some((quote, indent_of_key(line))).filter(|_| !closes(inside, quote));
            }
            Some('|' | '>') => literal = Some(indent),
            Some(_) | None => {}
        }
    }
    repaired
}

/// How far in the key stands, the dashes of lists before it included.
fn indent_of_key(line: &str) -> usize {
    (line.len() - line.trim_start_matches([' ', '-']).len()).min(2 * MOST_INDENT)
}

/// What stands behind dashes and key.
fn value(line: &str) -> &str {
    let mut rest = line;
    while let Some(inner) = rest.strip_prefix("- ") {
        rest = inner.trim_start();
    }
    match rest.split_once(": ") {
        Some((key, value)) if !key.contains(' ') => value.trim_start(),
        Some(_) | None => rest,
    }
}

/// Whether the quote ends in the text; in double quotes a backslash escapes, in single ones a second quote does.
fn closes(text: &str, quote: char) -> bool {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote && (quote == '"' || letters.next_if_eq(&'\'').is_none()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_inside_quotes_are_indented_and_all_others_left() {
        let text = "a: \"one \\\" \\\ntwo\"\nb:\n  - c: 'it''s\n    d: e'\n  f: |\n    g: \"h\n  i: j\n";

        let repaired = indent_quoted(text);

        assert_eq!(
            repaired,
            "a: \"one \\\" \\\n two\"\nb:\n  - c: 'it''s\n         d: e'\n  f: |\n    g: \"h\n  i: j\n"
        );
    }
}
