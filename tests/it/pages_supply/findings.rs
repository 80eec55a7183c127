//! Which findings are open, for how long, and what closes them.

use attestry::base::DAY_MS;
use serde_json::json;

use super::visited;
use crate::support::TestApp;

/// A SARIF log of one tool with these findings: rule and level.
fn scan(tool: &str, found: &[(&str, &str)], successful: bool) -> Vec<u8> {
    let results: Vec<_> = found
        .iter()
        .map(|(rule, level)| {
            json!({
                "ruleId": rule, "level": level, "message": {"text": format!("{rule} is wrong")},
                "partialFingerprints": {"primary": *rule},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/pay.rs"}, "region": {"startLine": 7}}}],
            })
        })
        .collect();
    let run = json!({
        "tool": {"driver": {"name": tool, "rules": []}}, "results": results,
        "invocations": [{"executionSuccessful": successful}],
    });
    json!({"version": "2.1.0", "runs": [run]}).to_string().into_bytes()
}

async fn import(app: &TestApp, found: &[(&str, &str)], successful: bool) {
    app.import_file("scan.sarif", scan("semgrep", found, successful), "shop").await;
}

#[actix_web::test]
async fn a_finding_is_closed_by_a_newer_complete_scan_only() {
    visited(async |app, officer| {
        import(app, &[("sql-injection", "error"), ("weak-hash", "warning")], true).await;
        app.clock.advance(DAY_MS);
        import(app, &[], false).await;
        let broken = officer.page("/findings").await;
        app.clock.advance(DAY_MS);
        import(app, &[("weak-hash", "warning")], true).await;

        let open = officer.page("/findings").await;
        let closed = officer.page("/findings?state=closed").await;

        assert!(broken.contains("sql-injection is wrong"), "a scan that failed closes nothing");
        assert!(!open.contains("sql-injection is wrong") && open.contains("weak-hash is wrong"));
        assert!(closed.contains("sql-injection is wrong") && !closed.contains("weak-hash is wrong"));
    })
    .await;
}

#[actix_web::test]
async fn a_scan_of_another_tool_or_asset_closes_nothing() {
    visited(async |app, officer| {
        import(app, &[("sql-injection", "error")], true).await;
        app.clock.advance(DAY_MS);
        app.import_file("other.sarif", scan("gosec", &[], true), "shop").await;
        app.import_file("elsewhere.sarif", scan("semgrep", &[], true), "portal").await;

        assert!(officer.page("/findings").await.contains("sql-injection is wrong"));
    })
    .await;
}

#[actix_web::test]
async fn the_same_bytes_seen_again_open_what_a_scan_in_between_had_closed() {
    visited(async |app, officer| {
        import(app, &[("sql-injection", "error")], true).await;
        app.clock.advance(DAY_MS);
        import(app, &[], true).await;
        assert!(!officer.page("/findings").await.contains("sql-injection is wrong"));
        app.clock.advance(DAY_MS);
        import(app, &[("sql-injection", "error")], true).await;

        assert!(officer.page("/findings").await.contains("sql-injection is wrong"));
    })
    .await;
}

#[actix_web::test]
async fn the_register_made_again_from_the_scans_is_the_same() {
    visited(async |app, officer| {
        import(app, &[("a", "error"), ("b", "warning")], true).await;
        app.clock.advance(DAY_MS);
        import(app, &[("b", "warning"), ("c", "note")], true).await;
        let listed = async || {
            let columns = "title,severity,opened,due,state,first,last,identity";
            officer.json(&format!("/findings?format=json&columns={columns}&sort=severity")).await
        };
        let before = listed().await;

        app.store().await.finding_register_rebuild("asset:shop").await.unwrap();

        assert_eq!(listed().await, before);
        assert_eq!(before.as_array().unwrap().len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn the_clock_says_how_late_a_finding_is() {
    visited(async |app, officer| {
        import(app, &[("sql-injection", "error")], true).await;
        app.clock.advance(100 * DAY_MS);

        let overdue = officer.page("/findings?clock=overdue&sort=due").await;
        let list = officer.page("/findings?severity=critical").await;

        assert!(overdue.contains("sql-injection is wrong") && overdue.contains("10 days late"), "{overdue}");
        assert!(list.contains("Nothing matches"));
    })
    .await;
}

#[actix_web::test]
async fn a_finding_shows_its_history_and_an_unknown_one_is_not_found() {
    visited(async |app, officer| {
        import(app, &[("sql-injection", "error")], true).await;
        app.clock.advance(DAY_MS);
        import(app, &[("sql-injection", "error"), ("weak-hash", "warning")], true).await;
        let rows = officer.json("/findings?format=json&q=sql").await;
        let all = officer.json("/findings?format=json&q=sql&columns=title,identity").await;
        let identity = all[0]["identity"].as_str().unwrap();

        let page = officer.page(&format!("/findings/{identity}")).await;

        assert_eq!(rows.as_array().unwrap().len(), 1);
        assert_eq!(page.matches(">scan.sarif</a>").count(), 2, "{page}");
        assert_eq!(officer.get(&format!("/findings/{}", "0".repeat(64))).await.status, 404);
        assert_eq!(officer.get("/findings/nonsense").await.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn a_title_cannot_become_markup_or_a_formula() {
    visited(async |app, officer| {
        import(app, &[("=cmd()<script>", "error")], true).await;

        let page = officer.page("/findings").await;
        let csv = officer.page("/findings?format=csv").await;

        assert!(!page.contains("()<script>") && page.contains("&lt;script&gt;"));
        assert!(csv.contains("'=cmd()<script>"), "{csv}");
    })
    .await;
}
