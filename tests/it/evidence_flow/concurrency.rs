//! Many writers at once: no update is lost, no bytes are stored twice, and the ledger holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use attestry::app::{App, EvaluateRequest};
use attestry::base::UnixMillis;
use attestry::evidence::{Receipt, ReceiptStatus};

use crate::support::{TestApp, cyclonedx, upload, with_app};

const WRITERS: usize = 8;

/// Imports all at once, half through this process' connections and half through another's.
async fn together(app: &TestApp, files: Vec<(String, Vec<u8>, String)>) -> Vec<Receipt> {
    let both: [Arc<App>; 2] = [app.shared(), Arc::new(app.another().await)];
    let now = app.now();
    let tasks: Vec<_> = files
        .into_iter()
        .enumerate()
        .map(|(n, (name, bytes, asset))| {
            let app = Arc::clone(&both[n % 2]);
            tokio::spawn(async move { app.import(&upload(&name, bytes, &asset, now)).await.unwrap() })
        })
        .collect();
    let mut receipts = Vec::new();
    for task in tasks {
        receipts.extend(task.await.unwrap());
    }
    receipts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn different_files_at_once_all_arrive() {
    with_app(async |app| {
        let file = |n: usize| (format!("{n}.json"), cyclonedx(&format!("app-{n}"), 50), format!("app-{n}"));

        let receipts = together(app, (0..WRITERS).map(file).collect()).await;

        assert!(receipts.iter().all(|r| r.status == ReceiptStatus::Accepted), "{receipts:?}");
        let items = app.store().await.evidence_until(UnixMillis(i64::MAX)).await.unwrap();
        assert_eq!(items.len(), WRITERS);
        let places: BTreeSet<i64> = items.iter().map(|i| i.ledger_index).collect();
        assert_eq!(places.len(), WRITERS, "each has its own place in the ledger");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_bytes_at_once_are_one_item_seen_again_by_all_others() {
    with_app(async |app| {
        for round in 0..5 {
            let bytes = cyclonedx(&format!("app-{round}"), 30);
            let file = |n: usize| (format!("{n}.json"), bytes.clone(), "shop".to_owned());

            let receipts = together(app, (0..WRITERS).map(file).collect()).await;

            let accepted = receipts.iter().filter(|r| r.status == ReceiptStatus::Accepted).count();
            let items: BTreeSet<_> = receipts.iter().map(|r| r.evidence_id).collect();
            assert_eq!((accepted, items.len(), receipts.len()), (1, 1, WRITERS), "round {round}");
        }
        let store = app.store().await;
        assert_eq!(store.evidence_count().await.unwrap(), 5);
        let seen = store.evidence_sightings(UnixMillis(i64::MAX)).await.unwrap();
        assert_eq!(seen.len(), 5 * (WRITERS - 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn evaluations_and_imports_do_not_disturb_each_other() {
    with_app(async |app| {
        let mut tasks = Vec::new();
        for n in 0..4 {
            let (one, other, now) = (app.shared(), app.shared(), app.now());
            tasks.push(tokio::spawn(async move {
                let bytes = cyclonedx(&format!("app-{n}"), 20);
                one.import(&upload("bom.json", bytes, &format!("app-{n}"), now)).await.map(|_| ())
            }));
            tasks.push(tokio::spawn(
                async move { other.evaluate(&EvaluateRequest::default()).await.map(|_| ()) },
            ));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(app.store().await.evidence_count().await.unwrap(), 4);
    })
    .await;
}

/// Two services that start at once on an empty database must end up with one identity.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_first_starts_at_once_agree_on_one_key() {
    with_app(async |app| {
        let (one, other) = tokio::join!(app.another(), app.another());

        assert_eq!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.fingerprint(), app.fingerprint());
    })
    .await;
}
