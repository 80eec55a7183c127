//! Where no network reaches: mirrors as files, and databases that are carried in.

use attestry::app::{FeedState, SourceConfig};
use attestry::evidence::ReceiptStatus;
use serde_json::json;

use super::{HOUR_MS, database, feed_at, status_of, sync};
use crate::support::{Installation, START, TestApp, osv_feed, with_app};

fn write_as_of(path: &std::path::Path, content: &[u8], at: attestry::base::UnixMillis) {
    std::fs::write(path, content).unwrap();
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(at.0.unsigned_abs());
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

async fn mirrored(app: &TestApp) -> std::path::PathBuf {
    let path = app.data.path().join("all.jsonl");
    write_as_of(&path, &database(5), START);
    let source = SourceConfig { url: None, path: path.clone(), ..feed_at(String::new()) };
    app.declare_source(&SourceConfig { private_addresses: false, ..source }).await.unwrap();
    path
}

#[tokio::test]
async fn a_mirror_on_this_machine_is_as_old_as_its_file() {
    with_app(async |app| {
        let path = mirrored(app).await;
        assert_eq!(sync(app).await.receipts[0].status, ReceiptStatus::Accepted);
        assert_eq!(status_of(app).await.state, FeedState::Current);

        app.clock.advance(49 * HOUR_MS);
        assert_eq!(sync(app).await.receipts[0].status, ReceiptStatus::Duplicate);
        assert_eq!(status_of(app).await.state, FeedState::Stale, "nobody wrote the file since");

        write_as_of(&path, &database(5), app.now());
        sync(app).await;
        assert_eq!(status_of(app).await.state, FeedState::Current);
    })
    .await;
}

#[tokio::test]
async fn a_mirror_that_is_gone_is_a_failed_run() {
    with_app(async |app| {
        std::fs::remove_file(mirrored(app).await).unwrap();

        let done = sync(app).await;

        assert!(done.problems[0].contains("all.jsonl"), "{done:?}");
    })
    .await;
}

#[test]
fn a_folder_of_records_is_carried_in_as_one_database() {
    let installation = Installation::new();
    let now = attestry::base::Clock::now(&attestry::base::SystemClock).to_rfc3339();
    for (n, line) in String::from_utf8(osv_feed(5, &now)).unwrap().lines().enumerate() {
        installation.write(&format!("stick/crates/{n}.json"), line);
    }

    let import = ["advisories", "import", "stick", "--feed", "osv:crates.io", "--json"];
    let receipts = installation.expect(0, &import).json_lines();

    assert_eq!(receipts.len(), 1, "{receipts:?}");
    assert_eq!((&receipts[0]["format"], &receipts[0]["counts"]["advisories"]), (&json!("osv"), &json!(6)));
    let status = installation.expect(0, &["advisories", "status", "--json"]).json();
    assert_eq!((&status[0]["feed"], &status[0]["state"]), (&json!("osv:crates.io"), &json!("current")));
    assert_eq!((&status[0]["records"], &status[0]["source"]), (&json!(6), &json!(null)));
    let again = installation.expect(0, &import).json_lines();
    assert_eq!(again[0]["status"], "duplicate", "the same records are the same bytes");
    installation.expect(0, &["ledger", "verify"]);
}

#[test]
fn what_is_no_advisory_is_quarantined_and_a_single_one_is_partial() {
    let installation = Installation::new();
    installation.write("bom.json", crate::support::cyclonedx("shop", 1));
    installation.write("one.json", osv_feed(0, "2026-06-15T00:00:00Z"));

    let wrong = installation.expect(1, &["advisories", "import", "bom.json", "--json"]).json_lines();
    installation.expect(0, &["advisories", "import", "one.json"]);

    assert_eq!(wrong[0]["errors"][0]["code"], "kind-mismatch");
    let status = installation.expect(1, &["advisories", "status"]);
    assert!(status.out.contains("partial") && status.out.contains("unknown"), "{}", status.out);
}

#[test]
fn exploited_vulnerabilities_have_an_age_and_decide_nothing() {
    let installation = Installation::new();
    let now = attestry::base::Clock::now(&attestry::base::SystemClock).to_rfc3339();
    let catalogue = json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.06.15",
        "dateReleased": now, "count": 1,
        "vulnerabilities": [{
            "cveID": "CVE-2026-0001", "vendorProject": "V", "product": "P", "vulnerabilityName": "N",
            "dateAdded": "2026-06-01", "shortDescription": "S", "requiredAction": "A", "dueDate": "2026-06-20",
            "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []
        }]
    });
    let path = installation.write("kev.json", catalogue.to_string());
    let config = format!(
        "[[source]]\nname = \"exploited\"\ntype = \"advisory-feed\"\nfeed = \"kev\"\npath = \"{}\"\n",
        path.display()
    );
    let config = installation.write("attestry.toml", config);
    let config = config.to_str().unwrap();

    installation.expect(0, &["--config", config, "advisories", "sync", "kev"]);

    let status = installation.expect(1, &["--config", config, "advisories", "status", "--json"]).json();
    assert_eq!((&status[0]["feed"], &status[0]["state"]), (&json!("kev"), &json!("current")));
    assert_eq!((&status[0]["records"], &status[0]["decides"]), (&json!(1), &json!(false)));
}

#[test]
fn a_feed_that_cannot_be_fetched_ends_with_3_and_one_declared_wrongly_with_2() {
    let installation = Installation::new();
    let source = |rest: &str| {
        let text = format!("[[source]]\nname = \"f\"\ntype = \"advisory-feed\"\n{rest}\n");
        installation.write("attestry.toml", text).to_str().unwrap().to_owned()
    };

    let gone = source("feed = \"rustsec\"\npath = \"/nowhere/db.tar.gz\"");
    let answer = installation.expect(3, &["--config", &gone, "advisories", "sync"]);
    assert!(answer.err.contains("/nowhere/db.tar.gz"), "{}", answer.err);
    for wrong in [
        "feed = \"poems\"",
        "feed = \"nvd\"",
        "asset = \"a\"\nfeed = \"kev\"",
        "feed = \"kev\"\nurl = \"file:///x\"",
    ] {
        let config = source(wrong);
        let answer = installation.expect(2, &["--config", &config, "config", "check"]);
        assert!(answer.err.contains("source f"), "{wrong}: {}", answer.err);
    }
}
