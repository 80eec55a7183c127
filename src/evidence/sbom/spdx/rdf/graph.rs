//! RDF/XML as nodes and what is said of them, told apart by address (`rdf:about`) or by name (`rdf:nodeID`).
//!
//! RDF 1.1 XML syntax as far as SPDX writers use it: typed node elements, nested or referred to, `rdf:resource`,
//! `rdf:nodeID`, `rdf:ID`, property attributes, `rdf:parseType="Resource"`.

use std::collections::HashMap;

use crate::evidence::sbom::spdx::xml_tree::Element;

/// A node by its place in the graph.
pub(super) type NodeId = usize;

/// What a property says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    /// A text.
    Text(String),
    /// Something known by its address, described in this document or not.
    Address(String),
    /// Something described in this document.
    Node(NodeId),
}

/// Something that is described.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Its class, without namespace.
    pub(super) class: Option<Box<str>>,
    /// Its address, if it has one.
    pub(super) about: Option<String>,
    /// What is said of it, in document order.
    pub(super) properties: Vec<(Box<str>, Object)>,
}

/// What a document describes.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    known: HashMap<String, NodeId>,
}

impl Graph {
    /// Adds a node element with all that is nested in it; what is said of a node in several places is united.
    /// Recursion ends where the tree does, which is built under a limit.
    pub(super) fn add(&mut self, element: &Element) -> NodeId {
        let id = self.place(element);
        if &*element.name != "Description" {
            self.class(id, &element.name);
        }
        for (name, value) in &element.attributes {
            match &**name {
                "about" | "nodeID" | "ID" | "parseType" | "datatype" | "resource" => {}
                "type" => self.class(id, value),
                _ => self.say(id, name, Object::Text(value.clone())),
            }
        }
        for property in &element.children {
            self.property(id, property);
        }
        id
    }

    fn property(&mut self, id: NodeId, property: &Element) {
        if let Some(address) = property.attribute("resource") {
            if &*property.name == "type" {
                self.class(id, address);
            } else {
                self.say(id, &property.name, Object::Address(address.to_owned()));
            }
        } else if property.attribute("nodeID").is_some() {
            let other = self.place(property);
            self.say(id, &property.name, Object::Node(other));
        } else if property.attribute("parseType") == Some("Resource") {
            let other = self.fresh(None);
            property.children.iter().for_each(|inner| self.property(other, inner));
            self.say(id, &property.name, Object::Node(other));
        } else if property.children.is_empty() {
            self.say(id, &property.name, Object::Text(property.text.trim().to_owned()));
        } else {
            for inner in &property.children {
                let other = self.add(inner);
                self.say(id, &property.name, Object::Node(other));
            }
        }
    }

    /// The node an element speaks of.
    fn place(&mut self, element: &Element) -> NodeId {
        let about = element.attribute("about").map(str::to_owned);
        let about = about.or_else(|| element.attribute("ID").map(|id| format!("#{id}")));
        // an address never begins with `_:`, the way blank nodes are written elsewhere
        let key = about.clone().or_else(|| element.attribute("nodeID").map(|name| format!("_:{name}")));
        let Some(key) = key else { return self.fresh(None) };
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = self.fresh(about);
        self.known.insert(key, id);
        id
    }

    fn fresh(&mut self, about: Option<String>) -> NodeId {
        self.nodes.push(Node { about, ..Node::default() });
        self.nodes.len() - 1
    }

    fn class(&mut self, id: NodeId, class: &str) {
        let class = class.rsplit(['#', '/']).next().unwrap_or(class);
        if let Some(node) = self.nodes.get_mut(id) {
            node.class.get_or_insert_with(|| class.into());
        }
    }

    fn say(&mut self, id: NodeId, property: &str, object: Object) {
        if let Some(node) = self.nodes.get_mut(id) {
            node.properties.push((property.into(), object));
        }
    }

    /// Every node, in document order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate()
    }

    /// Every node of a class, in document order.
    pub(super) fn of_class<'a>(&'a self, class: &'a str) -> impl Iterator<Item = (NodeId, &'a Node)> {
        self.nodes().filter(move |(_, node)| node.class.as_deref() == Some(class))
    }

    /// The node of that place.
    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// The node an object stands for, when the document describes it.
    pub(super) fn described(&self, object: &Object) -> Option<(NodeId, &Node)> {
        let id = match object {
            Object::Node(id) => *id,
            Object::Address(address) => *self.known.get(address)?,
            Object::Text(_) => return None,
        };
        self.nodes.get(id).map(|node| (id, node))
    }

    /// The text of an object: what is written, or an address.
    pub(super) fn text<'a>(&'a self, object: &'a Object) -> Option<&'a str> {
        match object {
            Object::Text(text) | Object::Address(text) => Some(text),
            Object::Node(id) => self.nodes.get(*id)?.about.as_deref(),
        }
    }
}

impl Node {
    /// Everything said under that name.
    pub(super) fn all<'a>(&'a self, property: &'a str) -> impl Iterator<Item = &'a Object> {
        self.properties.iter().filter(move |(name, _)| **name == *property).map(|(_, object)| object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::sbom::spdx::xml_tree::Children;

    fn graph(inside: &str) -> Graph {
        let text = format!("<rdf:RDF xmlns:rdf='r' xmlns:s='s'>{inside}</rdf:RDF>");
        let mut children = Children::of(&text).unwrap();
        let mut graph = Graph::default();
        while let Some(child) = children.next().unwrap() {
            graph.add(&child);
        }
        graph
    }

    #[test]
    fn a_node_is_one_however_it_is_referred_to() {
        let graph = graph(
            "<s:A rdf:about='u#a' s:name='n'><s:p rdf:resource='u#b'/><s:q rdf:nodeID='x'/></s:A>\
             <rdf:Description rdf:about='u#b'><rdf:type rdf:resource='s#B'/></rdf:Description>\
             <s:C rdf:nodeID='x'><s:p><s:A rdf:about='u#a'><s:more>1</s:more></s:A></s:p></s:C>\
             <s:D><s:r rdf:parseType='Resource'><s:t>2</s:t></s:r></s:D>",
        );

        let (_, a) = graph.of_class("A").next().unwrap();
        assert_eq!(a.all("name").next(), Some(&Object::Text("n".to_owned())));
        assert_eq!(a.all("more").count(), 1);
        let b = graph.described(a.all("p").next().unwrap()).unwrap().1;
        assert_eq!(b.class.as_deref(), Some("B"));
        let c = graph.described(a.all("q").next().unwrap()).unwrap().1;
        assert_eq!(c.class.as_deref(), Some("C"));
        let (_, d) = graph.of_class("D").next().unwrap();
        let inner = graph.described(d.all("r").next().unwrap()).unwrap().1;
        assert_eq!(inner.all("t").next(), Some(&Object::Text("2".to_owned())));
    }
}
