//! Advisory feeds as sources: fetched, confirmed, refused, broken off, and what each does to verdicts.

mod carried;
mod publisher;

use attestry::app::{Collected, FeedState, FeedStatus, SourceConfig};
use attestry::controls::TestStatus;
use attestry::evidence::ReceiptStatus;
use attestry::store::{RunState, Trigger};

use super::support::{START, TestApp, inventory, osv_feed, with_app, with_app_of};
use publisher::{Publisher, file, status};

const HOUR_MS: i64 = 3_600_000;
const CRITICAL: &str = "vulnerabilities.critical-fixed-within-one-month";

/// A feed of crates.io at that address.
fn feed_at(url: String) -> SourceConfig {
    SourceConfig {
        name: "crates".to_owned(),
        source_type: "advisory-feed".to_owned(),
        feed: Some("osv:crates.io".to_owned()),
        url: Some(url),
        private_addresses: true,
        ..SourceConfig::default()
    }
}

async fn declared(app: &TestApp, publisher: &Publisher) {
    app.declare_source(&feed_at(publisher.url("/crates.io/all.jsonl?key=geheim"))).await.unwrap();
}

async fn sync(app: &TestApp) -> Collected {
    app.feeds_sync(&[]).await.unwrap().remove(0).1
}

async fn status_of(app: &TestApp) -> FeedStatus {
    let mut all = app.feed_statuses().await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn database(others: usize) -> Vec<u8> {
    osv_feed(others, &START.to_rfc3339())
}

#[tokio::test]
async fn a_feed_is_fetched_once_and_then_only_confirmed_and_stays_current() {
    with_app(async |app| {
        let publisher =
            Publisher::start(vec![file("one", &database(5)), status("304 Not Modified", "")]).await;
        declared(app, &publisher).await;
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", inventory("shop", &[("fine", "1.0.0")]), "shop").await;

        let first = sync(app).await;

        assert_eq!(first.problems, Vec::<String>::new());
        assert_eq!(first.receipts[0].status, ReceiptStatus::Accepted);
        assert_eq!(first.receipts[0].file, "osv:crates.io/all.jsonl");
        assert_eq!(
            app.status_of(CRITICAL).await,
            TestStatus::Pass,
            "six records are whole where they are all"
        );
        app.clock.advance(49 * HOUR_MS);
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Unknown);

        let again = sync(app).await;

        assert_eq!(again.receipts[0].status, ReceiptStatus::Duplicate);
        assert_eq!(app.status_of(CRITICAL).await, TestStatus::Pass, "a confirmed copy is current");
        let asked = publisher.asked();
        assert!(!asked[0].contains("if-none-match"), "{}", asked[0]);
        assert!(asked[1].contains("if-none-match: \"one\""), "{}", asked[1]);
        assert!(asked[1].contains("if-modified-since: mon, 15 jun 2026"), "{}", asked[1]);
        let feed = status_of(app).await;
        assert_eq!((feed.state, feed.records, feed.age_seconds), (FeedState::Current, 6, Some(0)));
        assert_eq!((feed.revised_at, feed.checked_at), (Some(START), Some(app.now())));
        assert!(!format!("{feed:?}").contains("geheim"), "a query may hold a secret: {feed:?}");
    })
    .await;
}

#[tokio::test]
async fn a_changed_feed_is_a_new_revision() {
    with_app(async |app| {
        let publisher = Publisher::start(vec![file("one", &database(5)), file("two", &database(7))]).await;
        declared(app, &publisher).await;
        sync(app).await;
        let before = status_of(app).await;
        app.clock.advance(HOUR_MS);

        let second = sync(app).await;

        assert_eq!(second.receipts[0].status, ReceiptStatus::Accepted);
        let feed = status_of(app).await;
        assert_eq!((feed.records, feed.revised_at), (8, Some(app.now())));
        assert_ne!(feed.revision, before.revision);
        publisher.answers(vec![status("304 Not Modified", "")]);
        sync(app).await;
        assert!(publisher.asked()[2].contains("if-none-match: \"two\""));
    })
    .await;
}

#[tokio::test]
async fn what_breaks_off_is_a_failed_run_that_stores_nothing() {
    with_app(async |app| {
        let mut cut = file("one", &database(5));
        cut.truncate(cut.len() - 100);
        let publisher = Publisher::start(vec![cut]).await;
        declared(app, &publisher).await;

        let done = sync(app).await;

        assert!(done.receipts.is_empty() && done.problems[0].contains("broke off"), "{done:?}");
        assert_eq!(app.store().await.evidence_count().await.unwrap(), 0);
        assert_eq!(app.runs(1).await.unwrap()[0].state, RunState::Failed);
        let feed = status_of(app).await;
        assert_eq!(feed.state, FeedState::Never);
        assert!(feed.failure.unwrap().contains("broke off"));
        let facts = app.facts(app.now()).await.unwrap();
        assert!(
            facts.subjects.iter().any(|s| s.id == "osv:crates.io"),
            "what never came is known to be missing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_missing_file_is_asked_for_once_and_said_with_what_to_do() {
    with_app(async |app| {
        let publisher = Publisher::start(vec![status("404 Not Found", "")]).await;
        declared(app, &publisher).await;

        let done = sync(app).await;

        assert!(done.problems[0].contains("404") && done.problems[0].contains("address"), "{done:?}");
        assert!(!done.problems[0].contains("geheim"), "{done:?}");
        assert_eq!(publisher.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_fails_or_asks_for_patience_is_asked_again() {
    with_app(async |app| {
        let patience = status("429 Too Many Requests", "Retry-After: 1\r\n");
        let script = vec![status("500 Oh", "Retry-After: 0\r\n"), patience, file("one", &database(5))];
        let publisher = Publisher::start(script).await;
        declared(app, &publisher).await;

        let done = sync(app).await;

        assert_eq!((done.receipts.len(), done.problems.len()), (1, 0), "{done:?}");
        assert_eq!(publisher.asked().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_asks_for_an_hour_is_left_to_the_next_run() {
    with_app(async |app| {
        let publisher = Publisher::start(vec![status("503 Busy", "Retry-After: 3600\r\n")]).await;
        declared(app, &publisher).await;

        let done = sync(app).await;

        assert!(done.problems[0].contains("503"), "{done:?}");
        assert_eq!(publisher.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn redirects_are_followed_within_the_origin_and_never_to_an_address_inside() {
    with_app(async |app| {
        let moved = status("302 Found", "Location: /2026-06-15.jsonl\r\n");
        let publisher = Publisher::start(vec![moved, file("one", &database(5))]).await;
        declared(app, &publisher).await;

        assert_eq!(sync(app).await.problems, Vec::<String>::new());
        assert!(publisher.asked()[1].starts_with("get /2026-06-15.jsonl "), "{:?}", publisher.asked());

        for inside in ["https://10.0.0.1/x", "https://169.254.169.254/latest", "http://127.0.0.1:9/x"] {
            publisher.answers(vec![status("302 Found", &format!("Location: {inside}\r\n"))]);
            let done = sync(app).await;
            assert!(done.problems[0].contains("private"), "{inside}: {done:?}");
        }
        publisher.answers(vec![status("302 Found", "Location: /round\r\n")]);
        assert!(sync(app).await.problems[0].contains("redirects"));
    })
    .await;
}

#[tokio::test]
async fn a_private_address_is_refused_unless_it_is_allowed() {
    with_app(async |app| {
        let source =
            SourceConfig { private_addresses: false, ..feed_at("http://127.0.0.1:9/all.zip".to_owned()) };

        let error = app.declare_source(&source).await.unwrap_err();

        assert!(error.public.contains("private"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_the_limit() {
    with_app_of(
        |config| config.limits.document_bytes = 500,
        async |app| {
            let publisher = Publisher::start(vec![file("one", &database(5))]).await;
            declared(app, &publisher).await;

            let done = sync(app).await;

            assert!(done.problems[0].contains("more than 500 bytes"), "{done:?}");
            assert_eq!(app.store().await.evidence_count().await.unwrap(), 0);
        },
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_or_is_another_feed_fails_and_is_fetched_again() {
    with_app(async |app| {
        let script = vec![file("one", b"<html>please sign in</html>"), file("one", &database(5))];
        let publisher = Publisher::start(script).await;
        declared(app, &publisher).await;

        let page = sync(app).await;
        assert!(page.problems[0].contains("could not be read"), "{page:?}");
        assert_eq!(status_of(app).await.state, FeedState::Never);

        assert_eq!(sync(app).await.problems, Vec::<String>::new());
        assert!(!publisher.asked()[1].contains("if-none-match"), "{:?}", publisher.asked());
    })
    .await;
}

#[tokio::test]
async fn a_token_goes_with_the_request_and_nowhere_else() {
    with_app(async |app| {
        let publisher = Publisher::start(vec![file("one", &database(5))]).await;
        let token_file = app.data.path().join("token");
        std::fs::write(&token_file, "open-sesame\n").unwrap();
        let source = SourceConfig { token_file: Some(token_file), ..feed_at(publisher.url("/all.jsonl")) };
        app.declare_source(&source).await.unwrap();

        let done = sync(app).await;

        assert!(publisher.asked()[0].contains("authorization: bearer open-sesame"));
        let item =
            app.store().await.evidence_get(done.receipts[0].evidence_id.unwrap()).await.unwrap().unwrap();
        assert!(!format!("{item:?}").contains("open-sesame"));
        assert_eq!((item.subject.as_str(), item.completeness.as_str()), ("feed:osv:crates.io", "proven"));
    })
    .await;
}

#[tokio::test]
async fn the_schedule_fetches_and_another_feed_being_current_does_not_hide_that_this_one_failed() {
    with_app(async |app| {
        let publisher = Publisher::start(vec![file("one", &database(5))]).await;
        let scheduled =
            SourceConfig { schedule: Some("0 * * * *".to_owned()), ..feed_at(publisher.url("/all.jsonl")) };
        app.declare_source(&scheduled).await.unwrap();
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", inventory("shop", &[("fine", "1.0.0")]), "shop").await;
        app.clock.advance(HOUR_MS);
        app.fire_due().await.unwrap();
        while app.work_once().await.unwrap() {}
        let run = app.runs(100).await.unwrap().into_iter().find(|r| r.job == "collect").unwrap();
        assert_eq!((run.trigger, run.state, run.accepted), (Trigger::Schedule, RunState::Done, 1));

        publisher.answers(vec![status("404 Not Found", "")]);
        app.clock.advance(50 * HOUR_MS);
        sync(app).await;
        app.import_file("osv.jsonl", osv_feed(120, &app.now().to_rfc3339()), "").await;

        let result = app.result_of(CRITICAL).await;
        assert_eq!(result.status, TestStatus::Unknown);
        assert!(result.explanation.contains("osv:crates.io"), "{}", result.explanation);
    })
    .await;
}
