use attestry::app::identity::Role;
use serde_json::json;

use super::super::web::serving;
use super::{Program, bom, problem};

#[actix_web::test]
async fn an_upload_answers_with_its_receipt_and_is_found_afterwards() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let path = "/api/v1/evidence?asset=shop&kind=sbom&file=shop.cdx.json";

        let reply = program.ask(("POST", path), &[], bom("shop")).await;

        assert_eq!(reply.status, 200, "{}", reply.body);
        let receipt: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(
            (receipt["status"].as_str(), receipt["counts"]["components"].as_u64()),
            (Some("accepted"), Some(1))
        );
        let id = receipt["evidence_id"].as_str().unwrap();
        let listed = program.read("/api/v1/evidence?q=shop").await;
        assert_eq!(
            (listed["items"][0]["id"].as_str(), &listed["total"]),
            (Some(id), &json!({"count": 1, "exact": true}))
        );
        let item = program.read(&format!("/api/v1/evidence/{id}")).await;
        assert_eq!(
            (item["subject"].as_str(), item["sha256"].as_str()),
            (Some("asset:shop"), receipt["sha256"].as_str())
        );
        assert_eq!(program.read(&format!("/api/v1/evidence/{id}/receipt")).await, receipt);
        let raw = program.get(&format!("/api/v1/evidence/{id}/raw")).await;
        assert_eq!((raw.status, raw.body), (200, bom("shop")));
        let proof = program.get(&format!("/api/v1/evidence/{id}/proof")).await;
        assert!(proof.status == 200 && proof.header("etag").is_some(), "{}", proof.body);
        let parts = program.read(&format!("/api/v1/sboms/{id}/components")).await;
        assert_eq!(parts["items"][0]["purl"], "pkg:npm/left@1.0");
        assert_eq!(program.read("/api/v1/sboms").await["items"][0]["components"], 1);
    })
    .await;
}

#[actix_web::test]
async fn what_cannot_be_read_is_202_and_what_cannot_be_asked_400() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;

        let odd = program.ask(("POST", "/api/v1/evidence?file=x.txt"), &[], "nothing we know").await;
        let empty = program.ask(("POST", "/api/v1/evidence"), &[], "").await;
        let kind = program.ask(("POST", "/api/v1/evidence?kind=colour"), &[], "x").await;

        assert_eq!(odd.status, 202, "{}", odd.body);
        assert!(odd.body.contains("\"status\":\"quarantined\""));
        assert_eq!((empty.status, kind.status), (400, 400));
        assert!(problem(&kind)["detail"].as_str().unwrap().starts_with("kind: "));
    })
    .await;
}

#[actix_web::test]
async fn an_item_is_withdrawn_by_two() {
    serving(async |app, address| {
        let one = Program::of(app, address, Role::Officer).await;
        let two = Program::of(app, address, Role::Officer).await;
        let id = app.import_file("a.json", bom("a"), "a").await.evidence_id.unwrap();

        let path = format!("/api/v1/evidence/{id}/withdrawal");
        let asked = one.post(&path, &json!({"reason": "It is of another system."})).await;

        assert_eq!(asked.status, 202, "{}", asked.body);
        let asked: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
        let path = format!("/api/v1/withdrawals/{}/decision", asked["id"].as_str().unwrap());
        let decision = json!({"verdict": "withdraw", "reason": "Right."});
        assert_eq!(one.post(&path, &decision).await.status, 403);
        let decided = two.post(&path, &decision).await;
        assert_eq!(decided.status, 200, "{}", decided.body);
        assert_eq!(two.read(&format!("/api/v1/evidence/{id}")).await["status"], "withdrawn");
    })
    .await;
}

#[actix_web::test]
async fn requirements_are_walked_page_by_page_and_say_why() {
    serving(async |app, address| {
        app.evaluate(&Default::default()).await.unwrap();
        let program = Program::of(app, address, Role::Officer).await;
        let mut path = "/api/v1/frameworks/pci-dss-4.0.1/requirements?rows=200".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = program.read(&path).await;
            let ids = page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned());
            seen.extend(ids);
            let Some(next) = page["next"].as_str() else {
                assert_eq!(page["total"]["count"], seen.len());
                break;
            };
            path = format!("/api/v1/frameworks/pci-dss-4.0.1/requirements?rows=200&after={next}");
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert!(count > 300 && seen.len() == count, "{count}");

        let one = program.read("/api/v1/frameworks/pci-dss-4.0.1/requirements/6.3.2").await;

        assert_eq!((one["id"].as_str(), one["tests"].as_array().unwrap().is_empty()), (Some("6.3.2"), false));
        assert!(one["explanation"].as_str().is_some_and(|e| !e.is_empty()));
        let test = one["tests"][0]["id"].as_str().unwrap();
        assert!(program.read(&format!("/api/v1/tests/{test}")).await["remediation"].is_string());
        assert!(program.read("/api/v1/overview").await["ledger_entries"].as_u64() > Some(0));
    })
    .await;
}

#[actix_web::test]
async fn a_token_can_do_no_more_than_it_was_given_and_nothing_once_revoked() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let reader = program.limited(app, &["view-compliance", "use-tokens"]).await;
        let order = json!({"name": "another", "permissions": ["view-compliance"], "days": 30});

        assert_eq!(reader.get("/api/v1/evidence").await.status, 200);
        assert_eq!(reader.get("/api/v1/sources").await.status, 403);
        assert_eq!(reader.post("/api/v1/tokens", &order).await.status, 403);
        let tokens = reader.read("/api/v1/tokens?q=limited").await;
        let path = format!("/api/v1/tokens/{}", tokens["items"][0]["id"].as_str().unwrap());
        let gone = reader.ask(("DELETE", &path), &[], "").await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        assert_eq!(reader.get("/api/v1/evidence").await.status, 401);
    })
    .await;
}

#[actix_web::test]
async fn people_gaps_and_the_trail_are_read_by_who_may() {
    serving(async |app, address| {
        app.evaluate(&Default::default()).await.unwrap();
        let program = Program::of(app, address, Role::Administrator).await;
        let reader = Program::of(app, address, Role::Contributor).await;

        let people = program.read("/api/v1/people").await;
        let trail = program.read("/api/v1/audit-trail").await;
        let gaps = program.read("/api/v1/gaps").await;

        assert_eq!(people["total"]["count"], 2);
        assert!(!people.to_string().contains("argon2"));
        assert!(trail["items"].as_array().unwrap().iter().any(|a| a["action"] == "token.created"));
        assert!(gaps["items"].as_array().is_some_and(|g| !g.is_empty()));
        assert_eq!(reader.get("/api/v1/audit-trail").await.status, 403);
    })
    .await;
}
