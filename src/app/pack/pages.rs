//! The pages of a pack: front page, one report per framework, one page per requirement.

use crate::app::pack::parts::Parts;
use crate::app::report::evidence_row;
use crate::app::{App, Error};
use crate::controls::Framework;
use crate::ledger::checkpoint::Checkpoint;
use crate::report::pack::{PackFile, PackMode, evidence_paths};
use crate::report::{
    CheckpointFacts, ControlInput, ControlPages, PackFrameworkInput, PackReadme, PackedEvidence, Pages,
};
use crate::store::{CheckpointRow, EvidenceRow};

impl App {
    /// Renders every page of the pack.
    pub(super) async fn pack_pages(
        &self,
        parts: &Parts,
        rows: &[EvidenceRow],
        checkpoint: &CheckpointRow,
    ) -> Result<Vec<PackFile>, Error> {
        let pages = Pages::new()?;
        let paths = evidence_paths(&parts.items);
        let evidence: Vec<PackedEvidence> = rows
            .iter()
            .map(|row| PackedEvidence {
                row: evidence_row(row),
                path: paths.get(&row.id.to_string()).cloned().unwrap_or_default(),
            })
            .collect();
        let frameworks = self.frameworks(&parts.frameworks)?;
        let mut files = Vec::new();
        for framework in &frameworks {
            let html = self.render_report(&framework.id, &parts.evaluation, checkpoint.at).await?;
            let path = match frameworks.len() {
                1 => "report.html".to_owned(),
                _ => format!("reports/{}.html", framework.id),
            };
            files.push(PackFile { path, text: html });
            files.extend(self.control_files(framework, parts, &evidence, (checkpoint, &pages))?);
        }
        let readme = self.pack_readme(parts, &evidence, checkpoint, &pages)?;
        if frameworks.len() > 1 {
            // Several reports need one way in; the index says the same as the front page.
            files.push(PackFile { path: "report.html".to_owned(), text: readme.clone() });
        }
        files.push(PackFile { path: "README.html".to_owned(), text: readme });
        Ok(files)
    }

    fn control_files(
        &self,
        framework: &Framework,
        parts: &Parts,
        evidence: &[PackedEvidence],
        (checkpoint, pages): (&CheckpointRow, &Pages),
    ) -> Result<Vec<PackFile>, Error> {
        let control_pages = ControlPages::new(ControlInput {
            framework,
            catalog: &self.catalog,
            evaluation: &parts.evaluation,
            evidence,
            organisation: &parts.organisation,
            sample: parts.sample,
            generated_at: checkpoint.at,
        });
        let assessed = framework.items.iter().filter(|i| i.is_assessed());
        assessed
            .map(|item| {
                let path = format!("controls/{}/{}/control.html", framework.id, item.id);
                Ok(PackFile { path, text: pages.control_page(&control_pages.page(item)?)? })
            })
            .collect()
    }

    fn pack_readme(
        &self,
        parts: &Parts,
        evidence: &[PackedEvidence],
        checkpoint: &CheckpointRow,
        pages: &Pages,
    ) -> Result<String, Error> {
        let frameworks = self.frameworks(&parts.frameworks)?;
        let inputs: Vec<PackFrameworkInput<'_>> = frameworks
            .iter()
            .map(|framework| PackFrameworkInput {
                framework,
                catalog: &self.catalog,
                evaluation: &parts.evaluation,
            })
            .collect();
        let scope = match parts.mode {
            PackMode::AsOf { at } => format!("As of {}", at.to_display()),
            PackMode::Period { from, to } => format!("Period {} to {}", from.to_date(), to.to_date()),
        };
        let opened =
            Checkpoint::open(checkpoint.note.as_bytes(), std::slice::from_ref(&self.signer.verifier))
                .map_err(|e| Error::integrity("the stored checkpoint does not verify").caused_by(e))?;
        let facts =
            CheckpointFacts { size: checkpoint.size, root: opened.head().root.to_hex(), at: checkpoint.at };
        let reports = reports(&frameworks);
        let mut members: Vec<(&str, &str)> = reports.iter().map(|(p, w)| (p.as_str(), w.as_str())).collect();
        members.push(("gaps.csv", "Every requirement whose evidence is not enough"));
        members.push(("verify.md", "How to check this pack"));
        let readme = PackReadme::build(&crate::report::PackInput {
            organisation: &parts.organisation,
            sample: parts.sample,
            scope: &scope,
            frameworks: &inputs,
            evidence,
            items: parts.items.len() as u64,
            gaps: parts.gaps.len() as u64,
            checkpoint: &facts,
            fingerprint: &self.fingerprint(),
            members: &members,
        });
        Ok(pages.pack_readme(&readme)?)
    }
}

/// Path and name of each framework's report.
fn reports(frameworks: &[&Framework]) -> Vec<(String, String)> {
    let named = |f: &Framework| format!("Report on {}", f.title);
    match frameworks {
        [only] => vec![("report.html".to_owned(), named(only))],
        several => several.iter().map(|f| (format!("reports/{}.html", f.id), named(f))).collect(),
    }
}
