//! Hands over the elements of a list one by one, so that a list of any length takes the memory of one element.

use std::fmt;
use std::marker::PhantomData;

use serde_json::value::RawValue;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With the next element.
    Continue,
    /// No further; the document is then not read to its end.
    Stop,
}

/// What a streamed list turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// A list, or nothing.
    Yes,
    /// Another value.
    Wrong,
}

/// Calls `take` with every element and its position.
pub(super) struct Each<T, F> {
    take: F,
    item: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(u32, T) -> Flow> Each<T, F> {
    /// A seed that calls `take` for every element.
    pub(super) const fn new(take: F) -> Self {
        Self { take, item: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(u32, T) -> Flow> DeserializeSeed<'de> for Each<T, F> {
    type Value = Listed;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Listed, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(u32, T) -> Flow> Visitor<'de> for Each<T, F> {
    type Value = Listed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Listed, A::Error> {
        let mut place = 0;
        while let Some(item) = seq.next_element()? {
            if (self.take)(place, item) == Flow::Stop {
                return Err(A::Error::custom("more than is read"));
            }
            place = place.saturating_add(1);
        }
        Ok(Listed::Yes)
    }

    fn visit_unit<E>(self) -> Result<Listed, E> {
        Ok(Listed::Yes)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listed, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Listed::Wrong)
    }

    fn visit_str<E>(self, _: &str) -> Result<Listed, E> {
        Ok(Listed::Wrong)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Listed, E> {
        Ok(Listed::Wrong)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Listed, E> {
        Ok(Listed::Wrong)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Listed, E> {
        Ok(Listed::Wrong)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Listed, E> {
        Ok(Listed::Wrong)
    }
}

/// A value that is read later, when it is known what it belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Later<'a>(Option<&'a RawValue>);

impl<'a> Later<'a> {
    /// Calls `take` with every element, when the value is a list.
    pub(super) fn each<T, F>(self, take: F) -> Result<Listed, serde_json::Error>
    where
        T: Deserialize<'a>,
        F: FnMut(u32, T) -> Flow,
    {
        match self.0 {
            Some(raw) => Each::new(take).deserialize(&mut serde_json::Deserializer::from_str(raw.get())),
            None => Ok(Listed::Yes),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Later<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|raw| Self(Some(raw)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(json: &str, most: usize) -> (Vec<(u32, u8)>, Result<Listed, serde_json::Error>) {
        let mut seen = Vec::new();
        let each = Each::new(|place, item: u8| {
            seen.push((place, item));
            if seen.len() < most { Flow::Continue } else { Flow::Stop }
        });
        let result = each.deserialize(&mut serde_json::Deserializer::from_str(json));
        (seen, result)
    }

    #[test]
    fn elements_come_in_order_with_their_place() {
        let (seen, result) = run("[7,8]", 9);

        assert_eq!(seen, [(0, 7), (1, 8)]);
        assert_eq!(result.unwrap(), Listed::Yes);
    }

    #[test]
    fn null_is_no_list_without_being_wrong_and_text_is_wrong() {
        assert_eq!(run("null", 9).1.unwrap(), Listed::Yes);
        assert_eq!(run("{\"a\":[1]}", 9).1.unwrap(), Listed::Wrong);
        assert_eq!(run("\"x\"", 9).1.unwrap(), Listed::Wrong);
    }

    #[test]
    fn stopping_ends_the_reading() {
        let (seen, result) = run("[1,2,3]", 2);

        assert!(result.is_err() && seen.len() == 2);
    }
}
