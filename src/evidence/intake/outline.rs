//! The outermost shape of a JSON document: one pass, values skipped, nothing but top-level strings kept.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::evidence::decoder::JsonOutline;

/// Members kept; no format that is read has a hundredth of it.
const MEMBERS: usize = 10_000;
/// Strings of this many bytes or more are not kept.
const TEXT_BYTES: usize = 200;

/// The outermost shape; `None` when the text is not well-formed JSON.
pub(super) fn outline(bytes: &[u8]) -> Option<JsonOutline> {
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace())?;
    if !matches!(first, b'{' | b'[') {
        return serde_json::from_slice::<IgnoredAny>(bytes).ok().map(|_| JsonOutline::default());
    }
    serde_json::from_slice::<Shape>(bytes).ok().map(|shape| shape.0)
}

struct Shape(JsonOutline);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value::<ShortText>()?.0;
            // a name written twice counts as its last value, as everywhere here
            if members.len() < MEMBERS {
                members.push((name, value));
            }
        }
        members.reverse();
        Ok(Shape(JsonOutline { is_array: false, members }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape(JsonOutline { is_array: true, members: Vec::new() }))
    }
}

struct ShortText(Option<String>);

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShortTextVisitor)
    }
}

struct ShortTextVisitor;

impl<'de> Visitor<'de> for ShortTextVisitor {
    type Value = ShortText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<ShortText, E> {
        Ok(ShortText((text.len() < TEXT_BYTES).then(|| text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<ShortText, E> {
        Ok(ShortText(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<ShortText, E> {
        Ok(ShortText(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<ShortText, E> {
        Ok(ShortText(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<ShortText, E> {
        Ok(ShortText(None))
    }

    fn visit_unit<E>(self) -> Result<ShortText, E> {
        Ok(ShortText(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ShortText, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(ShortText(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ShortText, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ShortText(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_wherever_it_stands() {
        let outline =
            outline(br#"{"components":[{"specVersion":"0"}],"n":1e3,"t":true,"z":null,"specVersion":"1.6"}"#)
                .unwrap();

        assert_eq!(outline.text("specVersion"), Some("1.6"));
        assert!(outline.has("components") && outline.has("z") && !outline.is_array);
    }

    #[test]
    fn a_member_written_twice_has_its_last_value() {
        assert_eq!(outline(br#"{"a":"1","a":"2"}"#).unwrap().text("a"), Some("2"));
    }

    #[test]
    fn text_that_is_not_one_json_document_has_no_outline() {
        assert!(outline(b"{} {}").is_none());
        assert!(outline(b"{\"a\":").is_none());
        assert!(outline(b"").is_none());
        assert!(outline(b"[1,2]").unwrap().is_array);
        assert!(outline(b"null").unwrap().members.is_empty());
    }
}
