//! Reads YAML into a tree that remembers where everything stands, so that each later problem has a line and column.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

/// Deepest nesting; the built-in files need twelve levels.
const MAX_DEPTH: usize = 32;

/// A position in a file, both from 1; line 0 means the file as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub place: Place,
    pub value: Tree,
}

/// A value. Numbers and booleans keep their spelling: `id: 8.10` must not become 8.1.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Null,
    Bool(bool, String),
    Int(i64, String),
    Num(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// One step from a node to one of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value of that key.
    Key(&'static str),
    /// The entry of that index.
    Index(usize),
}

impl Node {
    /// Parses one document.
    ///
    /// # Errors
    /// With the place and the parser's message.
    pub fn parse(text: &str) -> Result<Self, (Place, String)> {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
            // Enough for an author who repeats himself; a file of 400 bytes must not unfold to a quarter million nodes.
            // Reading is recursive: a few kilobytes of brackets must not end the process by exhausting its stack.
            budget: serde_saphyr::budget! { max_depth: MAX_DEPTH },
            alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 10_000 },
        };
        match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
            Ok(raw) => Ok(raw.settle(text)),
            Err(error) => {
                let place = error.location().map(Place::of).unwrap_or_default();
                Err((place, first_line(&error.to_string())))
            }
        }
    }

    /// The value of `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(k, _)| k.text() == Some(key)).map(|(_, v)| v)
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[(Self, Self)] {
        if let Tree::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The members of a list; none for anything else.
    pub fn members(&self) -> &[Self] {
        if let Tree::List(members) = &self.value { members } else { &[] }
    }

    /// The words as written, for anything that is neither list, map nor null.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Tree::Text(text) | Tree::Bool(_, text) | Tree::Int(_, text) | Tree::Num(_, text) => Some(text),
            Tree::Null | Tree::List(_) | Tree::Map(_) => None,
        }
    }

    /// Where the steps lead, or the last place on the way that exists.
    pub fn place_of(&self, steps: &[Step]) -> Place {
        let mut node = self;
        for step in steps {
            let next = match step {
                Step::Key(key) => node.get(key),
                Step::Index(index) => node.members().get(*index),
            };
            let Some(next) = next else { break };
            node = next;
        }
        node.place
    }
}

impl Place {
    fn of(location: Location) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Self { line: number(location.line()), column: number(location.column()) }
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or("the file is no YAML").to_owned()
}

/// What the parser delivers, before spellings are looked up.
enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Num(f64),
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

/// Turns parser output into nodes.
trait Settle {
    fn settle(self, text: &str) -> Node;
}

impl Settle for Spanned<Raw> {
    fn settle(self, text: &str) -> Node {
        let spelt = || spelling(text, self.defined);
        let value = match self.value {
            Raw::Null => Tree::Null,
            Raw::Bool(b) => Tree::Bool(b, spelt()),
            Raw::Int(i) => Tree::Int(i, spelt()),
            Raw::Num(n) => Tree::Num(n, spelt()),
            Raw::Text(t) => Tree::Text(t),
            Raw::List(members) => Tree::List(members.into_iter().map(|m| m.settle(text)).collect()),
            Raw::Map(entries) => {
                Tree::Map(entries.into_iter().map(|(k, v)| (key(k), v.settle(text))).collect())
            }
        };
        Node { place: Place::of(self.referenced), value }
    }
}

fn key(key: Spanned<String>) -> Node {
    Node { place: Place::of(key.referenced), value: Tree::Text(key.value) }
}

fn spelling(text: &str, at: Location) -> String {
    let span = at.span();
    let slice = span.byte_offset().zip(span.byte_len()).and_then(|(start, len)| {
        let start = usize::try_from(start).ok()?;
        text.get(start..start.checked_add(usize::try_from(len).ok()?)?)
    });
    slice.unwrap_or_default().trim().to_owned()
}

struct RawVisitor;

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Raw, E> {
        i64::try_from(value).map(Raw::Int).map_err(|_| E::custom(format!("{value} is too large")))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Num(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = seq.next_element()? {
            members.push(member);
        }
        Ok(Raw::List(members))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_place_and_their_spelling() {
        let node = Node::parse("items:\n  - id: 8.10\n    ä: {n: 7, on: yes, t: true}\n  - x: ~\n").unwrap();

        let first = &node.get("items").unwrap().members()[0];
        assert_eq!(first.get("id").unwrap().text(), Some("8.10"));
        assert_eq!(first.get("id").unwrap().place, Place { line: 2, column: 9 });
        let inner = first.get("ä").unwrap();
        assert_eq!(inner.get("n").unwrap().text(), Some("7"));
        assert!(matches!(&inner.get("on").unwrap().value, Tree::Text(t) if t == "yes"));
        assert_eq!(inner.get("t").unwrap().text(), Some("true"));
        assert!(matches!(node.get("items").unwrap().members()[1].get("x").unwrap().value, Tree::Null));
    }

    #[test]
    fn aliases_are_read_but_do_not_multiply_without_end() {
        let node = Node::parse("a: &a [x, y]\nb: *a\n").unwrap();
        let doubled: String = (1..20).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1)).collect();

        assert_eq!(node.get("b").unwrap().members().len(), 2);
        assert!(Node::parse(&format!("a0: &a0 [x, x]\n{doubled}")).is_err());
    }

    #[test]
    fn deep_nesting_is_refused() {
        for open in ["[", "{a: ", "- "] {
            assert!(Node::parse(&open.repeat(5_000)).is_err(), "{open}");
        }
        assert!(Node::parse(&format!("{}1{}", "[".repeat(24), "]".repeat(24))).is_ok());
    }

    #[test]
    fn a_syntax_error_has_its_line() {
        let (place, message) = Node::parse("a: 1\nb: [1, 2\n").unwrap_err();

        assert!(place.line >= 2, "{place:?} {message}");
        assert!(Node::parse("a: 1\na: 2\n").is_err(), "duplicate keys are refused");
    }

    #[test]
    fn steps_lead_to_the_deepest_place_that_exists() {
        let node = Node::parse("a:\n  - b: 1\n").unwrap();

        let place = node.place_of(&[Step::Key("a"), Step::Index(0), Step::Key("b"), Step::Key("nowhere")]);

        assert_eq!(place, Place { line: 2, column: 8 });
    }

    #[test]
    fn hostile_documents_are_refused_quickly() {
        let deep = "[".repeat(100_000);
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";

        assert!(Node::parse(&deep).is_err());
        assert!(Node::parse(bomb).is_err());
    }
}
