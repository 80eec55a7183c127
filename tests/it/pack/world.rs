//! A small installation: a log with real keys, a few blobs, two frameworks' worth of verdicts, and packs made of it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use attestry::base::{Digest, EvidenceId, UnixMillis};
use attestry::controls::{
    Catalog, Evaluation, Facts, Observation, Record, RequirementStatus, SourceFile, Subject, SubjectKind,
    Value, evaluate,
};
use attestry::evidence::{EvidenceKind, ReceiptStatus};
use attestry::ledger::checkpoint::Checkpoint;
use attestry::ledger::dsse::Envelope;
use attestry::ledger::key::SigningKey;
use attestry::ledger::key_ring::KeyChange;
use attestry::ledger::merkle::{Frontier, NodeId, TreeHead, plan_consistency, plan_inclusion};
use attestry::ledger::note::VerifierKey;
use attestry::ledger::statement::{PredicateKind, Statement, Subject as StatementSubject};
use attestry::report::pack::{
    EarlierCheckpoint, EvidenceLink, EvidencePredicate, FetchError, Gap, KeyRotation, LedgerInput, PackData,
    PackError, PackFile, PackInput, PackItem, PackMode, PackSource, PackSummary, PopulationTable,
    ReplayInput, ScoreFiles, create,
};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

pub const AT: UnixMillis = UnixMillis(1_790_000_000_000);
pub const LOG: &str = "attestry.example/log";

const FRAMEWORK: &str = "
id: house
title: House rules
version: '1'
notice: Written for this test.
items:
  - {id: '1', kind: section, title: Components}
  - {id: '1.1', kind: requirement, parent: '1', title: Inventory, automation: full}
  - {id: '1.2', kind: requirement, parent: '1', title: A person looks, automation: manual, provide: Minutes.}
";

const TESTS: &str = "
tests:
  - id: sbom.inventory
    title: Every deployable has an inventory
    evidences: [{framework: house, id: '1.1', strength: direct}]
    population: {of: asset, where: {path: type, eq: deployable}, when_empty: Declare one.}
    evidence: {kind: sbom}
    pass: {all: [{path: evidence.components, at_least: 1}, {path: evidence.purl_share, at_least: 0.1}]}
    severity: high
    remediation: Publish an SBOM.
";

/// Everything a pack is made of, all of it changeable.
pub struct World {
    pub key: SigningKey,
    pub vkey: VerifierKey,
    pub first: Option<VerifierKey>,
    pub changes: Vec<u64>,
    pub log: Log,
    pub items: Vec<PackItem>,
    pub definitions: Vec<SourceFile>,
    pub facts: Facts,
    pub evaluation: Evaluation,
    pub earlier: Option<String>,
    pub organisation: String,
}

/// Writes a key change from the first key to the second.
pub type Change = fn(&SigningKey, &SigningKey) -> Envelope;

/// The ledger and the blobs.
#[derive(Default)]
pub struct Log {
    pub entries: Vec<Vec<u8>>,
    pub blobs: BTreeMap<Digest, Vec<u8>>,
    nodes: BTreeMap<NodeId, Digest>,
    frontier: Frontier,
}

impl Log {
    pub fn append(&mut self, entry: Vec<u8>) -> u64 {
        let appended = self.frontier.append(&entry).unwrap();
        self.nodes.extend(appended.nodes.iter().map(|node| (node.id, node.hash)));
        self.entries.push(entry);
        appended.index
    }

    pub fn head(&self) -> TreeHead {
        self.frontier.head()
    }

    pub fn consistency(&self, old: u64) -> Vec<Digest> {
        let plan = plan_consistency(old, self.head().size).unwrap();
        plan.build(|id| self.nodes.get(&id).copied()).unwrap()
    }
}

impl PackData for Log {
    fn blob(&mut self, sha256: &Digest) -> Result<Vec<u8>, FetchError> {
        self.blobs.get(sha256).cloned().ok_or_else(|| "no such blob".into())
    }

    fn envelope(&mut self, index: u64) -> Result<Vec<u8>, FetchError> {
        self.entries.get(usize::try_from(index)?).cloned().ok_or_else(|| "no such entry".into())
    }

    fn proof(&mut self, index: u64, size: u64) -> Result<Vec<Digest>, FetchError> {
        Ok(plan_inclusion(index, size)?.build(|id| self.nodes.get(&id).copied())?)
    }
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

pub fn vkey(key: &SigningKey) -> VerifierKey {
    VerifierKey::new(LOG, *key.public()).unwrap()
}

fn heartbeat(key: &SigningKey, number: u8) -> Vec<u8> {
    let subject = StatementSubject { name: format!("heartbeat {number}"), sha256: Digest::of(&[number]) };
    let statement = Statement::new(PredicateKind::Heartbeat, vec![subject], &BTreeMap::from([("n", number)]));
    statement.unwrap().sign(key).to_bytes()
}

fn predicate(number: u8, file: &str, bytes: &[u8], receipt: &str) -> EvidencePredicate {
    EvidencePredicate {
        id: EvidenceId(Uuid::from_u128(u128::from(number))),
        kind: "sbom".to_owned(),
        format: "cyclonedx".to_owned(),
        format_version: Some("1.6".to_owned()),
        file: file.to_owned(),
        subject: "payments-api".to_owned(),
        bytes: bytes.len() as u64,
        source: None,
        produced_at: Some(AT.plus_days(-2)),
        observed_from: AT.plus_days(-2),
        observed_at: AT.plus_days(-1),
        collected_at: AT.plus_days(-1),
        received_at: AT.plus_days(-1),
        status: ReceiptStatus::Accepted,
        completeness: "proven".to_owned(),
        collector: "upload".to_owned(),
        parser: "attestry 0.1.0 \u{7f}\u{1}\"é".to_owned(),
        receipt_sha256: Digest::of(receipt.as_bytes()),
    }
}

fn facts(evidence: &PackItem) -> Facts {
    let record = |fields: &[(&str, Value)]| -> Record {
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let observation = Observation {
        evidence: evidence.statement.id.to_string(),
        sha256: evidence.sha256,
        kind: EvidenceKind::Sbom,
        format: "cyclonedx".to_owned(),
        observed_at: AT.plus_days(-1),
        // a fraction whose decimal form a careless reader gets wrong by one bit
        fields: record(&[
            ("components", Value::Int(3)),
            ("purl_share", Value::Num(0.307_692_307_692_307_7)),
            ("version_share", Value::Num(1.0)),
            ("licence_share", Value::Num(5.0e-324)),
            ("supplier_share", Value::Num(0.112_233_445_566_778_89)),
        ]),
        rows: BTreeMap::new(),
    };
    let fields = record(&[
        ("id", Value::Text("payments-api".to_owned())),
        ("type", Value::Text("deployable".to_owned())),
        ("in_scope", Value::Bool(true)),
    ]);
    let id = "payments-api".to_owned();
    Facts {
        subjects: vec![Subject { kind: SubjectKind::Asset, id, fields, observations: vec![observation] }],
    }
}

impl World {
    /// A log with heartbeats around three items: two share their bytes, one is quarantined.
    pub fn new() -> Self {
        Self::with_keys(key(1), None, rotate)
    }

    /// The same with a key change in the middle.
    pub fn rotated() -> Self {
        Self::rotated_by(rotate)
    }

    /// The same with the key change that `change` writes.
    pub fn rotated_by(change: Change) -> Self {
        Self::with_keys(key(1), Some(key(2)), change)
    }

    fn with_keys(first: SigningKey, second: Option<SigningKey>, change: Change) -> Self {
        let mut log = Log::default();
        let introduced = KeyChange::statement(&vkey(&first), None).unwrap().sign(&first).to_bytes();
        let mut changes = vec![log.append(introduced)];
        let mut items = vec![
            item(&mut log, &first, predicate(1, "bom.json", b"{\"components\":[1,2,3]}", "{\"receipt\":1}")),
            item(&mut log, &first, predicate(2, "a/../b\u{202e}om.json", b"{\"components\":[1,2,3]}", "r2")),
        ];
        log.append(heartbeat(&first, 1));
        let earlier = Some(sign(&log, &first));
        let rotated = second.is_some();
        let (first, key) = match second {
            Some(second) => {
                changes.push(log.append(change(&first, &second).to_bytes()));
                (Some(vkey(&first)), second)
            }
            None => (None, first),
        };
        items.push(quarantined(&mut log, &key));
        log.append(heartbeat(&key, 2));
        let definitions = vec![
            SourceFile { name: "frameworks/house.yaml".to_owned(), text: FRAMEWORK.to_owned() },
            SourceFile { name: "tests/sbom.yaml".to_owned(), text: TESTS.to_owned() },
        ];
        let facts = facts(&items[0]);
        let evaluation = evaluate(&Catalog::load(&definitions).unwrap(), &facts, AT, &[]);
        let (vkey, organisation) = (vkey(&key), "Example <Ltd>".to_owned());
        let changes = if rotated { changes } else { Vec::new() };
        Self { key, vkey, first, changes, log, items, definitions, facts, evaluation, earlier, organisation }
    }

    pub fn pack(&mut self) -> Vec<u8> {
        self.try_pack().unwrap().0
    }

    pub fn try_pack(&mut self) -> Result<(Vec<u8>, PackSummary), PackError> {
        let checkpoint = sign(&self.log, &self.key);
        let earlier_proof = self.log.consistency(4);
        let texts = Texts::of(self);
        let mut log = std::mem::take(&mut self.log);
        let rotation = self.first.as_ref().map(|first| KeyRotation { first, changes: &self.changes });
        let earlier = self.earlier.as_ref().map(|note| EarlierCheckpoint { note, proof: &earlier_proof });
        let scores = ScoreFiles { rules: "weights: 1\n", facts: "{}\n", scores: "[1]\n" };
        let input = PackInput {
            organisation: &self.organisation,
            installation: "installation-1",
            sample: true,
            mode: PackMode::Period { from: AT.plus_days(-90), to: AT },
            frameworks: &["house".to_owned()],
            pages: &texts.pages,
            items: &self.items,
            links: &texts.links,
            gaps: &texts.gaps,
            replay: ReplayInput {
                definitions: &self.definitions,
                facts: &self.facts,
                evaluation: &self.evaluation,
                feed_max_age_hours: 48,
                scores: Some(scores),
            },
            populations: &texts.populations,
            files: &texts.files,
            audit_log: &["{\"a\":1}".to_owned(), "{\"b\":2}".to_owned()],
            ledger: LedgerInput {
                checkpoint: &checkpoint,
                key: &self.vkey,
                signer: &self.key,
                rotation,
                earlier,
            },
        };
        let mut out = Cursor::new(Vec::new());
        let summary = create(&input, &mut log, &mut out);
        self.log = log;
        summary.map(|summary| (out.into_inner(), summary))
    }
}

/// What the caller renders.
struct Texts {
    pages: Vec<PackFile>,
    files: Vec<PackFile>,
    links: Vec<EvidenceLink>,
    gaps: Vec<Gap>,
    populations: Vec<PopulationTable>,
}

impl Texts {
    fn of(world: &World) -> Self {
        let file = |path: &str, text: &str| PackFile { path: path.to_owned(), text: text.to_owned() };
        let link = EvidenceLink {
            framework: "house".to_owned(),
            requirement: "1.1".to_owned(),
            evidence: world.facts.subjects[0].observations[0].evidence.clone(),
        };
        let gap = Gap {
            framework: "house".to_owned(),
            requirement: "1.2".to_owned(),
            status: RequirementStatus::ManualRequired,
            reason: "nobody looked, \"yet\"".to_owned(),
            tests: Vec::new(),
            what_to_do: "@look".to_owned(),
        };
        let population = PopulationTable {
            test: "sbom.inventory".to_owned(),
            heading: vec!["subject".to_owned()],
            rows: vec![vec!["=payments-api".to_owned()]],
        };
        Self {
            pages: vec![
                file("README.html", "<h1>Pack</h1>"),
                file("report.html", "<h1>Report</h1>"),
                file("controls/house/1.1/control.html", "<h1>1.1</h1>"),
            ],
            files: vec![file("vendors/acme.json", "{}")],
            links: vec![link.clone(), link],
            gaps: vec![gap],
            populations: vec![population],
        }
    }
}

fn item(log: &mut Log, key: &SigningKey, statement: EvidencePredicate) -> PackItem {
    let bytes = match statement.bytes {
        70_000 => vec![b'x'; 70_000],
        _ => b"{\"components\":[1,2,3]}".to_vec(),
    };
    let sha256 = Digest::of(&bytes);
    log.blobs.insert(sha256, bytes);
    let entry = statement.statement(sha256).unwrap().sign(key).to_bytes();
    let receipt = (statement.id.0.as_u128() == 1).then(|| "{\"receipt\":1}".to_owned());
    PackItem { ledger_index: log.append(entry), sha256, reason: None, statement, receipt }
}

fn quarantined(log: &mut Log, key: &SigningKey) -> PackItem {
    let mut statement = predicate(3, "broken.json", &vec![b'x'; 70_000], "r3");
    (statement.kind, statement.status) = ("unknown".to_owned(), ReceiptStatus::Quarantined);
    PackItem { reason: Some("=not JSON".to_owned()), ..item(log, key, statement) }
}

fn rotate(old: &SigningKey, new: &SigningKey) -> Envelope {
    let change = KeyChange::statement(&vkey(new), Some(old.public().fingerprint())).unwrap();
    let mut change = change.sign(old);
    change.add_signature(new);
    change
}

fn sign(log: &Log, key: &SigningKey) -> String {
    Checkpoint::new(LOG, log.head(), AT).unwrap().sign(key).unwrap().to_string()
}

/// The members of a zip file, by name.
pub type Members = BTreeMap<String, Vec<u8>>;

pub fn unzip(pack: &[u8]) -> Members {
    let mut zip = zip::ZipArchive::new(Cursor::new(pack)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

pub fn zip_of<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn rezip(members: &Members) -> Vec<u8> {
    zip_of(members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

pub fn source(pack: impl Into<Vec<u8>>) -> PackSource {
    PackSource::Zip(Box::new(Cursor::new(pack.into())))
}

pub fn unpack(members: &Members, folder: &std::path::Path) {
    for (name, bytes) in members {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
