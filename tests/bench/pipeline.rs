//! The steps of the main job, each measured alone: parse, ingest, match, evaluate, ledger, pack.
//!
//! The large real document comes from the folder `ATTESTRY_BENCH` names (`../shared/bench` when it names none);
//! without it those rows are skipped with a word on it.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot set itself up has failed")]

use std::cell::Cell;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use attestry::app::{App, Config, DemoOptions, EvaluateRequest, Import, NoProgress, Origin, PackRequest};
use attestry::base::{Digest, Severity, SystemClock};
use attestry::controls::evaluate;
use attestry::evidence::advisory::{Advisory, Affected, Index, Interval, Outcome};
use attestry::evidence::{EvidenceKind, Limits, ReceiptStatus, Upload, intake};
use attestry::ledger::merkle::{Frontier, NodeId, plan_inclusion};
use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Components of the generated document.
const GENERATED: usize = 2_000;
/// Packages asked about in one go.
const PACKAGES: usize = 10_000;
/// Advisories in the index, about as many as RustSec has.
const ADVISORIES: usize = 800;
/// Entries of the log that is appended to.
const ENTRIES: u64 = 10_000;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    let documents = documents();
    parse(&mut criterion, &documents);
    ingest(&mut criterion, &documents);
    matching(&mut criterion);
    merkle(&mut criterion);
    demo(&mut criterion);
    criterion.final_summary();
}

/// A document to be read: its name, its bytes, and how many components it lists.
struct Document {
    name: &'static str,
    bytes: Bytes,
    components: u64,
}

fn documents() -> Vec<Document> {
    let bytes = Bytes::from(generated(GENERATED));
    let mut documents = vec![Document { name: "generated-2000", bytes, components: GENERATED as u64 }];
    let folder = std::env::var_os("ATTESTRY_BENCH")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench"), PathBuf::from);
    let path = folder.join("big.json.xz");
    let Ok(packed) = std::fs::read(&path) else {
        eprintln!("skipped: no {}", path.display());
        return documents;
    };
    let mut bytes = Vec::new();
    liblzma::read::XzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    documents.push(Document { name: "big-10000", bytes: Bytes::from(bytes), components: 10_000 });
    documents
}

/// A CycloneDX document of so many components, each depending on two others.
fn generated(components: usize) -> Vec<u8> {
    let reference = |n: usize| format!("pkg:cargo/crate-{n}@1.{}.{}", n % 40, n % 7);
    let component = |n: usize| {
        serde_json::json!({
            "type": "library", "bom-ref": reference(n), "name": format!("crate-{n}"),
            "version": format!("1.{}.{}", n % 40, n % 7), "purl": reference(n),
            "supplier": {"name": "Example"}, "licenses": [{"expression": "MIT OR Apache-2.0"}],
        })
    };
    let dependency = |n: usize| {
        let next = [reference((n + 1) % components), reference((n + 13) % components)];
        serde_json::json!({"ref": reference(n), "dependsOn": next})
    };
    let document = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": "shop", "version": "2", "bom-ref": "shop"}},
        "components": (0..components).map(component).collect::<Vec<_>>(),
        "dependencies": (0..components).map(dependency).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&document).unwrap()
}

fn parse(criterion: &mut Criterion, documents: &[Document]) {
    let mut group = criterion.benchmark_group("parse");
    for document in documents {
        let upload = Upload {
            name: "bom.json",
            bytes: &document.bytes,
            kind: None,
            limits: Limits::default(),
            redaction_key: &[1; 32],
        };
        assert_eq!(intake::read(&upload)[0].receipt.status, ReceiptStatus::Accepted);
        group.throughput(Throughput::Elements(document.components));
        group.bench_function(document.name, |b| b.iter(|| intake::read(black_box(&upload))));
    }
    group.finish();
}

/// A data directory of its own, and the product on it.
fn installation(runtime: &Runtime) -> (Arc<App>, TempDir) {
    let folder = TempDir::new().unwrap();
    let config = Config { data: folder.path().join("data"), ..Config::default() };
    let app = runtime.block_on(App::open(config, Arc::new(SystemClock))).unwrap();
    (Arc::new(app), folder)
}

fn import(app: &App, bytes: &Bytes) -> Import {
    Import {
        file: "bom.json".to_owned(),
        bytes: bytes.clone(),
        kind: Some(EvidenceKind::Sbom),
        asset: Some("shop".to_owned()),
        origin: Origin::upload(app.now(), None),
    }
}

fn ingest(criterion: &mut Criterion, documents: &[Document]) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("ingest-sqlite");
    for document in documents {
        group.throughput(Throughput::Elements(document.components));
        group.bench_function(document.name, |b| {
            b.iter_custom(|rounds| (0..rounds).map(|_| first_import(&runtime, &document.bytes)).sum());
        });
    }
    for document in documents {
        let (app, _folder) = installation(&runtime);
        let import = import(&app, &document.bytes);
        runtime.block_on(app.import(&import)).unwrap();
        group.bench_function(format!("{} again", document.name), |b| {
            b.iter(|| {
                let receipts = runtime.block_on(app.import(&import)).unwrap();
                assert_eq!(receipts[0].status, ReceiptStatus::Duplicate);
            });
        });
    }
    group.finish();
}

/// Time of the import alone, into a database that knows nothing yet.
fn first_import(runtime: &Runtime, bytes: &Bytes) -> Duration {
    let (app, _folder) = installation(runtime);
    let import = import(&app, bytes);
    let begun = Instant::now();
    let receipts = runtime.block_on(app.import(&import)).unwrap();
    let taken = begun.elapsed();
    assert_eq!(receipts[0].status, ReceiptStatus::Accepted);
    taken
}

fn matching(criterion: &mut Criterion) {
    let index = Index::build((0..ADVISORIES).map(advisory));
    let packages: Vec<(String, String)> =
        (0..PACKAGES).map(|n| (format!("crate-{}", n % 5_000), format!("1.{}.0", n % 90))).collect();
    let mut group = criterion.benchmark_group("match");
    group.throughput(Throughput::Elements(PACKAGES as u64));
    group.bench_function("10000 packages", |b| {
        b.iter(|| {
            let hit = |(name, version): &&(String, String)| {
                matches!(index.matches("crates.io", name, version), Outcome::Affected(_))
            };
            let affected = packages.iter().filter(hit).count();
            assert!(affected > 0);
            affected
        });
    });
    group.finish();
}

fn advisory(n: usize) -> Advisory {
    let interval = Interval { fixed: Some(format!("1.{}.0", 10 + n % 60)), ..Interval::default() };
    let mut advisory = Advisory::new("example", format!("EXAMPLE-2026-{n:04}"));
    advisory.summary = "an example".to_owned();
    advisory.severity = Severity::High;
    advisory.affected = vec![Affected {
        ecosystem: "crates.io".to_owned(),
        package: format!("crate-{n}"),
        intervals: vec![interval],
        ..Affected::default()
    }];
    advisory
}

fn merkle(criterion: &mut Criterion) {
    let entry = vec![b'x'; 900];
    let mut frontier = Frontier::new();
    let mut nodes: HashMap<NodeId, Digest> = HashMap::new();
    for _ in 0..ENTRIES {
        nodes.extend(frontier.append(&entry).unwrap().nodes.into_iter().map(|n| (n.id, n.hash)));
    }
    let mut group = criterion.benchmark_group("merkle");
    group.bench_function("append to 10000", |b| {
        b.iter_batched(|| frontier.clone(), |mut log| log.append(black_box(&entry)), BatchSize::SmallInput);
    });
    group.bench_function("inclusion proof of 10000", |b| {
        b.iter(|| {
            plan_inclusion(black_box(4_711), ENTRIES).unwrap().build(|id| nodes.get(&id).copied()).unwrap()
        });
    });
    group.finish();
}

/// Evaluates and packs what the demonstration stores.
fn demo(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let (app, folder) = installation(&runtime);
    let workspace = folder.path().join("workspace");
    std::fs::create_dir(&workspace).unwrap();
    let options = DemoOptions { path: workspace, pack: folder.path().join("first.zip") };
    runtime.block_on(app.demo(&options, &NoProgress)).unwrap();
    let mut group = criterion.benchmark_group("demo data");
    let now = app.now();
    let facts = runtime.block_on(app.facts(now)).unwrap();
    group.bench_function("gather facts", |b| b.iter(|| runtime.block_on(app.facts(now)).unwrap()));
    group.bench_function("evaluate three frameworks, in memory", |b| {
        b.iter(|| evaluate(app.catalog(), black_box(&facts), now, &[]));
    });
    let request = EvaluateRequest::default();
    group.bench_function("evaluate three frameworks, gathered and stored", |b| {
        b.iter(|| runtime.block_on(app.evaluate(&request)).unwrap());
    });
    let number = Cell::new(0_u64);
    group.bench_function("create a pack", |b| {
        b.iter(|| {
            number.set(number.get() + 1);
            let output = folder.path().join(format!("pack-{}.zip", number.get()));
            let request =
                PackRequest { frameworks: Vec::new(), as_of: None, from: None, output, engagement: None };
            runtime.block_on(app.pack_create(&request, &NoProgress)).unwrap()
        });
    });
    group.finish();
}
