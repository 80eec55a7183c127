//! Values that real documents write in more than one shape.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{
    BorrowedStrDeserializer, MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer,
};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::evidence::sbom::lenient::{List, Text};

/// Yes or no, or nothing; also as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub Option<bool>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Self(match text.get() {
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(_) | None => None,
        }))
    }
}

/// A list, or its only element without a list around it.
#[derive(Debug)]
pub struct Several<T>(pub List<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(List::default())
    }
}

impl<T> Several<T> {
    fn one(item: T) -> Self {
        Self(List { items: vec![item], ..List::default() })
    }

    fn wrong<E>() -> Result<Self, E> {
        Ok(Self(List { wrong: true, ..List::default() }))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralVisitor(PhantomData))
    }
}

struct SeveralVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralVisitor<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or one element of it")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Several<T>, A::Error> {
        List::deserialize(SeqAccessDeserializer::new(seq)).map(Several)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Several::one)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Several<T>, E> {
        T::deserialize(BorrowedStrDeserializer::new(text)).map(Several::one)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Several<T>, E> {
        T::deserialize(StrDeserializer::new(text)).map(Several::one)
    }

    fn visit_unit<E>(self) -> Result<Several<T>, E> {
        Ok(Several::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Several<T>, E> {
        Several::wrong()
    }

    fn visit_i64<E>(self, _: i64) -> Result<Several<T>, E> {
        Several::wrong()
    }

    fn visit_u64<E>(self, _: u64) -> Result<Several<T>, E> {
        Several::wrong()
    }

    fn visit_f64<E>(self, _: f64) -> Result<Several<T>, E> {
        Several::wrong()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: &str) -> Vec<String> {
        let several: Several<Text<'_>> = serde_json::from_str(json).unwrap();
        several.0.items.iter().filter_map(Text::owned).collect()
    }

    #[test]
    fn one_element_needs_no_list() {
        assert_eq!(texts(r#""a""#), ["a"]);
        assert_eq!(texts(r#""a\u0041""#), ["aA"]);
        assert_eq!(texts(r#"["a",null,"b"]"#), ["a", "b"]);
        assert!(texts("null").is_empty() && texts("7").is_empty());
    }

    #[test]
    fn flags_are_read_from_text_too() {
        let flags: Vec<Flag> = serde_json::from_str(r#"[true,"false","1","maybe",null]"#).unwrap();

        assert_eq!(
            flags.iter().map(|f| f.0).collect::<Vec<_>>(),
            [Some(true), Some(false), Some(true), None, None]
        );
    }
}
