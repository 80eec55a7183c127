//! Turns a CycloneDX document as written into the one model.

use std::collections::HashSet;

use crate::base::{Severity, UnixMillis};
use crate::evidence::decoder::Decoded;
use crate::evidence::sbom::builder::{
    BAD_TIMESTAMP, Builder, Built, DUPLICATE_KEY, Draft, NO_ROOT, Node, WRONG_TYPE,
};
use crate::evidence::sbom::cyclonedx::raw::{
    Bom, Component, Dependency, LicenceChoice, Service, Tool, Vulnerability,
};
use crate::evidence::sbom::lenient::{List, Shape, Text};
use crate::evidence::sbom::{Sbom, StatedVulnerability};
use crate::evidence::{Counts, Encoding, Evidence};

/// The one model of a document, with its accounts.
pub(super) fn build<'a>(bom: &'a Bom<'a>) -> Decoded {
    let mut reader = Reader::default();
    reader.note_shape(bom.shape, || String::new());
    reader.root(bom);
    reader.components(&bom.components, None, "/components");
    reader.services(&bom.services, "/services");
    for (i, vulnerability) in bom.vulnerabilities.items.iter().enumerate() {
        if let Some(reference) = vulnerability.bom_ref.get() {
            reader.builder.refer(reference, Node::Other, &|| format!("/vulnerabilities/{i}"));
        }
    }
    let dependencies = reader.dependencies(&bom.dependencies);
    let vulnerabilities = reader.vulnerabilities(&bom.vulnerabilities);
    let counts = reader.counts(dependencies, vulnerabilities.len() as u64);
    let produced_at = reader.produced_at(&bom.metadata.timestamp);
    let root = &bom.metadata.component;
    let Built { components, edges, records, notes } = reader.builder.finish();
    let sbom = Sbom {
        name: joined_name(root),
        version: owned(&root.version),
        serial: owned(&bom.serial_number),
        produced_at,
        tools: bom.metadata.tools.items.iter().filter_map(tool_name).collect(),
        components,
        dependencies: edges,
        vulnerabilities,
    };
    Decoded {
        format_version: None,
        encoding: Encoding::Json,
        evidence: Evidence::Sbom(sbom),
        records,
        counts,
        warnings: notes.into_warnings(),
        produced_at,
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader<'a> {
    builder: Builder<'a>,
    purls: Vec<(&'a str, u32)>,
    components: u64,
    services: u64,
}

impl<'a> Reader<'a> {
    fn root(&mut self, bom: &'a Bom<'a>) {
        let metadata = &bom.metadata;
        self.note_shape(metadata.shape, || "/metadata".to_owned());
        if metadata.tools.wrong {
            self.builder.notes.add(WRONG_TYPE, || "/metadata/tools".to_owned());
        }
        let root = &metadata.component;
        self.note_shape(root.shape, || "/metadata/component".to_owned());
        if !root.shape.present {
            self.builder.notes.add(NO_ROOT, || "/metadata/component".to_owned());
        }
        if let Some(reference) = root.bom_ref.get() {
            self.builder.refer(reference, Node::Root(None), &|| "/metadata/component".to_owned());
        }
        self.components(&root.components, None, "/metadata/component/components");
    }

    fn components(&mut self, list: &'a List<Component<'a>>, parent: Option<u32>, path: &str) {
        self.note_list(list.wrong, path);
        for (i, component) in list.items.iter().enumerate() {
            let here = || format!("{path}/{i}");
            self.note_shape(component.shape, here);
            if !component.shape.present {
                self.note_list(!component.shape.wrong, path);
                continue;
            }
            self.note_texts(component, &here);
            self.components += 1;
            let index = self.builder.component(draft(component, parent), &here);
            if let Some(purl) = component.purl.get() {
                self.purls.push((purl, index));
            }
            if component.components.wrong || !component.components.items.is_empty() {
                self.components(&component.components, Some(index), &format!("{path}/{i}/components"));
            }
        }
    }

    fn services(&mut self, list: &'a List<Service<'a>>, path: &str) {
        self.note_list(list.wrong, path);
        for (i, service) in list.items.iter().enumerate() {
            self.note_shape(service.shape, || format!("{path}/{i}"));
            if !service.shape.present {
                continue;
            }
            self.services += 1;
            if let Some(reference) = service.bom_ref.get() {
                self.builder.refer(reference, Node::Other, &|| format!("{path}/{i}"));
            }
            self.services(&service.services, &format!("{path}/{i}/services"));
        }
    }

    /// Reads the edges; how many distinct ones are written, dangling ones included.
    fn dependencies(&mut self, list: &'a List<Dependency<'a>>) -> u64 {
        self.note_list(list.wrong, "/dependencies");
        if list.items.iter().any(|d| d.reference.get().is_some_and(|r| self.builder.node(r).is_none())) {
            // some tools use package URLs as references without writing bom-refs
            let purls = std::mem::take(&mut self.purls);
            self.builder.refer_by_purl(purls.into_iter());
        }
        let mut distinct: HashSet<(&str, &str)> = HashSet::new();
        for (i, dependency) in list.items.iter().enumerate() {
            let here = || format!("/dependencies/{i}");
            self.note_shape(dependency.shape, here);
            self.note_list(dependency.depends_on.wrong, "/dependencies");
            let from = dependency.reference.written().unwrap_or_default();
            for target in &dependency.depends_on.items {
                let Some(to) = target.written() else {
                    self.builder.notes.add(WRONG_TYPE, here);
                    continue;
                };
                distinct.insert((from, to));
                self.builder.edge(from.trim(), to.trim(), &here);
            }
        }
        distinct.len() as u64
    }

    fn vulnerabilities(&mut self, list: &List<Vulnerability<'_>>) -> Vec<StatedVulnerability> {
        self.note_list(list.wrong, "/vulnerabilities");
        let mut found = Vec::with_capacity(list.items.len());
        for (i, vulnerability) in list.items.iter().enumerate() {
            self.note_shape(vulnerability.shape, || format!("/vulnerabilities/{i}"));
            if !vulnerability.shape.present {
                continue;
            }
            let affects = vulnerability.affects.items.iter().filter_map(|a| a.reference.get());
            found.push(StatedVulnerability {
                id: owned(&vulnerability.id).unwrap_or_default(),
                severity: worst(vulnerability),
                state: owned(&vulnerability.analysis.state),
                affects: affects.map(|r| self.builder.canonical_reference(r)).collect(),
            });
        }
        self.builder.keep(found.len() as u64);
        found
    }

    fn counts(&self, dependencies: u64, findings: u64) -> Counts {
        [
            ("components", self.components),
            ("dependencies", dependencies),
            ("services", self.services),
            ("findings", findings),
        ]
        .into_iter()
        .filter(|(key, count)| *count > 0 || matches!(*key, "components" | "dependencies"))
        .map(|(key, count)| (key.to_owned(), count))
        .collect()
    }

    fn produced_at(&mut self, timestamp: &Text<'_>) -> Option<UnixMillis> {
        let read = UnixMillis::parse_lenient(timestamp.get()?).ok();
        if read.is_none() {
            self.builder.notes.add(BAD_TIMESTAMP, || "/metadata/timestamp".to_owned());
        }
        read
    }

    fn note_shape(&mut self, shape: Shape, path: impl Fn() -> String) {
        if shape.wrong {
            self.builder.notes.add(WRONG_TYPE, &path);
        }
        self.builder.notes.add_many(DUPLICATE_KEY, u64::from(shape.duplicates), path);
    }

    fn note_list(&mut self, wrong: bool, path: &str) {
        if wrong {
            self.builder.notes.add(WRONG_TYPE, || path.to_owned());
        }
    }

    fn note_texts(&mut self, component: &Component<'_>, path: &dyn Fn() -> String) {
        let texts = [
            &component.bom_ref,
            &component.component_type,
            &component.group,
            &component.name,
            &component.version,
            &component.purl,
            &component.publisher,
        ];
        let wrong = texts.iter().filter(|text| text.is_wrong()).count() as u64;
        let others = u64::from(component.licenses.wrong)
            + u64::from(component.supplier.shape.wrong)
            + u64::from(component.manufacturer.shape.wrong);
        self.builder.notes.add_many(WRONG_TYPE, wrong + others, path);
    }
}

fn draft<'a>(component: &'a Component<'a>, parent: Option<u32>) -> Draft<'a> {
    Draft {
        reference: component.bom_ref.get(),
        component_type: component.component_type.get(),
        group: component.group.get(),
        name: component.name.get(),
        version: component.version.get(),
        purl: component.purl.get(),
        supplier: component
            .supplier
            .name
            .get()
            .or_else(|| component.manufacturer.name.get())
            .or_else(|| component.publisher.get()),
        licences: component.licenses.items.iter().filter_map(licence).collect(),
        parent,
    }
}

fn licence(choice: &LicenceChoice<'_>) -> Option<String> {
    let licence = &choice.license;
    let text = choice.expression.get().or_else(|| licence.id.get());
    text.or_else(|| licence.name.get()).or_else(|| licence.url.get()).map(str::to_owned)
}

fn tool_name(tool: &Tool<'_>) -> Option<String> {
    let name = tool.name.get()?;
    Some(match tool.version.get() {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    })
}

fn joined_name(component: &Component<'_>) -> Option<String> {
    let name = component.name.get()?;
    Some(match component.group.get() {
        Some(group) => format!("{group}/{name}"),
        None => name.to_owned(),
    })
}

fn owned(text: &Text<'_>) -> Option<String> {
    text.get().map(str::to_owned)
}

/// The worst rating; one without a word counts by its CVSS score.
fn worst(vulnerability: &Vulnerability<'_>) -> Severity {
    let severity = |rating: &super::raw::Rating<'_>| {
        let word = rating.severity.get().map_or(Severity::Unknown, Severity::from_word);
        let by_cvss = rating.method.get().is_some_and(|method| method.starts_with("CVSS"));
        match (word, rating.score.0) {
            (Severity::Unknown, Some(score)) if by_cvss => Severity::from_cvss(score),
            (word, _) => word,
        }
    };
    vulnerability.ratings.items.iter().map(severity).max().unwrap_or(Severity::Unknown)
}
