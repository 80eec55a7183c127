//! Takes JSON objects apart one level at a time, so that one odd member costs that member and not the document.
//!
//! Values stay unread text until somebody asks for them; a list of a million entries takes the memory of its entries'
//! places, not of their content.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::base::UnixMillis;
use crate::evidence::DecodeError;

/// The members of one object, values unread. Of members written twice the last counts.
#[derive(Debug, Default)]
pub(crate) struct Members<'a> {
    list: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Members<'a> {
    /// Reads the outermost object.
    ///
    /// # Errors
    /// When the text is not well-formed JSON or is no object.
    pub(crate) fn of(text: &'a [u8]) -> Result<Self, DecodeError> {
        serde_json::from_slice(text).map_err(|error| DecodeError::json(&error))
    }

    /// Reads an object inside a document that is known to be well-formed; `None` when it is no object.
    pub(crate) fn inside(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// The member of that name; null counts as absent.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.list.iter().rev().find(|(n, _)| n == name)?.1;
        (found.get() != "null").then_some(found)
    }

    /// Whether a member of that name is there and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The member as text; `None` when absent, blank or no text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.raw(name)?.get()).ok()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The member as text or number, as written.
    pub(crate) fn scalar(&self, name: &str) -> Option<String> {
        scalar(&self.value(name)?)
    }

    /// The member read in full; `None` when absent or nested too deeply.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.raw(name)?.get()).ok()
    }

    /// The member as an object.
    pub(crate) fn object(&self, name: &str) -> Option<Members<'a>> {
        Self::inside(self.raw(name)?)
    }

    /// The elements of the member; `None` when it is there but no list, empty when it is absent.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        match self.raw(name) {
            None => Some(Vec::new()),
            Some(raw) => serde_json::from_str(raw.get()).ok(),
        }
    }

    /// The member as an instant.
    pub(crate) fn time(&self, name: &str) -> Option<UnixMillis> {
        UnixMillis::parse_lenient(&self.text(name)?).ok()
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Names written more than once, sorted.
    pub(crate) fn duplicates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.list.iter().map(|(name, _)| name.as_ref()).collect();
        names.sort_unstable();
        let mut twice: Vec<&str> =
            names.windows(2).filter_map(|w| w.first().filter(|n| w.get(1) == Some(n)).copied()).collect();
        twice.dedup();
        twice
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            list.push((name, map.next_value::<&'de RawValue>()?));
        }
        Ok(Members { list })
    }
}

/// Text or number as written; `None` for anything else and for blank text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The text member of that name; `None` when absent, blank or no text.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The elements of the list member of that name; empty when absent or no list.
pub(crate) fn items<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts in the list member of that name; other elements are passed over.
pub(crate) fn texts(value: &Value, name: &str) -> Vec<String> {
    let texts = items(value, name).iter().filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// The instant member of that name.
pub(crate) fn time(value: &Value, name: &str) -> Option<UnixMillis> {
    UnixMillis::parse_lenient(text(value, name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_one_by_one_and_the_last_of_two_counts() {
        let members = Members::of(br#"{"a":1,"b":null,"c":" x ","a":"2","d":[1,{"e":[]}]}"#).unwrap();

        assert_eq!(members.text("a").as_deref(), Some("2"));
        assert_eq!(members.duplicates(), ["a"]);
        assert!(!members.has("b") && members.has("d"));
        assert_eq!(members.text("c").as_deref(), Some("x"));
        assert_eq!(members.list("d").map(|l| l.len()), Some(2));
        assert!(members.list("c").is_none() && members.list("absent").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_object_is_refused_with_its_place() {
        assert_eq!(Members::of(b"[]").unwrap_err().code, "invalid-json");
        assert_eq!(Members::of(b"{\"a\":").unwrap_err().code, "invalid-json");
    }
}
