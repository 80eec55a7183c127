//! Reads the XML form: rewrites it as the JSON form, element by element, for the one reader that knows all rules.
//!
//! Namespaces are followed wherever they are declared; elements of other vocabularies are left out. Document types
//! are refused, so no entity but XML's own five exists and nothing outside the document is ever looked at.

mod elements;
mod shapes;

use quick_xml::events::{BytesStart, Event};

use crate::evidence::decoder::DecodeError;
use crate::evidence::sbom::cyclonedx::node::Node;
use elements::{Elements, Step};
use shapes::{BOM, Item, LISTS};

/// What the namespaces of all versions begin with.
pub(super) const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// A document rewritten as JSON.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) json: String,
    /// Elements of other vocabularies that were left out.
    pub(super) foreign: u64,
}

/// Whether the outermost element is meant to be a CycloneDX document. Reads no further than that.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'<') {
        return false;
    }
    let mut reader = quick_xml::Reader::from_reader(bytes);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                return start.local_name().as_ref() == b"bom" || is_declared(&start);
            }
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

fn is_declared(start: &BytesStart<'_>) -> bool {
    let mut attributes = start.attributes().flatten();
    attributes.any(|attribute| {
        attribute.key.as_namespace_binding().is_some()
            && attribute.value.starts_with(NAMESPACE.as_bytes())
            && attribute.key.as_ref() == b"xmlns"
    })
}

/// Rewrites a document as JSON.
///
/// # Errors
/// When it is not well-formed, has a document type, or its outermost element is not a CycloneDX `bom`.
pub(super) fn rewrite(text: &str) -> Result<Rewritten, DecodeError> {
    let mut elements = Elements::new(text);
    let (start, namespace) = elements.root()?;
    let version = check_root(&elements, &start, namespace.as_deref())?;
    let mut members =
        vec![("bomFormat", Node::Text("CycloneDX".to_owned())), ("specVersion", Node::Text(version))];
    members.extend(elements.attributes(&start, &BOM)?);
    let mut out = Out::new(text.len());
    for (name, value) in &members {
        out.member(name, value);
    }
    children(&mut elements, &mut out)?;
    loop {
        match elements.next()? {
            Step::End => break,
            Step::Text(text) if text.trim().is_empty() => {}
            Step::Text(_) | Step::Open(..) | Step::Close => {
                return Err(elements.bad("trailing-data", "there is more after the outermost element"));
            }
        }
    }
    Ok(Rewritten { json: out.finish(), foreign: elements.foreign })
}

/// The version the namespace names.
fn check_root(
    elements: &Elements<'_>,
    start: &BytesStart<'_>,
    namespace: Option<&str>,
) -> Result<String, DecodeError> {
    let shorten = |text: &str| text.chars().take(80).collect::<String>();
    let expected = format!("`{NAMESPACE}` and a version");
    if start.local_name().as_ref() != b"bom" {
        let name = shorten(&String::from_utf8_lossy(start.local_name().as_ref()));
        let message = format!("the outermost element is `{name}`; in CycloneDX it is `bom`");
        return Err(elements.bad("wrong-root", &message));
    }
    match namespace {
        Some(uri) => uri.strip_prefix(NAMESPACE).map(str::to_owned).ok_or_else(|| {
            let message = format!("the namespace of `bom` is `{}`; it must be {expected}", shorten(uri));
            elements.bad("wrong-namespace", &message)
        }),
        None => {
            let message = format!("`bom` has no namespace, so its version is unknown; it must be {expected}");
            Err(elements.bad("no-namespace", &message))
        }
    }
}

/// Everything inside the outermost element.
fn children(elements: &mut Elements<'_>, out: &mut Out) -> Result<(), DecodeError> {
    loop {
        match elements.next()? {
            Step::Open(child, true) => {
                let name = child.local_name();
                let list = LISTS.iter().find(|(list, _)| list.as_bytes() == name.as_ref());
                let field = BOM.fields.iter().find(|field| field.name.as_bytes() == name.as_ref());
                if let Some((list, items)) = list {
                    stream(elements, out, list, items)?;
                } else if name.as_ref() == b"dependencies" {
                    dependencies(elements, out)?;
                } else if let Some(field) = field {
                    let value = elements.value(&child, &field.shape)?;
                    out.member(field.member, &value);
                } else {
                    elements.leave_out(true)?;
                }
            }
            Step::Open(child, false) => {
                // an XML signature (W3C xmldsig) has a namespace of its own and belongs to the format all the same
                if child.local_name().as_ref() == b"Signature" {
                    out.member("signature", &Node::Text("xmldsig".to_owned()));
                    elements.skip()?;
                } else {
                    elements.leave_out(false)?;
                }
            }
            Step::Text(_) => {}
            Step::Close => return Ok(()),
            Step::End => return Err(elements.cut_short()),
        }
    }
}

fn stream(elements: &mut Elements<'_>, out: &mut Out, name: &str, items: &[Item]) -> Result<(), DecodeError> {
    out.open(name);
    while let Some(node) = elements.item(items)? {
        out.item(&node);
    }
    out.close();
    Ok(())
}

/// Dependencies nest in XML; in JSON each is an entry of one list.
fn dependencies(elements: &mut Elements<'_>, out: &mut Out) -> Result<(), DecodeError> {
    out.open("dependencies");
    // the references around the one that is read, each with the references of its children
    let mut open: Vec<(String, Vec<Node>)> = Vec::new();
    loop {
        match elements.next()? {
            Step::Open(child, true) if child.local_name().as_ref() == b"dependency" => {
                let reference = elements.attribute(&child, "ref")?.unwrap_or_default();
                if let Some((_, targets)) = open.last_mut() {
                    targets.push(Node::Text(reference.clone()));
                }
                open.push((reference, Vec::new()));
            }
            Step::Open(_, own) => elements.leave_out(own)?,
            Step::Text(_) => {}
            Step::Close => match open.pop() {
                // a leaf inside another one says nothing that its parent has not said
                Some((_, targets)) if targets.is_empty() && !open.is_empty() => {}
                Some((reference, targets)) => out.item(&Node::Object(vec![
                    ("ref", Node::Text(reference)),
                    ("dependsOn", Node::List(targets)),
                ])),
                None => break,
            },
            Step::End => return Err(elements.cut_short()),
        }
    }
    out.close();
    Ok(())
}

/// The JSON text on its way.
struct Out {
    json: Vec<u8>,
    first: bool,
}

impl Out {
    fn new(size: usize) -> Self {
        let mut json = Vec::with_capacity(size);
        json.push(b'{');
        Self { json, first: true }
    }

    fn comma(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.json.push(b',');
        }
    }

    fn name(&mut self, name: &str) {
        self.comma();
        self.json.push(b'"');
        self.json.extend_from_slice(name.as_bytes());
        self.json.extend_from_slice(b"\":");
    }

    fn value(&mut self, value: &Node) {
        // writing text into memory cannot fail
        let _written = serde_json::to_writer(&mut self.json, value).is_ok();
    }

    fn member(&mut self, name: &str, value: &Node) {
        self.name(name);
        self.value(value);
    }

    fn open(&mut self, name: &str) {
        self.name(name);
        self.json.push(b'[');
        self.first = true;
    }

    fn item(&mut self, value: &Node) {
        self.comma();
        self.value(value);
    }

    fn close(&mut self) {
        self.json.push(b']');
        self.first = false;
    }

    fn finish(mut self) -> String {
        self.json.push(b'}');
        String::from_utf8(self.json).unwrap_or_default()
    }
}
