use std::sync::Arc;

use super::*;
use crate::app::config::{GroupRole, Sso};
use crate::base::FixedClock;

const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

fn config(data: &std::path::Path) -> Config {
    let officers = GroupRole { group: "security".to_owned(), role: Role::Officer };
    let sso = Sso {
        issuer: "https://id.example.com".to_owned(),
        client_id: "attestry".to_owned(),
        client_secret: None,
        groups_claim: "groups".to_owned(),
        label: "Sign in with Example".to_owned(),
        scopes: Vec::new(),
        private_addresses: false,
        join_by_email: false,
        role: vec![officers],
    };
    let public_url = Some("https://evidence.example.com".parse().unwrap());
    Config { data: data.to_owned(), sso: Some(sso), public_url, ..Config::default() }
}

/// An application on a directory of its own.
async fn with_app(change: impl FnOnce(&mut Config), body: impl AsyncFnOnce(App)) {
    let data = tempfile::tempdir().unwrap();
    let mut config = config(data.path());
    change(&mut config);
    body(App::open(config, Arc::new(FixedClock::new(NOW))).await.unwrap()).await;
}

fn told(role: &str) -> Identity {
    Identity {
        issuer: "https://id.example.com".to_owned(),
        subject: "s-1".to_owned(),
        email: Some("Maya@Example.com".to_owned()),
        email_verified: true,
        name: Some("Maya Lindqvist".to_owned()),
        groups: Vec::new(),
        role: role.to_owned(),
    }
}

fn refused(result: Result<Told, Error>) -> Error {
    match result {
        Ok(Told::Added(row) | Told::Known(row)) => panic!("{row:?} came in"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn who_is_new_is_added_with_the_role_of_their_group() {
    with_app(
        |_| (),
        async |app| {
            assert!(matches!(app.provided(&told("officer")).await, Ok(Told::Added(_))));

            let people = app.people().await.unwrap();
            assert_eq!((people[0].email.as_str(), people[0].role), ("maya@example.com", Role::Officer));
            assert!(!people[0].has_password);
        },
    )
    .await;
}

#[tokio::test]
async fn the_role_follows_the_group_and_what_it_was_is_told() {
    with_app(
        |_| (),
        async |app| {
            app.provided(&told("officer")).await.unwrap_or_else(|e| panic!("{e}"));
            let Ok(Told::Known(before)) = app.provided(&told("contributor")).await else { panic!("known") };

            assert_eq!(before.role, "officer");
            let people = app.people().await.unwrap();
            assert_eq!((people.len(), people[0].role), (1, Role::Contributor));
        },
    )
    .await;
}

#[tokio::test]
async fn an_address_nobody_verified_lets_nobody_in() {
    with_app(
        |_| (),
        async |app| {
            let unverified = Identity { email_verified: false, ..told("officer") };
            assert!(refused(app.provided(&unverified).await).public.contains("verified"));
            let none = Identity { email: None, ..told("officer") };
            assert_eq!(refused(app.provided(&none).await).kind, ErrorKind::Forbidden);
            assert!(app.people().await.unwrap().is_empty());
        },
    )
    .await;
}

#[tokio::test]
async fn an_account_with_the_address_is_taken_over_only_where_that_is_allowed() {
    let new = || NewPerson {
        email: "maya@example.com".to_owned(),
        name: "Maya".to_owned(),
        role: Role::Administrator,
        engagement: None,
    };
    with_app(
        |_| (),
        async |app| {
            app.person_add(&new()).await.unwrap();
            assert_eq!(refused(app.provided(&told("officer")).await).kind, ErrorKind::Conflict);
        },
    )
    .await;
    with_app(
        |config| config.sso.as_mut().unwrap().join_by_email = true,
        async |app| {
            let id = app.person_add(&new()).await.unwrap().id;
            let Ok(Told::Known(before)) = app.provided(&told("officer")).await else { panic!("joined") };
            assert_eq!((before.id, before.role.as_str()), (id, "administrator"));
            assert_eq!(app.person(id).await.unwrap().role, Role::Officer);
        },
    )
    .await;
}

#[tokio::test]
async fn who_was_shut_out_stays_out() {
    with_app(
        |_| (),
        async |app| {
            let Ok(Told::Added(row)) = app.provided(&told("officer")).await else { panic!("added") };
            app.store.person_put(&PersonRow { disabled: true, ..row }).await.unwrap();

            assert_eq!(refused(app.provided(&told("officer")).await).kind, ErrorKind::Forbidden);
        },
    )
    .await;
}

#[tokio::test]
async fn an_answer_to_a_sign_in_nobody_began_here_is_refused() {
    with_app(
        |_| (),
        async |app| {
            let token = SecretToken::generate(TokenKind::SignIn).unwrap();
            let token = SecretString::from(token.expose().to_owned());
            let callback = Callback { code: Some("c".to_owned()), ..Callback::default() };

            let error = app.sso_finish((&token, &callback), None, &Client::default()).await.unwrap_err();

            assert_eq!(error.kind, ErrorKind::Unauthenticated, "{error}");
        },
    )
    .await;
}
