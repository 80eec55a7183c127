//! Components, services and what hangs on them. Field numbers of bom-1.3.proto to bom-1.7.proto; other fields are skipped.

use prost::Message;
use serde::Serialize;

use super::write;

/// `Component`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    #[prost(int32, tag = "1")]
    #[serde(rename = "type", serialize_with = "write::component_type")]
    kind: i32,
    #[prost(string, tag = "2")]
    #[serde(rename = "mime-type")]
    mime_type: String,
    #[prost(string, tag = "3")]
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[prost(message, optional, tag = "4")]
    supplier: Option<Organisation>,
    #[prost(string, tag = "5")]
    author: String,
    #[prost(string, tag = "6")]
    publisher: String,
    #[prost(string, tag = "7")]
    group: String,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(string, tag = "9")]
    version: String,
    #[prost(int32, tag = "11")]
    #[serde(serialize_with = "write::scope")]
    scope: i32,
    #[prost(message, repeated, tag = "12")]
    hashes: Vec<Hash>,
    #[prost(message, repeated, tag = "13")]
    licenses: Vec<LicenceChoice>,
    #[prost(string, tag = "14")]
    copyright: String,
    #[prost(string, tag = "15")]
    cpe: String,
    #[prost(string, tag = "16")]
    purl: String,
    #[prost(message, optional, tag = "17")]
    swid: Option<Swid>,
    #[prost(bool, optional, tag = "18")]
    modified: Option<bool>,
    #[prost(message, optional, tag = "19")]
    pedigree: Option<Pedigree>,
    #[prost(message, repeated, tag = "20")]
    external_references: Vec<Reference>,
    #[prost(message, repeated, tag = "21")]
    components: Vec<Self>,
    #[prost(message, repeated, tag = "22")]
    properties: Vec<Property>,
    #[prost(message, optional, tag = "23")]
    evidence: Option<Evidence>,
    #[prost(message, optional, tag = "28")]
    manufacturer: Option<Organisation>,
    #[prost(message, repeated, tag = "29")]
    authors: Vec<Contact>,
    #[prost(string, repeated, tag = "31")]
    omnibor_id: Vec<String>,
    #[prost(string, repeated, tag = "32")]
    swhid: Vec<String>,
    #[prost(string, tag = "33")]
    version_range: String,
    #[prost(bool, optional, tag = "34")]
    is_external: Option<bool>,
}

/// `OrganizationalEntity`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Organisation {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, repeated, tag = "2")]
    url: Vec<String>,
    #[prost(message, repeated, tag = "3")]
    contact: Vec<Contact>,
}

/// `OrganizationalContact`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Contact {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    email: String,
    #[prost(string, tag = "3")]
    phone: String,
}

/// `Hash`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Hash {
    #[prost(int32, tag = "1")]
    #[serde(rename = "alg", serialize_with = "write::algorithm")]
    algorithm: i32,
    #[prost(string, tag = "2")]
    #[serde(rename = "content")]
    value: String,
}

/// `LicenseChoice`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct LicenceChoice {
    #[prost(message, optional, tag = "1")]
    pub(super) license: Option<Licence>,
    #[prost(string, tag = "2")]
    pub(super) expression: String,
    #[prost(int32, tag = "3")]
    pub(super) acknowledgement: i32,
    #[prost(message, optional, tag = "5")]
    pub(super) detailed: Option<DetailedExpression>,
}

/// `LicenseExpressionDetailed`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct DetailedExpression {
    #[prost(string, tag = "1")]
    pub(super) expression: String,
    #[prost(int32, tag = "4")]
    pub(super) acknowledgement: i32,
}

/// `License`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Licence {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, optional, tag = "3")]
    text: Option<Attachment>,
    #[prost(string, tag = "4")]
    url: String,
    #[prost(int32, tag = "8")]
    #[serde(serialize_with = "write::acknowledgement")]
    acknowledgement: i32,
}

/// `AttachedText`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Attachment {
    #[prost(string, tag = "2")]
    encoding: String,
    #[prost(string, tag = "3")]
    #[serde(rename = "content")]
    value: String,
}

/// `ExternalReference`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Reference {
    #[prost(int32, tag = "1")]
    #[serde(rename = "type", serialize_with = "write::reference_type")]
    kind: i32,
    #[prost(string, tag = "2")]
    url: String,
    #[prost(string, tag = "3")]
    comment: String,
    #[prost(message, repeated, tag = "4")]
    hashes: Vec<Hash>,
}

/// `Property`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Property {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

/// `Swid`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Swid {
    #[prost(string, tag = "1")]
    tag_id: String,
}

/// `Pedigree`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Pedigree {
    #[prost(message, repeated, tag = "1")]
    ancestors: Vec<Component>,
    #[prost(message, repeated, tag = "2")]
    descendants: Vec<Component>,
    #[prost(message, repeated, tag = "3")]
    variants: Vec<Component>,
    #[prost(message, repeated, tag = "4")]
    commits: Vec<Commit>,
    #[prost(message, repeated, tag = "5")]
    patches: Vec<Patch>,
    #[prost(string, tag = "6")]
    notes: String,
}

/// `Commit`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Commit {
    #[prost(string, tag = "1")]
    uid: String,
    #[prost(string, tag = "2")]
    url: String,
}

/// `Patch`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Patch {
    #[prost(int32, tag = "1")]
    #[serde(rename = "type", serialize_with = "write::patch_type")]
    kind: i32,
    #[prost(message, optional, tag = "2")]
    diff: Option<Diff>,
    #[prost(message, repeated, tag = "3")]
    resolves: Vec<Issue>,
}

/// `Diff`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Diff {
    #[prost(string, tag = "2")]
    url: String,
}

/// `Issue`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Issue {
    #[prost(int32, tag = "1")]
    #[serde(rename = "type", serialize_with = "write::issue_type")]
    kind: i32,
    #[prost(string, tag = "2")]
    id: String,
}

/// `Evidence`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Evidence {
    #[prost(message, repeated, tag = "1")]
    licenses: Vec<LicenceChoice>,
    #[prost(message, repeated, tag = "2")]
    copyright: Vec<Copyright>,
    #[prost(message, repeated, tag = "3")]
    identity: Vec<Identity>,
    #[prost(message, repeated, tag = "4")]
    occurrences: Vec<Occurrence>,
    #[prost(message, optional, tag = "5")]
    callstack: Option<Callstack>,
}

/// `EvidenceCopyright`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Copyright {
    #[prost(string, tag = "1")]
    text: String,
}

/// `EvidenceIdentity`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    #[prost(int32, tag = "1")]
    #[serde(serialize_with = "write::evidence_field")]
    field: i32,
    #[prost(float, optional, tag = "2")]
    confidence: Option<f32>,
    #[prost(message, repeated, tag = "3")]
    methods: Vec<Method>,
    #[prost(string, tag = "5")]
    concluded_value: String,
}

/// `EvidenceMethods`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Method {
    #[prost(int32, tag = "1")]
    #[serde(serialize_with = "write::technique")]
    technique: i32,
}

/// `EvidenceOccurrences`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Occurrence {
    #[prost(string, tag = "2")]
    location: String,
    #[prost(int32, optional, tag = "3")]
    line: Option<i32>,
}

/// `Callstack`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Callstack {
    #[prost(message, repeated, tag = "1")]
    frames: Vec<Frame>,
}

/// `Callstack.Frames`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Frame {
    #[prost(string, tag = "2")]
    module: String,
}

/// `Service`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Service {
    #[prost(string, tag = "1")]
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[prost(message, optional, tag = "2")]
    provider: Option<Organisation>,
    #[prost(string, tag = "3")]
    group: String,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, tag = "5")]
    version: String,
    #[prost(string, repeated, tag = "7")]
    endpoints: Vec<String>,
    #[prost(bool, optional, tag = "8")]
    authenticated: Option<bool>,
    #[prost(bool, optional, tag = "9")]
    #[serde(rename = "x-trust-boundary")]
    trust_boundary: Option<bool>,
    #[prost(message, repeated, tag = "10")]
    data: Vec<Flow>,
    #[prost(message, repeated, tag = "11")]
    licenses: Vec<LicenceChoice>,
    #[prost(message, repeated, tag = "12")]
    external_references: Vec<Reference>,
    #[prost(message, repeated, tag = "13")]
    services: Vec<Self>,
    #[prost(message, repeated, tag = "14")]
    properties: Vec<Property>,
}

/// `DataFlow`, until 1.4 `DataClassification`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Flow {
    #[prost(int32, tag = "1")]
    #[serde(serialize_with = "write::flow")]
    flow: i32,
    #[prost(string, tag = "2")]
    #[serde(rename = "classification")]
    value: String,
}

/// `Tool`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tool {
    #[prost(string, tag = "1")]
    vendor: String,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(string, tag = "3")]
    version: String,
    #[prost(message, repeated, tag = "5")]
    external_references: Vec<Reference>,
    #[prost(message, repeated, tag = "6")]
    #[serde(skip)]
    pub(super) components: Vec<Component>,
    #[prost(message, repeated, tag = "7")]
    #[serde(skip)]
    pub(super) services: Vec<Service>,
}
