//! Source files without comments, strings and, on request, tests.

use std::path::{Path, PathBuf};

use super::root;

/// One source file.
pub struct Source {
    /// Path from the root of the repository.
    pub name: String,
    /// Module path: `src/web/guard.rs` is `web`, `guard`.
    pub module: Vec<String>,
    /// Without comments and the content of strings.
    pub code: String,
    /// The same without tests.
    pub product: String,
    /// Without comments and tests, strings kept.
    pub product_text: String,
}

impl Source {
    pub fn of(name: &str, text: &str) -> Self {
        let path = name.strip_prefix("src/").unwrap_or(name).trim_end_matches(".rs");
        let parts = path.split('/').map(str::to_owned);
        let module = parts.filter(|p| !["lib", "main", "mod"].contains(&p.as_str())).collect();
        let code = stripped(text, false);
        let product = without_tests(&code);
        Self {
            name: name.to_owned(),
            module,
            product,
            product_text: without_tests(&stripped(text, true)),
            code,
        }
    }

    /// The top-level modules it names by a path.
    pub fn imports(&self) -> Vec<String> {
        super::imports(&self.code, &self.module)
    }

    /// Whether the code has this word, not merely as the end of a longer one.
    pub fn mentions(&self, word: &str) -> bool {
        self.code
            .match_indices(word)
            .any(|(at, _)| !self.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    }
}

/// Every file of the product. Files that are modules of tests count as tests as a whole.
pub fn sources() -> Vec<Source> {
    let mut all: Vec<Source> = Vec::new();
    for folder in ["src", "migrations"] {
        for file in files(&root().join(folder), "rs") {
            all.push(Source::of(&name(&file), &std::fs::read_to_string(&file).unwrap()));
        }
    }
    let tests: Vec<Vec<String>> = all.iter().flat_map(test_modules).collect();
    for source in &mut all {
        if tests.iter().any(|test| source.module.starts_with(test)) {
            source.product.clear();
            source.product_text.clear();
        }
    }
    assert!(all.len() > 100, "the sources moved: {} found", all.len());
    all
}

/// Modules in files of their own that this file declares for tests only.
fn test_modules(source: &Source) -> Vec<Vec<String>> {
    let after = source.code.split("#[cfg(test)]").skip(1);
    let names = after.filter_map(|code| {
        let declared = code.trim_start().trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ");
        let declared = declared.trim_start_matches("pub ").strip_prefix("mod ")?;
        let end = declared.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        declared[end..].starts_with(';').then(|| declared[..end].to_owned())
    });
    names.map(|name| source.module.iter().cloned().chain([name]).collect()).collect()
}

/// Every file of that kind below a folder, sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path from the root of the repository.
pub fn name(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

/// Cuts every block that `#[cfg(test)]` stands before.
fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("#[cfg(test)]") {
        kept.push_str(before);
        let (open, end) = (after.find('{'), after.find(';'));
        rest = match (open, end) {
            (Some(open), end) if end.is_none_or(|end| open < end) => &after[closing(after, open)..],
            (_, Some(end)) => &after[end + 1..],
            (_, None) => "",
        };
    }
    kept.push_str(rest);
    kept
}

fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    code.len()
}

/// Without comments; strings and character literals keep their quotes and, on request, their content.
fn stripped(text: &str, keep_strings: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = comment(rest);
        if skip > 0 {
            out.push(' ');
            rest = &rest[skip..];
            continue;
        }
        let literal = literal(rest, &out);
        if literal > 0 {
            // A brace in a string must not look like a block even when strings are kept.
            let kept =
                if keep_strings { rest[..literal].replace(['{', '}', ';'], " ") } else { "\"\"".to_owned() };
            out.push_str(&kept);
            rest = &rest[literal..];
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn comment(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") { rest.find("*/").map_or(rest.len(), |end| end + 2) } else { 0 }
}

/// Length of the string or character literal that begins here; 0 when none does.
fn literal(rest: &str, before: &str) -> usize {
    // `br"…"` is a raw string too.
    let before = before.strip_suffix('b').unwrap_or(before);
    let in_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !in_word {
        let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
        if rest[1 + hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = 2 + hashes;
            return rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len());
        }
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    // A lifetime is no literal: its quote does not close after one character.
    let mut letters = rest.strip_prefix('\'').unwrap_or_default().chars();
    match (letters.next(), letters.next()) {
        (Some('\\'), Some(_)) => quoted(rest, '\''),
        (Some(one), Some('\'')) => 2 + one.len_utf8(),
        _ => 0,
    }
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match (escaped, c) {
            (true, _) => escaped = false,
            (false, '\\') => escaped = true,
            (false, c) if c == quote => return at + 1,
            (false, _) => {}
        }
    }
    rest.len()
}
