//! Passwords at the door.

use attestry::app::identity::{Credentials, Proof, Role};
use attestry::store::PersonRow;

use super::*;
use crate::support::{SESSION, with_app};

#[actix_web::test]
async fn the_right_password_opens_a_session_and_leads_where_one_wanted_to_go() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        assert_eq!(goes_to(&visitor.get("/account?x=1").await), "/sign-in?return_to=%2Faccount%3Fx%3D1");

        let fields = [("email", " Maya@Example.com "), ("password", PASSWORD), ("return_to", "/account?x=1")];
        let done = visitor.post("/sign-in", &fields).await;

        assert_eq!(goes_to(&done), "/account?x=1");
        assert_eq!(visitor.get("/account").await.status, 200);
        assert_eq!(goes_to(&visitor.get("/sign-in").await), "/", "who is signed in goes on");
    })
    .await;
}

#[actix_web::test]
async fn unknown_wrong_and_shut_out_get_the_same_answer() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let out = person(app, "gone@example.com", Role::Officer).await;
        let store = app.store().await;
        let row = store.person_get(out.id).await.unwrap().unwrap();
        store.person_put(&PersonRow { disabled: true, ..row }).await.unwrap();
        let mut visitor = Visitor::stranger(address);

        let mut answers = Vec::new();
        for (email, password) in
            [(EMAIL, "not the password"), ("nobody@example.com", PASSWORD), ("gone@example.com", PASSWORD)]
        {
            let reply = sign_in(&mut visitor, email, password).await;
            assert_eq!(reply.status, 422, "{email}");
            assert!(visitor.cookie(SESSION).is_none(), "{email}");
            assert!(!reply.body.contains(password), "a password never comes back");
            answers.push(reply.body.replace(email, "E"));
        }

        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
        let trail = store.audit_after(0, 1000).await.unwrap();
        let refused: Vec<&str> =
            trail.iter().filter(|r| r.action == "sign-in.refused").map(|r| r.object.as_str()).collect();
        assert_eq!(refused.len(), 3, "each is in the audit trail: {refused:?}");
        assert!(refused.iter().all(|object| !object.contains("nobody@")));
    })
    .await;
}

#[actix_web::test]
async fn who_guesses_waits_also_when_another_process_answers() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let another = app.another().await;
        let mut visitor = Visitor::stranger(address);
        for _ in 0..3 {
            assert_eq!(sign_in(&mut visitor, EMAIL, "wrong wrong wrong").await.status, 422);
        }
        let guess = |password: &str| Credentials {
            email: EMAIL.to_owned(),
            password: SecretString::from(password.to_owned()),
        };
        for _ in 0..2 {
            let proof = another.sign_in(guess("wrong"), (&Client::default(), None)).await.unwrap();
            assert!(matches!(proof, Proof::Refused));
        }

        let waits = sign_in(&mut visitor, EMAIL, PASSWORD).await;

        assert_eq!((waits.status, waits.header("retry-after")), (429, Some("1")), "{}", waits.body);
        assert!(waits.body.contains("Wait 1 second,"), "{}", waits.body);
        let other = another.sign_in(guess(PASSWORD), (&Client::default(), None)).await.unwrap();
        assert!(matches!(other, Proof::Wait { seconds: 1 }), "{other:?}");
        app.clock.advance(1_000);
        assert_eq!(goes_to(&sign_in(&mut visitor, EMAIL, PASSWORD).await), "/");
    })
    .await;
}

#[actix_web::test]
async fn who_guesses_waits_also_when_the_service_is_two_operating_system_processes() {
    with_app(async |app| {
        person(app, EMAIL, Role::Officer).await;
        let (one, other) = (app.serve(), app.serve());
        let mut here = Visitor::stranger(one.address);
        let mut there = Visitor::stranger(other.address);
        let mut looked_at = 0;
        loop {
            let visitor = if looked_at % 2 == 0 { &mut here } else { &mut there };
            match sign_in(visitor, EMAIL, "wrong wrong wrong").await.status {
                422 => looked_at += 1,
                status => break assert_eq!(status, 429),
            }
        }

        // Five are free. On a machine so slow that the first waits pass between two tries a few more are looked at;
        // processes that each count for themselves look at ten.
        assert!((5..10).contains(&looked_at), "{looked_at}");
    })
    .await;
}

#[actix_web::test]
async fn many_guesses_at_once_do_not_all_pass_as_the_first() {
    serving(async |app, _| {
        person(app, EMAIL, Role::Officer).await;
        let client = Client::default();
        let guess = || {
            let password = SecretString::from("wrong".to_owned());
            app.sign_in(Credentials { email: EMAIL.to_owned(), password }, (&client, None))
        };

        let all = futures::future::join_all((0..12).map(|_| guess())).await;

        let looked_at = all.iter().filter(|proof| matches!(proof, Ok(Proof::Refused))).count();
        assert_eq!(looked_at, 5, "{all:?}");
    })
    .await;
}

#[actix_web::test]
async fn a_session_that_was_known_before_is_dead_after_signing_in() {
    serving(async |app, address| {
        let person = person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        set_up_app(app, &mut visitor, "/account/second-factor").await;
        let mut planted =
            Visitor::as_person(app, address, (person.id, attestry::app::identity::Level::Full)).await;
        let before = planted.cookie(SESSION).unwrap().to_owned();

        sign_in(&mut planted, EMAIL, PASSWORD).await;

        let after = planted.cookie(SESSION).unwrap().to_owned();
        assert_ne!(before, after);
        assert!(app.caller(&before).await.unwrap().is_none(), "the planted secret opens nothing");
        assert_eq!(
            goes_to(&planted.get("/account").await),
            "/sign-in?return_to=%2Faccount",
            "half is not whole"
        );
    })
    .await;
}
