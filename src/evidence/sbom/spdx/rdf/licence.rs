//! Licences of an RDF document, written as the expressions of the other forms. SPDX 2.3 annex D, `rdf/terms`.

use std::collections::HashSet;

use crate::evidence::sbom::spdx::rdf::graph::{Graph, Node, NodeId, Object};

/// Licences put together into one expression; sets of sets shared many times over would grow without end.
const MOST_PARTS: usize = 1_000;

/// The expression an object stands for; `None` when it says nothing, turns in a circle or is beyond reason.
pub(super) fn expression(graph: &Graph, object: &Object) -> Option<String> {
    let mut writer = Writer { graph, parts: 0, within: HashSet::new() };
    writer.write(object)
}

struct Writer<'a> {
    graph: &'a Graph,
    parts: usize,
    within: HashSet<NodeId>,
}

impl Writer<'_> {
    fn write(&mut self, object: &Object) -> Option<String> {
        self.parts += 1;
        if self.parts > MOST_PARTS || self.within.len() > 32 {
            return None;
        }
        let Some((id, node)) = self.graph.described(object) else {
            let text = match object {
                Object::Text(text) => text.as_str(),
                Object::Address(_) | Object::Node(_) => self.graph.text(object).map(word)?,
            };
            return Some(text.to_owned()).filter(|text| !text.is_empty());
        };
        if !self.within.insert(id) {
            return None;
        }
        let written = match node.class.as_deref().unwrap_or_default() {
            "ConjunctiveLicenseSet" => self.set(node, " AND "),
            "DisjunctiveLicenseSet" => self.set(node, " OR "),
            "OrLaterOperator" => self.member(node, "member").map(|licence| format!("{licence}+")),
            "WithExceptionOperator" => self.with_exception(node),
            _ => self.sole(node),
        };
        self.within.remove(&id);
        written
    }

    fn set(&mut self, node: &Node, word: &str) -> Option<String> {
        let members: Option<Vec<String>> = node.all("member").map(|member| self.write(member)).collect();
        let members = members.filter(|members| !members.is_empty())?;
        Some(format!("({})", members.join(word)))
    }

    fn member(&mut self, node: &Node, property: &str) -> Option<String> {
        node.all(property).next().and_then(|member| self.write(member))
    }

    fn with_exception(&mut self, node: &Node) -> Option<String> {
        let licence = self.member(node, "member")?;
        let exception = node.all("licenseException").next()?;
        let id = match self.graph.described(exception) {
            Some((_, node)) => {
                let id = node.all("licenseExceptionId").next().and_then(|id| self.graph.text(id));
                id.or_else(|| node.about.as_deref().map(word)).map(str::to_owned)
            }
            None => self.graph.text(exception).map(word).map(str::to_owned),
        };
        Some(format!("{licence} WITH {}", id?))
    }

    /// A licence of the list, or of the document's own.
    fn sole(&self, node: &Node) -> Option<String> {
        let id = node.all("licenseId").next().and_then(|id| self.graph.text(id));
        id.or_else(|| node.about.as_deref().map(word)).map(str::to_owned)
    }
}

/// The last part of an address, and the two words that stand for nothing.
pub(super) fn word(address: &str) -> &str {
    match address.rsplit(['#', '/']).next().unwrap_or(address) {
        "noassertion" => "NOASSERTION",
        "none" => "NONE",
        other => other,
    }
}
