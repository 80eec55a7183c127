//! The document, what it says of itself, and vulnerabilities. Field numbers of bom-1.3.proto to bom-1.7.proto.

use prost::Message;
use serde::Serialize;

use super::component::{Component, Contact, LicenceChoice, Organisation, Property, Reference, Service, Tool};
use super::write;

/// `Bom`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bom {
    #[prost(string, tag = "1")]
    spec_version: String,
    #[prost(int32, optional, tag = "2")]
    version: Option<i32>,
    #[prost(string, tag = "3")]
    serial_number: String,
    #[prost(message, optional, tag = "4")]
    metadata: Option<Metadata>,
    #[prost(message, repeated, tag = "5")]
    components: Vec<Component>,
    #[prost(message, repeated, tag = "6")]
    services: Vec<Service>,
    #[prost(message, repeated, tag = "7")]
    external_references: Vec<Reference>,
    #[prost(message, repeated, tag = "8")]
    #[serde(serialize_with = "write::dependencies")]
    dependencies: Vec<Dependency>,
    #[prost(message, repeated, tag = "9")]
    compositions: Vec<Composition>,
    #[prost(message, repeated, tag = "10")]
    vulnerabilities: Vec<Vulnerability>,
    #[prost(message, repeated, tag = "12")]
    properties: Vec<Property>,
}

/// `google.protobuf.Timestamp`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(super) nanos: i32,
}

/// `Metadata`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Metadata {
    #[prost(message, optional, tag = "1")]
    timestamp: Option<Timestamp>,
    #[prost(message, repeated, tag = "2")]
    #[serde(serialize_with = "write::tools")]
    tools: Vec<Tool>,
    #[prost(message, repeated, tag = "3")]
    authors: Vec<Contact>,
    #[prost(message, optional, tag = "4")]
    component: Option<Component>,
    #[prost(message, optional, tag = "5")]
    manufacture: Option<Organisation>,
    #[prost(message, optional, tag = "6")]
    supplier: Option<Organisation>,
    #[prost(message, repeated, tag = "7")]
    licenses: Vec<LicenceChoice>,
    #[prost(message, repeated, tag = "8")]
    properties: Vec<Property>,
    #[prost(message, repeated, tag = "9")]
    lifecycles: Vec<Lifecycle>,
    #[prost(message, optional, tag = "10")]
    manufacturer: Option<Organisation>,
}

/// `Lifecycles`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Lifecycle {
    #[prost(int32, optional, tag = "1")]
    #[serde(serialize_with = "write::phase")]
    phase: Option<i32>,
    #[prost(string, tag = "2")]
    name: String,
}

/// `Dependency`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Dependency {
    #[prost(string, tag = "1")]
    pub(super) reference: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) dependencies: Vec<Self>,
}

/// `Composition`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Composition {
    #[prost(int32, tag = "1")]
    #[serde(serialize_with = "write::aggregate")]
    aggregate: i32,
    #[prost(string, repeated, tag = "2")]
    assemblies: Vec<String>,
    #[prost(string, repeated, tag = "3")]
    dependencies: Vec<String>,
    #[prost(string, repeated, tag = "4")]
    vulnerabilities: Vec<String>,
}

/// `Vulnerability`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Vulnerability {
    #[prost(string, tag = "1")]
    #[serde(rename = "bom-ref")]
    bom_ref: String,
    #[prost(string, tag = "2")]
    id: String,
    #[prost(message, optional, tag = "3")]
    source: Option<Source>,
    #[prost(message, repeated, tag = "4")]
    references: Vec<Related>,
    #[prost(message, repeated, tag = "5")]
    ratings: Vec<Rating>,
    #[prost(int32, repeated, tag = "6")]
    cwes: Vec<i32>,
    #[prost(string, tag = "7")]
    description: String,
    #[prost(string, tag = "8")]
    detail: String,
    #[prost(string, tag = "9")]
    recommendation: String,
    #[prost(message, repeated, tag = "10")]
    advisories: Vec<Advisory>,
    #[prost(message, optional, tag = "11")]
    created: Option<Timestamp>,
    #[prost(message, optional, tag = "12")]
    published: Option<Timestamp>,
    #[prost(message, optional, tag = "13")]
    updated: Option<Timestamp>,
    #[prost(message, optional, tag = "16")]
    analysis: Option<Analysis>,
    #[prost(message, repeated, tag = "17")]
    affects: Vec<Affected>,
    #[prost(message, repeated, tag = "18")]
    properties: Vec<Property>,
    #[prost(message, optional, tag = "19")]
    rejected: Option<Timestamp>,
    #[prost(string, tag = "21")]
    workaround: String,
}

/// `Source`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Source {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    url: String,
}

/// `VulnerabilityReference`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Related {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(message, optional, tag = "2")]
    source: Option<Source>,
}

/// `VulnerabilityRating`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Rating {
    #[prost(message, optional, tag = "1")]
    source: Option<Source>,
    #[prost(double, optional, tag = "2")]
    score: Option<f64>,
    #[prost(int32, tag = "3")]
    #[serde(serialize_with = "write::severity")]
    severity: i32,
    #[prost(int32, tag = "4")]
    #[serde(serialize_with = "write::method")]
    method: i32,
    #[prost(string, tag = "5")]
    vector: String,
    #[prost(string, tag = "6")]
    justification: String,
}

/// `Advisory`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Advisory {
    #[prost(string, tag = "1")]
    title: String,
    #[prost(string, tag = "2")]
    url: String,
}

/// `VulnerabilityAnalysis`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Analysis {
    #[prost(int32, tag = "1")]
    #[serde(serialize_with = "write::state")]
    state: i32,
    #[prost(int32, tag = "2")]
    #[serde(serialize_with = "write::justification")]
    justification: i32,
    #[prost(int32, repeated, tag = "3")]
    #[serde(serialize_with = "write::responses")]
    response: Vec<i32>,
    #[prost(string, tag = "4")]
    detail: String,
    #[prost(message, optional, tag = "5")]
    first_issued: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    last_updated: Option<Timestamp>,
}

/// `VulnerabilityAffects`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Affected {
    #[prost(string, tag = "1")]
    #[serde(rename = "ref")]
    reference: String,
    #[prost(message, repeated, tag = "2")]
    versions: Vec<Version>,
}

/// `VulnerabilityAffectedVersions`.
#[derive(Clone, PartialEq, Message, Serialize)]
pub(super) struct Version {
    #[prost(string, tag = "1")]
    version: String,
    #[prost(string, tag = "2")]
    range: String,
    #[prost(int32, optional, tag = "3")]
    #[serde(serialize_with = "write::status")]
    status: Option<i32>,
}
