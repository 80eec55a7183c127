//! Reads rule files for XML: the notation of `../rule_text.rs` (versions, guards, values), with types of elements.
//!
//! ```text
//! def tool = {                     child elements in this order, `?`, `*` or `+` after a name or a group
//!   [1.4-] name?: normalizedString,
//!   either{ a: x, b: y, }*,        one of these
//!   ...,                           elements of other namespaces
//! } attrs{ type!: kind, } open;    attributes; `open`: any others, `foreign`: others of other namespaces
//! def hash = text(hashValue) attrs{ alg!: hashAlg };     text with attributes
//! def kind = string in(a b) like("regex") len(1..) range(0..1) union(a; b);
//! ```

use std::collections::HashMap;

use regex::Regex;

use super::model::{Model, Occurs, Particle};
use super::simple::Builtin;
use super::{Attribute, Base, OtherAttributes, Type, TypeId, XmlRules};
use crate::evidence::validity::rule_text::{Fault, Versions};
use crate::evidence::validity::tokens::{Token, Tokens};

/// Reads the rules for `version`; the first type of the first file is that of the outermost element.
pub(super) fn read(files: &[&str], version: &str) -> Result<XmlRules, Fault> {
    let mut reader = Reader::default();
    for file in files {
        reader.file(file, version)?;
    }
    let root = *reader.defined.first().ok_or("no type")?;
    Ok(XmlRules { types: reader.types, root })
}

#[derive(Default)]
struct Reader {
    types: Vec<Type>,
    names: HashMap<String, TypeId>,
    defined: Vec<TypeId>,
    versions: Versions,
}

impl Reader {
    fn file(&mut self, text: &str, version: &str) -> Result<(), Fault> {
        let mut tokens = Tokens::new(text);
        self.versions = Versions::read(&mut tokens, version)?;
        while !tokens.at_end() {
            let holds = self.versions.guard(&mut tokens)?;
            tokens.expect_word("def")?;
            let name = tokens.word()?;
            tokens.expect('=')?;
            let kind = self.kind(&mut tokens)?;
            tokens.expect(';')?;
            if holds {
                let id = self.named(&name);
                self.defined.push(id);
                if let Some(slot) = self.types.get_mut(id) {
                    *slot = kind;
                }
            }
        }
        Ok(())
    }

    fn named(&mut self, name: &str) -> TypeId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.add(Type::default());
        self.names.insert(name.to_owned(), id);
        id
    }

    fn add(&mut self, kind: Type) -> TypeId {
        self.types.push(kind);
        self.types.len() - 1
    }

    /// One type: clauses up to a mark that ends it.
    fn kind(&mut self, tokens: &mut Tokens<'_>) -> Result<Type, Fault> {
        let mut kind = Type::default();
        loop {
            let holds = match tokens.peek() {
                Some(Token::Mark('[')) => self.versions.guard(tokens)?,
                Some(Token::Mark('{') | Token::Word(_)) => true,
                _ => return Ok(kind),
            };
            let mut other = Type::default();
            self.clause(tokens, if holds { &mut kind } else { &mut other })?;
        }
    }

    /// A type of its own; the one it stands for when it only names another.
    fn kind_id(&mut self, tokens: &mut Tokens<'_>) -> Result<TypeId, Fault> {
        let kind = self.kind(tokens)?;
        let plain = kind.values.is_none()
            && kind.like.is_empty()
            && kind.range.is_none()
            && kind.length.is_none()
            && kind.attributes.is_empty();
        Ok(match kind.base {
            Some(Base::Type(other)) if plain => other,
            _ => self.add(kind),
        })
    }

    fn clause(&mut self, tokens: &mut Tokens<'_>, kind: &mut Type) -> Result<(), Fault> {
        if tokens.peek() == Some(&Token::Mark('{')) {
            kind.content = Some(Model::new(&self.group(tokens, false)?));
            return Ok(());
        }
        let word = tokens.word()?;
        match word.as_str() {
            "either" => kind.content = Some(Model::new(&self.group(tokens, true)?)),
            "attrs" => self.attributes(tokens, kind)?,
            "open" => kind.others = OtherAttributes::Any,
            "foreign" => kind.others = OtherAttributes::Foreign,
            "mixed" => kind.mixed = true,
            "anything" => kind.anything = true,
            "empty" => {}
            "text" => {
                tokens.expect('(')?;
                kind.text = Some(self.kind_id(tokens)?);
                tokens.expect(')')?;
            }
            "union" => {
                tokens.expect('(')?;
                while !tokens.take(')') {
                    let part = self.kind_id(tokens)?;
                    kind.union.push(part);
                    tokens.take(';');
                }
            }
            "in" | "like" | "range" | "len" => self.facet(tokens, kind, &word)?,
            name => {
                let base = Builtin::named(name).map(Base::Builtin);
                kind.base = Some(base.unwrap_or_else(|| Base::Type(self.named(name))));
            }
        }
        Ok(())
    }

    /// What narrows a simple type.
    fn facet(&self, tokens: &mut Tokens<'_>, kind: &mut Type, word: &str) -> Result<(), Fault> {
        match word {
            "in" => kind.values = Some(self.versions.values(tokens)?.iter().map(as_text).collect()),
            "range" => kind.range = Some(tokens.span()?),
            "len" => kind.length = Some(tokens.span()?),
            _ => {
                tokens.expect('(')?;
                kind.like.push(Regex::new(&tokens.name()?).map_err(|e| e.to_string())?);
                tokens.expect(')')?;
            }
        }
        Ok(())
    }

    fn attributes(&mut self, tokens: &mut Tokens<'_>, kind: &mut Type) -> Result<(), Fault> {
        tokens.expect('{')?;
        while !tokens.take('}') {
            let holds = self.versions.guard(tokens)?;
            let name = tokens.name()?;
            let needed = tokens.take('!');
            tokens.expect(':')?;
            let value = self.kind_id(tokens)?;
            tokens.take(',');
            if holds {
                kind.attributes.insert(name.into(), Attribute { value, needed });
            }
        }
        Ok(())
    }

    /// `{ … }` with what follows it.
    fn group(&mut self, tokens: &mut Tokens<'_>, choice: bool) -> Result<Particle, Fault> {
        tokens.expect('{')?;
        let mut parts = Vec::new();
        while !tokens.take('}') {
            let holds = self.versions.guard(tokens)?;
            let part = self.particle(tokens)?;
            tokens.take(',');
            if holds {
                parts.push(part);
            }
        }
        let occurs = occurs(tokens);
        Ok(if choice { Particle::Choice(parts, occurs) } else { Particle::Sequence(parts, occurs) })
    }

    fn particle(&mut self, tokens: &mut Tokens<'_>) -> Result<Particle, Fault> {
        if tokens.peek() == Some(&Token::Mark('{')) {
            return self.group(tokens, false);
        }
        let word = tokens.word()?;
        match word.as_str() {
            "..." => Ok(Particle::Foreign),
            "either" if tokens.peek() == Some(&Token::Mark('{')) => self.group(tokens, true),
            _ => {
                let repeated = word.ends_with(['*', '+']);
                let optional = word.ends_with('*') || tokens.take('?');
                tokens.expect(':')?;
                let kind = self.kind_id(tokens)?;
                let name = word.trim_end_matches(['*', '+']).into();
                Ok(Particle::Element(name, kind, Occurs { optional, repeated }))
            }
        }
    }
}

fn as_text(value: &serde_json::Value) -> Box<str> {
    // a value that reads like a number is a text here all the same
    let text = value.as_str().map(Box::from);
    text.unwrap_or_else(|| value.to_string().into())
}

fn occurs(tokens: &mut Tokens<'_>) -> Occurs {
    let mark = match tokens.peek() {
        Some(Token::Word(word)) if word == "*" || word == "+" => word.clone(),
        _ => String::new(),
    };
    let optional = mark == "*" || tokens.take('?');
    let repeated = !mark.is_empty() && tokens.word().is_ok();
    Occurs { optional, repeated }
}
