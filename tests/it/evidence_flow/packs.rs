//! Packs of what is stored: the same for the same instant, whole, and recomputable.

use std::path::PathBuf;

use attestry::app::{NoProgress, PackRequest, pack_replay, pack_verify};
use attestry::base::UnixMillis;
use attestry::report::pack::Verdict;

use super::{HOUR_MS, identical, shop};
use crate::support::{TestApp, cyclonedx, with_app};

async fn pack(app: &TestApp, name: &str, as_of: Option<UnixMillis>) -> PathBuf {
    let output = app.data.path().join("packs").join(name);
    let request = PackRequest {
        frameworks: vec!["pci-dss-4.0.1".to_owned(), "gdpr".to_owned()],
        as_of,
        from: None,
        output: output.clone(),
        engagement: None,
    };
    app.pack_create(&request, &NoProgress).await.unwrap();
    output
}

#[tokio::test]
async fn a_pack_verifies_and_every_verdict_and_score_is_recomputed_from_it() {
    with_app(async |app| {
        shop(app).await;
        app.score_vendors().await.unwrap();

        let path = pack(app, "one.zip", None).await;

        let verification = pack_verify(&path, None, None).unwrap();
        assert_eq!(verification.verdict, Verdict::Intact, "{:?}", verification.first_failure());
        assert_eq!(verification.items, 4);
        let replay = pack_replay(&path).unwrap();
        identical(&replay);
        assert!(replay.scores && replay.tests > 20 && replay.requirements > 300);
    })
    .await;
}

#[tokio::test]
async fn a_pack_for_the_same_instant_has_the_same_bytes() {
    with_app(async |app| {
        shop(app).await;
        app.score_vendors().await.unwrap();
        let at = app.now();
        app.clock.advance(HOUR_MS);
        let one = pack(app, "one.zip", Some(at)).await;
        app.clock.advance(HOUR_MS);

        let two = pack(app, "two.zip", Some(at)).await;

        assert!(std::fs::read(one).unwrap() == std::fs::read(two).unwrap(), "the packs differ");
    })
    .await;
}

#[tokio::test]
async fn a_pack_for_the_present_instant_made_twice_has_the_same_bytes() {
    with_app(async |app| {
        shop(app).await;
        let at = app.now();
        let one = pack(app, "one.zip", Some(at)).await;

        let two = pack(app, "two.zip", Some(at)).await;

        assert!(std::fs::read(one).unwrap() == std::fs::read(two).unwrap(), "the packs differ");
    })
    .await;
}

#[tokio::test]
async fn what_comes_later_changes_no_pack_of_an_earlier_instant() {
    with_app(async |app| {
        shop(app).await;
        let at = app.now();
        app.clock.advance(HOUR_MS);
        let before = pack(app, "before.zip", Some(at)).await;
        app.clock.advance(HOUR_MS);
        app.import_file("later.json", cyclonedx("later", 9), "shop").await;
        app.import_file("bom.json", cyclonedx("shop", 5), "shop").await;
        std::fs::remove_dir_all(app.data.path().join("inbox")).unwrap();
        assert!(!app.collect(&[]).await.unwrap()[0].1.problems.is_empty());
        app.score_vendors().await.unwrap();
        app.evaluate(&Default::default()).await.unwrap();
        app.checkpoint().await.unwrap();
        app.clock.advance(HOUR_MS);

        let after = pack(app, "after.zip", Some(at)).await;

        assert!(std::fs::read(before).unwrap() == std::fs::read(after).unwrap(), "the packs differ");
    })
    .await;
}

#[tokio::test]
async fn a_pack_of_a_period_says_so_and_verifies() {
    with_app(async |app| {
        shop(app).await;
        app.clock.advance(HOUR_MS);
        let output = app.data.path().join("period.zip");
        let request = PackRequest {
            frameworks: vec!["soc2-2017".to_owned()],
            as_of: Some(app.now()),
            from: Some(app.now().plus_days(-90)),
            output: output.clone(),
            engagement: None,
        };

        app.pack_create(&request, &NoProgress).await.unwrap();

        let verification = pack_verify(&output, None, None).unwrap();
        assert_eq!(verification.verdict, Verdict::Intact, "{:?}", verification.first_failure());
        identical(&pack_replay(&output).unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_pack_of_an_empty_installation_verifies_and_lists_every_gap() {
    with_app(async |app| {
        let path = pack(app, "empty.zip", None).await;

        let verification = pack_verify(&path, None, None).unwrap();

        assert_eq!(verification.verdict, Verdict::Intact, "{:?}", verification.first_failure());
        assert!(verification.gaps > 100);
        identical(&pack_replay(&path).unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_pack_that_cannot_be_written_leaves_nothing_behind() {
    with_app(async |app| {
        shop(app).await;
        let file = app.data.path().join("a-file");
        std::fs::write(&file, "x").unwrap();
        let request = PackRequest {
            frameworks: vec![],
            as_of: None,
            from: None,
            output: file.join("below.zip"),
            engagement: None,
        };

        let error = app.pack_create(&request, &NoProgress).await.unwrap_err();

        assert_eq!(error.kind, attestry::base::ErrorKind::Upstream, "{error}");
        assert!(error.public.contains("a-file"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn vendor_scores_are_stored_with_the_facts_they_rest_on() {
    with_app(async |app| {
        shop(app).await;

        let lines = app.score_vendors().await.unwrap();

        assert_eq!(lines.len(), 2);
        let stored = app.store().await.score_newest("nimbus", app.now()).await.unwrap().unwrap();
        let body: serde_json::Value = serde_json::from_str(&stored.body).unwrap();
        assert_eq!(body["facts"]["key"], "nimbus");
        let now = lines.iter().find(|l| l.score.vendor == "nimbus").unwrap();
        assert!((stored.residual - now.score.residual.get()).abs() < f64::EPSILON);
    })
    .await;
}
