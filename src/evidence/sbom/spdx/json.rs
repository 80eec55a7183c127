//! Walks over an SPDX 2.x document in JSON once, list by list, and hands every record to the one mapping.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::evidence::decoder::DecodeError;
use crate::evidence::sbom::lenient::Text;
use crate::evidence::sbom::notes::{DUPLICATE_KEY, WRONG_TYPE};
use crate::evidence::sbom::spdx::mapping::{MEMBERS, Mapping};
use crate::evidence::sbom::stream::{Each, Listed};

/// Reads a document; whether it is an SPDX document of a known version is for the caller to judge.
pub(super) fn read(text: &str) -> Result<Mapping, DecodeError> {
    let mut walk = Walk::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let result = DeserializeSeed::deserialize(&mut walk, &mut json).and_then(|()| json.end());
    match result {
        Ok(()) => Ok(walk.mapping),
        Err(_) if walk.mapping.is_full() => Err(DecodeError::too_many_records()),
        Err(error) => Err(DecodeError::json(&error)),
    }
}

/// The document, or GitHub's wrapper around it.
#[derive(Default)]
struct Walk {
    mapping: Mapping,
    wrapped: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Walk {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Walk {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SPDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            let name = name.written().unwrap_or_default();
            if name == "sbom" && !self.wrapped && self.mapping.version.is_none() {
                self.wrapped = true;
                self.mapping.root = "/sbom";
                map.next_value_seed(&mut *self)?;
                continue;
            }
            let Some(known) = MEMBERS.iter().find(|known| **known == name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if !seen.insert(known) {
                let path = self.mapping.path(known);
                self.mapping.note(DUPLICATE_KEY, &|| path.clone());
            }
            self.member(known, &mut map)?;
        }
        Ok(())
    }
}

impl Walk {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &'static str, map: &mut A) -> Result<(), A::Error> {
        let mapping = &mut self.mapping;
        let listed = match name {
            "packages" => map.next_value_seed(Each::new(|i, record| mapping.package(i, &record)))?,
            "files" | "snippets" => {
                map.next_value_seed(Each::new(|i, record| mapping.element(name, i, &record)))?
            }
            "relationships" => {
                map.next_value_seed(Each::new(|i, record| mapping.relationship(i, &record)))?
            }
            "documentDescribes" => {
                map.next_value_seed(Each::new(|i, id: Text<'de>| mapping.describes(i, &id)))?
            }
            "externalDocumentRefs" => {
                map.next_value_seed(Each::new(|i, record| mapping.external_document(i, &record)))?
            }
            "hasExtractedLicensingInfos" => {
                map.next_value_seed(Each::new(|i, record| mapping.extracted(i, &record)))?
            }
            "annotations" => map.next_value_seed(Each::new(|_, _: IgnoredAny| mapping.annotation()))?,
            "creationInfo" => {
                mapping.creation(&map.next_value()?);
                Listed::Yes
            }
            _ => {
                mapping.text(name, &map.next_value()?);
                Listed::Yes
            }
        };
        if listed == Listed::Wrong {
            self.mapping.packages_wrong |= name == "packages";
            let path = self.mapping.path(name);
            self.mapping.note(WRONG_TYPE, &|| path.clone());
        }
        Ok(())
    }
}
