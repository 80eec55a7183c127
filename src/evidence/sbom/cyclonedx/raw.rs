//! The parts of a CycloneDX document as written, as far as they are used.

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer};

use crate::base::Severity;
use crate::evidence::sbom::lenient::{List, Number, Text, record};
use crate::evidence::sbom::stream::Later;

record! {
    /// What is said about the document.
    Metadata {
        "timestamp" => timestamp: Text<'a>,
        "tools" => tools: Tools<'a>,
        "component" => component: Component<'a>,
    }
}

record! {
    /// A tool, legacy or written as a component.
    Tool { "name" => name: Text<'a>, "version" => version: Text<'a> }
}

record! {
    /// A component, at whatever depth.
    Component {
        "bom-ref" => bom_ref: Text<'a>,
        "type" => component_type: Text<'a>,
        "group" => group: Text<'a>,
        "name" => name: Text<'a>,
        "version" => version: Text<'a>,
        "purl" => purl: Text<'a>,
        "supplier" => supplier: Organisation<'a>,
        "manufacturer" => manufacturer: Organisation<'a>,
        "publisher" => publisher: Text<'a>,
        "licenses" => licenses: List<LicenceChoice<'a>>,
        "components" => components: Later<'a>,
    }
}

record! {
    /// A company or a person.
    Organisation { "name" => name: Text<'a> }
}

record! {
    /// A licence or an expression.
    LicenceChoice { "license" => license: Licence<'a>, "expression" => expression: Text<'a> }
}

record! {
    /// One licence.
    Licence { "id" => id: Text<'a>, "name" => name: Text<'a>, "url" => url: Text<'a> }
}

record! {
    /// A service, at whatever depth.
    Service { "bom-ref" => bom_ref: Text<'a>, "services" => services: Later<'a> }
}

record! {
    /// The dependencies of one thing.
    Dependency { "ref" => reference: Text<'a>, "dependsOn" => depends_on: Later<'a> }
}

record! {
    /// A vulnerability the document states.
    Vulnerability {
        "bom-ref" => bom_ref: Text<'a>,
        "id" => id: Text<'a>,
        "ratings" => ratings: List<Rating<'a>>,
        "analysis" => analysis: Analysis<'a>,
        "affects" => affects: List<Affect<'a>>,
    }
}

record! {
    /// How severe somebody says it is.
    Rating { "severity" => severity: Text<'a>, "score" => score: Number, "method" => method: Text<'a> }
}

record! {
    /// What the author of the document found out about it.
    Analysis { "state" => state: Text<'a> }
}

record! {
    /// A thing that is affected.
    Affect { "ref" => reference: Text<'a> }
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

impl Tool<'_> {
    /// `name version`.
    pub fn label(&self) -> Option<String> {
        let name = self.name.get()?;
        Some(match self.version.get() {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        })
    }
}

impl Component<'_> {
    /// Supplier, manufacturer or publisher.
    pub fn maker(&self) -> Option<&str> {
        let organisation = self.supplier.name.get().or_else(|| self.manufacturer.name.get());
        organisation.or_else(|| self.publisher.get())
    }

    /// How many fields have a wrong type.
    pub fn wrong_fields(&self) -> u64 {
        let texts = [
            &self.bom_ref,
            &self.component_type,
            &self.group,
            &self.name,
            &self.version,
            &self.purl,
            &self.publisher,
        ];
        texts.iter().filter(|text| text.is_wrong()).count() as u64
            + u64::from(self.licenses.wrong)
            + u64::from(self.supplier.shape.wrong)
            + u64::from(self.manufacturer.shape.wrong)
    }
}

impl LicenceChoice<'_> {
    /// The licence as written: expression, identifier, name or address.
    pub fn text(&self) -> Option<&str> {
        let licence = &self.license;
        let text = self.expression.get().or_else(|| licence.id.get());
        text.or_else(|| licence.name.get()).or_else(|| licence.url.get())
    }
}

impl Vulnerability<'_> {
    /// The worst rating; one without a word counts by its CVSS score.
    pub fn worst(&self) -> Severity {
        let severity = |rating: &Rating<'_>| {
            let word = rating.severity.get().map_or(Severity::Unknown, Severity::from_word);
            let by_cvss = rating.method.get().is_some_and(|method| method.starts_with("CVSS"));
            match rating.score.0 {
                Some(score) if by_cvss && word == Severity::Unknown => Severity::from_cvss(score),
                Some(_) | None => word,
            }
        };
        self.ratings.items.iter().map(severity).max().unwrap_or(Severity::Unknown)
    }
}
