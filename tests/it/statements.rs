//! What a list costs the database: every list page asks it three things at most, whatever is in it.

use std::net::SocketAddr;

use actix_web::http::Method;
use attestry::app::identity::Role;
use attestry::app::{DemoOptions, NoProgress};
use attestry::web::routes;
use serde_json::json;

use super::support::{TestApp, Visitor, cyclonedx, get};
use super::web::serving;

/// Every page that is a list.
const LISTS: [&str; 13] = [
    "/evidence",
    "/findings",
    "/sboms",
    "/vendors",
    "/packs",
    "/sources",
    "/runs",
    "/users",
    "/tokens",
    "/audit-trail",
    "/gaps",
    "/controls",
    "/quarantine",
];
/// Who asks, a page of rows, and how many rows there are.
const MOST: u64 = 3;
/// More rows than a page shows, so that the rest has to be counted.
const ROWS: usize = 130;

/// A SARIF log with that many findings.
fn scan(findings: usize) -> Vec<u8> {
    let results: Vec<_> = (0..findings)
        .map(|n| {
            json!({
                "ruleId": format!("rule-{}", n % 7), "level": "error", "message": {"text": format!("Wrong {n}")},
                "partialFingerprints": {"primary": format!("{n}")},
            })
        })
        .collect();
    let run = json!({"tool": {"driver": {"name": "semgrep", "rules": []}}, "results": results});
    json!({"version": "2.1.0", "runs": [run]}).to_string().into_bytes()
}

/// The demonstration, and more evidence, bills of materials, findings and trail than a page shows.
async fn fill(app: &TestApp) {
    let workspace = app.data.path().join("workspace");
    std::fs::create_dir(&workspace).unwrap();
    let options = DemoOptions { path: workspace, pack: app.data.path().join("pack.zip") };
    app.demo(&options, &NoProgress).await.unwrap();
    app.import_file("scan.sarif", scan(ROWS), "shop").await;
    for n in 0..ROWS {
        app.import_file("bom.json", cyclonedx(&format!("part-{n}"), 1), &format!("asset-{n}")).await;
        app.import_file("odd.json", format!("{{\"odd\": {n}}}"), "shop").await;
    }
}

/// Statements of one page. The first visit may note that the session was used; the cheaper one of two counts.
async fn statements(app: &TestApp, visitor: &mut Visitor, path: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..2 {
        let before = app.statements();
        let reply = visitor.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        least = least.min(app.statements() - before);
    }
    least
}

async fn dear(app: &TestApp, address: SocketAddr, role: Role) -> Vec<String> {
    let mut visitor = Visitor::as_role(app, address, role).await;
    let mut dear = Vec::new();
    for path in LISTS {
        assert!(routes().any(|r| r.path == path && r.method == Method::GET), "there is no page {path}");
        let sent = statements(app, &mut visitor, path).await;
        if sent > MOST {
            dear.push(format!("{path} sends {sent} statements to the {}", role.label()));
        }
    }
    dear
}

#[actix_web::test]
async fn no_list_page_asks_the_database_more_than_three_things() {
    serving(async |app, address| {
        fill(app).await;

        let mut found = dear(app, address, Role::Officer).await;
        found.extend(dear(app, address, Role::Administrator).await);

        assert!(found.is_empty(), "at most {MOST}: {}", found.join("; "));
    })
    .await;
}

#[actix_web::test]
async fn statements_are_counted_and_shown_to_who_watches() {
    serving(async |app, address| {
        let before = app.statements();
        app.ready().await.unwrap();
        app.runs(10).await.unwrap();
        let counted = app.statements() - before;

        let figures = get(address, "/metrics").await.body;

        assert!(counted > 0, "reading is counted");
        let line = figures.lines().find_map(|l| l.strip_prefix("attestry_sql_statements_total "));
        assert!(line.unwrap().parse::<u64>().unwrap() >= before + counted, "{figures}");
        let before = app.statements();
        app.declare_asset("shop", "deployable").await;
        assert!(app.statements() > before, "writing is counted");
    })
    .await;
}
