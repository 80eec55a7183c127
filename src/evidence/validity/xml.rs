//! Judges XML documents: elements in their order, attributes, texts, and identifiers that may occur once.
//!
//! The document is read event by event. Elements and attributes of other namespaces are let be where the format
//! allows them; a document type declaration defines nothing here, as no entity is ever expanded.

mod model;
mod reader;
mod rule_text;
mod simple;

use std::collections::HashMap;

use model::Model;
use regex::Regex;

use super::rules::Span;
use super::violations::Violations;
use super::{Verdict, ViolationKind};
use simple::Builtin;

/// A type's number inside its [`XmlRules`].
type TypeId = usize;

/// The rules of one version of a format in XML.
#[derive(Debug)]
pub(super) struct XmlRules {
    types: Vec<Type>,
    /// The type of the outermost element.
    root: TypeId,
}

impl XmlRules {
    /// The type of that number; one that holds nothing when there is none.
    fn kind(&self, id: TypeId) -> &Type {
        static NOTHING: std::sync::LazyLock<Type> = std::sync::LazyLock::new(Type::default);
        self.types.get(id).unwrap_or(&NOTHING)
    }
}

/// What an element or attribute may hold.
#[derive(Debug, Default)]
struct Type {
    /// Anything at all.
    anything: bool,
    /// The type whose rules hold too, for simple types.
    base: Option<Base>,
    /// The values allowed.
    values: Option<std::collections::HashSet<Box<str>>>,
    like: Vec<Regex>,
    range: Option<Span<f64>>,
    length: Option<Span<usize>>,
    /// One of these has to fit.
    union: Vec<TypeId>,
    /// The text of an element that has attributes.
    text: Option<TypeId>,
    /// Whether text may stand between child elements.
    mixed: bool,
    content: Option<Model>,
    attributes: HashMap<Box<str>, Attribute>,
    others: OtherAttributes,
}

impl Type {
    /// Whether it is made of text alone.
    fn is_simple(&self) -> bool {
        self.base.is_some() || self.values.is_some() || !self.union.is_empty()
    }
}

#[derive(Debug, Clone, Copy)]
enum Base {
    Builtin(Builtin),
    Type(TypeId),
}

#[derive(Debug, Clone, Copy)]
struct Attribute {
    value: TypeId,
    needed: bool,
}

/// Attributes that are not named.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum OtherAttributes {
    #[default]
    None,
    /// Those of other namespaces.
    Foreign,
    /// All.
    Any,
}

/// Reads the rules for `version`.
///
/// # Errors
/// When a file is not in the notation.
pub(super) fn rules(files: &[&str], version: &str) -> Result<XmlRules, String> {
    rule_text::read(files, version)
}

/// Judges a document whose outermost element is `root.1` of namespace `root.0`.
pub(super) fn check(rules: &XmlRules, root: (&str, &str), bytes: &[u8]) -> Verdict {
    let mut violations = Violations::default();
    if let Err(message) = reader::read(rules, root, bytes, &mut violations) {
        violations.add(ViolationKind::NotWellFormed, || (String::new(), message));
    }
    Verdict::of(violations)
}
