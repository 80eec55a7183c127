//! Evaluations store what changed, and read as if they had stored everything.

use attestry::app::EvaluateRequest;
use attestry::base::DAY_MS;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::support::{TestApp, cyclonedx, with_app};

async fn rows(app: &TestApp) -> i64 {
    let url = app.config().database().unwrap();
    let url = match url {
        attestry::store::DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        attestry::store::DatabaseUrl::Postgres(url) => url,
    };
    let db = Database::connect(url).await.unwrap();
    let sql = "SELECT (SELECT COUNT(*) FROM requirement_status) + (SELECT COUNT(*) FROM test_result) AS n";
    let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get::<i64>("", "n").unwrap()
}

#[tokio::test]
async fn an_evaluation_that_changes_nothing_stores_no_rows_and_reads_the_same() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        let request = EvaluateRequest::default();
        let first = app.evaluate(&request).await.unwrap();
        let before = rows(app).await;
        app.clock.advance(60_000);
        let second = app.evaluate(&request).await.unwrap();

        // the ledger's checkpoint is new to the tests about the installation; everything else is as it was
        assert!(rows(app).await - before < 20, "{} rows were stored again", rows(app).await - before);
        let store = app.store().await;
        let newest = store.evaluation_newest(app.now()).await.unwrap().unwrap();
        assert_eq!(store.evaluation_verdicts(newest.no).await.unwrap(), second.requirements);
        assert_eq!(store.evaluation_results(newest.no).await.unwrap(), second.results);
        let earlier = store.evaluation_newest(first.at).await.unwrap().unwrap();
        assert_eq!(store.evaluation_verdicts(earlier.no).await.unwrap(), first.requirements);
        assert_eq!(store.evaluation_results(earlier.no).await.unwrap(), first.results);
    })
    .await;
}

#[tokio::test]
async fn every_evaluation_reads_as_it_was_made_also_one_for_a_past_day() {
    with_app(async |app| {
        app.declare_asset("shop", "deployable").await;
        let mut made = Vec::new();
        let mut evaluate = async |as_of| {
            let evaluation = app.evaluate(&EvaluateRequest { as_of, ..Default::default() }).await.unwrap();
            let store = app.store().await;
            let row = store.evaluation_newest(evaluation.at).await.unwrap().unwrap();
            made.push((row.no, evaluation));
        };
        evaluate(None).await;
        let first_day = app.now();
        app.clock.advance(DAY_MS);
        app.import_file("shop.cdx.json", cyclonedx("shop", 3), "shop").await;
        evaluate(None).await;
        evaluate(Some(first_day)).await;
        app.clock.advance(40 * DAY_MS);
        evaluate(None).await;

        let store = app.store().await;
        for (no, evaluation) in made {
            assert_eq!(store.evaluation_verdicts(no).await.unwrap(), evaluation.requirements, "{no}");
            assert_eq!(store.evaluation_results(no).await.unwrap(), evaluation.results, "{no}");
        }
        let history = store.evaluation_history(("pci-dss-4.0.1", "6.3.2"), app.now()).await.unwrap();
        assert!(history.windows(2).all(|w| w[0].status != w[1].status && w[0].at < w[1].at), "{history:?}");
    })
    .await;
}
