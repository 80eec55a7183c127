use attestry::app::identity::{Actor, Role};
use attestry::ledger::tlog_proof::TlogProof;

use super::super::support::{request, signed_in};
use super::super::web::serving;
use super::{bom, see, trail};

#[actix_web::test]
async fn a_download_is_the_stored_bytes_and_nothing_a_browser_would_run() {
    serving(async |app, address| {
        let content = format!("{}\r\n", bom("<script>alert(1)</script>", 1));
        let receipt = app.import_file("page.html", content.clone(), "").await;
        let path = format!("/evidence/{}/raw", receipt.evidence_id.unwrap());
        let cookie = signed_in(app, Role::Contributor).await;

        let reply = see(address, &cookie, &path).await;

        assert_eq!((reply.status, reply.body.as_str()), (200, content.as_str()));
        assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(
            reply.header("content-disposition").unwrap().starts_with("attachment; filename=\"page.html\"")
        );
        let policies: Vec<_> =
            reply.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("content-security-policy")).collect();
        assert_eq!(policies.len(), 1);
        assert!(policies[0].1.contains("sandbox") && policies[0].1.contains("default-src 'none'"));
        let tag = reply.header("etag").unwrap().to_owned();
        assert_eq!(tag, format!("\"{}\"", receipt.sha256.to_hex()));
        let again = request(address, "GET", &path, &[("Cookie", &cookie), ("If-None-Match", &tag)]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        let trail = trail(app).await;
        assert_eq!(trail.iter().filter(|r| r.action == "evidence.downloaded").count(), 1);
    })
    .await;
}

#[actix_web::test]
async fn bytes_that_are_no_text_come_back_as_they_are() {
    serving(async |app, _| {
        let bytes: Vec<u8> = (0..=255_u8).cycle().take(5000).collect();
        let receipt = app.import_file("x.bin", bytes.clone(), "").await;

        let raw = app.evidence_raw(&Actor::local("test"), receipt.evidence_id.unwrap(), None).await.unwrap();

        assert_eq!(raw.bytes.unwrap().as_ref(), bytes.as_slice());
    })
    .await;
}

#[actix_web::test]
async fn no_file_name_climbs_or_breaks_a_header() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        for name in
            ["../../etc/passwd", "x\r\nSet-Cookie: stolen=1", "..\\..\\boot.ini", "\"; filename=\"evil"]
        {
            let receipt = app.import_file(name, format!("not read {name}"), "").await;

            let reply =
                see(address, &cookie, &format!("/evidence/{}/raw", receipt.evidence_id.unwrap())).await;

            let offered = reply.header("content-disposition").unwrap();
            assert_eq!((reply.status, reply.header("set-cookie")), (200, None), "{name:?}");
            assert!(!offered.contains("..") && !offered.contains('/'), "{offered}");
            assert_eq!(offered.matches("filename=\"").count(), 1, "{offered}");
        }
        for path in ["/evidence/..%2f..%2fetc%2fpasswd/raw", "/evidence/nonsense/raw", "/evidence/nonsense"] {
            assert_eq!(see(address, &cookie, path).await.status, 404, "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_proof_of_an_item_verifies_against_the_installations_key() {
    serving(async |app, address| {
        let receipt = app.import_file("bom.json", bom("shop", 1), "").await;
        let id = receipt.evidence_id.unwrap();
        let cookie = signed_in(app, Role::Contributor).await;
        let path = format!("/evidence/{id}/proof");
        assert_eq!(see(address, &cookie, &path).await.status, 409);
        app.checkpoint().await.unwrap();

        let reply = see(address, &cookie, &path).await;

        assert_eq!(reply.status, 200, "{}", reply.body);
        let proof = TlogProof::parse(reply.body.as_bytes()).unwrap();
        let store = app.store().await;
        let entry = store.ledger_entry(proof.index).await.unwrap().unwrap();
        let key = store.key_list().await.unwrap()[0].vkey.parse().unwrap();
        proof.verify(entry.envelope.as_bytes(), &[key]).unwrap();
        let page = see(address, &cookie, &format!("/evidence/{id}")).await.body;
        assert!(page.contains("Download the proof") && page.contains("shop-part-0"), "{page}");
    })
    .await;
}
