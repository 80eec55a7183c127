//! The reference page, read out of the OpenAPI document.

use serde_json::{Map, Value};

use crate::report::view::{ApiField, ApiGroup, ApiOperation, ApiPage, ApiSchema};

/// The page of a document, for a service at that address.
pub fn page(document: &Value, address: &str) -> ApiPage {
    let names = list(&document["tags"]).iter().map(|tag| text(&tag["name"]));
    let mut groups: Vec<ApiGroup> = names
        .map(|name| ApiGroup { anchor: name.to_lowercase().replace(' ', "-"), name, operations: Vec::new() })
        .collect();
    for (path, methods) in fields(&document["paths"]) {
        for (method, operation) in fields(methods) {
            let name = text(&operation["tags"][0]);
            if let Some(group) = groups.iter_mut().find(|g| g.name == name) {
                group.operations.push(operation_of((method, path), operation, address));
            }
        }
    }
    ApiPage {
        example: format!("curl -H \"Authorization: Bearer $ATTESTRY_TOKEN\" {address}/api/v1/overview"),
        address: address.to_owned(),
        groups,
        schemas: fields(&document["components"]["schemas"]).map(|(name, s)| schema(name, s)).collect(),
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn operation_of((method, path): (&str, &str), operation: &Value, address: &str) -> ApiOperation {
    let method = method.to_uppercase();
    let media = |content: &Value| {
        fields(content).map(|(media, value)| field((media, ""), &value["schema"], "")).collect::<Vec<_>>()
    };
    let answers = fields(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let answer = |(status, answer): (&String, &Value)| {
        let schema = fields(&answer["content"]).next().map_or(&Value::Null, |(_, value)| &value["schema"]);
        field((status, ""), schema, &text(&answer["description"]))
    };
    ApiOperation {
        id: text(&operation["operationId"]),
        summary: text(&operation["summary"]),
        detail: text(&operation["description"]),
        permission: text(&operation["x-permission"]),
        parameters: list(&operation["parameters"]).iter().map(parameter).collect(),
        body: media(&operation["requestBody"]["content"]),
        answers: answers.map(answer).collect(),
        curl: curl((&method, path), operation, address),
        method,
        path: path.to_owned(),
    }
}

fn parameter(parameter: &Value) -> ApiField {
    let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
    let mut field = field((&name, &place), &parameter["schema"], &text(&parameter["description"]));
    field.required = parameter["required"] == true;
    field
}

fn field((name, place): (&str, &str), schema: &Value, words: &str) -> ApiField {
    let (shape, referred) = shape(schema);
    ApiField {
        name: name.to_owned(),
        place: place.to_owned(),
        shape,
        schema: referred,
        required: false,
        words: words.to_owned(),
    }
}

/// A schema in words, and the one it refers to.
fn shape(schema: &Value) -> (String, String) {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return (name.to_owned(), name.to_owned());
    }
    if let Some(one) =
        schema["oneOf"].as_array().or(schema["anyOf"].as_array()).or(schema["allOf"].as_array())
    {
        let shapes: Vec<(String, String)> = one.iter().map(shape).collect();
        let referred = shapes.iter().map(|(_, name)| name.clone()).find(|name| !name.is_empty());
        let words: Vec<String> =
            shapes.into_iter().map(|(words, _)| words).filter(|w| !w.is_empty()).collect();
        return (words.join(" or "), referred.unwrap_or_default());
    }
    if let Some(items) = schema["properties"].get("items") {
        let (words, name) = shape(&items["items"]);
        return (format!("page of {words}"), name);
    }
    if schema["type"] == "array" {
        let (words, name) = shape(&schema["items"]);
        return (format!("array of {words}"), name);
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
        return (format!("one of {}", values.join(", ")), String::new());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            text(&schema["type"])
        }
    };
    let words = match schema["format"].as_str() {
        Some(format) => format!("{kind} ({format})"),
        None => kind,
    };
    (words, String::new())
}

fn schema(name: &str, schema: &Value) -> ApiSchema {
    // a flattened record is written as parts
    let parts: Vec<&Value> = match schema["allOf"].as_array() {
        Some(parts) => parts.iter().collect(),
        None => vec![schema],
    };
    let mut all = Vec::new();
    for part in parts {
        if part["$ref"].is_string() {
            all.push(field(("everything of", ""), part, ""));
        }
        let required: Vec<String> = list(&part["required"]).iter().map(text).collect();
        for (property, shape) in fields(&part["properties"]) {
            let mut field = field((property, ""), shape, &text(&shape["description"]));
            field.required = required.contains(property);
            all.push(field);
        }
    }
    ApiSchema { name: name.to_owned(), words: text(&schema["description"]), fields: all }
}

/// The request as a line for a shell.
fn curl((method, path): (&str, &str), operation: &Value, address: &str) -> String {
    let mut line = "curl".to_owned();
    if method != "GET" {
        line.push_str(&format!(" -X {method}"));
    }
    if operation["security"].as_array().is_some_and(|s| !s.is_empty()) {
        line.push_str(" -H \"Authorization: Bearer $ATTESTRY_TOKEN\"");
    }
    let body = &operation["requestBody"]["content"];
    if body.get("application/json").is_some() {
        line.push_str(" --json @body.json");
    } else if body.is_object() {
        line.push_str(" --data-binary @file.json");
    }
    format!("{line} '{address}{path}'")
}
