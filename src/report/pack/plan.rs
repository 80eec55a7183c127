//! Which members a pack has, in order, and where the content of each comes from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::PackError;
use super::guide;
use super::input::{PackData, PackInput, PackItem};
use super::name::{evidence_paths, is_safe, safe_segment};
use super::table::Table;
use crate::base::Digest;
use crate::controls::{Evaluation, Facts};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::tlog_proof::{ConsistencyFile, TlogProof};

/// Where a member's bytes come from.
#[derive(Debug)]
pub(super) enum Content<'a> {
    Bytes(Cow<'a, [u8]>),
    Facts(&'a Facts),
    Evaluation(&'a Evaluation),
    Blob { sha256: Digest, bytes: u64 },
    Envelope(u64),
    Proof(u64),
}

/// The members by path, which is also their order in the file.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) members: BTreeMap<String, Content<'a>>,
    pub(super) checkpoint: &'a str,
    pub(super) size: u64,
    lower: BTreeSet<String>,
}

impl<'a> Plan<'a> {
    /// Lays out every member but the manifest and its signature.
    pub(super) fn of(input: &PackInput<'a>, checkpoint: &Checkpoint) -> Result<Self, PackError> {
        let mut plan = Self {
            members: BTreeMap::new(),
            checkpoint: input.ledger.checkpoint,
            size: checkpoint.head().size,
            lower: BTreeSet::new(),
        };
        plan.add_pages(input)?;
        plan.add_ledger(input)?;
        plan.add_items(input)?;
        plan.add_tables(input)?;
        plan.add_replay(input)?;
        Ok(plan)
    }

    pub(super) fn add(&mut self, path: String, content: Content<'a>) -> Result<(), PackError> {
        if !is_safe(&path) {
            return Err(PackError::Name(path));
        }
        if !self.lower.insert(path.to_ascii_lowercase()) {
            return Err(PackError::Clash(path));
        }
        self.members.insert(path, content);
        Ok(())
    }

    fn text(&mut self, path: &str, text: impl Into<Cow<'a, str>>) -> Result<(), PackError> {
        let bytes = match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        self.add(path.to_owned(), Content::Bytes(bytes))
    }

    fn add_pages(&mut self, input: &PackInput<'a>) -> Result<(), PackError> {
        for page in input.pages.iter().chain(input.files) {
            self.text(&page.path, page.text.as_str())?;
        }
        for needed in ["README.html", "report.html"] {
            if !self.members.contains_key(needed) {
                return Err(PackError::Page(needed));
            }
        }
        self.text("verify.py", guide::VERIFIER)?;
        self.text("verify.md", guide::guide())
    }

    fn add_ledger(&mut self, input: &PackInput<'a>) -> Result<(), PackError> {
        let ledger = &input.ledger;
        self.text("checkpoint.txt", ledger.checkpoint)?;
        self.text("keys/log.vkey", format!("{}\n", ledger.key))?;
        self.text("keys/log.pem", ledger.key.key().to_pem())?;
        if let Some(rotation) = ledger.rotation {
            self.text("keys/first.vkey", format!("{}\n", rotation.first))?;
            for &index in rotation.changes {
                self.add(format!("keys/changes/{index}.dsse.json"), Content::Envelope(index))?;
                self.add(proof_path(index), Content::Proof(index))?;
            }
        }
        if let Some(earlier) = ledger.earlier {
            let old_size = unsigned_size(earlier.note)?;
            let (hashes, checkpoint) = (earlier.proof.to_vec(), ledger.checkpoint.to_owned());
            let file = ConsistencyFile { old_size, hashes, checkpoint };
            self.text("earlier.txt", earlier.note)?;
            self.text("consistency.txt", file.to_string())?;
        }
        Ok(())
    }

    fn add_items(&mut self, input: &PackInput<'a>) -> Result<(), PackError> {
        let paths = evidence_paths(input.items);
        let mut done = BTreeSet::new();
        for item in input.items {
            let path = &paths[&item.statement.id.to_string()];
            if done.insert(path) {
                let content = Content::Blob { sha256: item.sha256, bytes: item.statement.bytes };
                self.add(path.clone(), content)?;
            }
            let index = item.ledger_index;
            self.add(format!("envelopes/{index}.dsse.json"), Content::Envelope(index))?;
            self.add(proof_path(index), Content::Proof(index))?;
            if let Some(receipt) = &item.receipt {
                self.text(&format!("receipts/{index}.json"), receipt.as_str())?;
            }
        }
        Ok(())
    }

    fn add_tables(&mut self, input: &PackInput<'a>) -> Result<(), PackError> {
        self.text("gaps.csv", gaps(input))?;
        if !input.links.is_empty() {
            self.text("controls/index.csv", links(input))?;
        }
        for population in input.populations {
            let mut table = Table::new(&population.heading);
            population.rows.iter().for_each(|row| table.row(row));
            let path = format!("populations/{}.csv", safe_segment(&population.test));
            self.text(&path, table.into_text())?;
        }
        if !input.audit_log.is_empty() {
            self.text("audit-log.jsonl", input.audit_log.join("\n") + "\n")?;
        }
        Ok(())
    }

    fn add_replay(&mut self, input: &PackInput<'a>) -> Result<(), PackError> {
        for file in input.replay.definitions {
            self.text(&format!("replay/definitions/{}", file.name), file.text.as_str())?;
        }
        let options = ReplayOptions { feed_max_age_hours: input.replay.feed_max_age_hours };
        let mut bytes = Vec::new();
        write_json(&options, &mut bytes)?;
        self.add("replay/options.json".to_owned(), Content::Bytes(bytes.into()))?;
        self.add("replay/facts.json".to_owned(), Content::Facts(input.replay.facts))?;
        self.add("replay/evaluation.json".to_owned(), Content::Evaluation(input.replay.evaluation))?;
        if let Some(scores) = input.replay.scores {
            self.text("replay/scores/rules.yaml", scores.rules)?;
            self.text("replay/scores/facts.json", scores.facts)?;
            self.text("replay/scores/scores.json", scores.scores)?;
        }
        Ok(())
    }

    /// Writes one member's bytes; what comes from elsewhere is checked against what it has to be.
    pub(super) fn write(
        &self,
        content: &Content<'_>,
        data: &mut dyn PackData,
        mut sink: impl Write,
    ) -> Result<(), PackError> {
        match content {
            Content::Bytes(bytes) => sink.write_all(bytes).map_err(PackError::Write),
            Content::Facts(facts) => write_json(facts, sink),
            Content::Evaluation(evaluation) => write_json(evaluation, sink),
            Content::Blob { sha256, bytes } => {
                let blob = data.blob(sha256).map_err(|source| PackError::Blob { sha256: *sha256, source })?;
                if Digest::of(&blob) != *sha256 || blob.len() as u64 != *bytes {
                    return Err(PackError::BlobChanged(*sha256));
                }
                sink.write_all(&blob).map_err(PackError::Write)
            }
            Content::Envelope(index) => {
                sink.write_all(&self.envelope(*index, data)?).map_err(PackError::Write)
            }
            Content::Proof(index) => {
                let hashes = data.proof(*index, self.size);
                let hashes = hashes.map_err(|source| PackError::Entry { index: *index, source })?;
                let checkpoint = self.checkpoint.to_owned();
                let proof = TlogProof { extra: None, index: *index, hashes, checkpoint };
                write!(sink, "{proof}").map_err(PackError::Write)
            }
        }
    }

    fn envelope(&self, index: u64, data: &mut dyn PackData) -> Result<Vec<u8>, PackError> {
        data.envelope(index).map_err(|source| PackError::Entry { index, source })
    }
}

/// Limits other than the definitions that the verdicts were made with.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayOptions {
    pub(super) feed_max_age_hours: u32,
}

fn proof_path(index: u64) -> String {
    format!("proofs/{index}.tlog-proof")
}

/// The size an earlier checkpoint names; the verifier checks its signature.
fn unsigned_size(note: &str) -> Result<u64, PackError> {
    let note = crate::ledger::note::SignedNote::parse(note.as_bytes())
        .map_err(|error| PackError::Checkpoint(error.into()))?;
    Ok(Checkpoint::parse_text(note.text()).map_err(PackError::Checkpoint)?.head().size)
}

fn write_json<T: Serialize>(value: &T, mut sink: impl Write) -> Result<(), PackError> {
    let mut buffered = io::BufWriter::new(&mut sink);
    serde_json::to_writer(&mut buffered, value).map_err(|error| PackError::Write(error.into()))?;
    buffered.write_all(b"\n").and_then(|()| buffered.flush()).map_err(PackError::Write)
}

/// The word of a status as it stands in JSON.
pub(super) fn word<T: Serialize>(status: &T) -> String {
    serde_json::to_string(status).map(|quoted| quoted.trim_matches('"').to_owned()).unwrap_or_default()
}

fn gaps(input: &PackInput<'_>) -> String {
    let mut table =
        Table::new(["framework", "requirement", "status", "reason", "tests", "evidence", "what to do"]);
    for gap in input.gaps {
        let (status, tests) = (word(&gap.status), gap.tests.join(" "));
        let (framework, requirement) = (gap.framework.as_str(), gap.requirement.as_str());
        table.row([framework, requirement, &status, &gap.reason, &tests, "", &gap.what_to_do]);
    }
    let mut quarantined: Vec<_> = input.items.iter().filter(|item| item.is_quarantined()).collect();
    quarantined.sort_by_key(|item| item.ledger_index);
    for item in quarantined {
        let reason = item.reason.as_deref().unwrap_or("no reason is recorded");
        let id = item.statement.id.to_string();
        let to_do = "collect it again or correct it: a quarantined file proves nothing";
        table.row(["", "", "quarantined", reason, "", &id, to_do]);
    }
    let mut withdrawn: Vec<_> =
        input.items.iter().filter(|item| !item.is_quarantined() && item.reason.is_some()).collect();
    withdrawn.sort_by_key(|item| item.ledger_index);
    for item in withdrawn {
        let reason = item.reason.as_deref().unwrap_or_default();
        let id = item.statement.id.to_string();
        let to_do = "nothing, unless no other evidence speaks in its place";
        table.row(["", "", "withdrawn", reason, "", &id, to_do]);
    }
    table.into_text()
}

fn links(input: &PackInput<'_>) -> String {
    let paths = evidence_paths(input.items);
    let mut table = Table::new(["framework", "requirement", "evidence", "path", "sha256", "ledger index"]);
    let items: BTreeMap<String, &PackItem> =
        input.items.iter().map(|item| (item.statement.id.to_string(), item)).collect();
    let mut links: Vec<_> = input.links.iter().collect();
    links.sort();
    links.dedup();
    for link in links {
        let path = paths.get(&link.evidence).map_or("", String::as_str);
        let item = items.get(&link.evidence);
        let digest = item.map(|item| item.sha256.to_hex()).unwrap_or_default();
        let index = item.map(|item| item.ledger_index.to_string()).unwrap_or_default();
        table.row([&link.framework, &link.requirement, &link.evidence, path, &digest, &index]);
    }
    table.into_text()
}
