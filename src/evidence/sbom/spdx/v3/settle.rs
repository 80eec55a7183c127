//! What can only be told at the end of an SPDX 3 document: its subject, its maker, its accounts.

use std::collections::BTreeSet;

use crate::base::UnixMillis;
use crate::evidence::decoder::{DecodeError, Decoded};
use crate::evidence::sbom::builder::{Built, Node, Ref};
use crate::evidence::sbom::notes::{BAD_TIMESTAMP, NO_ROOT};
use crate::evidence::sbom::spdx::v3::Reader;
use crate::evidence::sbom::{Sbom, StatedVulnerability};
use crate::evidence::{Counts, Encoding, Evidence};

impl Reader {
    /// Who made it, and when; a document without one takes its only creation information.
    fn settle_creation(&mut self) -> Option<String> {
        let sole = self.index.creations.values().next().filter(|_| self.index.creations.len() == 1);
        let creation = self.creation.take().filter(|c| c.created.is_some() || c.version.is_some());
        let creation = creation.or_else(|| sole.cloned()).unwrap_or_default();
        let tools: Vec<_> = creation.using.iter().filter_map(|id| self.index.party(id)).collect();
        self.sbom.tools = tools.iter().filter_map(|tool| tool.label()).collect();
        let makers = creation.by.iter().filter_map(|id| self.index.party(id));
        self.sbom.about.creators = makers.chain(tools.iter().cloned()).collect();
        self.sbom.about.produced_at.clone_from(&creation.created);
        if let Some(text) = &creation.created {
            self.sbom.produced_at = UnixMillis::parse_lenient(text).ok();
            if self.sbom.produced_at.is_none() {
                self.builder.notes.add(BAD_TIMESTAMP, || "/@graph".to_owned());
            }
        }
        creation.version
    }

    /// Settles what the document is about: a sole subject is the described thing itself, of several each is a part.
    fn settle_subjects(&mut self) -> Option<Ref> {
        for document in &self.documents {
            self.builder.refer_number(*document, Node::Root(None), &String::new);
        }
        let about =
            |(by, of, _): &&(Ref, Ref, u32)| self.documents.contains(by) && !self.documents.contains(of);
        let described: BTreeSet<Ref> = self.subjects.iter().filter(about).map(|(_, of, _)| *of).collect();
        if described.is_empty() {
            self.builder.notes.add(NO_ROOT, || "/@graph".to_owned());
        }
        let several = described.len() > 1;
        for (by, of, place) in std::mem::take(&mut self.subjects) {
            let is_about = self.documents.contains(&by) && !self.documents.contains(&of);
            if several && is_about {
                self.builder.edge(by, of, place);
            } else {
                self.builder.keep();
                self.builder.mention(of, place);
            }
        }
        described.first().copied().filter(|_| !several)
    }

    /// The one model, with its accounts.
    pub(super) fn finish(mut self) -> Result<Decoded, DecodeError> {
        let version = self.settle_creation();
        if let Some(version) = version.as_deref().filter(|version| !version.starts_with("3.")) {
            let version: String = version.chars().take(60).collect();
            let message = format!("`{version}` is not read in this form; read are 3.0 and its corrections");
            return Err(DecodeError::at("unsupported-version", "/@graph", message));
        }
        let sole = self.settle_subjects();
        let root = sole.and_then(|sole| Some((sole, self.builder.node(sole)?)));
        if let Some((sole, Node::Component(_))) = root {
            // its dependencies are those of the described thing
            self.builder.refer_number(sole, Node::Root(None), &String::new);
        }
        let counts = self.counts();
        let stated = self.statements();
        let Built { components, edges, nestings, records, notes } = self.builder.finish("/@graph");
        let mut sbom =
            Sbom { components, dependencies: edges, nestings, vulnerabilities: stated, ..self.sbom };
        sbom.about.spec_version.clone_from(&version);
        sbom.about.name.clone_from(&sbom.name);
        if let Some((_, Node::Component(index))) = root {
            let root = sbom.components.get(index as usize);
            sbom.version = root.and_then(|c| c.version.clone());
            sbom.name = root.map(|c| c.name.clone()).or(sbom.name);
            sbom.root = root.cloned().map(Box::new);
        }
        Ok(Decoded {
            format_version: Some(version.unwrap_or_else(|| "3.0".to_owned())),
            encoding: Encoding::Json,
            produced_at: sbom.produced_at,
            evidence: Evidence::Sbom(sbom),
            records,
            counts,
            warnings: notes.into_warnings(),
        })
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::from([
            ("components".to_owned(), self.packages),
            ("elements".to_owned(), self.elements),
            ("files".to_owned(), self.files),
            ("relationships".to_owned(), self.relationships),
        ]);
        let vulnerabilities = self.index.vulnerabilities.len() as u64;
        if vulnerabilities > 0 {
            counts.insert("findings".to_owned(), vulnerabilities);
        }
        counts
    }

    /// Statements on vulnerabilities; what is said of a merged component is said of the kept one.
    fn statements(&mut self) -> Vec<StatedVulnerability> {
        let mut stated = std::mem::take(&mut self.statements).finish(&self.index);
        for affected in stated.iter_mut().flat_map(|entry| &mut entry.affects) {
            if let Some(kept) = self.builder.canonical_reference(&affected.reference) {
                affected.reference = kept.to_owned();
            }
        }
        stated
    }
}
