//! Reads one expression: the grammar is the `spdx` crate's, the names are mended before.

use spdx::expression::ExprNode;
use spdx::{AdditionItem, Expression, LicenseItem, ParseMode};

use super::family::Family;
use super::names;
use super::{Confidence, LicenceExpression, Node, Term};

/// Longest text that is read as an expression; a longer one is a licence text in the wrong place.
const MAX_BYTES: usize = 16 * 1024;

/// Deprecated identifiers and `GPL-2.0+` are on old lists and mean something definite.
const GRAMMAR: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// Stands for the nth part that is no identifier while the grammar is checked.
const STAND_IN: &str = "LicenseRef-attestry-part-";

/// Whether the text says nothing about the licence.
pub(super) fn is_silent(text: &str) -> bool {
    matches!(text.trim(), "" | "NOASSERTION" | "NONE" | "UNKNOWN" | "unknown" | "-")
}

/// Reads an expression. Never fails: what is not understood keeps its text and says why.
pub fn parse(text: &str) -> LicenceExpression {
    let raw = text.trim();
    let unread = |problem: &str| LicenceExpression {
        raw: raw.to_owned(),
        nodes: Vec::new(),
        confidence: Confidence::None,
        problem: Some(problem.to_owned()),
    };
    if is_silent(raw) {
        return unread("no licence is stated");
    }
    if raw.len() > MAX_BYTES {
        return unread("too long to be an expression");
    }
    if let Ok(expression) = Expression::parse_mode(raw, GRAMMAR) {
        return of(raw, &expression, &[]);
    }
    if let Some(part) = whole(raw) {
        return of_parts(raw, &part.text.clone(), &[part])
            .unwrap_or_else(|_| unread("no licence is known by that name"));
    }
    let (mended, parts) = mend(raw);
    of_parts(raw, &mended, &parts).unwrap_or_else(|problem| unread(&problem))
}

/// A part of an expression that was no identifier as written.
struct Part {
    /// What stands for it: an identifier, or the stand-in.
    text: String,
    /// As written.
    written: String,
    confidence: Confidence,
}

/// The whole text as the name of one licence: names contain `or` and `and` themselves.
fn whole(raw: &str) -> Option<Part> {
    let count = |c: char| raw.matches(c).count();
    if count('(') != count(')') {
        return None;
    }
    let (id, confidence) = names::identify(raw)?;
    Some(Part { text: id.to_owned(), written: raw.to_owned(), confidence })
}

fn of_parts(raw: &str, mended: &str, parts: &[Part]) -> Result<LicenceExpression, String> {
    match Expression::parse_mode(mended, GRAMMAR) {
        Ok(expression) => Ok(of(raw, &expression, parts)),
        Err(error) => Err(format!("no licence expression: {}", error.reason)),
    }
}

/// Puts an identifier for every name, and a stand-in for every part nobody knows.
fn mend(raw: &str) -> (String, Vec<Part>) {
    let mut out = String::with_capacity(raw.len() + 32);
    let mut parts = Vec::new();
    let mut after_with = false;
    for piece in pieces(raw) {
        let piece = match piece {
            Piece::Operator(operator) => {
                after_with = operator == "WITH";
                operator.to_owned()
            }
            Piece::Name(name) if after_with => {
                names::exception(name).map_or_else(|| name.to_owned(), str::to_owned)
            }
            Piece::Name(name) => {
                let part = part(name, parts.len());
                let text = part.text.clone();
                parts.push(part);
                text
            }
        };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&piece);
    }
    (out, parts)
}

fn part(name: &str, place: usize) -> Part {
    let written = name.to_owned();
    if Expression::parse_mode(name, GRAMMAR).is_ok() {
        return Part { text: written.clone(), written, confidence: Confidence::Exact };
    }
    match names::identify(name) {
        Some((id, confidence)) => Part { text: id.to_owned(), written, confidence },
        None => Part { text: format!("{STAND_IN}{place}"), written, confidence: Confidence::None },
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Operator(&'static str),
    Name(&'t str),
}

/// Cuts at operators and parentheses; a slash parts alternatives, as Cargo manifests once had it.
fn pieces(raw: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut at = 0;
    let slash = !raw.contains("://") && !raw.contains("//");
    while let Some((length, operator)) = next_cut(raw, at, slash) {
        if operator.is_some() || length == 0 {
            push_name(raw, from, at, &mut out);
        }
        if length == 0 {
            break;
        }
        at += length;
        if let Some(operator) = operator {
            out.push(Piece::Operator(operator));
            from = at;
        }
    }
    out
}

fn push_name<'t>(raw: &'t str, from: usize, to: usize, out: &mut Vec<Piece<'t>>) {
    let name = raw.get(from..to).unwrap_or_default().trim();
    if !name.is_empty() {
        out.push(Piece::Name(name));
    }
}

/// What begins at `at`: its length, and the operator it is. Length 0 is the end.
fn next_cut(raw: &str, at: usize, slash: bool) -> Option<(usize, Option<&'static str>)> {
    let rest = raw.get(at..)?;
    let Some(first) = rest.chars().next() else { return Some((0, None)) };
    let operator = match first {
        '(' => Some("("),
        ')' => Some(")"),
        '/' if slash => Some("OR"),
        _ => None,
    };
    if operator.is_some() {
        return Some((1, operator));
    }
    let starts = raw.get(..at).and_then(|before| before.chars().next_back()).is_none_or(is_edge);
    if starts {
        for (word, operator) in [("AND", "AND"), ("OR", "OR"), ("WITH", "WITH")] {
            let is_word = rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
            let ends = rest.get(word.len()..).is_some_and(|tail| tail.chars().next().is_none_or(is_edge));
            if is_word && ends {
                return Some((word.len(), Some(operator)));
            }
        }
    }
    Some((first.len_utf8(), None))
}

fn is_edge(c: char) -> bool {
    c.is_whitespace() || c == '(' || c == ')'
}

fn of(raw: &str, expression: &Expression, parts: &[Part]) -> LicenceExpression {
    let mut parts = parts.iter();
    let nodes: Vec<Node> = expression
        .iter()
        .map(|node| match node {
            ExprNode::Op(spdx::expression::Operator::And) => Node::And,
            ExprNode::Op(spdx::expression::Operator::Or) => Node::Or,
            // terms keep their order in postfix, so the nth term is the nth part
            ExprNode::Req(req) => Node::Term(term(&req.req, parts.next())),
        })
        .collect();
    let mut read =
        LicenceExpression { raw: raw.to_owned(), nodes, confidence: Confidence::Exact, problem: None };
    read.confidence = read.terms().map(|term| term.confidence).max().unwrap_or(Confidence::None);
    if read.confidence == Confidence::None {
        let unknown =
            read.terms().find(|term| term.confidence == Confidence::None).map(|term| term.text.clone());
        read.problem = unknown.map(|text| format!("`{text}` is no licence that is known by that name"));
    }
    read
}

fn term(req: &spdx::LicenseReq, part: Option<&Part>) -> Term {
    let confidence = part.map_or(Confidence::Exact, |part| part.confidence);
    let exception = req.addition.as_ref().map(|addition| match addition {
        AdditionItem::Spdx(exception) => exception.name.to_owned(),
        AdditionItem::Other(other) => other.to_string(),
    });
    let (id, or_later, deprecated, mut text) = match &req.license {
        LicenseItem::Spdx { id, or_later } => {
            let plus = if *or_later { "+" } else { "" };
            (Some(id.name), *or_later, id.is_deprecated(), format!("{}{plus}", id.name))
        }
        LicenseItem::Other(other) => match part.filter(|part| part.confidence == Confidence::None) {
            Some(part) => (None, false, false, part.written.clone()),
            None => (None, false, false, other.to_string()),
        },
    };
    if let Some(exception) = &exception {
        text.push_str(" WITH ");
        text.push_str(exception);
    }
    Term {
        family: Family::of(id, exception.as_deref()),
        text,
        id,
        or_later,
        exception,
        deprecated,
        confidence,
    }
}
