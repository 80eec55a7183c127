//! Everything a pack is made of, gathered from the store before the first byte is written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::app::keys::Signer;
use crate::app::pack::PackRequest;
use crate::app::report::status_of;
use crate::app::{App, Error};
use crate::base::{Digest, ErrorKind, UnixMillis};
use crate::controls::{Evaluation, Facts, RequirementStatus, SourceFile, TestResult, evaluate_with};
use crate::evidence::Receipt;
use crate::report::pack::{
    EarlierCheckpoint, EvidenceLink, Gap, LedgerInput, PackFile, PackInput, PackItem, PackMode,
    PopulationTable, ReplayInput, ScoreFiles,
};
use crate::risk::{RuleSet, VendorFacts, VendorScore};
use crate::store::{CheckpointRow, EvidenceRow, RunRow, WithdrawalRow};

/// No audit log is cut short.
const EVERY_RUN: u64 = i64::MAX.unsigned_abs();

/// Facts of every vendor with the instant they are scored for.
#[derive(Debug, Serialize, Deserialize)]
pub struct ScoreFacts {
    /// The instant.
    pub at: UnixMillis,
    /// The vendors.
    pub vendors: Vec<VendorFacts>,
}

/// The scores as packed.
pub fn scores_text(rules: &RuleSet, facts: &ScoreFacts) -> Result<String, String> {
    let scores: Vec<VendorScore> = facts.vendors.iter().map(|v| rules.score(v, facts.at)).collect();
    serde_json::to_string_pretty(&scores).map(|text| text + "\n").map_err(|e| e.to_string())
}

/// An owned pack input.
pub struct Parts {
    pub organisation: String,
    pub installation: String,
    pub sample: bool,
    pub feed_max_age_hours: u32,
    pub mode: PackMode,
    pub frameworks: Vec<String>,
    pub pages: Vec<PackFile>,
    pub items: Vec<PackItem>,
    pub links: Vec<EvidenceLink>,
    pub gaps: Vec<Gap>,
    pub definitions: Vec<SourceFile>,
    pub facts: Facts,
    pub evaluation: Evaluation,
    pub scores: Option<[String; 3]>,
    pub populations: Vec<PopulationTable>,
    pub files: Vec<PackFile>,
    pub audit_log: Vec<String>,
    pub checkpoint: CheckpointRow,
    pub earlier: Option<(String, Vec<Digest>)>,
}

impl Parts {
    /// The borrowed form the writer takes.
    pub fn input<'a>(&'a self, signer: &'a Signer) -> PackInput<'a> {
        PackInput {
            organisation: &self.organisation,
            installation: &self.installation,
            sample: self.sample,
            mode: self.mode,
            frameworks: &self.frameworks,
            pages: &self.pages,
            items: &self.items,
            links: &self.links,
            gaps: &self.gaps,
            replay: ReplayInput {
                definitions: &self.definitions,
                facts: &self.facts,
                evaluation: &self.evaluation,
                feed_max_age_hours: self.feed_max_age_hours,
                scores: self.scores.as_ref().map(|[rules, facts, scores]| ScoreFiles {
                    rules,
                    facts,
                    scores,
                }),
            },
            populations: &self.populations,
            files: &self.files,
            audit_log: &self.audit_log,
            ledger: LedgerInput {
                checkpoint: &self.checkpoint.note,
                key: &signer.verifier,
                signer: signer.key(),
                rotation: None,
                earlier: self.earlier.as_ref().map(|(note, proof)| EarlierCheckpoint { note, proof }),
            },
        }
    }
}

impl App {
    /// Gathers a pack for the instant.
    pub(super) async fn pack_parts(&self, request: &PackRequest, at: UnixMillis) -> Result<Parts, Error> {
        let frameworks: Vec<String> =
            self.frameworks(&request.frameworks)?.iter().map(|f| f.id.clone()).collect();
        let rows = self.store.evidence_until(at).await?;
        let withdrawn = self.store.withdrawal_in_force(at).await?;
        let items = rows.iter().map(|row| pack_item(row, &withdrawn)).collect::<Result<Vec<_>, _>>()?;
        let last = rows.iter().map(|r| r.ledger_index.unsigned_abs() + 1).max().unwrap_or(1);
        // Before the facts, which name the newest checkpoint: a pack for this very instant has one to pin already then.
        let checkpoint = self.checkpoint_over(last).await?;
        let (evaluation, facts) = self.evaluation_at(at).await?;
        let gaps = self.gaps(&frameworks, &evaluation, at).await?;
        let (organisation, sample) = self.shown_organisation().await?;
        let mode = request.from.map_or(PackMode::AsOf { at }, |from| PackMode::Period { from, to: at });
        let mut parts = Parts {
            installation: self.signer.verifier.name().to_owned(),
            links: links(&frameworks, &evaluation),
            definitions: self.control_files.clone(),
            scores: self.packed_scores(at).await?,
            populations: evaluation.results.iter().map(population).collect(),
            files: self.vendor_files(at).await?,
            audit_log: audit_log(&self.store.run_list(EVERY_RUN).await?, at)?,
            earlier: self.earlier_checkpoint(request.from, checkpoint.size).await?,
            checkpoint: checkpoint.clone(),
            pages: Vec::new(),
            feed_max_age_hours: self.config.advisories.max_age_hours,
            organisation,
            sample,
            mode,
            frameworks,
            items,
            gaps,
            facts,
            evaluation,
        };
        parts.pages = self.pack_pages(&parts, &rows, &checkpoint).await?;
        Ok(parts)
    }

    /// In period mode: the checkpoint at the period's start, and the proof that the pack's one extends it.
    async fn earlier_checkpoint(
        &self,
        from: Option<UnixMillis>,
        size: u64,
    ) -> Result<Option<(String, Vec<Digest>)>, Error> {
        let Some(from) = from else { return Ok(None) };
        let Some(earlier) = self.store.checkpoint_newest(from).await? else { return Ok(None) };
        if earlier.size == 0 || earlier.size > size {
            return Ok(None);
        }
        let proof = self.consistency(earlier.size, size).await?;
        Ok(Some((earlier.note, proof)))
    }

    /// The stored evaluation of exactly that instant when its inputs still are the same; else a new one.
    async fn evaluation_at(&self, at: UnixMillis) -> Result<(Evaluation, Facts), Error> {
        let facts = self.facts(at).await?;
        let evaluation = evaluate_with(&self.catalog, &facts, self.evaluate_options(at), &[]);
        let known = self.store.evaluation_newest(at).await?;
        if !known.is_some_and(|row| row.at == at && row.catalog == self.catalog.digest) {
            self.evaluation_keep(&evaluation).await?;
        }
        Ok((evaluation, facts))
    }

    async fn gaps(
        &self,
        frameworks: &[String],
        evaluation: &Evaluation,
        at: UnixMillis,
    ) -> Result<Vec<Gap>, Error> {
        let open = |s: RequirementStatus| {
            !matches!(
                s,
                RequirementStatus::EvidenceMet
                    | RequirementStatus::NotApplicableClaimed
                    | RequirementStatus::Superseded
            )
        };
        let verdicts =
            evaluation.requirements.iter().filter(|v| frameworks.contains(&v.framework) && open(v.status));
        let mut gaps: Vec<Gap> = verdicts
            .map(|v| Gap {
                framework: v.framework.clone(),
                requirement: v.id.clone(),
                status: v.status,
                reason: v.explanation.clone(),
                tests: v.tests.clone(),
                what_to_do: self.what_to_do(v.provide.as_deref(), &v.tests, evaluation),
            })
            .collect();
        for source in self.store.source_list().await? {
            let last = self.store.run_of_source(&source.id, None, at).await?;
            if let Some(run) = last.filter(|r| !r.detail.is_empty()) {
                gaps.push(Gap {
                    framework: "collection".to_owned(),
                    requirement: source.name,
                    status: RequirementStatus::Unknown,
                    reason: run.detail,
                    tests: Vec::new(),
                    what_to_do: "mend the source and collect it again".to_owned(),
                });
            }
        }
        Ok(gaps)
    }

    fn what_to_do(&self, provide: Option<&str>, tests: &[String], evaluation: &Evaluation) -> String {
        let failing = |id: &&String| {
            let result = evaluation.results.iter().find(|r| r.test == **id);
            result.is_some_and(|r| r.status < crate::controls::TestStatus::Exception)
        };
        let mut steps: Vec<&str> = tests
            .iter()
            .filter(failing)
            .filter_map(|id| self.catalog.test(id))
            .map(|t| t.remediation.trim())
            .collect();
        steps.dedup();
        steps.extend(provide);
        steps.join(" ")
    }

    async fn packed_scores(&self, at: UnixMillis) -> Result<Option<[String; 3]>, Error> {
        let lines = self.scores_at(at).await?;
        if lines.is_empty() {
            return Ok(None);
        }
        let facts = ScoreFacts { at, vendors: lines.into_iter().map(|l| l.facts).collect() };
        let internal =
            |e: String| Error::new(ErrorKind::Internal, format!("could not write the scores: {e}"));
        let text = serde_json::to_string_pretty(&facts).map_err(|e| internal(e.to_string()))?;
        let scores = scores_text(&self.rules, &facts).map_err(internal)?;
        Ok(Some([self.rules_text.clone(), text + "\n", scores]))
    }

    async fn vendor_files(&self, at: UnixMillis) -> Result<Vec<PackFile>, Error> {
        let mut files = Vec::new();
        for line in self.scores_at(at).await? {
            let text = serde_json::to_string_pretty(&line)
                .map_err(|e| Error::new(ErrorKind::Internal, "could not write a score").caused_by(e))?;
            files.push(PackFile { path: format!("vendors/{}.json", line.score.vendor), text: text + "\n" });
        }
        Ok(files)
    }
}

fn pack_item(row: &EvidenceRow, withdrawn: &[WithdrawalRow]) -> Result<PackItem, Error> {
    let receipt: Receipt = serde_json::from_str(&row.receipt).map_err(|e| {
        Error::integrity(format!("the stored receipt of {} cannot be read", row.id)).caused_by(e)
    })?;
    let quarantined = status_of(row) == crate::evidence::ReceiptStatus::Quarantined;
    let mut reasons: Vec<String> = Vec::new();
    if quarantined {
        reasons.extend(receipt.errors.into_iter().map(|e| e.message));
    }
    // What was withdrawn is packed all the same: nothing disappears, it only no longer speaks.
    reasons.extend(withdrawn.iter().filter(|w| w.item_no == row.no).map(crate::app::withdrawal::in_words));
    Ok(PackItem {
        ledger_index: row.ledger_index.unsigned_abs(),
        sha256: row.sha256,
        reason: (quarantined || !reasons.is_empty()).then(|| reasons.join(" ")),
        statement: crate::app::import::predicate(row),
        receipt: Some(row.receipt.clone()),
    })
}

fn links(frameworks: &[String], evaluation: &Evaluation) -> Vec<EvidenceLink> {
    let mut links = BTreeSet::new();
    for verdict in evaluation.requirements.iter().filter(|v| frameworks.contains(&v.framework)) {
        for result in evaluation.results.iter().filter(|r| verdict.tests.contains(&r.test)) {
            for evidence in result.subjects.iter().flat_map(|s| &s.relied_on) {
                links.insert(EvidenceLink {
                    framework: verdict.framework.clone(),
                    requirement: verdict.id.clone(),
                    evidence: evidence.clone(),
                });
            }
        }
    }
    links.into_iter().collect()
}

fn population(result: &TestResult) -> PopulationTable {
    let status = |s: &crate::controls::TestStatus| {
        serde_json::to_value(s).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let heading = ["subject", "status", "explanation", "evidence"].map(str::to_owned).to_vec();
    let rows = result.subjects.iter().map(|subject| {
        let evidence = subject.relied_on.join(" ");
        vec![subject.subject.clone(), status(&subject.status), subject.explanation.clone(), evidence]
    });
    PopulationTable { test: result.test.clone(), heading, rows: rows.collect() }
}

#[derive(Serialize)]
struct AuditLine<'a> {
    run: String,
    job: &'a str,
    trigger: &'a str,
    state: &'a str,
    due_at: UnixMillis,
    started_at: UnixMillis,
    finished_at: Option<UnixMillis>,
    missed: u32,
    accepted: u32,
    duplicates: u32,
    quarantined: u32,
    detail: &'a str,
}

/// Runs that had ended before then, oldest first: those never change any more. One that ends in that very instant, as
/// this pack's own may, is in none: it would make the second pack for the instant another one than the first.
fn audit_log(runs: &[RunRow], at: UnixMillis) -> Result<Vec<String>, Error> {
    let ended = runs.iter().rev().filter(|r| r.finished_at.is_some_and(|end| end < at));
    ended
        .map(|run| {
            let line = AuditLine {
                run: run.id.to_string(),
                job: &run.job,
                trigger: run.trigger.as_str(),
                state: run.state.as_str(),
                due_at: run.due_at,
                started_at: run.started_at,
                finished_at: run.finished_at,
                missed: run.missed,
                accepted: run.accepted,
                duplicates: run.duplicates,
                quarantined: run.quarantined,
                detail: &run.detail,
            };
            serde_json::to_string(&line)
                .map_err(|e| Error::new(ErrorKind::Internal, "could not write the audit log").caused_by(e))
        })
        .collect()
}
