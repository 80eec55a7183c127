//! The second factor: setting it up, using it once, and the recovery codes.

use attestry::app::identity::Role;

use super::*;
use crate::support::SESSION;

#[actix_web::test]
async fn a_role_that_must_have_one_sets_it_up_before_anything_else() {
    serving_as(
        |_| (),
        async |app, address| {
            person(app, EMAIL, Role::Officer).await;
            let mut visitor = Visitor::stranger(address);
            assert_eq!(goes_to(&sign_in(&mut visitor, EMAIL, PASSWORD).await), "/sign-in/second-factor");
            assert_eq!(goes_to(&visitor.get("/").await), "/sign-in", "nothing else is open");
            let half = visitor.cookie(SESSION).unwrap().to_owned();
            visitor.get("/sign-in/second-factor").await;
            let wrong = visitor.post("/sign-in/second-factor", &[("code", "000000")]).await;
            assert_eq!(wrong.status, 422);
            assert!(wrong.body.contains("This code is not the app"), "{}", wrong.body);

            let (_, codes) = set_up_app(app, &mut visitor, "/sign-in/second-factor").await;

            assert_eq!(codes.len(), 10);
            assert_ne!(visitor.cookie(SESSION).unwrap(), half);
            assert!(app.caller(&half).await.unwrap().is_none());
            assert_eq!(visitor.get("/").await.status, 200);
            let again = visitor.get("/account/recovery-codes").await.body;
            assert!(!again.contains(&codes[0]) && again.contains("shown already"), "{again}");
        },
    )
    .await;
}

#[actix_web::test]
async fn a_code_is_good_once() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        let (secret, _) = set_up_app(app, &mut visitor, "/account/second-factor").await;
        let (mut one, mut two) = (Visitor::stranger(address), Visitor::stranger(address));
        assert_eq!(goes_to(&sign_in(&mut one, EMAIL, PASSWORD).await), "/sign-in/code");
        sign_in(&mut two, EMAIL, PASSWORD).await;

        let first = app_code(&secret, app.now().0);
        assert_eq!(one.post("/sign-in/code", &[("code", &first)]).await.status, 422, "it set the app up");
        app.clock.advance(30_000);
        let code = app_code(&secret, app.now().0);
        assert_eq!(goes_to(&one.post("/sign-in/code", &[("code", &code)]).await), "/");
        let replayed = two.post("/sign-in/code", &[("code", &code)]).await;

        assert_eq!(replayed.status, 422);
        assert!(!replayed.body.contains(&code));
        assert_eq!(one.get("/account").await.status, 200);
        assert_eq!(goes_to(&two.get("/account").await), "/sign-in?return_to=%2Faccount");
    })
    .await;
}

#[actix_web::test]
async fn a_recovery_code_is_good_once() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        let (_, codes) = set_up_app(app, &mut visitor, "/account/second-factor").await;

        for status in [303, 422] {
            let mut lost = Visitor::stranger(address);
            sign_in(&mut lost, EMAIL, PASSWORD).await;
            let done = lost.post("/sign-in/code", &[("code", &codes[3].to_uppercase())]).await;
            assert_eq!(done.status, status, "{}", done.body);
        }

        let page = visitor.get("/account").await.body;
        assert!(page.contains("9 recovery codes"), "{page}");
    })
    .await;
}

#[actix_web::test]
async fn guessing_codes_is_slowed_down_too() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        set_up_app(app, &mut visitor, "/account/second-factor").await;
        let mut guesser = Visitor::stranger(address);
        sign_in(&mut guesser, EMAIL, PASSWORD).await;

        for _ in 0..5 {
            assert_eq!(guesser.post("/sign-in/code", &[("code", "123456")]).await.status, 422);
        }

        assert_eq!(guesser.post("/sign-in/code", &[("code", "123456")]).await.status, 429);
    })
    .await;
}

#[actix_web::test]
async fn who_owes_a_code_cannot_set_up_another_app_instead() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        set_up_app(app, &mut visitor, "/account/second-factor").await;
        let mut thief = Visitor::stranger(address);
        sign_in(&mut thief, EMAIL, PASSWORD).await;

        assert_eq!(goes_to(&thief.get("/sign-in/second-factor").await), "/sign-in/code");
        let refused = thief.post("/sign-in/second-factor", &[("code", "123456")]).await;
        assert_eq!(refused.status, 403);
        assert_eq!(
            goes_to(&thief.get("/account/second-factor").await),
            "/sign-in?return_to=%2Faccount%2Fsecond-factor"
        );
    })
    .await;
}
