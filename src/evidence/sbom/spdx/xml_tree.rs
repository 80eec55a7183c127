//! Takes XML apart one child of the root at a time, so that a document of many records takes the memory of one.
//!
//! No document type is read and no entity expanded but the five XML itself has; nothing outside is ever fetched.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::evidence::decoder::DecodeError;

/// Nesting of elements; RDF nests two a relation.
const DEPTH: usize = 128;
/// Elements one child of the root may hold: an RDF document is often a single one.
const MOST_ELEMENTS: usize = 1_500_000;

/// An element with everything in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name without prefix.
    pub(super) name: Box<str>,
    /// Its attributes by name without prefix; declarations of namespaces and those of XML itself are left out.
    pub(super) attributes: Vec<(Box<str>, String)>,
    /// The text directly in it.
    pub(super) text: String,
    /// The elements directly in it.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.as_str())
    }
}

/// A document whose root has been entered.
pub(super) struct Children<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    is_over: bool,
}

impl<'a> Children<'a> {
    /// Enters the root.
    pub(super) fn of(text: &'a str) -> Result<Self, DecodeError> {
        let mut children = Self { reader: Reader::from_str(text), text, is_over: false };
        loop {
            match children.event()? {
                Event::Start(_) => return Ok(children),
                Event::Empty(_) => {
                    children.is_over = true;
                    return Ok(children);
                }
                Event::Eof => return Err(children.fault("the document has no element")),
                event @ (Event::Text(_)
                | Event::End(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_)) => children.check(&event)?,
            }
        }
    }

    /// The next child of the root, whole; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Element>, DecodeError> {
        let mut open: Vec<Element> = Vec::new();
        let mut elements = 0_usize;
        while !self.is_over {
            let closed = match self.event()? {
                Event::Start(tag) => {
                    open.push(self.element(&tag)?);
                    elements += 1;
                    None
                }
                Event::Empty(tag) => {
                    elements += 1;
                    Some(self.element(&tag)?)
                }
                Event::End(_) => match open.pop() {
                    Some(element) => Some(element),
                    None => {
                        self.is_over = true;
                        None
                    }
                },
                Event::Eof => return Err(self.fault("the document is cut short")),
                event @ (Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_)) => self.content(open.last_mut(), &event)?,
            };
            self.bound(open.len(), elements)?;
            match (closed, open.last_mut()) {
                (Some(element), Some(outer)) => outer.children.push(element),
                (Some(element), None) => return Ok(Some(element)),
                (None, _) => {}
            }
        }
        Ok(None)
    }

    /// What stands between tags: text of the innermost element, or nothing that is used.
    fn content(
        &self,
        inner: Option<&mut Element>,
        event: &Event<'_>,
    ) -> Result<Option<Element>, DecodeError> {
        if let Some(inner) = inner {
            self.add_text(&mut inner.text, event)?;
        }
        self.check(event)?;
        Ok(None)
    }

    fn event(&mut self) -> Result<Event<'a>, DecodeError> {
        self.reader.read_event().map_err(|error| self.fault(&error.to_string()))
    }

    fn bound(&self, depth: usize, elements: usize) -> Result<(), DecodeError> {
        if depth > DEPTH {
            let message = "elements are nested deeper than any SPDX document nests them";
            return Err(DecodeError::at("too-deep", self.place(), message));
        }
        if elements > MOST_ELEMENTS {
            return Err(DecodeError::too_many_records());
        }
        Ok(())
    }

    /// Refuses a document type.
    fn check(&self, event: &Event<'_>) -> Result<(), DecodeError> {
        if matches!(event, Event::DocType(_)) {
            let message = "the document has a document type (`<!DOCTYPE`), through which files could be read and \
                           memory filled; export it without one";
            return Err(DecodeError::at("document-type", self.place(), message));
        }
        Ok(())
    }

    fn element(&self, tag: &BytesStart<'_>) -> Result<Element, DecodeError> {
        let mut element = Element { name: local(tag.local_name().as_ref()), ..Element::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.fault(&error.to_string()))?;
            let prefix = attribute.key.prefix();
            let prefix = prefix.as_ref().map(AsRef::as_ref);
            if attribute.key.as_ref() == b"xmlns" || matches!(prefix, Some(b"xmlns" | b"xml")) {
                continue;
            }
            let value = attribute
                .decoded_and_normalized_value(XmlVersion::Implicit1_0, self.reader.decoder())
                .map_err(|error| self.fault(&error.to_string()))?;
            element.attributes.push((local(attribute.key.local_name().as_ref()), value.into_owned()));
        }
        Ok(element)
    }

    fn add_text(&self, text: &mut String, event: &Event<'_>) -> Result<(), DecodeError> {
        let broken = |error: quick_xml::encoding::EncodingError| self.fault(&error.to_string());
        match event {
            Event::Text(part) => text.push_str(&part.xml10_content().map_err(broken)?),
            Event::CData(part) => text.push_str(&part.xml10_content().map_err(broken)?),
            Event::GeneralRef(reference) => self.resolve(text, reference)?,
            Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::Eof => {}
        }
        Ok(())
    }

    fn resolve(&self, text: &mut String, reference: &BytesRef<'_>) -> Result<(), DecodeError> {
        if let Some(letter) = reference.resolve_char_ref().map_err(|error| self.fault(&error.to_string()))? {
            text.push(letter);
            return Ok(());
        }
        let name = String::from_utf8_lossy(reference);
        match resolve_predefined_entity(&name) {
            Some(known) => text.push_str(known),
            None => return Err(self.fault("an entity is used that XML itself does not have")),
        }
        Ok(())
    }

    fn place(&self) -> String {
        let at = usize::try_from(self.reader.error_position().max(self.reader.buffer_position()));
        let before = self.text.as_bytes().get(..at.unwrap_or(usize::MAX)).unwrap_or(self.text.as_bytes());
        format!("line {}", before.iter().filter(|b| **b == b'\n').count() + 1)
    }

    fn fault(&self, what: &str) -> DecodeError {
        let place = self.place();
        let message = format!("not well-formed XML at {place}: {what}; export the document again");
        DecodeError::at("invalid-xml", place, message)
    }
}

fn local(name: &[u8]) -> Box<str> {
    String::from_utf8_lossy(name).into()
}

/// Name without prefix of the root element, looked for in the beginning only.
pub(super) fn root_name(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes));
    let mut rest = head.trim_start();
    loop {
        let tag = rest.strip_prefix('<')?;
        let end = match tag.as_bytes().first()? {
            b'?' => "?>",
            b'!' if tag.starts_with("!--") => "-->",
            b'!' if tag.find('[').is_some_and(|at| tag.find('>').is_none_or(|end| at < end)) => "]>",
            b'!' => ">",
            _ => {
                let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
                return Some(name.rsplit(':').next().unwrap_or(name).to_owned());
            }
        };
        rest = tag.split_once(end)?.1.trim_start();
    }
}

/// How much of a document is looked at to recognise it.
const HEAD_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<Element>, DecodeError> {
        let mut children = Children::of(text)?;
        let mut seen = Vec::new();
        while let Some(child) = children.next()? {
            seen.push(child);
        }
        Ok(seen)
    }

    #[test]
    fn children_come_one_by_one_with_their_text_put_together() {
        let text = "<?xml version='1.0'?><!-- c --><r:r xmlns:r='u'><r:a r:x='1&amp;2' xml:lang='de'>a&lt;b&#x41;<![CDATA[<c>]]></r:a><b/></r:r>";

        let seen = all(text).unwrap();

        assert_eq!(seen.len(), 2);
        assert_eq!((&*seen[0].name, seen[0].text.as_str()), ("a", "a<bA<c>"));
        assert_eq!((seen[0].attribute("x"), seen[0].attribute("lang")), (Some("1&2"), None));
        assert_eq!(root_name(text.as_bytes()).as_deref(), Some("r"));
    }

    #[test]
    fn a_document_type_foreign_entities_and_broken_documents_are_refused() {
        for (text, code) in [
            ("<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>", "document-type"),
            ("<r><a>&x;</a></r>", "invalid-xml"),
            ("<r><a>", "invalid-xml"),
            ("<r><a></b></r>", "invalid-xml"),
            ("", "invalid-xml"),
            ("<r><a x='1' x='2'/></r>", "invalid-xml"),
        ] {
            assert_eq!(all(text).unwrap_err().code, code, "{text}");
        }
        let deep = format!("<r>{}", "<a>".repeat(200));
        assert_eq!(all(&deep).unwrap_err().code, "too-deep");
    }
}
