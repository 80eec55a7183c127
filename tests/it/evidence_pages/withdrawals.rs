use std::io::Read as _;

use attestry::app::identity::Role;
use attestry::app::{NoProgress, PackRequest, pack_verify};
use attestry::base::UnixMillis;
use attestry::controls::SubjectKind;

use super::super::support::{TestApp, signed_in};
use super::super::web::serving;
use super::{bom, fill, see, trail, upload};

const WHY: &str = "this is the bill of materials of another shop";

/// How many observations speak about the shop at an instant.
async fn speaking(app: &TestApp, at: UnixMillis) -> usize {
    let facts = app.facts(at).await.unwrap();
    let shop = facts.subjects.into_iter().find(|s| s.kind == SubjectKind::Asset && s.id == "shop").unwrap();
    shop.observations.len()
}

/// The shop with one document, and its page.
async fn shop(app: &TestApp) -> String {
    app.declare_asset("shop", "deployable").await;
    let receipt = app.import_file("bom.json", bom("shop", 1), "shop").await;
    app.evaluate(&Default::default()).await.unwrap();
    app.clock.advance(60_000);
    format!("/evidence/{}", receipt.evidence_id.unwrap())
}

async fn pending(app: &TestApp) -> String {
    app.pending_withdrawals().await.unwrap()[0].id.to_string()
}

#[actix_web::test]
async fn one_person_asks_and_another_decides() {
    serving(async |app, address| {
        let page = shop(app).await;
        let (asker, officer) = (signed_in(app, Role::Officer).await, signed_in(app, Role::Officer).await);

        let asked = fill(address, &asker, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        let decide = format!("/withdrawals/{}/decide", pending(app).await);
        let own = fill(address, &asker, &decide, &[("verdict", "withdraw")]).await;

        assert_eq!((asked.status, own.status), (303, 403));
        assert!(own.body.contains("somebody else has to decide"), "{}", own.body);
        assert_eq!(speaking(app, app.now()).await, 1);
        assert!(!see(address, &asker, &page).await.body.contains(&decide));
        assert!(see(address, &officer, &page).await.body.contains(&decide));
        let done = fill(address, &officer, &decide, &[("verdict", "withdraw"), ("reason", "")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let again = fill(address, &officer, &decide, &[("verdict", "decline"), ("reason", WHY)]).await;
        assert_eq!(again.status, 409);
        let trail: Vec<(String, String)> =
            trail(app).await.into_iter().map(|r| (r.action, r.outcome)).collect();
        for row in
            [("withdrawal.asked", "done"), ("withdrawal.decided", "refused"), ("withdrawal.decided", "done")]
        {
            assert!(trail.contains(&(row.0.to_owned(), row.1.to_owned())), "{row:?} in {trail:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_withdrawn_no_longer_speaks_but_stays_and_spoke_earlier() {
    serving(async |app, address| {
        let page = shop(app).await;
        let before = app.now();
        let (asker, officer) = (signed_in(app, Role::Contributor).await, signed_in(app, Role::Officer).await);
        let freshness = "sbom.every-deployable-has-a-fresh-sbom";
        let met = app.status_of(freshness).await;
        fill(address, &asker, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        app.clock.advance(60_000);

        let decide = format!("/withdrawals/{}/decide", pending(app).await);
        fill(address, &officer, &decide, &[("verdict", "withdraw")]).await;

        assert_eq!((speaking(app, before).await, speaking(app, app.now()).await), (1, 0));
        assert_ne!(app.status_of(freshness).await, met);
        let item = see(address, &officer, &page).await.body;
        assert!(item.contains("Withdrawn") && item.contains(WHY), "{item}");
        assert_eq!(see(address, &officer, &format!("{page}/raw")).await.status, 200);
        let list = see(address, &officer, "/evidence?status=withdrawn").await.body;
        assert!(list.contains("bom.json"), "{list}");
        assert!(app.pending_withdrawals().await.unwrap().is_empty());
        let receipt = upload(address, &officer, &[("asset", "shop")], &[("bom.json", &bom("shop", 1))]).await;
        assert!(receipt.body.contains("It does not count"), "{}", receipt.body);
        assert_eq!(speaking(app, app.now()).await, 0);
    })
    .await;
}

#[actix_web::test]
async fn a_declined_request_is_kept_and_changes_nothing() {
    serving(async |app, address| {
        let page = shop(app).await;
        let (asker, officer) = (signed_in(app, Role::Officer).await, signed_in(app, Role::Officer).await);
        let short = fill(address, &asker, &format!("{page}/withdraw"), &[("reason", "no")]).await;
        fill(address, &asker, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        let twice = fill(address, &officer, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        let decide = format!("/withdrawals/{}/decide", pending(app).await);
        let silent = fill(address, &officer, &decide, &[("verdict", "decline")]).await;

        let declined =
            fill(address, &officer, &decide, &[("verdict", "decline"), ("reason", "it is the right shop")])
                .await;

        assert_eq!((short.status, twice.status, silent.status, declined.status), (400, 409, 400, 303));
        assert_eq!(speaking(app, app.now()).await, 1);
        let item = see(address, &officer, &page).await.body;
        assert!(item.contains("declined to withdraw it") && item.contains("it is the right shop"), "{item}");
        let once_more = fill(address, &officer, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        assert_eq!(once_more.status, 303, "another request may follow");
    })
    .await;
}

#[actix_web::test]
async fn a_pack_lists_what_was_withdrawn_and_verifies() {
    serving(async |app, address| {
        let page = shop(app).await;
        let (asker, officer) = (signed_in(app, Role::Officer).await, signed_in(app, Role::Officer).await);
        fill(address, &asker, &format!("{page}/withdraw"), &[("reason", WHY)]).await;
        let decide = format!("/withdrawals/{}/decide", pending(app).await);
        fill(address, &officer, &decide, &[("verdict", "withdraw")]).await;
        let output = app.data.path().join("pack.zip");

        let request = PackRequest {
            frameworks: Vec::new(),
            as_of: None,
            from: None,
            output: output.clone(),
            engagement: None,
        };
        app.pack_create(&request, &NoProgress).await.unwrap();

        let mut zip = zip::ZipArchive::new(std::fs::File::open(&output).unwrap()).unwrap();
        let mut gaps = String::new();
        zip.by_name("gaps.csv").unwrap().read_to_string(&mut gaps).unwrap();
        assert!(gaps.contains("withdrawn") && gaps.contains(WHY), "{gaps}");
        assert!(pack_verify(&output, None, None).unwrap().first_failure().is_none());
    })
    .await;
}
