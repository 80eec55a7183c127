//! The tools, which every few versions write in another way.

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer};

use crate::evidence::sbom::cyclonedx::raw::{Organisation, Reference};
use crate::evidence::sbom::lenient::{List, Text, record};

record! {
    /// A tool, legacy or written as a component or service.
    Tool {
        "vendor" => vendor: Text<'a>,
        "supplier" => supplier: Organisation<'a>,
        "manufacturer" => manufacturer: Organisation<'a>,
        "provider" => provider: Organisation<'a>,
        "publisher" => publisher: Text<'a>,
        "author" => author: Text<'a>,
        "name" => name: Text<'a>,
        "version" => version: Text<'a>,
        "externalReferences" => external_references: List<Reference<'a>>,
    }
}

record! {
    /// Tools as versions 1.5 and later write them.
    ToolSet { "components" => components: List<Tool<'a>>, "services" => services: List<Tool<'a>> }
}

/// The tools: a list up to version 1.4, an object since; real documents mix them.
#[derive(Debug, Default)]
pub struct Tools<'a> {
    /// Every tool and service.
    pub items: Vec<Tool<'a>>,
    /// Whether it was neither.
    pub wrong: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Tools<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToolsVisitor(PhantomData))
    }
}

struct ToolsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> serde::de::Visitor<'de> for ToolsVisitor<'a> {
    type Value = Tools<'a>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("tools")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, seq: A) -> Result<Tools<'a>, A::Error> {
        let list = List::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
        Ok(Tools { items: list.items, wrong: false })
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Tools<'a>, A::Error> {
        let set = ToolSet::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        let wrong = set.components.wrong || set.services.wrong;
        Ok(Tools { items: set.components.items.into_iter().chain(set.services.items).collect(), wrong })
    }

    fn visit_unit<E>(self) -> Result<Tools<'a>, E> {
        Ok(Tools::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Tools<'a>, E> {
        Ok(Tools { items: Vec::new(), wrong: true })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tools<'a>, E> {
        Ok(Tools { items: Vec::new(), wrong: true })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tools<'a>, E> {
        Ok(Tools { items: Vec::new(), wrong: true })
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tools<'a>, E> {
        Ok(Tools { items: Vec::new(), wrong: true })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tools<'a>, E> {
        Ok(Tools { items: Vec::new(), wrong: true })
    }
}
