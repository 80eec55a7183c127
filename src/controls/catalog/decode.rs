//! Serde over a [`Node`] tree: typed values out of YAML, each error with the place it is about.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::yaml::{Node, Place, Tree};

/// What is wrong, and where when that is known already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DecodeError {
    pub place: Option<Place>,
    pub message: String,
}

impl DecodeError {
    /// The innermost place wins: outer layers only fill a gap.
    fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { place: None, message: message.to_string() }
    }
}

/// Reads a typed value.
///
/// # Errors
/// With the first problem and its place.
pub(super) fn decode<'de, T: serde::Deserialize<'de>>(node: &'de Node) -> Result<T, DecodeError> {
    T::deserialize(node)
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.value {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value, _) => visitor.visit_bool(*value),
            Tree::Int(value, _) => visitor.visit_i64(*value),
            Tree::Num(value, _) => visitor.visit_f64(*value),
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            Tree::List(members) => visitor.visit_seq(Members(members.iter())),
            Tree::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
        .map_err(|e| e.at(self.place))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.text() {
            Some(text) => visitor.visit_borrowed_str(text).map_err(|e: DecodeError| e.at(self.place)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.value {
            Tree::Null => visitor.visit_none(),
            Tree::Bool(..) | Tree::Int(..) | Tree::Num(..) | Tree::Text(_) | Tree::List(_) | Tree::Map(_) => {
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self).map_err(|e| e.at(self.place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let Some(text) = self.text() else {
            let message = format!("a word is expected here: one of {}", variants.join(", "));
            return Err(DecodeError { place: Some(self.place), message });
        };
        let word: StrDeserializer<'_, DecodeError> = text.into_deserializer();
        visitor.visit_enum(word).map_err(|e| e.at(self.place))
    }

    /// Derived structs also read lists, by position: not in a file people write.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if matches!(self.value, Tree::Map(_)) {
            return self.deserialize_any(visitor);
        }
        let message = format!("fields are expected here: {}", fields.join(", "));
        Err(DecodeError { place: Some(self.place), message })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct map ignored_any
    }
}

struct Members<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Members<'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        self.0.next().map(|node| seed.deserialize(node)).transpose()
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, (Node, Node)>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        // The key's own place: an unknown field is reported where its name stands.
        seed.deserialize(key).map(Some).map_err(|e| e.at(key.place))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeError> {
        let Some(value) = self.value.take() else {
            return Err(DecodeError::custom("a value was asked for before its key"));
        };
        seed.deserialize(value).map_err(|e| e.at(value.place))
    }
}

#[cfg(test)]
mod tests {
    use crate::controls::{ControlTest, Item, Predicate};

    use super::*;

    fn error<T: serde::de::DeserializeOwned + fmt::Debug>(text: &str) -> (usize, usize, String) {
        let error = decode::<T>(&Node::parse(text).unwrap()).unwrap_err();
        let place = error.place.unwrap();
        (place.line, place.column, error.message)
    }

    #[test]
    fn identifiers_that_look_like_numbers_stay_words() {
        let node =
            Node::parse("id: 8.10\nkind: requirement\ntitle: 12\ncadence: {days: 30, from: law}").unwrap();

        let item: Item = decode(&node).unwrap();

        assert_eq!((item.id.as_str(), item.title.as_str()), ("8.10", "12"));
        assert_eq!(item.cadence.unwrap().days, Some(30));
    }

    #[test]
    fn an_error_stands_where_it_is_made() {
        let (line, column, message) = error::<Item>("id: a\nkind: requirment\ntitle: x\n");
        assert_eq!((line, column), (2, 7));
        assert!(message.contains("unknown variant `requirment`"), "{message}");

        let (line, _, message) = error::<Item>("id: a\nkind: point\ntitle: x\nmethod: [x]\n");
        assert_eq!(line, 4);
        assert!(message.contains("unknown field `method`"), "{message}");

        let (line, _, message) = error::<Item>("\n\nid: a\nkind: point\n");
        assert_eq!((line, message.as_str()), (3, "missing field `title`"));
    }

    #[test]
    fn a_misspelt_operator_deep_inside_has_its_own_line() {
        let text =
            "all:\n  - {path: a, eq: 1}\n  - count:\n      of: x\n      where: {path: b, at_lest: 1}\n";

        let (line, column, message) = error::<Predicate>(text);

        assert_eq!((line, column), (5, 24));
        assert!(message.contains("did you mean `at_least`"), "{message}");
    }

    #[test]
    fn a_wrong_type_is_said_plainly() {
        let (line, _, message) = error::<Predicate>("path: a\nat_least: many\n");
        assert_eq!(line, 2);
        assert!(message.contains("invalid type: string \"many\", expected f64"), "{message}");

        let (_, _, message) = error::<ControlTest>("- a\n");
        assert!(message.starts_with("fields are expected here: id, title"), "{message}");
    }
}
