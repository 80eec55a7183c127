use attestry::app::identity::Role;
use attestry::web::routes;
use serde_json::Value;

use super::super::support::{get, request, send};
use super::super::web::{serving, serving_with};
use super::{Program, problem};

#[actix_web::test]
async fn the_document_is_open_to_everybody_and_describes_every_operation() {
    serving(async |_, address| {
        let reply = get(address, "/api/openapi.json").await;

        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
        let document: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        for route in routes().filter(|r| r.path.starts_with("/api/v1/")) {
            let method = route.method.as_str().to_lowercase();
            let operation = &document["paths"][route.path][&method];
            assert!(operation["summary"].is_string(), "{method} {}", route.path);
            assert_eq!(operation["x-permission"], route.need.name());
            for status in ["400", "401", "403", "404", "405", "409", "413", "415", "429", "500", "503"] {
                assert!(operation["responses"][status].is_object(), "{method} {} {status}", route.path);
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn everything_that_goes_wrong_is_a_problem() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Administrator).await;
        let long = format!("/api/v1/{}", "x".repeat(8_000));
        let cases = [
            ("GET", "/api/v1/nothing", 404),
            ("GET", "/api/v1/evidence/no-id", 404),
            ("GET", "/api/v1/evidence?rows=7", 400),
            ("GET", "/api/v1/evidence?rows=99999999999999999999999", 400),
            ("GET", "/api/v1/evidence?sort=colour", 400),
            ("GET", "/api/v1/evidence?after=nonsense", 400),
            ("GET", "/api/v1/evidence?q=%00", 400),
            ("GET", "/api/v1/evidence?as_of=2999-01-01", 400),
            ("GET", "/api/v1/vendors/%00", 404),
            ("GET", "/api/v1/vendors/%ff%fe", 404),
            ("GET", "/api/v1/packs/99999999999", 404),
            ("GET", "/api/v1/tests?rows=-1", 400),
            ("GET", long.as_str(), 404),
            ("PUT", "/api/v1/evidence", 405),
            ("TRACE", "/api/v1/runs", 405),
            ("POST", "/api/v1/packs", 415),
        ];
        for (method, path, status) in cases {
            let reply = program.ask((method, path), &[], "").await;

            assert_eq!(reply.status, status, "{method} {path}: {}", reply.body);
            assert!(problem(&reply)["detail"].as_str().is_some_and(|d| !d.is_empty()));
        }
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    serving(async |_, address| {
        let reply = request(address, "PATCH", "/api/v1/evidence", &[]).await;

        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST")));
    })
    .await;
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_refused_with_the_reason() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Administrator).await;
        let json = [("Content-Type", "application/json")];
        let big = format!("{{\"frameworks\":[\"{}\"]}}", "x".repeat(100_000));
        for (body, status) in [
            ("{", 400),
            ("[]", 400),
            ("{\"frameworks\":[\"a\\u0000\"]}", 400),
            ("{\"frameworks\":[],\"more\":1}", 400),
            ("{\"frameworks\":[\"no-such\"]}", 400),
            (big.as_str(), 413),
        ] {
            let reply = program.ask(("POST", "/api/v1/packs"), &json, body).await;

            assert_eq!(reply.status, status, "{}", reply.body);
            problem(&reply);
        }
    })
    .await;
}

#[actix_web::test]
async fn what_is_known_already_is_not_sent_again() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let first = program.get("/api/v1/frameworks").await;
        let tag = first.header("etag").unwrap();

        let known = [("If-None-Match", tag)];
        let again = program.ask(("GET", "/api/v1/frameworks"), &known, "").await;
        let other = program.ask(("GET", "/api/v1/frameworks"), &[("If-None-Match", "\"x\"")], "").await;

        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", Some(tag)));
        assert_eq!(other.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn who_asks_too_often_waits_and_others_do_not() {
    let few = |config: &mut attestry::app::Config| {
        config.api.reads_per_minute = 3.try_into().unwrap();
    };
    serving_with(few, async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let other = Program::of(app, address, Role::Officer).await;
        for left in ["2", "1", "0"] {
            let reply = program.get("/api/v1/frameworks").await;
            let said = reply.header("ratelimit").unwrap().to_owned();
            assert!(said.contains(&format!("r={left};")), "{said}");
        }

        let reply = program.get("/api/v1/frameworks").await;

        assert_eq!(reply.status, 429);
        problem(&reply);
        let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=20).contains(&wait), "{wait}");
        assert_eq!(other.get("/api/v1/frameworks").await.status, 200);
        assert_eq!(get(address, "/healthz").await.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn a_stranger_and_a_wrong_token_are_told_how_to_come_in() {
    serving(async |_, address| {
        let wrong = [("Authorization", "Bearer att_wrong")];
        for headers in [&[][..], &wrong[..]] {
            let reply = send(address, ("GET", "/api/v1/evidence"), headers, "").await;

            assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
            problem(&reply);
        }
    })
    .await;
}

#[actix_web::test]
async fn the_reference_is_a_page_of_our_own() {
    serving(async |app, address| {
        let cookie = super::super::support::signed_in(app, Role::Contributor).await;

        let reply = request(address, "GET", "/api", &[("Cookie", &cookie), ("Accept", "text/html")]).await;

        assert_eq!(reply.status, 200, "{}", reply.body);
        for words in ["/api/v1/evidence/{id}/receipt", "EvidenceRecord", "Idempotency-Key", "curl -X POST"] {
            assert!(reply.body.contains(words), "{words}");
        }
    })
    .await;
}
