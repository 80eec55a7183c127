//! Reads SPDX 2.x in RDF/XML: gathers the graph, then hands over its packages, files and relations one by one, written
//! as the JSON form writes them.

mod graph;
mod licence;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::evidence::decoder::DecodeError;
use crate::evidence::sbom::spdx::mapping::Mapping;
use crate::evidence::sbom::spdx::relation::screaming;
use crate::evidence::sbom::spdx::xml_tree::{Children, root_name};
use crate::evidence::sbom::stream::Flow;

use graph::{Graph, Node, NodeId, Object};
use licence::{expression, word};

/// Whether the root is RDF's and the vocabulary SPDX's.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let head = bytes.get(..64 * 1024).unwrap_or(bytes);
    root_name(bytes).as_deref() == Some("RDF")
        && head.windows(VOCABULARY.len()).any(|window| window == VOCABULARY)
}

const VOCABULARY: &[u8] = b"spdx.org/rdf/terms";

/// Reads a document; its version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Mapping, DecodeError> {
    let mut graph = Graph::default();
    let mut children = Children::of(text)?;
    while let Some(child) = children.next()? {
        graph.add(&child);
    }
    let mut writer = Writer { names: Names::of(&graph), graph: &graph, mapping: Mapping::default() };
    match writer.write() {
        Flow::Continue => Ok(writer.mapping),
        Flow::Stop => Err(DecodeError::too_many_records()),
    }
}

/// How addresses are written as element identifiers.
struct Names {
    /// The document's namespace with its `#`.
    own: String,
    /// Namespaces of other documents with their `#`, and what this one calls them.
    others: Vec<(String, String)>,
}

impl Names {
    fn of(graph: &Graph) -> Self {
        let document = graph.of_class("SpdxDocument").find_map(|(_, node)| node.about.as_deref());
        let own = document.and_then(|about| about.split_once('#')).map_or("", |(namespace, _)| namespace);
        let others = graph.of_class("ExternalDocumentRef").filter_map(|(_, node)| {
            let namespace = node.all("spdxDocument").next().and_then(|object| graph.text(object))?;
            Some((format!("{namespace}#"), document_id(graph, node)?.to_owned()))
        });
        Self { own: format!("{own}#"), others: others.collect() }
    }

    /// The identifier of the other forms: `SPDXRef-a`, `DocumentRef-x:SPDXRef-a`, `NOASSERTION`, or the address.
    fn identifier(&self, address: &str) -> String {
        if let Some(id) = address.strip_prefix(self.own.as_str()).or_else(|| address.strip_prefix('#')) {
            return id.to_owned();
        }
        for (namespace, document) in &self.others {
            if let Some(id) = address.strip_prefix(namespace.as_str()) {
                return format!("{document}:{id}");
            }
        }
        match address.rsplit('#').next() {
            Some(nothing @ ("noassertion" | "none")) => nothing.to_ascii_uppercase(),
            _ => address.to_owned(),
        }
    }
}

/// What the document calls another one.
fn document_id<'a>(graph: &'a Graph, node: &'a Node) -> Option<&'a str> {
    let written = node.all("externalDocumentId").next().and_then(|id| graph.text(id));
    written.or_else(|| node.about.as_deref().map(word))
}

struct Writer<'a> {
    graph: &'a Graph,
    names: Names,
    mapping: Mapping,
}

impl<'a> Writer<'a> {
    fn write(&mut self) -> Flow {
        let graph = self.graph;
        if let Some((_, document)) = graph.of_class("SpdxDocument").next() {
            self.document(document);
        }
        for (_, node) in graph.of_class("ExternalDocumentRef") {
            let value = self.other_document(node);
            self.take("externalDocumentRefs", &value);
        }
        for (_, node) in graph.of_class("ExtractedLicensingInfo") {
            let value = self.extracted(node);
            self.take("hasExtractedLicensingInfos", &value);
        }
        for _ in graph.of_class("Annotation") {
            self.take("annotations", &Value::Null);
        }
        for (id, node) in graph.nodes() {
            let flow = match node.class.as_deref() {
                Some("Package") => self.take("packages", &self.package(id, node)),
                Some("File") => self.take("files", &self.element(id)),
                Some("Snippet") => self.take("snippets", &self.element(id)),
                Some(_) | None => Flow::Continue,
            };
            if flow == Flow::Stop {
                return Flow::Stop;
            }
        }
        self.relations()
    }

    fn take(&mut self, member: &str, value: &Value) -> Flow {
        self.mapping.take(member, value)
    }

    fn document(&mut self, node: &Node) {
        let about = node.about.as_deref().unwrap_or_default();
        let (namespace, id) = about.split_once('#').unwrap_or((about, ""));
        for (member, value) in [
            ("spdxVersion", self.text(node, "specVersion")),
            ("name", self.text(node, "name")),
            ("dataLicense", self.licence(node, "dataLicense")),
            ("SPDXID", Some(id.to_owned())),
            ("documentNamespace", Some(namespace.to_owned())),
        ] {
            self.take(member, &Value::from(value));
        }
        if let Some((_, info)) = node.all("creationInfo").find_map(|object| self.graph.described(object)) {
            let creation = json!({
                "created": self.text(info, "created"),
                "creators": info.all("creator").filter_map(|c| self.graph.text(c)).collect::<Vec<_>>(),
                "licenseListVersion": self.text(info, "licenseListVersion"),
            });
            self.take("creationInfo", &creation);
        }
        for object in node.all("describesPackage") {
            let id = self.identifier(object);
            self.take("documentDescribes", &Value::from(id));
        }
    }

    fn other_document(&self, node: &Node) -> Value {
        let checksum = node.all("checksum").find_map(|object| self.checksum(object));
        json!({
            "externalDocumentId": document_id(self.graph, node),
            "spdxDocument": self.text(node, "spdxDocument"),
            "checksum": checksum,
        })
    }

    fn extracted(&self, node: &Node) -> Value {
        json!({
            "licenseId": self.text(node, "licenseId").or_else(|| node.about.as_deref().map(word).map(str::to_owned)),
            "name": self.text(node, "name"),
            "extractedText": self.text(node, "extractedText"),
            "seeAlsos": node.all("seeAlso").filter_map(|object| self.graph.text(object)).collect::<Vec<_>>(),
        })
    }

    /// A file or snippet.
    fn element(&self, id: NodeId) -> Value {
        json!({"SPDXID": self.identifier(&Object::Node(id))})
    }

    fn package(&self, id: NodeId, node: &Node) -> Value {
        let mut package = Map::new();
        package.insert("SPDXID".to_owned(), Value::from(self.identifier(&Object::Node(id))));
        for member in TEXTS {
            package.insert(member.to_owned(), Value::from(self.text(node, member)));
        }
        for member in ["licenseConcluded", "licenseDeclared"] {
            package.insert(member.to_owned(), Value::from(self.licence(node, member)));
        }
        let purpose = node.all("primaryPackagePurpose").next().and_then(|object| self.graph.text(object));
        let purpose = purpose.map(|text| styled(term(text, "purpose_")));
        package.insert("primaryPackagePurpose".to_owned(), Value::from(purpose));
        let found: Vec<String> =
            node.all("licenseInfoFromFiles").filter_map(|o| expression(self.graph, o)).collect();
        package.insert("licenseInfoFromFiles".to_owned(), Value::from(found));
        let files: Vec<Option<String>> = node.all("hasFile").map(|object| self.identifier(object)).collect();
        package.insert("hasFiles".to_owned(), Value::from(files));
        let checksums: Vec<Value> = node.all("checksum").filter_map(|o| self.checksum(o)).collect();
        package.insert("checksums".to_owned(), Value::from(checksums));
        let references: Vec<Value> = node.all("externalRef").filter_map(|o| self.reference(o)).collect();
        package.insert("externalRefs".to_owned(), Value::from(references));
        Value::Object(package)
    }

    fn checksum(&self, object: &Object) -> Option<Value> {
        let (_, node) = self.graph.described(object)?;
        let algorithm = node.all("algorithm").next().and_then(|object| self.graph.text(object))?;
        let algorithm = algorithm_name(term(algorithm, "checksumAlgorithm_"));
        Some(json!({"algorithm": algorithm, "checksumValue": self.text(node, "checksumValue")}))
    }

    fn reference(&self, object: &Object) -> Option<Value> {
        let (_, node) = self.graph.described(object)?;
        let category = node.all("referenceCategory").next().and_then(|object| self.graph.text(object));
        let category = category.map(|text| styled(term(text, "referenceCategory_")));
        Some(json!({
            "referenceCategory": category,
            "referenceType": self.text(node, "referenceType"),
            "referenceLocator": self.text(node, "referenceLocator"),
            "comment": self.text(node, "comment"),
        }))
    }

    /// Every relation once: those said of an element, then those nobody says.
    fn relations(&mut self) -> Flow {
        let graph = self.graph;
        let mut said = HashSet::new();
        for (id, node) in graph.nodes() {
            for (relation_id, relation) in node.all("relationship").filter_map(|o| graph.described(o)) {
                said.insert(relation_id);
                let from = self.identifier(&Object::Node(id));
                if self.relation(from, relation) == Flow::Stop {
                    return Flow::Stop;
                }
            }
        }
        for (id, relation) in graph.of_class("Relationship") {
            if !said.contains(&id) && self.relation(None, relation) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::Continue
    }

    fn relation(&mut self, from: Option<String>, relation: &'a Node) -> Flow {
        let kind = relation.all("relationshipType").next().and_then(|object| self.graph.text(object));
        let kind = kind.map(|text| screaming(term(text, "relationshipType_")));
        let to = relation.all("relatedSpdxElement").next().and_then(|object| self.identifier(object));
        let value = json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to});
        self.take("relationships", &value)
    }

    /// The identifier of what an object stands for; a node without address has one by its place.
    fn identifier(&self, object: &Object) -> Option<String> {
        match (self.graph.text(object), object) {
            (Some(address), _) => Some(self.names.identifier(address)),
            (None, Object::Node(id)) => self.graph.node(*id).map(|_| format!("_:{id}")),
            (None, Object::Text(_) | Object::Address(_)) => None,
        }
    }

    fn licence(&self, node: &Node, property: &str) -> Option<String> {
        node.all(property).next().and_then(|object| expression(self.graph, object))
    }

    /// The text said under that name; the two addresses that stand for nothing are written as words.
    fn text(&self, node: &Node, property: &str) -> Option<String> {
        let text = node.all(property).next().and_then(|object| self.graph.text(object))?;
        let nothing = text.strip_prefix("http://spdx.org/rdf/terms#").map(word);
        Some(nothing.unwrap_or(text).to_owned())
    }
}

/// Members of a package that are named alike in both forms.
const TEXTS: [&str; 12] = [
    "name",
    "versionInfo",
    "supplier",
    "originator",
    "downloadLocation",
    "homepage",
    "packageFileName",
    "filesAnalyzed",
    "copyrightText",
    "releaseDate",
    "builtDate",
    "validUntilDate",
];

/// The word of the vocabulary an address ends in, without the prefix of its kind.
fn term<'a>(address: &'a str, prefix: &str) -> &'a str {
    let word = address.rsplit(['#', '/']).next().unwrap_or(address);
    word.strip_prefix(prefix).unwrap_or(word)
}

/// `operatingSystem` as the other forms write it: `OPERATING-SYSTEM`.
fn styled(word: &str) -> String {
    screaming(word).replace('_', "-")
}

/// `sha3_256` as the other forms write it: `SHA3-256`.
fn algorithm_name(word: &str) -> String {
    let upper = word.to_ascii_uppercase().replace('_', "-");
    match upper.strip_prefix("BLAKE2B") {
        Some(bits) => format!("BLAKE2b-{}", bits.trim_start_matches('-')),
        None => upper,
    }
}
