//! Evidence through the whole of the main job, in this process, on both engines.

mod concurrency;
mod packs;
mod vulnerabilities;

use attestry::app::{EvaluateRequest, SourceConfig};
use attestry::base::DAY_MS;
use attestry::controls::{TestStatus, evaluate};
use attestry::evidence::ReceiptStatus;
use attestry::report::pack::Replay;

use super::support::{TestApp, cyclonedx, sarif, vendor, with_app};

const FRESH: &str = "sbom.every-deployable-has-a-fresh-sbom";
const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn an_inventory_is_missing_then_there_then_stale() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        assert_eq!(app.status_of(FRESH).await, TestStatus::Missing);

        app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;
        assert_eq!(app.status_of(FRESH).await, TestStatus::Pass);

        app.clock.advance(29 * DAY_MS);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Pass);
        app.clock.advance(2 * DAY_MS);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Stale);
    })
    .await;
}

#[tokio::test]
async fn the_same_bytes_seen_again_are_fresh_again() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;
        app.clock.advance(40 * DAY_MS);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Stale);

        let again = app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;

        assert_eq!(again.status, ReceiptStatus::Duplicate);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Pass);
        assert_eq!(app.store().await.evidence_count().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_result_relies_on_the_item_it_was_read_from() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        let receipt = app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;

        let result = app.result_of(FRESH).await;

        assert_eq!((result.population, result.evaluated), (1, 1));
        assert_eq!(result.subjects[0].relied_on, [receipt.evidence_id.unwrap().to_string()]);
    })
    .await;
}

#[tokio::test]
async fn one_asset_without_evidence_is_enough_to_miss_it() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.declare_asset("bakery", "deployable").await;
        app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;

        let result = app.result_of(FRESH).await;

        assert_eq!(result.status, TestStatus::Missing);
        assert!(result.explanation.contains("bakery"), "{}", result.explanation);
    })
    .await;
}

#[tokio::test]
async fn silence_is_not_a_pass() {
    with_app(async |app| {
        let test = "scans.no-secret-in-code";
        app.declare_asset("code", "repository").await;
        assert_eq!(app.status_of(test).await, TestStatus::Missing);

        app.import_file("a.sarif", sarif("gitleaks", None), "code").await;
        assert_eq!(
            app.status_of(test).await,
            TestStatus::Unknown,
            "an empty result that says nothing of its run"
        );
        app.clock.advance(HOUR_MS);
        app.import_file("b.sarif", sarif("gitleaks", Some(false)), "code").await;
        assert_eq!(app.status_of(test).await, TestStatus::Fail, "a run that failed");
        app.clock.advance(HOUR_MS);
        app.import_file("c.sarif", sarif("gitleaks", Some(true)), "code").await;
        assert_eq!(app.status_of(test).await, TestStatus::Pass, "a run that worked and found nothing");
    })
    .await;
}

#[tokio::test]
async fn a_scan_of_another_kind_does_not_stand_in() {
    with_app(async |app| {
        app.declare_asset("code", "repository").await;

        app.import_file("sast.sarif", sarif("Semgrep", Some(true)), "code").await;

        assert_eq!(app.status_of("scans.no-secret-in-code").await, TestStatus::Missing);
    })
    .await;
}

#[tokio::test]
async fn what_is_in_quarantine_is_never_evaluated_but_always_shown() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        let broken = String::from_utf8(cyclonedx("shop", 3)).unwrap().replace("1.6", "99.9");

        let receipt = app.import_file("bom.json", broken, "shop").await;

        assert_eq!(receipt.status, ReceiptStatus::Quarantined);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Missing);
        assert_eq!(app.status_of("collection.nothing-waits-in-quarantine").await, TestStatus::Fail);
    })
    .await;
}

#[tokio::test]
async fn an_empty_newer_inventory_replaces_the_older_one_and_does_not_pass() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;
        app.clock.advance(HOUR_MS);

        app.import_file("empty.json", cyclonedx("shop", 0), "shop").await;

        assert_ne!(app.status_of(FRESH).await, TestStatus::Pass);
    })
    .await;
}

#[tokio::test]
async fn the_past_is_evaluated_with_what_was_known_then() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        let before = app.now();
        app.clock.advance(HOUR_MS);
        app.import_file("bom.json", cyclonedx("shop", 3), "shop").await;
        app.clock.advance(HOUR_MS);

        let request = EvaluateRequest { as_of: Some(before), ..EvaluateRequest::default() };
        let then = app.evaluate(&request).await.unwrap();

        let result = then.results.iter().find(|r| r.test == FRESH).unwrap();
        assert_eq!(result.status, TestStatus::Missing);
        assert_eq!(app.status_of(FRESH).await, TestStatus::Pass);
    })
    .await;
}

#[tokio::test]
async fn results_taken_over_equal_a_full_evaluation() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.declare_asset("code", "repository").await;
        app.declare(&[], &[vendor("nimbus")]).await.unwrap();
        for step in 0..6 {
            match step {
                1 => drop(app.import_file("bom.json", cyclonedx("shop", 3), "shop").await),
                2 => drop(app.import_file("a.sarif", sarif("Semgrep", Some(true)), "code").await),
                3 => drop(app.score_vendors().await.unwrap()),
                4 => drop(app.import_file("bom.json", cyclonedx("shop", 3), "shop").await),
                _ => {}
            }
            app.clock.advance(step * 9 * DAY_MS + 1);

            let taken_over = app.evaluate(&EvaluateRequest::default()).await.unwrap();

            let facts = app.facts(app.now()).await.unwrap();
            let full = evaluate(app.catalog(), &facts, app.now(), &[]);
            for (one, other) in taken_over.results.iter().zip(&full.results) {
                assert_eq!(one, other, "step {step}");
            }
            assert_eq!(taken_over.requirements, full.requirements, "step {step}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_framework_has_a_report_also_when_nothing_is_known() {
    with_app(async |app| {
        for round in 0..2 {
            for framework in ["pci-dss-4.0.1", "soc2-2017", "gdpr"] {
                let html = app.framework_report(framework, None).await.unwrap();

                assert!(html.contains("</html>") && html.len() > 10_000, "{framework}");
                assert!(!html.to_lowercase().contains(concat!("compli", "ant")), "{framework}");
            }
            if round == 0 {
                app.declare_asset("shop", "deployable").await;
                app.import_file("<b>&\"bom\".json", cyclonedx("shop", 3), "shop").await;
                app.score_vendors().await.unwrap();
            }
        }
    })
    .await;
}

/// What a name holds is text on every page, never markup.
#[tokio::test]
async fn names_from_evidence_are_escaped_in_reports() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("<img src=x onerror=alert(1)>.json", cyclonedx("shop", 3), "shop").await;

        let html = app.framework_report("pci-dss-4.0.1", None).await.unwrap();

        assert!(!html.contains("<img src=x"));
        assert!(html.contains("&lt;img src"), "the name is shown");
    })
    .await;
}

fn identical(replay: &Replay) {
    assert!(replay.identical, "{:?}", replay.differences);
}

/// A shop with a deployable, a repository, a source that delivers, and two vendors.
async fn shop(app: &TestApp) {
    let inbox = app.data.path().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    std::fs::write(inbox.join("bom.json"), cyclonedx("bakery", 2)).unwrap();
    let source = SourceConfig {
        name: "inbox".to_owned(),
        source_type: "directory".to_owned(),
        path: inbox,
        asset: Some("bakery".to_owned()),
        schedule: None,
        ..SourceConfig::default()
    };
    app.declare_source(&source).await.unwrap();
    app.collect(&[]).await.unwrap();
    app.declare_asset("shop", "deployable").await;
    app.declare_asset("code", "repository").await;
    app.declare(&[], &[vendor("nimbus"), vendor("harbour")]).await.unwrap();
    app.import_file("bom.json", cyclonedx("shop", 5), "shop").await;
    app.import_file("a.sarif", sarif("Semgrep", Some(true)), "code").await;
    app.import_file("poem.json", "{\"roses\": \"red\"}", "shop").await;
}
