//! Reads rule files (`rules/*.rules`): our own short notation for what a format's versions allow.
//!
//! ```text
//! versions 1.4 1.5 1.6;                  the versions the file speaks of, oldest first
//! def refType = str [1.5-] len(1..);     a shape; [1.5-] holds the next word to 1.5 and later, [-1.4,1.6] to others
//! def tool = object {                    a member a line; `!` where it must be there
//!   name!: str
//!   [1.6-] hashes: list each(@hash)      @hash is another shape
//!   +named                               the members of another shape
//! } closed;                              no further members; others(SHAPE): further ones look like that
//! ```
//! Words of a shape all have to hold: kinds (`str|null`, `int`, `num`, `bool`, `list`, `object`), `any`, `never`,
//! `in(values)`, `len(1..9)`, `range(0..1)`, `size(1..)` of arrays, `count(1..)` of members, `like("regex")`,
//! `unlike("regex")`, `format(date-time)`, `each(SHAPE)`, `tuple(SHAPE; SHAPE)`, `unique`, `need(names)`,
//! `all(…; …)`, `some(…; …)`, `one(…; …)`, `not(…)`, `when(IF; THEN; ELSE)`; a part written `?[1.5-] SHAPE` is there for
//! those versions only. The first shape is the document.

use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;

use super::format::Format;
use super::rules::{Joint, Kinds, Others, Rules, Shape, ShapeId, Values};
use super::tokens::{Token, Tokens};

/// What is wrong with a rule file, and near which token.
pub(super) type Fault = String;

/// Reads the rules for `version` out of the rule files; the first shape of the first file is the document.
///
/// # Errors
/// When a file is not in the notation; a fault of this program, which its tests would show.
pub(super) fn read(files: &[&str], version: &str) -> Result<Rules, Fault> {
    let mut reader = Reader::default();
    for file in files {
        reader.file(file, version)?;
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    shapes: Vec<Shape>,
    names: HashMap<String, ShapeId>,
    defined: Vec<ShapeId>,
    versions: Versions,
    /// Whether the shape at hand is one of the wanted version.
    live: bool,
}

impl Reader {
    fn file(&mut self, text: &str, version: &str) -> Result<(), Fault> {
        let mut tokens = Tokens::new(text);
        self.versions = Versions::read(&mut tokens, version)?;
        while !tokens.at_end() {
            let holds = self.versions.guard(&mut tokens)?;
            tokens.expect_word("def")?;
            self.live = holds;
            let name = tokens.word()?;
            tokens.expect('=')?;
            let shape = self.shape(&mut tokens)?;
            tokens.expect(';')?;
            if holds {
                let id = self.named(&name);
                self.defined.push(id);
                self.put(id, shape);
            }
        }
        Ok(())
    }

    /// The shape of that name, which may be defined later.
    fn named(&mut self, name: &str) -> ShapeId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.add(Shape::default());
        self.names.insert(name.to_owned(), id);
        id
    }

    fn add(&mut self, shape: Shape) -> ShapeId {
        self.shapes.push(shape);
        self.shapes.len() - 1
    }

    fn put(&mut self, id: ShapeId, shape: Shape) {
        if let Some(slot) = self.shapes.get_mut(id) {
            *slot = shape;
        }
    }

    /// One shape: words up to a token that cannot belong to it.
    fn shape(&mut self, tokens: &mut Tokens<'_>) -> Result<Shape, Fault> {
        let mut shape = Shape::default();
        loop {
            let holds = match tokens.peek() {
                Some(Token::Mark('[')) if !tokens.names_member() => self.versions.guard(tokens)?,
                Some(Token::Mark('{')) => true,
                Some(Token::Word(_)) if !tokens.names_member() => true,
                _ => return Ok(shape),
            };
            let mut part = Shape::default();
            let target = if holds { &mut shape } else { &mut part };
            self.clause(tokens, target)?;
        }
    }

    /// A shape of its own; the one it stands for when it only names another.
    fn shape_id(&mut self, tokens: &mut Tokens<'_>) -> Result<ShapeId, Fault> {
        let shape = self.shape(tokens)?;
        Ok(match shape.alias() {
            Some(other) => other,
            None => self.add(shape),
        })
    }

    fn clause(&mut self, tokens: &mut Tokens<'_>, shape: &mut Shape) -> Result<(), Fault> {
        if tokens.take('{') {
            return self.members(tokens, shape);
        }
        let word = tokens.word()?;
        if let Some(name) = word.strip_prefix('@') {
            let id = self.named(name);
            shape.joints.push(Joint::All(id));
            return Ok(());
        }
        match word.as_str() {
            "any" => {}
            "never" => shape.never = true,
            "unique" => shape.list.get_or_insert_default().unique = true,
            "closed" => shape.object.get_or_insert_default().others = Others::Closed,
            "in" | "need" => self.names_of(tokens, shape, &word)?,
            "len" | "size" | "count" => sizes(tokens, shape, &word)?,
            "range" => shape.range = Some(tokens.span()?),
            "like" | "unlike" | "format" => text_rule(tokens, shape, &word)?,
            "each" | "others" | "not" => self.single(tokens, shape, &word)?,
            "all" | "some" | "one" | "tuple" | "when" => self.several(tokens, shape, &word)?,
            _ => shape.kinds = Some(kinds(&word)?),
        }
        Ok(())
    }

    fn members(&mut self, tokens: &mut Tokens<'_>, shape: &mut Shape) -> Result<(), Fault> {
        shape.object.get_or_insert_default();
        while !tokens.take('}') {
            let holds = self.versions.guard(tokens)?;
            let name = tokens.name()?;
            if let Some(other) = name.strip_prefix('+') {
                if holds && self.live {
                    self.take_over(other, shape)?;
                }
                continue;
            }
            let needed = tokens.take('!');
            tokens.expect(':')?;
            let value = self.shape_id(tokens)?;
            let object = shape.object.get_or_insert_default();
            if holds {
                object.members.insert(name.as_str().into(), value);
            }
            if holds && needed {
                object.need.push(name.into());
            }
        }
        Ok(())
    }

    /// The members of a shape that is defined further up.
    fn take_over(&self, other: &str, shape: &mut Shape) -> Result<(), Fault> {
        let known = self.names.get(other).and_then(|id| self.shapes.get(*id)?.object.as_ref());
        let known = known.ok_or_else(|| format!("+{other} has no members yet"))?;
        let object = shape.object.get_or_insert_default();
        object.members.extend(known.members.iter().map(|(name, id)| (name.clone(), *id)));
        object.need.extend(known.need.iter().cloned());
        Ok(())
    }

    /// `in(…)` and `need(…)`: values or names, single ones or groups held to versions.
    fn names_of(&mut self, tokens: &mut Tokens<'_>, shape: &mut Shape, word: &str) -> Result<(), Fault> {
        let found = self.versions.values(tokens)?;
        if word == "in" {
            shape.values = Some(Box::new(Values::of(found)));
        } else {
            let names = found.iter().filter_map(|v| v.as_str()).map(Box::from);
            shape.object.get_or_insert_default().need.extend(names);
        }
        Ok(())
    }

    fn single(&mut self, tokens: &mut Tokens<'_>, shape: &mut Shape, word: &str) -> Result<(), Fault> {
        tokens.expect('(')?;
        let id = self.shape_id(tokens)?;
        tokens.expect(')')?;
        match word {
            "each" => shape.list.get_or_insert_default().each = Some(id),
            "others" => shape.object.get_or_insert_default().others = Others::Like(id),
            _ => shape.joints.push(Joint::Not(id)),
        }
        Ok(())
    }

    fn several(&mut self, tokens: &mut Tokens<'_>, shape: &mut Shape, word: &str) -> Result<(), Fault> {
        tokens.expect('(')?;
        let mut parts = Vec::new();
        loop {
            let holds = self.guard_of_part(tokens)?;
            let id = self.shape_id(tokens)?;
            if holds {
                parts.push(id);
            }
            if tokens.take(')') {
                break;
            }
            tokens.expect(';')?;
        }
        match word {
            "all" => shape.joints.extend(parts.into_iter().map(Joint::All)),
            "tuple" => shape.list.get_or_insert_default().first = parts,
            "some" => shape.joints.push(Joint::Some(parts)),
            "one" => shape.joints.push(Joint::One(parts)),
            _ => {
                let parts = parts.try_into().map_err(|_| "when(IF; THEN; ELSE)".to_owned())?;
                shape.joints.push(Joint::When(parts));
            }
        }
        Ok(())
    }

    /// A part that starts with `?[1.5-]` is there only for those versions.
    fn guard_of_part(&self, tokens: &mut Tokens<'_>) -> Result<bool, Fault> {
        if tokens.take('?') { self.versions.guard(tokens) } else { Ok(true) }
    }

    fn finish(self) -> Result<Rules, Fault> {
        let crowded = |shape: &Shape| shape.object.as_ref().is_some_and(|object| object.need.len() > 64);
        if self.shapes.iter().any(crowded) {
            return Err("more than 64 needed members".to_owned());
        }
        let root = *self.defined.first().ok_or("no shape")?;
        let rules = Rules::new(self.shapes, root);
        // what is left out for this version may name shapes that are left out as well
        let used = rules.reachable();
        match self.names.iter().find(|(_, id)| used.contains(id) && !self.defined.contains(id)) {
            Some((name, _)) => Err(format!("@{name} is not defined")),
            None => Ok(rules),
        }
    }
}

/// The versions a rule file speaks of, and the one that is wanted.
#[derive(Default)]
pub(super) struct Versions {
    names: Vec<String>,
    /// The position of the wanted one.
    at: usize,
}

impl Versions {
    /// Reads the head of a rule file.
    pub(super) fn read(tokens: &mut Tokens<'_>, version: &str) -> Result<Self, Fault> {
        tokens.expect_word("versions")?;
        let mut names = Vec::new();
        while !tokens.take(';') {
            names.push(tokens.word()?);
        }
        let at = names.iter().position(|v| v == version);
        Ok(Self { at: at.ok_or_else(|| format!("no rules for version {version}"))?, names })
    }

    /// Whether what follows holds for the wanted version: `[1.2,1.4-1.6]`, or nothing.
    pub(super) fn guard(&self, tokens: &mut Tokens<'_>) -> Result<bool, Fault> {
        if !tokens.take('[') {
            return Ok(true);
        }
        let mut holds = false;
        loop {
            let part = tokens.word()?;
            let (from, to) = part.split_once('-').unwrap_or((&part, &part));
            let place = |version: &str, open: usize| match version {
                "" => Ok(open),
                _ => self.names.iter().position(|v| v == version).ok_or(format!("version {version}?")),
            };
            holds |= (place(from, 0)?..=place(to, usize::MAX)?).contains(&self.at);
            if tokens.take(']') {
                return Ok(holds);
            }
            tokens.expect(',')?;
        }
    }

    /// `(a b [1.5-](c d))`: values, single ones or groups held to versions.
    pub(super) fn values(&self, tokens: &mut Tokens<'_>) -> Result<Vec<Value>, Fault> {
        tokens.expect('(')?;
        let mut found = Vec::new();
        while !tokens.take(')') {
            let holds = self.guard(tokens)?;
            let group = tokens.take('(');
            loop {
                let value = tokens.value()?;
                if holds {
                    found.push(value);
                }
                if !group || tokens.take(')') {
                    break;
                }
            }
        }
        Ok(found)
    }
}

fn kinds(word: &str) -> Result<Kinds, Fault> {
    let kind = |word: &str| match word {
        "null" => Ok(Kinds::NULL),
        "bool" => Ok(Kinds::BOOL),
        "int" => Ok(Kinds::INTEGER),
        "num" => Ok(Kinds::INTEGER | Kinds::FRACTION),
        "str" => Ok(Kinds::TEXT),
        "list" => Ok(Kinds::LIST),
        "object" => Ok(Kinds::OBJECT),
        _ => Err(format!("`{word}` is no word of the notation")),
    };
    word.split('|').map(kind).reduce(|a, b| Ok(a? | b?)).unwrap_or(Err(String::new()))
}

fn sizes(tokens: &mut Tokens<'_>, shape: &mut Shape, word: &str) -> Result<(), Fault> {
    let span = Some(tokens.span()?);
    match word {
        "len" => shape.text.get_or_insert_default().length = span,
        "size" => shape.list.get_or_insert_default().size = span,
        _ => shape.object.get_or_insert_default().count = span,
    }
    Ok(())
}

fn text_rule(tokens: &mut Tokens<'_>, shape: &mut Shape, word: &str) -> Result<(), Fault> {
    tokens.expect('(')?;
    let value = tokens.value()?;
    tokens.expect(')')?;
    let value = value.as_str().ok_or("a text is wanted")?;
    let rule = shape.text.get_or_insert_default();
    match word {
        "format" => rule.format = Some(Format::named(value).ok_or(format!("format {value}?"))?),
        "like" => rule.like.push(Regex::new(value).map_err(|e| e.to_string())?),
        _ => rule.unlike.push(Regex::new(value).map_err(|e| e.to_string())?),
    }
    Ok(())
}
