//! A value on its way from another serialisation to the JSON form, whose reader knows all rules.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value of the JSON form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Text; numbers and flags too, which the reader accepts as text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object; members may repeat, as the reader then says so.
    Object(Vec<(&'static str, Self)>),
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => items.serialize(serializer),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
