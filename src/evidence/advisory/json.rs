//! What every JSON advisory decoder needs: forgiving fields, and a digest that does not depend on the layout.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::base::{Digest, IdentityHasher, UnixMillis};

/// Null reads as the default.
pub(super) fn lax<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An instant as sources write it; `None` when there is none or it cannot be read.
pub(super) fn time(text: Option<&str>) -> Option<UnixMillis> {
    UnixMillis::parse_lenient(text?).ok()
}

/// The text at a JSON pointer, trimmed; `None` when there is none or it is empty.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The list at a JSON pointer; empty when there is none.
pub(super) fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// One line of a text of many, at most 500 characters.
pub(super) fn line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(500).collect()
}

/// Digest of a record's content: neither white space nor the order of members changes it.
pub(super) fn revision(record: &Value) -> Digest {
    add(IdentityHasher::new("advisory"), record).finish()
}

/// The depth is bounded by the JSON parser.
fn add(hasher: IdentityHasher, value: &Value) -> IdentityHasher {
    match value {
        Value::Null => hasher.optional(None),
        Value::Bool(truth) => hasher.field("b").field(if *truth { "1" } else { "0" }),
        Value::Number(number) => hasher.field("n").field(&number.to_string()),
        Value::String(text) => hasher.field("s").field(text),
        Value::Array(list) => list.iter().fold(hasher.field("a").field(&list.len().to_string()), add),
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            let start = hasher.field("o").field(&sorted.len().to_string());
            sorted.into_iter().fold(start, |hasher, (name, value)| add(hasher.field(name), value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Digest {
        revision(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_revision_is_the_content_and_not_the_layout() {
        assert_eq!(of(r#"{"a":1,"b":[true,null]}"#), of(" {\"b\": [true, null],\n \"a\": 1}"));
        assert_ne!(of(r#"{"a":"1"}"#), of(r#"{"a":1}"#));
        assert_ne!(of(r#"{"a":[1],"b":[]}"#), of(r#"{"a":[],"b":[1]}"#));
    }
}
