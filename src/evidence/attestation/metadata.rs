//! in-toto's first metadata: links and layouts (in-toto specification 1.0 §4).

use serde_json::Value;

use super::{Content, Layout, Link};
use crate::evidence::loose::{self, Members};

/// Reads a link or a layout; `None` when it is neither.
pub(super) fn read(members: &Members<'_>) -> Option<Content> {
    let count = |name: &str| members.object(name).map_or(0, |object| object.len() as u64);
    let names = |name: &str| {
        let list = members.value(name);
        let items = list.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(|item| loose::text(item, "name")).map(str::to_owned).collect()
    };
    match members.text("_type")?.as_str() {
        "link" => Some(Content::Link(Link {
            name: members.text("name"),
            materials: count("materials"),
            products: count("products"),
        })),
        "layout" => Some(Content::Layout(Layout {
            expires: members.time("expires"),
            steps: names("steps"),
            inspections: names("inspect"),
            keys: count("keys"),
        })),
        _ => None,
    }
}
