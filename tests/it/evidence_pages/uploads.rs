use attestry::app::identity::Role;

use super::super::support::signed_in;
use super::super::web::serving;
use super::{bom, fill, see, trail, upload, upload_with};

#[actix_web::test]
async fn an_upload_is_answered_with_a_receipt_per_file_and_what_changed() {
    serving(async |app, address| {
        app.declare_asset("shop", "deployable").await;
        app.evaluate(&Default::default()).await.unwrap();
        let cookie = signed_in(app, Role::Contributor).await;

        let reply = upload(
            address,
            &cookie,
            &[("asset", "shop"), ("other_asset", ""), ("kind", "")],
            &[("bom.json", &bom("shop", 2)), ("notes.txt", "nothing we read")],
        )
        .await;

        assert_eq!(reply.status, 200, "{}", reply.body);
        for words in [
            "2 documents: 1 accepted, 1 quarantined",
            "bom.json",
            "notes.txt",
            "unknown-format",
            "evaluated anew",
        ] {
            assert!(reply.body.contains(words), "{words}: {}", reply.body);
        }
        let list = see(address, &cookie, "/evidence").await.body;
        assert!(list.contains("bom.json") && list.contains("asset:shop") && list.contains("Quarantined"));
        assert!(see(address, &cookie, "/quarantine").await.body.contains("notes.txt"));
        let trail = trail(app).await;
        assert_eq!(trail.iter().filter(|r| r.action == "evidence.uploaded").count(), 2);
    })
    .await;
}

#[actix_web::test]
async fn the_same_bytes_again_are_known_and_said_to_be() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        upload(address, &cookie, &[("other_asset", "shop")], &[("bom.json", &bom("shop", 1))]).await;

        let again =
            upload(address, &cookie, &[("other_asset", "shop")], &[("b.json", &bom("shop", 1))]).await;

        assert!(again.body.contains("1 document: 1 known already"), "{}", again.body);
    })
    .await;
}

#[actix_web::test]
async fn an_upload_without_the_forms_token_or_of_a_stranger_is_refused() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        let files = [("bom.json", "{}")];

        let foreign = upload_with(address, (&cookie, "AAAA"), &[], &files).await;
        let reviewer = upload(address, &signed_in(app, Role::Reviewer).await, &[], &files).await;

        assert_eq!((foreign.status, reviewer.status), (403, 403));
        assert!(see(address, &cookie, "/evidence").await.body.contains("No evidence yet"));
    })
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_the_form_is_said_on_the_form() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;

        let nothing = upload(address, &cookie, &[("kind", "")], &[]).await;
        let climbing =
            upload(address, &cookie, &[("other_asset", "../../etc")], &[("bom.json", &bom("shop", 1))]).await;

        assert_eq!((nothing.status, climbing.status), (422, 422));
        assert!(nothing.body.contains("Choose at least one file"), "{}", nothing.body);
        assert!(climbing.body.contains("../../etc"), "{}", climbing.body);
        let form = see(address, &cookie, "/evidence/upload?asset=shop&kind=sbom").await.body;
        assert!(form.contains("<option value=\"sbom\" selected>"), "{form}");
    })
    .await;
}

#[actix_web::test]
async fn reading_again_leaves_what_this_version_read() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        let receipt = app.import_file("x.txt", "nothing we read", "").await;
        let id = receipt.evidence_id.unwrap().to_string();

        let reply = fill(address, &cookie, "/quarantine/read-again", &[("id", &id)]).await;

        assert_eq!(reply.status, 303, "{}", reply.body);
        assert!(see(address, &cookie, "/quarantine").await.body.contains("x.txt"));
    })
    .await;
}
