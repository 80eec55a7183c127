//! Advisories asked about what assets are made of: answers are evidence, and findings follow from them.

use attestry::app::NoProgress;
use attestry::app::identity::Actor;
use attestry::base::{DAY_MS, ListQuery, UnixMillis};
use attestry::evidence::ReceiptStatus;
use attestry::store::StandingFinding;
use serde_json::{Value, json};

use crate::support::{TestApp, inventory, osv_feed, with_app, with_app_of};

/// The findings of an asset that the matcher knows of.
async fn findings(app: &TestApp) -> Vec<StandingFinding> {
    let states = ["open", "review", "suppressed", "closed"].map(str::to_owned).to_vec();
    let filters = [("state".to_owned(), states)].into();
    let query = ListQuery { filters, sort: "severity".to_owned(), limit: 50, ..ListQuery::default() };
    app.store().await.finding_page(&query, None).await.unwrap().rows
}

async fn only_finding(app: &TestApp) -> StandingFinding {
    let mut found = findings(app).await;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// An asset whose inventory has the crate that the advisory names.
async fn shop(app: &TestApp, version: &str) {
    app.declare_asset("shop", "deployable").await;
    app.import_file("osv.jsonl", osv_feed(0, "2026-06-14T00:00:00Z"), "").await;
    app.import_file("bom.json", inventory("shop", &[("broken", version), ("fine", "1.0.0")]), "shop").await;
}

/// An OpenVEX document that says the crate is not affected in that version.
fn vex(author: &str, version: &str) -> Vec<u8> {
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": author,
        "timestamp": "2026-06-14T12:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": "TEST-2026-0001"},
            "products": [{"@id": format!("pkg:cargo/broken@{version}")}],
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
        }],
    });
    document.to_string().into_bytes()
}

#[actix_web::test]
async fn a_match_is_evidence_and_a_finding_whose_deadline_counts_from_the_fix() {
    with_app(async |app| {
        shop(app, "1.0.0").await;

        let receipts = app.match_assets().await.unwrap();

        assert_eq!(receipts.len(), 1);
        assert_eq!(receipts[0].format.as_deref(), Some("attestry-matches"));
        let found = only_finding(app).await;
        assert_eq!((found.rule.as_str(), found.state.as_str()), ("TEST-2026-0001", "open"));
        assert_eq!(found.location, "broken 1.0.0");
        let published = UnixMillis::parse_lenient("2026-01-05T00:00:00Z").unwrap();
        assert_eq!(found.due_at, Some(published.plus_months(1)), "critical: one month from the fix");
        let raw = app.store().await.evidence_get(receipts[0].evidence_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(raw.subject, "asset:shop");
    })
    .await;
}

#[actix_web::test]
async fn the_same_answer_is_kept_once_a_day() {
    with_app(async |app| {
        shop(app, "1.0.0").await;
        app.match_assets().await.unwrap();

        assert!(app.match_assets().await.unwrap().is_empty());
        app.clock.advance(DAY_MS);
        let again = app.match_assets().await.unwrap();

        assert_eq!(serde_json::to_value(again[0].status).unwrap(), "duplicate");
        assert!(app.ledger_verify(&NoProgress).await.unwrap().problems.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_newer_inventory_closes_what_it_no_longer_has() {
    with_app(async |app| {
        shop(app, "1.0.0").await;
        app.match_assets().await.unwrap();
        app.clock.advance(DAY_MS);
        app.import_file("bom.json", inventory("shop", &[("broken", "2.0.0")]), "shop").await;

        app.match_assets().await.unwrap();

        assert!(findings(app).await.iter().all(|f| f.state == "closed"), "{:?}", findings(app).await);
    })
    .await;
}

#[actix_web::test]
async fn another_version_that_is_hit_too_carries_the_finding_on() {
    with_app(async |app| {
        shop(app, "1.0.0").await;
        app.match_assets().await.unwrap();
        let before = only_finding(app).await;
        app.clock.advance(DAY_MS);
        app.import_file("bom.json", inventory("shop", &[("broken", "1.5.0")]), "shop").await;

        app.match_assets().await.unwrap();

        let after = only_finding(app).await;
        assert_eq!((after.identity, after.first_seen), (before.identity, before.first_seen));
        assert_eq!(after.location, "broken 1.5.0");
    })
    .await;
}

#[actix_web::test]
async fn only_a_trusted_author_sets_a_match_aside_and_only_for_the_version_meant() {
    let trusting = |config: &mut attestry::app::Config| {
        config.advisories.trusted_vex_authors = vec!["security@example.com".to_owned()];
    };
    with_app_of(trusting, async |app| {
        shop(app, "1.0.0").await;
        app.import_file("stranger.json", vex("somebody@example.org", "1.0.0"), "shop").await;
        app.import_file("other.json", vex("security@example.com", "0.9.0"), "shop").await;
        app.match_assets().await.unwrap();
        assert_eq!(only_finding(app).await.state, "open");

        app.clock.advance(1_000);
        app.import_file("ours.json", vex("security@example.com", "1.0.0"), "shop").await;
        let receipts = app.match_assets().await.unwrap();

        assert_eq!(only_finding(app).await.state, "suppressed");
        let id = receipts[0].evidence_id.unwrap();
        let row = app.store().await.evidence_get(id).await.unwrap().unwrap();
        let summary: Value = serde_json::from_str(&row.summary).unwrap();
        assert_eq!((&summary["open"], &summary["category"]), (&json!(0), &json!("matches")));
    })
    .await;
}

#[actix_web::test]
async fn without_advisories_nothing_is_said() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", inventory("shop", &[("broken", "1.0.0")]), "shop").await;

        assert!(app.match_assets().await.unwrap().is_empty());
        assert!(findings(app).await.is_empty());
    })
    .await;
}

#[actix_web::test]
async fn nobody_hands_in_a_match_report_that_says_all_is_well() {
    with_app(async |app| {
        shop(app, "1.0.0").await;
        let made = app.match_assets().await.unwrap().remove(0);
        let store = app.store().await;
        let row = store.evidence_get(made.evidence_id.unwrap()).await.unwrap().unwrap();
        let bytes = app.evidence_raw(&Actor::local("test"), row.id, None).await.unwrap().bytes.unwrap();
        let mut forged: Value = serde_json::from_slice(&bytes).unwrap();
        forged["matches"] = json!([]);
        app.clock.advance(1_000);

        let receipt = app.import_file("shop.matches.json", forged.to_string(), "shop").await;

        assert_eq!(receipt.status, ReceiptStatus::Quarantined);
        assert_eq!(receipt.errors[0].code, "not-handed-in");
        assert_eq!(only_finding(app).await.state, "open");
    })
    .await;
}
