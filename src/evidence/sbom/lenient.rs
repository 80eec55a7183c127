//! Reads JSON as it is rather than as it should be: a wrong type in one field costs that field, not the document.
//!
//! Text borrows from the input, unknown members are skipped unread, and what was wrong is remembered beside the value.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

mod loose;

pub use loose::{Flag, Several};

/// What was odd about a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// An object was there (for a record); never set for text and lists.
    pub present: bool,
    /// The value had another type.
    pub wrong: bool,
    /// Which members were met, by position.
    pub(super) seen: u32,
    /// Members written more than once.
    pub duplicates: u16,
}

/// A text, or nothing.
#[derive(Debug, Clone, Default)]
pub struct Text<'a> {
    value: Option<Cow<'a, str>>,
    wrong: bool,
}

impl<'a> Text<'a> {
    /// The text without surrounding space; `None` when absent, null or blank.
    pub fn get(&self) -> Option<&str> {
        self.value.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// The text as written, blank or not.
    pub fn written(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The text of [`Text::get`], owned.
    pub fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    /// Whether something other than text was written.
    pub const fn is_wrong(&self) -> bool {
        self.wrong
    }

    fn odd(value: Option<String>) -> Self {
        Self { value: value.map(Cow::Owned), wrong: true }
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self { value: Some(Cow::Borrowed(text)), wrong: false }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
        Ok(Text { value: Some(Cow::Borrowed(text)), wrong: false })
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text { value: Some(Cow::Owned(text.to_owned())), wrong: false })
    }

    fn visit_unit<E>(self) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Text<'a>, E> {
        Ok(Text::odd(Some(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Text<'a>, E> {
        Ok(Text::odd(Some(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Text<'a>, E> {
        Ok(Text::odd(Some(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Text<'a>, E> {
        Ok(Text::odd(Some(value.to_string())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text<'a>, A::Error> {
        skip_map(map)?;
        Ok(Text::odd(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Text<'a>, A::Error> {
        skip_seq(seq)?;
        Ok(Text::odd(None))
    }
}

/// A number, or nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Number(pub Option<f64>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Self(text.get().and_then(|t| t.parse().ok())))
    }
}

/// Elements of one [`List`] that are kept; lists that may be longer are streamed with [`each`].
const LIST_ITEMS: usize = 20_000;

/// A short list; null and absent are empty, anything else is wrong and empty.
#[derive(Debug)]
pub struct List<T> {
    /// The elements.
    pub items: Vec<T>,
    /// Whether there were more than are kept.
    pub cut: bool,
    /// Whether something other than a list was written.
    pub wrong: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), cut: false, wrong: false }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<T> ListVisitor<T> {
    fn wrong<E>() -> Result<List<T>, E> {
        Ok(List { wrong: true, ..List::default() })
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut list = List::default();
        while let Some(item) = seq.next_element()? {
            list.items.push(item);
            if list.items.len() == LIST_ITEMS {
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    list.cut = true;
                }
                break;
            }
        }
        Ok(list)
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<List<T>, E> {
        Self::wrong()
    }

    fn visit_bool<E>(self, _: bool) -> Result<List<T>, E> {
        Self::wrong()
    }

    fn visit_i64<E>(self, _: i64) -> Result<List<T>, E> {
        Self::wrong()
    }

    fn visit_u64<E>(self, _: u64) -> Result<List<T>, E> {
        Self::wrong()
    }

    fn visit_f64<E>(self, _: f64) -> Result<List<T>, E> {
        Self::wrong()
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
        skip_map(map)?;
        Self::wrong()
    }
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// An object with known members; the macro `record!` writes these.
pub trait Record<'de>: Default {
    /// What was odd about it.
    fn shape_mut(&mut self) -> &mut Shape;

    /// Reads the value of one member, known or not.
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads a [`Record`]; anything but an object is a wrong, empty record.
pub struct RecordVisitor<T>(pub PhantomData<T>);

impl<T> RecordVisitor<T> {
    fn wrong<'de, E: Error>() -> Result<T, E>
    where
        T: Record<'de>,
    {
        let mut record = T::default();
        record.shape_mut().wrong = true;
        Ok(record)
    }
}

impl<'de, T: Record<'de>> Visitor<'de> for RecordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut record = T::default();
        record.shape_mut().present = true;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            record.member(name.written().unwrap_or_default(), &mut map)?;
        }
        Ok(record)
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        skip_seq(seq)?;
        Self::wrong()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<T, E> {
        Self::wrong()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        Self::wrong()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Self::wrong()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<T, E> {
        Self::wrong()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Self::wrong()
    }
}

/// Declares a lenient record: `record! { /// doc  Name { "member" => field: Type } }`. The last of two equal members
/// wins, as in most readers, and is counted.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($member:literal => $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        #[allow(missing_docs, reason = "fields are named as in the format; test records are private")]
        pub struct $name<'a> {
            pub shape: $crate::evidence::sbom::lenient::Shape,
            $(pub $field: $type,)+
        }

        impl<'de: 'a, 'a> $crate::evidence::sbom::lenient::Record<'de> for $name<'a> {
            fn shape_mut(&mut self) -> &mut $crate::evidence::sbom::lenient::Shape {
                &mut self.shape
            }

            fn member<A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                #[expect(non_camel_case_types, reason = "one position per field, named as the field")]
                enum Position { $($field),+ }
                let position = match name {
                    $($member => {
                        self.$field = map.next_value()?;
                        Position::$field as u32
                    })+
                    _ => {
                        map.next_value::<serde::de::IgnoredAny>()?;
                        return Ok(());
                    }
                };
                let bit = 1_u32 << position;
                if self.shape.seen & bit != 0 {
                    self.shape.duplicates = self.shape.duplicates.saturating_add(1);
                }
                self.shape.seen |= bit;
                Ok(())
            }
        }

        impl<'de: 'a, 'a> serde::de::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::evidence::sbom::lenient::RecordVisitor(
                    std::marker::PhantomData,
                ))
            }
        }
    };
}

pub(super) use record;

#[cfg(test)]
mod tests {
    use super::*;

    record! {
        /// A record.
        Thing { "name" => name: Text<'a>, "items" => items: List<Text<'a>>, "n" => number: Number }
    }

    fn read(json: &str) -> Thing<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_wrong_type_costs_one_field() {
        let thing = read(r#"{"name":{"a":[1]},"items":["a",null,7],"n":"7.5","other":[{}]}"#);

        assert!(thing.name.is_wrong() && thing.name.get().is_none());
        assert_eq!(thing.items.items.iter().map(Text::get).collect::<Vec<_>>(), [Some("a"), None, Some("7")]);
        assert_eq!(thing.number.0, Some(7.5));
    }

    #[test]
    fn null_is_absent_and_text_is_no_list() {
        let thing = read(r#"{"name":null,"items":null}"#);
        assert!(!thing.name.is_wrong() && !thing.items.wrong);

        assert!(read(r#"{"items":"a"}"#).items.wrong);
    }

    #[test]
    fn the_last_of_two_equal_members_wins_and_is_counted() {
        let thing = read(r#"{"name":"a","name":"b"}"#);

        assert_eq!((thing.name.get(), thing.shape.duplicates), (Some("b"), 1));
    }

    #[test]
    fn anything_but_an_object_is_an_empty_record() {
        for json in ["[1]", "\"a\"", "7", "true"] {
            let thing = read(json);
            assert!(thing.shape.wrong && !thing.shape.present, "{json}");
        }
        assert!(!read("null").shape.wrong);
    }
}
