//! The reference of the HTTP API as a page.

use serde::Serialize;

use crate::report::view::{Crumb, PageView};

/// The reference.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApiPage {
    /// Where the service is reached.
    pub address: String,
    /// A first request to try.
    pub example: String,
    /// The operations, by group.
    pub groups: Vec<ApiGroup>,
    /// The schemas they refer to.
    pub schemas: Vec<ApiSchema>,
}

/// Operations that belong together.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApiGroup {
    /// Its name.
    pub name: String,
    /// The name as it stands in addresses.
    pub anchor: String,
    /// The operations.
    pub operations: Vec<ApiOperation>,
}

/// One operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApiOperation {
    /// Its name, and its place on the page.
    pub id: String,
    /// HTTP method.
    pub method: String,
    /// Path pattern.
    pub path: String,
    /// In a few words.
    pub summary: String,
    /// In more words.
    pub detail: String,
    /// The permission it asks for.
    pub permission: String,
    /// What it takes beside a body.
    pub parameters: Vec<ApiField>,
    /// What its body is; empty for none.
    pub body: Vec<ApiField>,
    /// What it answers when all goes well.
    pub answers: Vec<ApiField>,
    /// The request with curl.
    pub curl: String,
}

/// A parameter, an answer or a property.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApiField {
    /// Its name.
    pub name: String,
    /// Where it stands: path, query, header; empty for properties.
    pub place: String,
    /// Its type in words.
    pub shape: String,
    /// The schema it refers to; empty for none.
    pub schema: String,
    /// Whether it must be given, or is always there.
    pub required: bool,
    /// What it is.
    pub words: String,
}

/// One schema.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApiSchema {
    /// Its name.
    pub name: String,
    /// What it is.
    pub words: String,
    /// Its properties.
    pub fields: Vec<ApiField>,
}

impl PageView for ApiPage {
    const TEMPLATE: &'static str = "api";

    fn tab(&self) -> String {
        "API".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("API")]
    }
}
