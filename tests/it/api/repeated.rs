use attestry::app::api::Begun;
use attestry::app::identity::{Actor, Role};
use attestry::base::{DAY_MS, Digest};

use super::super::support::with_app;
use super::super::web::serving;
use super::{Program, bom, problem};

#[actix_web::test]
async fn the_same_request_again_is_answered_the_same_and_done_once() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let key = [("Idempotency-Key", "build-17")];
        let target = ("POST", "/api/v1/evidence?asset=shop");

        let first = program.ask(target, &key, bom("shop")).await;
        let again = program.ask(target, &key, bom("shop")).await;
        let without = program.ask(target, &[], bom("shop")).await;

        assert_eq!((first.status, again.status), (200, 200), "{}", first.body);
        assert_eq!(first.body, again.body);
        assert!(first.body.contains("\"accepted\"") && without.body.contains("\"duplicate\""));
    })
    .await;
}

#[actix_web::test]
async fn a_key_for_something_else_is_refused_and_is_everybodys_own() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let other = Program::of(app, address, Role::Officer).await;
        let key = [("Idempotency-Key", "build-17")];
        let target = ("POST", "/api/v1/evidence");
        program.ask(target, &key, bom("a")).await;

        let another = program.ask(target, &key, bom("b")).await;

        assert_eq!(another.status, 409);
        problem(&another);
        assert_eq!(other.ask(target, &key, bom("b")).await.status, 200);
        let long = "k".repeat(201);
        assert_eq!(program.ask(target, &[("Idempotency-Key", &long)], bom("c")).await.status, 400);
    })
    .await;
}

#[actix_web::test]
async fn what_failed_can_be_sent_again() {
    serving(async |app, address| {
        let program = Program::of(app, address, Role::Officer).await;
        let key = [("Idempotency-Key", "k")];

        for _ in 0..2 {
            let reply = program.ask(("POST", "/api/v1/evidence?kind=colour"), &key, "x").await;
            assert_eq!(reply.status, 400, "{}", reply.body);
        }
    })
    .await;
}

#[actix_web::test]
async fn a_request_that_runs_is_not_begun_again_and_a_day_later_is_forgotten() {
    with_app(async |app| {
        let actor = Actor::local("test");
        let request = Digest::of(b"request");

        assert_eq!(app.once_begin(&actor, "k", request).await.unwrap(), Begun::First);
        assert_eq!(app.once_begin(&actor, "k", request).await.unwrap(), Begun::Running);
        assert_eq!(app.once_begin(&actor, "k", Digest::of(b"other")).await.unwrap(), Begun::Other);
        app.clock.advance(DAY_MS + 1);
        assert_eq!(app.once_begin(&actor, "k", request).await.unwrap(), Begun::First);
        app.once_end(&actor, "k", None).await.unwrap();
    })
    .await;
}
