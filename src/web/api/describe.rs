//! What a route of the API says of itself. Path, method and permission stand in the route table and are not repeated.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::report::table::{Options, PAGE_SIZES, TableSpec};

/// Named schemas, as the derive gives them.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// What a route says of itself.
#[derive(Debug, Default)]
pub struct Described {
    pub(super) group: &'static str,
    pub(super) summary: &'static str,
    pub(super) detail: String,
    pub(super) parameters: Vec<Value>,
    pub(super) body: Option<Value>,
    pub(super) answers: BTreeMap<u16, Value>,
    pub(super) schemas: BTreeMap<String, Value>,
}

impl Described {
    /// An operation of a group, in a few words.
    pub(super) fn of(group: &'static str, summary: &'static str) -> Self {
        Self { group, summary, ..Self::default() }
    }

    /// More than a few words.
    pub(super) fn saying(mut self, detail: &str) -> Self {
        detail.clone_into(&mut self.detail);
        self
    }

    /// A part of its path.
    pub(super) fn at(self, name: &str, words: &str) -> Self {
        self.parameter(("path", name, words), json!({"type": "string", "minLength": 1}))
    }

    /// A part of its path that is a UUID.
    pub(super) fn at_id(self, name: &str, words: &str) -> Self {
        self.parameter(("path", name, words), json!({"type": "string", "format": "uuid"}))
    }

    /// Something its query may say.
    pub(super) fn asked(self, name: &str, words: &str, schema: Value) -> Self {
        self.parameter(("query", name, words), schema)
    }

    /// The instant it can be seen as of.
    pub(super) fn on_a_past_day(self) -> Self {
        let words = "Seen as of the end of this day, or of this instant (RFC 3339). Now when left out.";
        self.asked("as_of", words, json!({"type": "string", "examples": ["2026-06-30"]}))
    }

    fn parameter(mut self, (place, name, words): (&str, &str, &str), mut schema: Value) -> Self {
        // a request line of tens of kilobytes is refused before any handler sees it
        if schema["type"] == "string" && schema["enum"].is_null() && schema["maxLength"].is_null() {
            schema["maxLength"] = json!(500);
        }
        self.parameters.push(json!({
            "name": name, "in": place, "required": place == "path", "description": words, "schema": schema,
        }));
        self
    }

    /// The list behind a table: the same search, filters and order as its page, and a page of its rows.
    pub(super) fn table<T: ToSchema>(mut self, spec: &TableSpec) -> Self {
        if let Some(words) = spec.searchable {
            let words = format!("Words that must all be found: {}", words.to_lowercase());
            self = self.asked("q", &words, json!({"type": "string", "maxLength": 200}));
        }
        for filter in spec.filters {
            let values = match filter.options {
                Options::Fixed(options) => {
                    json!({"type": "string", "enum": options.iter().map(|(v, _)| *v).collect::<Vec<_>>()})
                }
                Options::Dynamic => json!({"type": "string", "maxLength": 200}),
            };
            let words = format!("{}; may be repeated, one of the values must hold", filter.label);
            self = self.asked(filter.key, &words, json!({"type": "array", "items": values, "maxItems": 20}));
        }
        let sorts: Vec<String> = spec
            .columns
            .iter()
            .filter(|c| c.sort.is_some())
            .flat_map(|c| [c.key.to_owned(), format!("-{}", c.key)])
            .collect();
        self = self.asked("sort", "Order; with `-` turned round.", json!({"type": "string", "enum": sorts}));
        let cursor = json!({"type": "string", "maxLength": 4096});
        self = self.asked("after", "The page after this: `next` of the page before.", cursor.clone());
        self = self.asked("before", "The page before this: `previous` of the page after.", cursor);
        self.rows().page::<T>()
    }

    /// A list in its own order, walked forward by key.
    pub(super) fn walked<T: ToSchema>(self) -> Self {
        let cursor = json!({"type": "string", "maxLength": 4096});
        self.asked("after", "The page after this: `next` of the page before.", cursor).rows().page::<T>()
    }

    fn rows(self) -> Self {
        self.asked(
            "rows",
            "Items on a page.",
            json!({"type": "integer", "enum": PAGE_SIZES, "default": PAGE_SIZES[0]}),
        )
    }

    fn page<T: ToSchema>(mut self) -> Self {
        let item = self.named::<T>();
        let schema = json!({
            "type": "object",
            "required": ["items", "next", "previous", "total"],
            "properties": {
                "items": {"type": "array", "items": item},
                "next": {"type": ["string", "null"], "description": "Give it as `after` for the next page."},
                "previous": {"type": ["string", "null"], "description": "Give it as `before` for the page before."},
                "total": {
                    "type": "object",
                    "required": ["count", "exact"],
                    "properties": {
                        "count": {"type": "integer", "minimum": 0},
                        "exact": {"type": "boolean", "description": "Whether counting went to the end."},
                    },
                },
            },
        });
        self.answer((200, "One page of the list."), "application/json", schema)
    }

    /// Answers with an object.
    pub(super) fn gives<T: ToSchema>(mut self, status: u16, words: &str) -> Self {
        let schema = self.named::<T>();
        self.answer((status, words), "application/json", schema)
    }

    /// Answers with one object or, where there are several, an array of them.
    pub(super) fn gives_one_or_more<T: ToSchema>(mut self, status: u16, words: &str) -> Self {
        let schema = self.named::<T>();
        let schema = json!({"oneOf": [schema, {"type": "array", "items": schema}]});
        self.answer((status, words), "application/json", schema)
    }

    /// Answers with a file.
    pub(super) fn gives_file(self, media_type: &str, words: &str) -> Self {
        self.answer((200, words), media_type, json!({"type": "string", "format": "binary"}))
    }

    /// Answers without a body.
    pub(super) fn gives_nothing(mut self, status: u16, words: &str) -> Self {
        self.answers.insert(status, json!({"description": words}));
        self
    }

    fn answer(mut self, (status, words): (u16, &str), media_type: &str, schema: Value) -> Self {
        let mut content = serde_json::Map::new();
        content.insert(media_type.to_owned(), json!({"schema": schema}));
        self.answers.insert(status, json!({"description": words, "content": content}));
        self
    }

    /// Takes an object as JSON.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        let schema = self.named::<T>();
        self.body = Some(json!({"required": true, "content": {"application/json": {"schema": schema}}}));
        self
    }

    /// Takes a file as it is.
    pub(super) fn takes_file(mut self, words: &str) -> Self {
        let schema = json!({"type": "string", "format": "binary"});
        let content = json!({"application/octet-stream": {"schema": schema}});
        self.body = Some(json!({"required": true, "description": words, "content": content}));
        self
    }

    /// Can be asked again without being done again.
    pub(super) fn once(self) -> Self {
        let words = "A word of the caller's own for this request, at most 200 printable characters. Asked again \
                     with the same word and content within 24 hours, the first answer is given again.";
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"});
        self.parameter(("header", "Idempotency-Key", words), schema)
    }

    /// The reference to a schema, which is kept with those it refers to.
    fn named<T: ToSchema>(&mut self) -> Value {
        let mut all: Schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            self.schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
        }
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }
}
