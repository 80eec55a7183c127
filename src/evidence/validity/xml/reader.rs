//! Reads an XML document event by event and holds each element against its type.

use std::collections::HashSet;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::model::State;
use super::{OtherAttributes, Type, TypeId, XmlRules};
use crate::evidence::validity::ViolationKind as Kind;
use crate::evidence::validity::judge::digest;
use crate::evidence::validity::violations::{Violations, shown};

/// Attributes of this namespace steer validation itself and may stand anywhere.
const XSI: &[u8] = b"http://www.w3.org/2001/XMLSchema-instance";
/// Deeper documents are not read.
const DEEPEST: usize = 1000;

/// Reads the whole document.
///
/// # Errors
/// When it is not well-formed.
pub(super) fn read(
    rules: &XmlRules,
    root: (&str, &str),
    bytes: &[u8],
    violations: &mut Violations,
) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|e| e.to_string())?;
    let mut reader = NsReader::from_str(text);
    let mut walk = Walk {
        rules,
        root,
        violations,
        open: Vec::new(),
        path: String::new(),
        ids: HashSet::new(),
        done: false,
    };
    loop {
        let event = reader.read_event().map_err(|e| e.to_string())?;
        match event {
            Event::Start(start) => walk.start(&reader, &start)?,
            Event::Empty(start) => {
                walk.start(&reader, &start)?;
                walk.end();
            }
            Event::End(_) => walk.end(),
            Event::Text(text) => walk.text(&text.xml10_content().map_err(|e| e.to_string())?),
            Event::CData(text) => walk.text(&text.xml10_content().map_err(|e| e.to_string())?),
            Event::GeneralRef(reference) => walk.text(&resolved(&reference)?),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            Event::Eof if walk.open.is_empty() && walk.done => return Ok(()),
            Event::Eof => return Err("the document ends before its outermost element does".to_owned()),
        }
    }
}

/// A character reference or one of the five predefined entities; others would need a document type.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(c) = reference.resolve_char_ref().map_err(|e| e.to_string())? {
        return Ok(c.to_string());
    }
    let name = reference.decode().map_err(|e| e.to_string())?;
    let text = resolve_xml_entity(&name).ok_or_else(|| format!("the entity `{name}` is not known"))?;
    Ok(text.to_owned())
}

/// An element whose end has not come yet.
struct Open {
    /// Its type; `None` where anything may stand.
    kind: Option<TypeId>,
    state: State,
    text: String,
    /// The length of the path above it.
    above: usize,
    children: usize,
}

struct Walk<'a> {
    rules: &'a XmlRules,
    root: (&'a str, &'a str),
    violations: &'a mut Violations,
    open: Vec<Open>,
    path: String,
    /// Digests of the identifiers seen.
    ids: HashSet<u64>,
    done: bool,
}

impl Walk<'_> {
    fn start(&mut self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("more than {DEEPEST} elements inside one another"));
        }
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let ours = is_namespace(&namespace, self.root.0.as_bytes())?;
        let name = std::str::from_utf8(local.into_inner()).map_err(|e| e.to_string())?;
        let position = self.open.last_mut().map(|parent| {
            parent.children += 1;
            parent.children
        });
        let kind = self.kind_of(if ours { Some(name) } else { None }, name);
        let above = self.path.len();
        self.path.push('/');
        self.path.push_str(name);
        if let Some(position) = position {
            self.path.push_str(&format!("[{position}]"));
        }
        self.attributes(reader, start, kind)?;
        self.open.push(Open { kind, state: State::default(), text: String::new(), above, children: 0 });
        Ok(())
    }

    /// The type of an element that starts here; `None` where anything may stand.
    fn kind_of(&mut self, ours: Option<&str>, name: &str) -> Option<TypeId> {
        let Some(parent) = self.open.last_mut() else {
            if !self.done && ours == Some(self.root.1) {
                return Some(self.rules.root);
            }
            self.add(Kind::UnknownMember, || {
                format!("the outermost element is <{name}> of another namespace")
            });
            return None;
        };
        let kind = self.rules.kind(parent.kind?);
        if kind.anything {
            return None;
        }
        let model = kind.content.as_ref();
        if let Some(found) = model.and_then(|model| model.step(&mut parent.state, ours)) {
            return found.filter(|id| !self.rules.kind(*id).anything);
        }
        let expected = model.map(|model| model.expected(&parent.state).join(", ")).unwrap_or_default();
        self.add(Kind::UnknownMember, || match expected.as_str() {
            "" => format!("<{name}> may not stand here"),
            names => format!("<{name}> may not stand here, where {names} may follow"),
        });
        None
    }

    fn attributes(
        &mut self,
        reader: &NsReader<&[u8]>,
        start: &BytesStart<'_>,
        kind: Option<TypeId>,
    ) -> Result<(), String> {
        let kind = kind.map(|id| self.rules.kind(id));
        let mut met = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
            let name = self.attribute_name(reader, attribute.key)?;
            if name == Some("bom-ref") && !self.ids.insert(digest(&&*value)) {
                self.add(Kind::Repeated, || format!("the bom-ref {} is used before", shown(&value)));
            }
            if let (Some(kind), Some(name)) = (kind, name) {
                self.attribute(kind, name, &value);
                met.push(name.to_owned());
            } else if let (Some(kind), None) = (kind, name)
                && kind.others == OtherAttributes::None
                && !self.is_xsi(reader, attribute.key)
            {
                self.add(Kind::UnknownMember, || {
                    "an attribute of another namespace may not stand here".to_owned()
                });
            }
        }
        let missing = kind.into_iter().flat_map(|kind| &kind.attributes);
        for (name, _) in missing.filter(|(name, rule)| rule.needed && !met.iter().any(|m| **m == ***name)) {
            self.add(Kind::MissingMember, || format!("the attribute `{name}` is missing"));
        }
        Ok(())
    }

    /// The attribute's name when it belongs to no namespace.
    fn attribute_name<'n>(
        &self,
        reader: &NsReader<&[u8]>,
        key: QName<'n>,
    ) -> Result<Option<&'n str>, String> {
        let (namespace, local) = reader.resolver().resolve_attribute(key);
        match namespace {
            ResolveResult::Unbound => {
                std::str::from_utf8(local.into_inner()).map(Some).map_err(|e| e.to_string())
            }
            ResolveResult::Bound(_) => Ok(None),
            ResolveResult::Unknown(prefix) => {
                Err(format!("the prefix `{}` stands for no namespace", String::from_utf8_lossy(&prefix)))
            }
        }
    }

    fn is_xsi(&self, reader: &NsReader<&[u8]>, key: QName<'_>) -> bool {
        matches!(reader.resolver().resolve_attribute(key).0, ResolveResult::Bound(ns) if ns.into_inner() == XSI)
    }

    fn attribute(&mut self, kind: &Type, name: &str, value: &str) {
        let Some(rule) = kind.attributes.get(name) else {
            if kind.others != OtherAttributes::Any {
                self.add(Kind::UnknownMember, || format!("the attribute `{name}` may not stand here"));
            }
            return;
        };
        if !self.rules.text_fits(rule.value, value) {
            self.add(Kind::BadForm, || format!("the attribute `{name}` may not be {}", shown(value)));
        }
    }

    fn text(&mut self, text: &str) {
        let Some(open) = self.open.last_mut() else { return };
        // text is kept only where it is judged, or where there may be none
        if open.kind.is_some() {
            open.text.push_str(text);
        }
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.done |= self.open.is_empty();
        if let Some(kind) = open.kind.map(|id| (id, self.rules.kind(id))).filter(|(_, kind)| !kind.anything) {
            self.content_ends(&open, kind);
        }
        self.path.truncate(open.above);
    }

    fn content_ends(&mut self, open: &Open, (id, kind): (TypeId, &Type)) {
        let judged = if kind.is_simple() { Some(id) } else { kind.text };
        if let Some(id) = judged {
            if !self.rules.text_fits(id, &open.text) {
                self.add(Kind::BadForm, || format!("the text may not be {}", shown(&open.text)));
            }
            return;
        }
        if !kind.mixed && !open.text.trim_matches([' ', '\t', '\n', '\r']).is_empty() {
            self.add(Kind::WrongType, || {
                format!("the text {} stands where elements are wanted", shown(&open.text))
            });
        }
        if let Some(model) = kind.content.as_ref().filter(|model| !model.may_end(&open.state)) {
            let expected = model.expected(&open.state).join(", ");
            self.add(Kind::MissingMember, || format!("a child element is missing: {expected}"));
        }
    }

    fn add(&mut self, kind: Kind, message: impl FnOnce() -> String) {
        let path = &self.path;
        self.violations.add(kind, || (path.clone(), message()));
    }
}

fn is_namespace(found: &ResolveResult<'_>, wanted: &[u8]) -> Result<bool, String> {
    match found {
        ResolveResult::Bound(namespace) => Ok(namespace.into_inner() == wanted),
        ResolveResult::Unbound => Ok(false),
        ResolveResult::Unknown(prefix) => {
            Err(format!("the prefix `{}` stands for no namespace", String::from_utf8_lossy(prefix)))
        }
    }
}
