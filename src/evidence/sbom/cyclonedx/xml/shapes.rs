//! Which JSON value each element of the XML form is. CycloneDX XML schema 1.0 to 1.7, the parts that are read.

/// What an element becomes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Its text.
    Text,
    /// Its attribute `ref`.
    Reference,
    /// An object.
    Object(&'static Object),
    /// A list of its children.
    List(&'static [Item]),
    /// One element of a list that has no element of its own around it.
    Many(&'static Self),
    /// Members of the object around it.
    Splice(&'static Object),
}

/// An element that becomes an object.
#[derive(Debug)]
pub(super) struct Object {
    /// The member that takes the element's own text, where it has any.
    pub(super) text: Option<&'static str>,
    /// Children and attributes that are read.
    pub(super) fields: &'static [Field],
}

/// A child or attribute of an [`Object`].
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in XML.
    pub(super) name: &'static str,
    /// Its name in JSON.
    pub(super) member: &'static str,
    /// What it becomes.
    pub(super) shape: Shape,
}

/// A child of a list.
#[derive(Debug)]
pub(super) struct Item {
    /// Its name in XML.
    pub(super) name: &'static str,
    /// The only member of the object around it in JSON, where there is one.
    pub(super) wrap: Option<&'static str>,
    /// What it becomes.
    pub(super) shape: Shape,
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, member: name, shape }
}

const fn text(name: &'static str) -> Field {
    field(name, Shape::Text)
}

const fn as_member(name: &'static str, member: &'static str, shape: Shape) -> Field {
    Field { name, member, shape }
}

const fn item(name: &'static str, shape: Shape) -> Item {
    Item { name, wrap: None, shape }
}

const fn object(fields: &'static [Field]) -> Object {
    Object { text: None, fields }
}

const fn with_text(member: &'static str, fields: &'static [Field]) -> Object {
    Object { text: Some(member), fields }
}

/// The children of the document that are lists of records, streamed one by one.
pub(super) static LISTS: [(&str, &[Item]); 4] = [
    ("components", COMPONENTS),
    ("services", SERVICES),
    ("compositions", &[item("composition", Shape::Object(&COMPOSITION))]),
    ("vulnerabilities", &[item("vulnerability", Shape::Object(&VULNERABILITY))]),
];

/// The other children of the document that are read, and its attributes.
pub(super) static BOM: Object = object(&[
    text("serialNumber"),
    text("version"),
    field("metadata", Shape::Object(&METADATA)),
    field("externalReferences", Shape::List(REFERENCES)),
    field("properties", Shape::List(PROPERTIES)),
]);

static COMPONENTS: &[Item] = &[item("component", Shape::Object(&COMPONENT))];
static SERVICES: &[Item] = &[item("service", Shape::Object(&SERVICE))];
static PROPERTIES: &[Item] = &[item("property", Shape::Object(&PROPERTY))];
static REFERENCES: &[Item] = &[item("reference", Shape::Object(&REFERENCE))];
static HASHES: &[Item] = &[item("hash", Shape::Object(&HASH))];
static AUTHORS: &[Item] = &[item("author", Shape::Object(&CONTACT))];
static LICENCES: &[Item] = &[
    Item { name: "license", wrap: Some("license"), shape: Shape::Object(&LICENCE) },
    item("expression", Shape::Object(&EXPRESSION)),
    item("expression-detailed", Shape::Object(&object(&[text("expression"), text("acknowledgement")]))),
];

static PROPERTY: Object = with_text("value", &[text("name")]);
static HASH: Object = with_text("content", &[text("alg")]);
static CONTACT: Object = object(&[text("name"), text("email"), text("phone")]);
static ATTACHMENT: Object = with_text("content", &[text("encoding")]);
static EXPRESSION: Object = with_text("expression", &[text("acknowledgement")]);
static SOURCE: Object = object(&[text("name"), text("url")]);

static LICENCE: Object = object(&[
    text("id"),
    text("name"),
    field("text", Shape::Object(&ATTACHMENT)),
    text("url"),
    text("acknowledgement"),
]);

static ORGANISATION: Object = object(&[
    text("name"),
    field("url", Shape::Many(&Shape::Text)),
    field("contact", Shape::Many(&Shape::Object(&CONTACT))),
]);

static REFERENCE: Object =
    object(&[text("type"), text("url"), text("comment"), field("hashes", Shape::List(HASHES))]);

static METADATA: Object = object(&[
    text("timestamp"),
    field(
        "lifecycles",
        Shape::List(&[item("lifecycle", Shape::Object(&object(&[text("phase"), text("name")])))]),
    ),
    field("tools", Shape::Object(&TOOLS)),
    field("authors", Shape::List(AUTHORS)),
    field("component", Shape::Object(&COMPONENT)),
    field("manufacture", Shape::Object(&ORGANISATION)),
    field("manufacturer", Shape::Object(&ORGANISATION)),
    field("supplier", Shape::Object(&ORGANISATION)),
    field("licenses", Shape::List(LICENCES)),
    field("properties", Shape::List(PROPERTIES)),
]);

/// Tools of every version in the form of the later ones.
static TOOLS: Object = object(&[
    as_member("tool", "components", Shape::Many(&Shape::Object(&TOOL))),
    field("components", Shape::List(&[item("component", Shape::Object(&TOOL))])),
    field("services", Shape::List(&[item("service", Shape::Object(&TOOL))])),
]);

static TOOL: Object = object(&[
    text("vendor"),
    field("supplier", Shape::Object(&ORGANISATION)),
    field("manufacturer", Shape::Object(&ORGANISATION)),
    field("provider", Shape::Object(&ORGANISATION)),
    text("publisher"),
    text("author"),
    text("name"),
    text("version"),
    field("externalReferences", Shape::List(REFERENCES)),
]);

static COMPONENT: Object = object(&[
    text("bom-ref"),
    text("type"),
    text("mime-type"),
    text("isExternal"),
    field("supplier", Shape::Object(&ORGANISATION)),
    field("manufacturer", Shape::Object(&ORGANISATION)),
    field("authors", Shape::List(AUTHORS)),
    text("author"),
    text("publisher"),
    text("group"),
    text("name"),
    text("version"),
    text("versionRange"),
    text("scope"),
    field("hashes", Shape::List(HASHES)),
    field("licenses", Shape::List(LICENCES)),
    text("copyright"),
    text("cpe"),
    text("purl"),
    field("omniborId", Shape::Many(&Shape::Text)),
    field("swhid", Shape::Many(&Shape::Text)),
    field("swid", Shape::Object(&object(&[text("tagId")]))),
    text("modified"),
    field("pedigree", Shape::Object(&PEDIGREE)),
    field("externalReferences", Shape::List(REFERENCES)),
    field("properties", Shape::List(PROPERTIES)),
    field("evidence", Shape::Object(&EVIDENCE)),
    field("components", Shape::List(COMPONENTS)),
]);

static PEDIGREE: Object = object(&[
    field("ancestors", Shape::List(RELATIVES)),
    field("descendants", Shape::List(RELATIVES)),
    field("variants", Shape::List(RELATIVES)),
    field("commits", Shape::List(&[item("commit", Shape::Object(&object(&[text("uid"), text("url")])))])),
    field("patches", Shape::List(&[item("patch", Shape::Object(&PATCH))])),
    text("notes"),
]);

static RELATIVES: &[Item] = &[item(
    "component",
    Shape::Object(&object(&[
        text("type"),
        text("group"),
        text("name"),
        text("version"),
        text("purl"),
        text("cpe"),
    ])),
)];

static PATCH: Object = object(&[
    text("type"),
    field("diff", Shape::Object(&object(&[text("url")]))),
    field("resolves", Shape::List(&[item("issue", Shape::Object(&object(&[text("type"), text("id")])))])),
]);

static EVIDENCE: Object = object(&[
    field("identity", Shape::Many(&Shape::Object(&IDENTITY))),
    field(
        "occurrences",
        Shape::List(&[item("occurrence", Shape::Object(&object(&[text("location"), text("line")])))]),
    ),
    field("callstack", Shape::Object(&CALLSTACK)),
    field("licenses", Shape::List(LICENCES)),
    field("copyright", Shape::List(&[item("text", Shape::Text)])),
]);

static IDENTITY: Object = object(&[
    text("field"),
    text("confidence"),
    text("concludedValue"),
    field("methods", Shape::List(&[item("method", Shape::Object(&object(&[text("technique")])))])),
]);

static CALLSTACK: Object =
    object(&[field("frames", Shape::List(&[item("frame", Shape::Object(&object(&[text("module")])))]))]);

static SERVICE: Object = object(&[
    text("bom-ref"),
    field("provider", Shape::Object(&ORGANISATION)),
    text("group"),
    text("name"),
    text("version"),
    field("endpoints", Shape::List(&[item("endpoint", Shape::Text)])),
    text("authenticated"),
    text("x-trust-boundary"),
    field(
        "data",
        Shape::List(&[
            item("classification", Shape::Object(&CLASSIFICATION)),
            item(
                "dataflow",
                Shape::Object(&object(&[field("classification", Shape::Splice(&CLASSIFICATION))])),
            ),
        ]),
    ),
    field("licenses", Shape::List(LICENCES)),
    field("externalReferences", Shape::List(REFERENCES)),
    field("properties", Shape::List(PROPERTIES)),
    field("services", Shape::List(SERVICES)),
]);

static CLASSIFICATION: Object = with_text("classification", &[text("flow")]);

static COMPOSITION: Object = object(&[
    text("aggregate"),
    field("assemblies", Shape::List(&[item("assembly", Shape::Reference)])),
    field("dependencies", Shape::List(&[item("dependency", Shape::Reference)])),
    field("vulnerabilities", Shape::List(&[item("vulnerability", Shape::Reference)])),
]);

static VULNERABILITY: Object = object(&[
    text("bom-ref"),
    text("id"),
    field("source", Shape::Object(&SOURCE)),
    field(
        "references",
        Shape::List(&[item(
            "reference",
            Shape::Object(&object(&[text("id"), field("source", Shape::Object(&SOURCE))])),
        )]),
    ),
    field("ratings", Shape::List(&[item("rating", Shape::Object(&RATING))])),
    field("cwes", Shape::List(&[item("cwe", Shape::Text)])),
    text("description"),
    text("detail"),
    text("recommendation"),
    text("workaround"),
    field(
        "advisories",
        Shape::List(&[item("advisory", Shape::Object(&object(&[text("title"), text("url")])))]),
    ),
    text("created"),
    text("published"),
    text("updated"),
    text("rejected"),
    field("analysis", Shape::Object(&ANALYSIS)),
    field("affects", Shape::List(&[item("target", Shape::Object(&TARGET))])),
    field("properties", Shape::List(PROPERTIES)),
]);

static RATING: Object = object(&[
    field("source", Shape::Object(&SOURCE)),
    text("score"),
    text("severity"),
    text("method"),
    text("vector"),
    text("justification"),
]);

static ANALYSIS: Object = object(&[
    text("state"),
    text("justification"),
    as_member("responses", "response", Shape::List(&[item("response", Shape::Text)])),
    text("detail"),
    text("firstIssued"),
    text("lastUpdated"),
]);

static TARGET: Object = object(&[
    text("ref"),
    field(
        "versions",
        Shape::List(&[item(
            "version",
            Shape::Object(&object(&[text("version"), text("range"), text("status")])),
        )]),
    ),
]);
