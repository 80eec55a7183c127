//! Reads SPDX 2.x in XML: the JSON form's members as elements, a list as one element an entry.

use serde_json::{Map, Value};

use crate::evidence::decoder::DecodeError;
use crate::evidence::sbom::notes::LIST_CUT;
use crate::evidence::sbom::spdx::mapping::{MEMBERS, Mapping};
use crate::evidence::sbom::spdx::xml_tree::{Children, Element, root_name};
use crate::evidence::sbom::stream::Flow;

/// Members of records that are lists even when they have one entry.
const LISTS: [&str; 7] =
    ["annotations", "checksums", "creators", "externalRefs", "hasFiles", "licenseInfoFromFiles", "seeAlsos"];

/// Whether the root is SPDX's and the document says so; needs no namespace, for the format has none.
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    root_name(bytes).as_deref() == Some("Document") && (has(b"<spdxVersion>") || has(b"<SPDXID>"))
}

/// Reads a document; its version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Mapping, DecodeError> {
    let mut mapping = Mapping::default();
    let mut children = Children::of(text)?;
    while let Some(child) = children.next()? {
        let Some(member) = MEMBERS.iter().find(|member| ***member == *child.name) else { continue };
        let path = mapping.path(member);
        let mut is_cut = false;
        if mapping.take(member, &value(&child, &mut is_cut)) == Flow::Stop {
            return Err(DecodeError::too_many_records());
        }
        if is_cut {
            mapping.note(LIST_CUT, &|| path.clone());
        }
    }
    Ok(mapping)
}

/// The element as the JSON form writes it. Recursion ends where the tree does, which is built under a limit.
fn value(element: &Element, is_cut: &mut bool) -> Value {
    if element.children.is_empty() {
        return Value::from(element.text.as_str());
    }
    let mut members = Map::new();
    for child in &element.children {
        let value = value(child, is_cut);
        let is_list = LISTS.contains(&&*child.name);
        match members.get_mut(&*child.name) {
            Some(Value::Array(list)) if is_list => list.push(value),
            Some(_) => *is_cut = true,
            None => {
                let value = if is_list { Value::Array(vec![value]) } else { value };
                members.insert(child.name.to_string(), value);
            }
        }
    }
    Value::Object(members)
}
