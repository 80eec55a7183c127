//! Reads elements of the XML form as the JSON values they stand for.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::evidence::decoder::DecodeError;
use crate::evidence::sbom::cyclonedx::node::Node;
use crate::evidence::sbom::cyclonedx::xml::shapes::{Field, Item, Object, Shape};

/// Elements in elements; the importer allows fewer.
const DEEPEST: u32 = 256;

/// What comes next in the document.
pub(super) enum Step<'x> {
    /// An element begins; whether it is of the document's own namespace.
    Open(BytesStart<'x>, bool),
    /// Text, entities resolved.
    Text(String),
    /// The element that was opened last ends.
    Close,
    /// The document ends.
    End,
}

/// Reads a document element by element.
pub(super) struct Elements<'x> {
    reader: NsReader<&'x [u8]>,
    source: &'x str,
    namespace: Vec<u8>,
    depth: u32,
    /// Elements of other vocabularies that were left out.
    pub(super) foreign: u64,
}

impl<'x> Elements<'x> {
    pub(super) fn new(source: &'x str) -> Self {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, source, namespace: Vec::new(), depth: 0, foreign: 0 }
    }

    /// The outermost element; its namespace becomes the document's own.
    pub(super) fn root(&mut self) -> Result<(BytesStart<'x>, Option<String>), DecodeError> {
        loop {
            let event = self.event()?;
            if let Event::Start(start) = event {
                let namespace = match self.reader.resolver().resolve_element(start.name()).0 {
                    ResolveResult::Bound(Namespace(uri)) => uri.to_vec(),
                    ResolveResult::Unbound | ResolveResult::Unknown(_) => Vec::new(),
                };
                let text = String::from_utf8_lossy(&namespace).into_owned();
                self.namespace = namespace;
                return Ok((start, Some(text).filter(|uri| !uri.is_empty())));
            }
            match event {
                Event::DocType(_) => return Err(self.document_type()),
                Event::Eof => return Err(self.bad("no-element", "the document has no element")),
                _ => {}
            }
        }
    }

    /// What comes next; comments and instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Step<'x>, DecodeError> {
        loop {
            match self.event()? {
                Event::Start(start) | Event::Empty(start) => {
                    let own = self.is_own(&start);
                    return Ok(Step::Open(start, own));
                }
                Event::End(_) => return Ok(Step::Close),
                Event::Text(text) => return Ok(Step::Text(self.decoded(text.xml10_content())?)),
                Event::CData(text) => return Ok(Step::Text(self.decoded(text.xml10_content())?)),
                Event::GeneralRef(reference) => return Ok(Step::Text(self.resolved(&reference)?)),
                Event::DocType(_) => return Err(self.document_type()),
                Event::Eof => return Ok(Step::End),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'x>, DecodeError> {
        self.reader.read_event().map_err(|e| fault(self.source, self.reader.error_position(), &e))
    }

    fn is_own(&self, start: &BytesStart<'_>) -> bool {
        let resolved = self.reader.resolver().resolve_element(start.name()).0;
        matches!(resolved, ResolveResult::Bound(Namespace(uri)) if uri == self.namespace)
    }

    fn decoded<E: std::fmt::Display>(
        &self,
        text: Result<std::borrow::Cow<'_, str>, E>,
    ) -> Result<String, DecodeError> {
        text.map(std::borrow::Cow::into_owned).map_err(|e| self.bad("invalid-xml", &e.to_string()))
    }

    /// A character reference or one of the five entities of XML; others need a document type, which is refused.
    fn resolved(&self, reference: &BytesRef<'_>) -> Result<String, DecodeError> {
        match reference.resolve_char_ref() {
            Ok(Some(sign)) => return Ok(sign.to_string()),
            Ok(None) => {}
            Err(e) => return Err(self.bad("invalid-xml", &e.to_string())),
        }
        let name = self.decoded(reference.decode())?;
        let text = quick_xml::escape::resolve_predefined_entity(&name);
        text.map(str::to_owned).ok_or_else(|| {
            let name: String = name.chars().take(40).collect();
            self.bad("undefined-entity", &format!("the entity `{name}` is not one of XML's own five"))
        })
    }

    /// The value of an element whose start was read.
    pub(super) fn value(&mut self, start: &BytesStart<'x>, shape: &Shape) -> Result<Node, DecodeError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.bad("too-deep", "elements are nested deeper than in any real document"));
        }
        let value = match shape {
            Shape::Text => Node::Text(self.content()?),
            Shape::Reference => {
                let reference = self.attribute(start, "ref")?;
                self.skip()?;
                Node::Text(reference.unwrap_or_default())
            }
            Shape::Object(object) | Shape::Splice(object) => Node::Object(self.members(start, object)?),
            Shape::List(items) => Node::List(self.items(items)?),
            Shape::Many(shape) => self.value(start, shape)?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn members(
        &mut self,
        start: &BytesStart<'x>,
        object: &Object,
    ) -> Result<Vec<(&'static str, Node)>, DecodeError> {
        let mut members = self.attributes(start, object)?;
        let mut text = String::new();
        loop {
            match self.next()? {
                Step::Open(child, own) => match known(&child, own, object.fields, |f| f.name) {
                    Some(field) => self.member(&child, field, &mut members)?,
                    None => self.leave_out(own)?,
                },
                Step::Text(part) if object.text.is_some() => text.push_str(&part),
                Step::Text(_) => {}
                Step::Close => break,
                Step::End => return Err(self.cut_short()),
            }
        }
        members.extend(object.text.map(|name| (name, Node::Text(text))));
        Ok(members)
    }

    fn member(
        &mut self,
        child: &BytesStart<'x>,
        field: &Field,
        members: &mut Vec<(&'static str, Node)>,
    ) -> Result<(), DecodeError> {
        let more = match (self.value(child, &field.shape)?, &field.shape) {
            (Node::Object(inner), Shape::Splice(_)) => {
                members.extend(inner);
                return Ok(());
            }
            (Node::List(items), Shape::List(_)) => items,
            (item, Shape::Many(_)) => vec![item],
            (value, _) => {
                members.push((field.member, value));
                return Ok(());
            }
        };
        match members.iter_mut().find(|(name, _)| *name == field.member) {
            Some((_, Node::List(list))) => list.extend(more),
            Some(_) | None => members.push((field.member, Node::List(more))),
        }
        Ok(())
    }

    fn items(&mut self, items: &[Item]) -> Result<Vec<Node>, DecodeError> {
        let mut list = Vec::new();
        while let Some(node) = self.item(items)? {
            list.push(node);
        }
        Ok(list)
    }

    /// The next element of a list; `None` at its end.
    pub(super) fn item(&mut self, items: &[Item]) -> Result<Option<Node>, DecodeError> {
        loop {
            match self.next()? {
                Step::Open(child, own) => match known(&child, own, items, |i| i.name) {
                    Some(item) => {
                        let value = self.value(&child, &item.shape)?;
                        return Ok(Some(match item.wrap {
                            Some(name) => Node::Object(vec![(name, value)]),
                            None => value,
                        }));
                    }
                    None => self.leave_out(own)?,
                },
                Step::Text(_) => {}
                Step::Close => return Ok(None),
                Step::End => return Err(self.cut_short()),
            }
        }
    }

    /// The attributes of an element that are members of the object.
    pub(super) fn attributes(
        &self,
        start: &BytesStart<'_>,
        object: &Object,
    ) -> Result<Vec<(&'static str, Node)>, DecodeError> {
        let mut members = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| self.bad("invalid-xml", &e.to_string()))?;
            let name = attribute.key.as_ref();
            let is_text =
                |field: &&Field| matches!(field.shape, Shape::Text) && field.name.as_bytes() == name;
            if let Some(field) = object.fields.iter().find(is_text) {
                let value = attribute
                    .decoded_and_normalized_value(quick_xml::XmlVersion::Implicit1_0, self.reader.decoder());
                members.push((field.member, Node::Text(self.decoded(value)?)));
            }
        }
        Ok(members)
    }

    /// One attribute of an element.
    pub(super) fn attribute(
        &self,
        start: &BytesStart<'_>,
        name: &str,
    ) -> Result<Option<String>, DecodeError> {
        let found = start.try_get_attribute(name).map_err(|e| self.bad("invalid-xml", &e.to_string()))?;
        let Some(attribute) = found else { return Ok(None) };
        let version = quick_xml::XmlVersion::Implicit1_0;
        let value = attribute.decoded_and_normalized_value(version, self.reader.decoder());
        self.decoded(value).map(Some)
    }

    /// The text of an element, that of its children left out.
    fn content(&mut self) -> Result<String, DecodeError> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Step::Open(_, own) => self.leave_out(own)?,
                Step::Text(part) => text.push_str(&part),
                Step::Close => return Ok(text),
                Step::End => return Err(self.cut_short()),
            }
        }
    }

    /// Passes over an element that is not read; those of other vocabularies are counted.
    pub(super) fn leave_out(&mut self, own: bool) -> Result<(), DecodeError> {
        self.foreign += u64::from(!own);
        self.skip()
    }

    /// Passes over the rest of the element that was opened last.
    pub(super) fn skip(&mut self) -> Result<(), DecodeError> {
        let mut open = 1_u64;
        while open > 0 {
            match self.next()? {
                Step::Open(..) => open += 1,
                Step::Close => open -= 1,
                Step::Text(_) => {}
                Step::End => return Err(self.cut_short()),
            }
        }
        Ok(())
    }

    pub(super) fn cut_short(&self) -> DecodeError {
        self.bad("invalid-xml", "the document ends inside an element; it was cut short")
    }

    fn document_type(&self) -> DecodeError {
        let message =
            "a document type (`<!DOCTYPE`) may reach outside the document and is refused; remove it";
        self.bad("doctype-refused", message)
    }

    /// An error at the place that was read last.
    pub(super) fn bad(&self, code: &'static str, message: &str) -> DecodeError {
        DecodeError::at(code, place(self.source, self.reader.buffer_position()), message)
    }
}

/// Which of the known children an element is.
fn known<'k, T>(
    child: &BytesStart<'_>,
    own: bool,
    known: &'k [T],
    name: impl Fn(&T) -> &'static str,
) -> Option<&'k T> {
    let local = child.local_name();
    known.iter().find(|candidate| own && name(candidate).as_bytes() == local.as_ref())
}

fn fault(source: &str, offset: u64, error: &quick_xml::Error) -> DecodeError {
    let place = place(source, offset);
    let message = format!("not well-formed XML at {place}: {error}; export the document again");
    DecodeError::at("invalid-xml", place, message)
}

/// Line and column of an offset, counted from 1.
fn place(source: &str, offset: u64) -> String {
    let before = usize::try_from(offset).ok().and_then(|offset| source.as_bytes().get(..offset));
    let before = before.unwrap_or_else(|| source.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    format!("line {line} column {column}")
}
