//! The real program, killed at any moment: what was answered is there, what was not is whole or absent.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use attestry::base::UnixMillis;
use attestry::store::{DatabaseUrl, RunState, Store};

use super::support::{Installation, cyclonedx, deep, sarif};

/// Files of one batch.
const FILES: usize = 24;

fn rounds() -> usize {
    if deep() { 100 } else { 12 }
}

/// Writes a batch of evidence that no earlier round had.
fn batch(installation: &Installation, round: usize) -> String {
    for n in 0..FILES {
        let name = format!("app-{round}-{n}");
        if n % 6 == 5 {
            installation.write(&format!("batch-{round}/{name}.sarif"), sarif(&name, Some(true)));
        } else {
            installation.write(&format!("batch-{round}/{name}.json"), cyclonedx(&name, 40));
        }
    }
    format!("batch-{round}")
}

/// Kills the process somewhere within that time, unless it ended before; says whether it was killed.
fn kill_within(child: &mut Child, time: Duration) -> bool {
    let parts = u32::try_from(uuid::Uuid::new_v4().as_u128() % 1000).unwrap();
    std::thread::sleep(time * parts / 1000);
    let killed = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

fn spawn(installation: &Installation, arguments: &[&str]) -> Child {
    installation.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn store(installation: &Installation) -> (tokio::runtime::Runtime, Store) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = installation.database.url().map_or_else(
        || DatabaseUrl::Sqlite(installation.data().join("attestry.db")),
        |url| DatabaseUrl::parse(&url).unwrap(),
    );
    let store = runtime.block_on(Store::connect(&url)).unwrap();
    (runtime, store)
}

/// What must hold after a kill: the ledger from the bytes up, a blob for each item, and no run left open.
fn assert_whole(installation: &Installation, job: &str, killed_while_running: usize) -> usize {
    let report = installation.expect(0, &["ledger", "verify", "--json"]).json();
    assert_eq!(report["problems"], serde_json::json!([]));
    let (runtime, store) = store(installation);
    let items = runtime.block_on(store.evidence_until(UnixMillis(i64::MAX))).unwrap();
    for item in &items {
        let blob = installation.blob(&item.sha256.to_hex());
        assert!(blob.exists(), "{} has no bytes", item.file);
    }
    let runs = runtime.block_on(store.run_list(10_000)).unwrap();
    let open: Vec<_> =
        runs.iter().filter(|r| matches!(r.state, RunState::Ready | RunState::Running)).collect();
    assert!(open.is_empty(), "{open:#?}");
    let abandoned = runs.iter().filter(|r| r.job == job && r.state == RunState::Abandoned).count();
    assert!(abandoned <= killed_while_running, "{abandoned} abandoned of {killed_while_running} killed");
    abandoned
}

#[test]
fn an_import_killed_at_any_moment_loses_and_doubles_nothing() {
    let installation = Installation::new();
    installation.expect(0, &["migrate"]);
    let warm = batch(&installation, 0);
    let began = Instant::now();
    installation.expect(0, &["import", &warm, "--asset", "app"]);
    let usual = began.elapsed();
    let (mut killed, mut abandoned) = (0, 0);
    for round in 1..=rounds() {
        let folder = batch(&installation, round);
        let mut child = spawn(&installation, &["import", &folder, "--asset", "app"]);
        killed += usize::from(kill_within(&mut child, usual));
        abandoned = assert_whole(&installation, "import", killed);

        let receipts = installation.expect(0, &["import", &folder, "--asset", "app", "--json"]).json_lines();

        assert_eq!(receipts.len(), FILES, "round {round}");
        let (runtime, store) = store(&installation);
        let items = runtime.block_on(store.evidence_count()).unwrap();
        assert_eq!(items, ((round + 1) * FILES) as u64, "round {round}: every file once");
    }
    assert!(abandoned > 0, "no kill met a running import: {killed} of {} were killed at all", rounds());
    assert_whole(&installation, "import", killed);
}

#[test]
fn an_evaluation_killed_at_any_moment_leaves_the_verdicts_whole() {
    let installation = Installation::new();
    let folder = batch(&installation, 0);
    installation.expect(0, &["import", &folder, "--asset", "app"]);
    let began = Instant::now();
    let before = installation.expect(1, &["evaluate", "--json"]).json();
    let usual = began.elapsed();
    let mut killed = 0;
    for _ in 0..rounds() {
        let mut child = spawn(&installation, &["evaluate"]);
        killed += usize::from(kill_within(&mut child, usual));
        assert_whole(&installation, "evaluate", killed);
    }

    let after = installation.expect(1, &["evaluate", "--json"]).json();

    let statuses = |e: &serde_json::Value| {
        let all = e["requirements"].as_array().unwrap();
        all.iter().map(|r| (r["id"].to_string(), r["status"].to_string())).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&before), statuses(&after));
}

#[test]
fn a_pack_killed_at_any_moment_is_whole_or_not_there() {
    let installation = Installation::new();
    let folder = batch(&installation, 0);
    installation.expect(0, &["import", &folder, "--asset", "app"]);
    let began = Instant::now();
    installation.expect(0, &["pack", "create", "--framework", "gdpr", "-o", "first.zip"]);
    let usual = began.elapsed();
    let mut killed = 0;
    for round in 0..rounds() / 2 {
        let name = format!("pack-{round}.zip");
        let mut child = spawn(&installation, &["pack", "create", "--framework", "gdpr", "-o", &name]);
        killed += usize::from(kill_within(&mut child, usual));
        assert_whole(&installation, "pack", killed);
        if installation.folder.path().join(&name).exists() {
            installation.expect(0, &["pack", "verify", &name]);
        } else {
            installation.expect(0, &["pack", "create", "--framework", "gdpr", "-o", &name]);
        }
    }
}
