//! Matches with advisories, judged only while the feed is whole and current.

use attestry::base::DAY_MS;
use attestry::controls::TestStatus;

use super::HOUR_MS;
use crate::support::{START, TestApp, inventory, osv_feed, with_app};

const CRITICAL: &str = "vulnerabilities.critical-fixed-within-one-month";

async fn deploy(app: &TestApp, crates: &[(&str, &str)]) {
    app.declare_asset("shop", "deployable").await;
    app.import_file("bom.json", inventory("shop", crates), "shop").await;
}

async fn import_feed(app: &TestApp, others: usize, name: &str) {
    app.import_file(name, osv_feed(others, &START.to_rfc3339()), "").await;
}

#[tokio::test]
async fn without_a_feed_nobody_knows() {
    with_app(async |app| {
        deploy(app, &[("fine", "1.0.0")]).await;

        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Unknown);
    })
    .await;
}

#[tokio::test]
async fn a_current_feed_finds_what_is_affected_and_clears_what_is_not() {
    with_app(async |app| {
        deploy(app, &[("broken", "1.0.0"), ("fine", "1.0.0")]).await;
        import_feed(app, 120, "osv.jsonl").await;

        let result = app.result_of(CRITICAL).await;

        assert_eq!(result.status, TestStatus::Fail);
        assert!(
            result.explanation.contains("TEST-2026-0001") || result.explanation.contains("broken"),
            "{result:?}"
        );
        app.clock.advance(HOUR_MS);
        app.import_file("new.json", inventory("shop", &[("broken", "2.0.0"), ("fine", "1.0.0")]), "shop")
            .await;
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Pass);
    })
    .await;
}

#[tokio::test]
async fn a_feed_older_than_two_days_cannot_say_that_all_is_well() {
    with_app(async |app| {
        deploy(app, &[("fine", "1.0.0")]).await;
        import_feed(app, 120, "osv.jsonl").await;
        app.clock.advance(47 * HOUR_MS);
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Pass);
        app.clock.advance(2 * HOUR_MS);
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Unknown);

        import_feed(app, 120, "osv.jsonl").await;

        assert_eq!(
            app.status_of(CRITICAL).await,
            TestStatus::Pass,
            "the same feed fetched again is current again"
        );
    })
    .await;
}

#[tokio::test]
async fn an_old_database_imported_today_is_still_old() {
    with_app(async |app| {
        deploy(app, &[("fine", "1.0.0")]).await;

        app.import_file("osv.jsonl", osv_feed(120, &START.plus_days(-40).to_rfc3339()), "").await;

        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Unknown);
    })
    .await;
}

#[tokio::test]
async fn single_advisories_prove_hits_but_never_silence() {
    with_app(async |app| {
        deploy(app, &[("fine", "1.0.0")]).await;
        import_feed(app, 0, "one.json").await;
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Unknown);

        app.clock.advance(HOUR_MS);
        app.import_file("new.json", inventory("shop", &[("broken", "1.9.9")]), "shop").await;

        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Fail);
    })
    .await;
}

#[tokio::test]
async fn a_fix_younger_than_a_month_is_still_in_time() {
    with_app(async |app| {
        deploy(app, &[("broken", "1.0.0")]).await;
        let feed = String::from_utf8(osv_feed(120, &START.to_rfc3339())).unwrap();
        let young = START.plus_days(-20).to_rfc3339();
        app.import_file("osv.jsonl", feed.replace("2026-01-05T00:00:00Z", &young), "").await;
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Pass);

        app.clock.advance(15 * DAY_MS);
        let later = app.now().to_rfc3339();
        let feed = feed.replace("2026-01-05T00:00:00Z", &young).replace(&START.to_rfc3339(), &later);
        app.import_file("osv.jsonl", feed, "").await;

        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Fail);
    })
    .await;
}
