//! What can only be told at the end of an SPDX 2.x document: its subject, the files of its packages, its accounts.

use std::collections::{BTreeSet, HashSet};

use crate::evidence::decoder::Decoded;
use crate::evidence::sbom::Sbom;
use crate::evidence::sbom::builder::{Built, Node, Ref};
use crate::evidence::sbom::notes::{DANGLING_REF, EDGE_TO_OTHER, NO_ROOT};
use crate::evidence::sbom::spdx::mapping::{DOCUMENT, Mapping};
use crate::evidence::{Counts, Encoding, Evidence};

impl Mapping {
    /// Settles what the document is about. A sole subject is the described thing itself; of several each is a part.
    fn settle_subjects(&mut self) -> Option<Ref> {
        let documents = [self.builder.number(DOCUMENT), {
            let id = self.id.clone();
            self.builder.number(id.as_deref().unwrap_or(DOCUMENT))
        }];
        for document in documents {
            self.builder.refer_number(document, Node::Root(None), &String::new);
        }
        // a document that describes itself says nothing about its subject
        let about = |(by, subject, _): &&(Ref, Ref, Option<u32>)| {
            documents.contains(by) && !documents.contains(subject)
        };
        let described: BTreeSet<Ref> =
            self.subjects.iter().filter(about).map(|(_, subject, _)| *subject).collect();
        if described.is_empty() {
            let path = self.path("relationships");
            self.builder.notes.add(NO_ROOT, || path);
        }
        let several = described.len() > 1;
        for (by, subject, place) in std::mem::take(&mut self.subjects) {
            match place {
                _ if several && about(&&(by, subject, place)) => {
                    self.builder.edge(documents[0], subject, place.unwrap_or(0));
                }
                Some(place) => {
                    self.builder.keep();
                    self.builder.mention(subject, place);
                }
                None => self.builder.mention(subject, 0),
            }
        }
        described.first().copied().filter(|_| !several)
    }

    /// Turns `hasFiles` into containment; links to files are counted and left out like relations to files.
    fn settle_file_links(&mut self) {
        let list = self.path("packages");
        let mut missing = HashSet::new();
        for (package, file, place) in std::mem::take(&mut self.file_links) {
            let path: &dyn Fn() -> String = &|| format!("{list}/{place}/hasFiles");
            match self.builder.node(file) {
                Some(Node::Component(_)) => self.builder.edge(package, file, 0),
                Some(Node::Root(_) | Node::Other) => self.builder.skip(EDGE_TO_OTHER, path),
                None if missing.insert(file) => self.builder.skip(DANGLING_REF, path),
                None => self.builder.skip_again(),
            }
        }
    }

    /// The one model, with its accounts.
    pub(in crate::evidence::sbom::spdx) fn finish(mut self, version: String, encoding: Encoding) -> Decoded {
        self.settle_file_links();
        let sole = self.settle_subjects();
        let list = self.path("relationships");
        let root = sole.and_then(|sole| self.builder.node(sole).map(|node| (sole, node)));
        if let Some((sole, Node::Component(_))) = root {
            // its dependencies are those of the described thing
            self.builder.refer_number(sole, Node::Root(None), &String::new);
        }
        let counts = self.counts();
        let Built { components, edges, nestings, records, notes } = self.builder.finish(&list);
        let mut sbom = Sbom { components, dependencies: edges, nestings, ..self.sbom };
        sbom.about.spec_version = Some(version.clone());
        sbom.about.name.clone_from(&sbom.name);
        if let Some((_, Node::Component(index))) = root {
            let root = sbom.components.get(index as usize);
            sbom.version = root.and_then(|c| c.version.clone());
            sbom.name = root.map(|c| c.name.clone()).or(sbom.name);
            sbom.root = root.cloned().map(Box::new);
        }
        Decoded {
            format_version: Some(version),
            encoding,
            produced_at: sbom.produced_at,
            evidence: Evidence::Sbom(sbom),
            records,
            counts,
            warnings: notes.into_warnings(),
        }
    }

    fn counts(&self) -> Counts {
        [("components", self.packages), ("files", self.files), ("relationships", self.relationships)]
            .into_iter()
            .map(|(key, count)| (key.to_owned(), u64::from(count)))
            .collect()
    }
}
