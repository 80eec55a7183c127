//! The own account, and the proof that sensitive changes ask for.

use attestry::app::identity::Role;

use super::*;
use crate::support::SESSION;

const MINUTE: i64 = 60_000;

#[actix_web::test]
async fn another_password_asks_for_a_fresh_proof_and_ends_other_sessions() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Contributor).await;
        let (mut visitor, mut elsewhere) = (Visitor::stranger(address), Visitor::stranger(address));
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        sign_in(&mut elsewhere, EMAIL, PASSWORD).await;
        app.clock.advance(11 * MINUTE);
        let asked = visitor.get("/account/password").await;
        assert_eq!(goes_to(&asked), "/confirm?return_to=%2Faccount%2Fpassword");
        let before = visitor.cookie(SESSION).unwrap().to_owned();
        assert_eq!(visitor.post("/confirm", &[("password", "wrong")]).await.status, 422);

        let fields = [("password", PASSWORD), ("return_to", "/account/password")];
        assert_eq!(goes_to(&visitor.post("/confirm", &fields).await), "/account/password");
        assert!(app.caller(&before).await.unwrap().is_none(), "confirming replaces the session");
        let short = visitor.post("/account/password", &[("password", "short")]).await;
        assert_eq!(short.status, 422);
        let done = visitor.post("/account/password", &[("password", "a longer sentence than before")]).await;

        assert_eq!(goes_to(&done), "/account");
        assert!(visitor.get("/account").await.body.contains("Your password was changed."));
        assert_eq!(elsewhere.get("/account").await.status, 303);
        assert_eq!(sign_in(&mut elsewhere, EMAIL, PASSWORD).await.status, 422);
    })
    .await;
}

#[actix_web::test]
async fn confirming_asks_for_the_code_too_where_one_is_set_up() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Contributor).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        let (secret, _) = set_up_app(app, &mut visitor, "/account/second-factor").await;
        app.clock.advance(11 * MINUTE);

        assert_eq!(visitor.post("/confirm", &[("password", PASSWORD)]).await.status, 422);
        let code = app_code(&secret, app.now().0);
        let done = visitor.post("/confirm", &[("password", PASSWORD), ("code", &code)]).await;

        assert_eq!(goes_to(&done), "/");
        assert_eq!(visitor.get("/account/password").await.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn a_role_that_must_have_a_second_factor_cannot_take_it_away() {
    serving_as(
        |_| (),
        async |app, address| {
            person(app, EMAIL, Role::Officer).await;
            let mut visitor = Visitor::stranger(address);
            sign_in(&mut visitor, EMAIL, PASSWORD).await;
            set_up_app(app, &mut visitor, "/sign-in/second-factor").await;

            assert_eq!(visitor.post("/account/second-factor/remove", &[]).await.status, 409);
            assert!(visitor.get("/account").await.body.contains("10 recovery codes"));
        },
    )
    .await;
}

#[actix_web::test]
async fn a_name_is_changed_and_shown_as_text() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Contributor).await;

        assert_eq!(goes_to(&visitor.post("/account/name", &[("name", "<i>Zoë</i>")]).await), "/account");
        let page = visitor.get("/account").await.body;
        assert!(page.contains("&lt;i&gt;Zoë") && !page.contains("<i>Zoë"), "{page}");
        let empty = visitor.post("/account/name", &[("name", " ")]).await;
        assert_eq!(empty.status, 422);
        assert!(empty.body.contains("Write 1 to 120 characters"), "{}", empty.body);
    })
    .await;
}

#[actix_web::test]
async fn a_passkey_ceremony_is_not_finished_with_garbage_nor_twice() {
    let localhost = |config: &mut Config| {
        config.session.second_factor = SecondFactor::Optional;
    };
    serving_as(localhost, async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Contributor).await;
        let begun = visitor.post("/account/passkeys/begin", &[]).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        let options: serde_json::Value = serde_json::from_str(&begun.body).unwrap();
        assert!(options["options"]["publicKey"]["challenge"].is_string(), "{options}");

        for _ in 0..2 {
            assert_eq!(visitor.post("/account/passkeys", &[("answer", "{}")]).await.status, 400);
        }
        let signing = Visitor::stranger(address).post("/sign-in/passkey", &[("answer", "{}")]).await;
        assert_eq!(signing.status, 400, "no ceremony, no sign-in");
    })
    .await;
}
