//! Exploitability statements at hand, and whether one of a trusted author sets a match aside.

use crate::app::{App, Error};
use crate::base::UnixMillis;
use crate::evidence::scan::matches::MatchOutcome;
use crate::evidence::vex::{
    Finding, Identifier, Source, StatementRef, Subject, Trust, Unversioned, Verdict, VexDocument,
    from_cyclonedx, judge,
};
use crate::evidence::{Evidence, EvidenceKind, Upload, intake};
use crate::store::ComponentRow;

/// Statements with the asset each document was handed in for, and whose word counts.
pub(super) struct Statements {
    documents: Vec<(String, VexDocument)>,
    trust: Trust,
}

impl App {
    /// Every accepted statement known by then, read again from its bytes.
    pub(super) async fn vex_statements(&self, at: UnixMillis) -> Result<Statements, Error> {
        let mut documents = Vec::new();
        for row in self.store.evidence_speaking(at).await? {
            if row.kind != EvidenceKind::Vex.as_str() || row.status != "accepted" {
                continue;
            }
            let bytes = self.blobs.get(row.sha256).await?;
            let upload = Upload {
                name: &row.file,
                bytes: &bytes,
                kind: None,
                limits: self.config.limits,
                redaction_key: &self.signer.redaction_key,
            };
            for reading in intake::read(&upload) {
                match reading.evidence {
                    Some(Evidence::Vex(document)) => documents.push((row.subject.clone(), document)),
                    Some(Evidence::Sbom(bom)) => documents.push((row.subject.clone(), from_cyclonedx(&bom))),
                    Some(
                        Evidence::Scan(_)
                        | Evidence::Access(_)
                        | Evidence::Document(_)
                        | Evidence::Advisories(_)
                        | Evidence::Exploitation(_)
                        | Evidence::Changes(_)
                        | Evidence::Attestation(_),
                    )
                    | None => {}
                }
            }
        }
        let stated = self.config.advisories.trusted_vex_authors.iter().cloned().collect();
        let trust = Trust { stated, unversioned: Unversioned::Refused, ..Trust::default() };
        Ok(Statements { documents, trust })
    }
}

impl Statements {
    /// What is decided about a vulnerability in a component of an asset.
    pub(super) fn judge(&self, asset: &str, component: &ComponentRow, ids: &[String]) -> MatchOutcome {
        let subject = format!("asset:{asset}");
        // a document handed in for another asset says nothing about this one
        let mine = self.documents.iter().filter(|(about, _)| about.is_empty() || *about == subject);
        let sources: Vec<Source<'_>> =
            mine.map(|(_, document)| Source { document, signed_by: None }).collect();
        let product = Subject { identifiers: vec![Identifier::Other(asset.to_owned())], version: None };
        let written = component.purl.iter().chain([&component.purl_key]).filter(|purl| !purl.is_empty());
        let identifiers = written.map(|purl| Identifier::Purl(purl.clone())).collect();
        let part = Subject { identifiers, version: component.version.clone() };
        let finding = Finding { vulnerabilities: ids, product: &product, component: &part };
        match judge(&sources, &finding, &self.trust).verdict {
            Verdict::Suppressed { by, .. } => by.first().map_or(MatchOutcome::Affected, set_aside),
            Verdict::Open | Verdict::Conflict { .. } => MatchOutcome::Affected,
        }
    }
}

fn set_aside(statement: &StatementRef) -> MatchOutcome {
    let why = statement.justification.map_or("impact statement", |justification| justification.as_str());
    let document = statement.document.as_deref().unwrap_or("a document without an identifier");
    MatchOutcome::SetAside {
        by: statement.author.clone(),
        why: why.to_owned(),
        statement: format!("{document} {}", statement.path).trim().to_owned(),
    }
}
