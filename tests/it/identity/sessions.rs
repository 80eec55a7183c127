//! How long sessions last, who ends them, and what their cookie says.

use attestry::app::identity::Role;

use super::*;
use crate::support::{SESSION, signed_in};

const MINUTE: i64 = 60_000;

#[actix_web::test]
async fn a_session_that_is_not_used_ends_and_one_that_is_goes_on() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        for _ in 0..4 {
            app.clock.advance(14 * MINUTE);
            assert_eq!(visitor.get("/account").await.status, 200);
        }

        app.clock.advance(16 * MINUTE);

        assert_eq!(goes_to(&visitor.get("/account").await), "/sign-in?return_to=%2Faccount");
    })
    .await;
}

#[actix_web::test]
async fn a_session_ends_after_half_a_day_however_busy() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        for _ in 0..71 {
            app.clock.advance(10 * MINUTE);
            assert_eq!(visitor.get("/healthz").await.status, 200);
            assert_eq!(visitor.get("/account").await.status, 200);
        }

        app.clock.advance(11 * MINUTE);

        assert_eq!(visitor.get("/account").await.status, 303);
    })
    .await;
}

#[actix_web::test]
async fn one_session_is_ended_and_all_others_are() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitors = Vec::new();
        for _ in 0..3 {
            let mut visitor = Visitor::stranger(address);
            sign_in(&mut visitor, EMAIL, PASSWORD).await;
            visitors.push(visitor);
        }
        let [mut here, mut there, mut third] = <[Visitor; 3]>::try_from(visitors).ok().unwrap();
        let secret = there.cookie(SESSION).unwrap();
        let id = app.caller(secret).await.unwrap().unwrap().session.id;

        assert_eq!(goes_to(&here.post(&format!("/account/sessions/{id}/end"), &[]).await), "/account");
        assert_eq!(there.get("/account").await.status, 303);
        assert_eq!(third.get("/account").await.status, 200);
        here.post("/account/sessions/end-others", &[]).await;

        assert_eq!(third.get("/account").await.status, 303);
        let page = here.get("/account").await;
        assert_eq!((page.status, page.body.matches("This session").count()), (200, 1));
    })
    .await;
}

#[actix_web::test]
async fn nobody_ends_somebody_elses_session() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        let secret = cookie.split_once('=').unwrap().1;
        let id = app.caller(secret).await.unwrap().unwrap().session.id;
        let mut other = Visitor::as_role(app, address, Role::Administrator).await;

        assert_eq!(other.post(&format!("/account/sessions/{id}/end"), &[]).await.status, 404);
        assert!(app.caller(secret).await.unwrap().is_some());
    })
    .await;
}

#[actix_web::test]
async fn signing_out_ends_the_session_itself_and_not_only_the_cookie() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        let secret = visitor.cookie(SESSION).unwrap().to_owned();

        let out = visitor.post("/sign-out", &[]).await;

        assert_eq!(goes_to(&out), "/sign-in");
        assert!(visitor.cookie(SESSION).is_none());
        assert!(app.caller(&secret).await.unwrap().is_none());
    })
    .await;
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let reply = sign_in(&mut Visitor::stranger(address), EMAIL, PASSWORD).await;

        let cookie = reply.header("set-cookie").unwrap();
        assert!(cookie.starts_with("attestry-session="), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
    })
    .await;
}

#[actix_web::test]
async fn over_tls_the_cookie_belongs_to_this_host_alone() {
    let behind_tls = |config: &mut Config| {
        config.session.second_factor = SecondFactor::Optional;
        config.public_url = Some("https://evidence.example.com".parse().unwrap());
    };
    serving_as(behind_tls, async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        let ours = [("Origin", "https://evidence.example.com")];

        let reply = Visitor::stranger(address).post_with("/sign-in", &fields, &ours).await;

        let cookie = reply.header("set-cookie").unwrap();
        assert!(cookie.starts_with("__Host-attestry="), "{cookie}");
        assert!(
            cookie.contains("Secure") && cookie.contains("HttpOnly") && !cookie.contains("Domain"),
            "{cookie}"
        );
        let plain = [("Origin", "http://evidence.example.com")];
        assert_eq!(Visitor::stranger(address).post_with("/sign-in", &fields, &plain).await.status, 403);
    })
    .await;
}
