//! The OpenAPI document, made from the route table.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::base::ErrorKind;
use crate::web::access::Need;
use crate::web::problem::title;
use crate::web::{Route, routes, status_of};

/// What every answer carries that counts against a rate.
const RATE: [(&str, &str); 2] = [
    ("RateLimit-Policy", "The limits in force: `q` requests in `w` seconds."),
    ("RateLimit", "What is left of it: `r` requests, all of them again in `t` seconds."),
];

/// The document, made once.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_string())
}

/// The document.
pub fn document() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas: Map<String, Value> = Map::new();
    schemas.insert("Problem".to_owned(), problem());
    let mut groups: Vec<Value> = Vec::new();
    for route in routes() {
        let Some(describe) = route.describe else { continue };
        let described = describe();
        if !groups.iter().any(|g| g["name"] == described.group) {
            groups.push(json!({"name": described.group}));
        }
        schemas.extend(described.schemas.clone());
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(method, operation(route, described));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Attestry",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Compliance evidence, verdicts, software inventories and packs of one installation.",
            "description": "Times are RFC 3339 in UTC. Lists are walked by key: give `next` back as `after`. \
                            Everything that goes wrong is an RFC 9457 problem.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": groups,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token: `att_…`."},
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "attestry-session",
                    "description": "The session of a browser that signed in. What changes something also needs \
                                    `Origin` and `X-CSRF-Token`.",
                },
            },
        },
    })
}

fn operation(route: &Route, described: super::Described) -> Value {
    let mut answers: Map<String, Value> = Map::new();
    for kind in ErrorKind::ALL {
        let status = status_of(kind).as_u16();
        answers.insert(
            status.to_string(),
            json!({"$ref": format!("#/components/responses/{}", name_of(status))}),
        );
    }
    for (status, mut answer) in described.answers {
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("headers".to_owned(), headers(route, status));
        }
        answers.insert(status.to_string(), answer);
    }
    if route.method == Method::GET {
        let known = json!({"description": "What the caller has, named in `If-None-Match`, is still right."});
        answers.insert("304".to_owned(), known);
    }
    let mut operation = json!({
        "operationId": id_of(route),
        "tags": [described.group],
        "summary": described.summary,
        "responses": answers,
        "x-permission": route.need.name(),
        "security": match route.need {
            Need::Nothing => json!([]),
            Need::HalfSignedIn | Need::May(_) | Need::MayFresh(_) => json!([{"token": []}, {"session": []}]),
        },
    });
    if let Some(fields) = operation.as_object_mut() {
        if !described.detail.is_empty() {
            fields.insert("description".to_owned(), described.detail.into());
        }
        if !described.parameters.is_empty() {
            fields.insert("parameters".to_owned(), described.parameters.into());
        }
        fields.extend(described.body.map(|body| ("requestBody".to_owned(), body)));
    }
    operation
}

fn headers(route: &Route, status: u16) -> Value {
    let text = |words: &str| json!({"description": words, "schema": {"type": "string"}});
    let mut headers: Map<String, Value> = Map::new();
    headers.extend(RATE.map(|(name, words)| (name.to_owned(), text(words))));
    if route.method == Method::GET {
        headers.insert("ETag".to_owned(), text("Names this state; give it back in `If-None-Match`."));
    }
    if matches!(status, 201 | 202) && route.method == Method::POST {
        headers.insert("Location".to_owned(), text("Where the outcome is, when there is one."));
    }
    headers.into()
}

/// `GET /api/v1/evidence/{id}/raw` is `get-evidence-id-raw`.
fn id_of(route: &Route) -> String {
    let path = route.path.trim_start_matches("/api/").trim_start_matches("v1/");
    let parts = path.split(['/', '.', '{', '}']).filter(|part| !part.is_empty());
    let method = route.method.as_str().to_lowercase();
    std::iter::once(method.as_str()).chain(parts).collect::<Vec<_>>().join("-")
}

fn name_of(status: u16) -> String {
    format!("Problem{status}")
}

/// One answer for each status something can go wrong with.
fn problems() -> Value {
    let mut all: Map<String, Value> = Map::new();
    for kind in ErrorKind::ALL {
        let status = status_of(kind).as_u16();
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        let answer = json!({
            "description": title(kind),
            "content": {"application/problem+json": {"schema": schema}},
        });
        all.entry(name_of(status)).or_insert(answer);
    }
    all.into()
}

fn problem() -> Value {
    let text = |words: &str| json!({"type": "string", "description": words});
    json!({
        "type": "object",
        "description": "RFC 9457 problem details.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": text("Names the kind of problem, relative to this service."),
            "title": text("The kind in words."),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text("What is wrong, where, and how to mend it."),
            "instance": text("Names this occurrence; the log has it too."),
        },
    })
}
