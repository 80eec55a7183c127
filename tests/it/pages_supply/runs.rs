//! Sources and runs: what went well, and asking for a run.

use attestry::app::SourceConfig;
use attestry::app::identity::Role;
use serde_json::json;

use super::{visited, visited_as};
use crate::support::{TestApp, cyclonedx};

/// Declares a source that reads a folder with one document; gives the source's id.
async fn folder(app: &TestApp) -> String {
    let path = app.data.path().join("inbox");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("bom.json"), cyclonedx("shop", 2)).unwrap();
    let declared = json!({
        "name": "build output", "type": "directory", "path": path, "asset": "shop", "schedule": "0 6 * * 1",
    });
    let source: SourceConfig = serde_json::from_value(declared).unwrap();
    app.declare_source(&source).await.unwrap()
}

#[actix_web::test]
async fn a_source_is_run_from_its_page_and_its_run_tells_what_came() {
    visited(async |app, officer| {
        let id = folder(app).await;
        let before = officer.page("/sources").await;

        let sent = officer.submit(&format!("/sources/{id}"), &format!("/sources/{id}/run")).await;

        let run = sent.header("location").unwrap().to_owned();
        assert_eq!(sent.status, 303);
        assert!(before.contains("Never ran") && before.contains("Every Monday at 06:00 UTC"));
        let waiting = officer.json(&format!("{run}.json")).await;
        assert_eq!(waiting["done"], false);
        assert!(officer.page(&run).await.contains(&format!("data-poll=\"{run}.json\"")));
        assert!(app.work_once().await.unwrap());
        let done = officer.json(&format!("{run}.json")).await;
        assert_eq!((done["done"].clone(), done["href"].clone()), (json!(true), json!(run)));
        let page = officer.page(&run).await;
        assert!(page.contains("bom.json") && page.contains("Asked for") && !page.contains("data-poll"));
        assert!(officer.page("/sources").await.contains("Healthy"));
        assert!(officer.page(&format!("/sources/{id}")).await.contains("bom.json"));
    })
    .await;
}

#[actix_web::test]
async fn asking_for_a_run_stands_in_the_audit_trail() {
    visited(async |app, officer| {
        let sent = officer.submit("/runs", "/jobs/checkpoint/run").await;
        assert!(app.work_once().await.unwrap());

        let list = officer.page("/runs?job=checkpoint").await;
        let trail = app.store().await.audit_after(0, 50).await.unwrap();

        assert_eq!(sent.status, 303);
        assert!(list.contains("Seal the ledger") && list.contains("Done"));
        assert!(trail.iter().any(|row| row.action == "run.asked"), "{trail:?}");
        assert_eq!(officer.post("/jobs/checkpoint/run", "csrf=wrong").await.status, 403);
    })
    .await;
}

#[actix_web::test]
async fn what_fails_is_said_on_the_run_and_on_the_source() {
    visited(async |app, officer| {
        let id = folder(app).await;
        std::fs::remove_dir_all(app.data.path().join("inbox")).unwrap();
        let sent = officer.submit(&format!("/sources/{id}"), &format!("/sources/{id}/run")).await;
        app.work_once().await.unwrap();

        let run = officer.page(sent.header("location").unwrap()).await;
        let sources = officer.page("/sources").await;

        assert!(run.contains("does not exist or cannot be read"), "{run}");
        assert!(run.contains("Failed") && sources.contains("Last run failed"));
        assert_eq!(officer.get("/runs/nonsense").await.status, 404);
        assert_eq!(officer.get("/sources/nonsense").await.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn who_may_not_run_sources_is_not_offered_it_and_is_refused() {
    visited_as(Role::Contributor, async |app, contributor| {
        let id = folder(app).await;
        let page = contributor.page(&format!("/sources/{id}")).await;

        assert!(!page.contains(&format!("action=\"/sources/{id}/run\"")));
        assert_eq!(contributor.post(&format!("/sources/{id}/run"), "").await.status, 403);
    })
    .await;
}
