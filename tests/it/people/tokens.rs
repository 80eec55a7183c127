//! API tokens.

use attestry::app::identity::token::NewToken;
use attestry::app::identity::{Actor, Client, Permission, Role, Via};
use attestry::base::SessionId;
use secrecy::ExposeSecret as _;

use super::*;

fn signed_in(person: &Person) -> Actor {
    Actor::person(person, Via::Session(SessionId::new()), Client::default())
}

fn token(scopes: &[Permission]) -> NewToken {
    NewToken { name: "build server".to_owned(), scopes: scopes.iter().copied().collect(), days: 30 }
}

#[actix_web::test]
async fn a_token_is_shown_once_and_can_do_what_it_was_given() {
    serving(async |app, address| {
        let priya = person(app, "Priya", Role::Contributor).await;
        let mut visitor = visiting(app, address, &priya).await;

        let fields =
            [("name", "ci"), ("scopes", "upload-evidence"), ("scopes", "use-tokens"), ("days", "90")];
        let shown = visitor.post("/tokens/new", &fields).await.body;

        let start = shown.find("att_").expect("it is shown");
        let secret = &shown[start..start + 53];
        assert!(!visitor.get("/tokens").await.body.contains(secret));
        let actor = app.token_actor(secret, Client::default()).await.unwrap().unwrap();
        let may: Vec<Permission> = actor.permissions.iter().copied().collect();
        assert_eq!(may, [Permission::UploadEvidence, Permission::UseTokens]);
        let error = app.token_create(&actor, &token(&[Permission::UploadEvidence])).await.unwrap_err();
        assert!(error.to_string().contains("not with an API token"), "{error}");
        let other = if secret.as_bytes()[20] == b'A' { 'B' } else { 'A' };
        let text = format!("{}{other}{}", &secret[..20], &secret[21..]);
        assert!(app.token_actor(&text, Client::default()).await.unwrap().is_none());
    })
    .await;
}

#[actix_web::test]
async fn a_token_never_exceeds_its_person() {
    serving(async |app, _| {
        let priya = person(app, "Priya", Role::Contributor).await;
        let beyond = app.token_create(&signed_in(&priya), &token(&[Permission::ManagePeople])).await;
        assert!(beyond.unwrap_err().to_string().contains("you may not manage-people yourself"));

        let maya = person(app, "Maya", Role::Officer).await;
        let both = [Permission::ViewAuditTrail, Permission::UploadEvidence];
        let made = app.token_create(&signed_in(&maya), &token(&both)).await.unwrap();
        app.person_role(&Actor::local("test"), maya.id, (Role::Contributor, None)).await.unwrap();

        let actor = app.token_actor(made.secret.expose_secret(), Client::default()).await.unwrap().unwrap();
        assert!(actor.may(Permission::UploadEvidence) && !actor.may(Permission::ViewAuditTrail));
    })
    .await;
}

#[actix_web::test]
async fn a_revoked_token_is_refused_and_its_replay_stands_in_the_trail_once_a_minute() {
    serving(async |app, _| {
        let priya = person(app, "Priya", Role::Contributor).await;
        let actor = signed_in(&priya);
        let made = app.token_create(&actor, &token(&[Permission::UploadEvidence])).await.unwrap();
        let secret = made.secret.expose_secret();
        assert!(app.token_actor(secret, Client::default()).await.unwrap().is_some());
        app.token_revoke(&actor, made.id).await.unwrap();

        for _ in 0..5 {
            app.clock.advance(1_000);
            assert!(app.token_actor(secret, Client::default()).await.unwrap().is_none());
        }

        let lines = app.audit_lines(attestry::app::TrailFormat::JsonLines, None).await.unwrap();
        assert_eq!(lines.matches("token.refused").count(), 1, "{lines}");
        assert!(lines.contains("\"why\":\"revoked\""), "{lines}");
    })
    .await;
}

#[actix_web::test]
async fn an_expired_token_and_one_of_somebody_disabled_are_refused() {
    serving(async |app, _| {
        let priya = person(app, "Priya", Role::Contributor).await;
        let made = app.token_create(&signed_in(&priya), &token(&[Permission::UploadEvidence])).await.unwrap();
        let secret = made.secret.expose_secret();
        let local = Actor::local("test");
        app.person_disable(&local, priya.id).await.unwrap();
        assert!(app.token_actor(secret, Client::default()).await.unwrap().is_none());
        app.person_enable(&local, priya.id).await.unwrap();
        assert!(app.token_actor(secret, Client::default()).await.unwrap().is_some());

        app.clock.advance(30 * 86_400_000);

        assert!(app.token_actor(secret, Client::default()).await.unwrap().is_none());
    })
    .await;
}

#[actix_web::test]
async fn one_sees_and_revokes_ones_own_tokens_and_an_administrator_everybodys() {
    serving(async |app, address| {
        let priya = person(app, "Priya", Role::Contributor).await;
        let other = person(app, "Other", Role::Contributor).await;
        let admin = person(app, "Jonas", Role::Administrator).await;
        let made = app.token_create(&signed_in(&priya), &token(&[Permission::UploadEvidence])).await.unwrap();
        let page = format!("/tokens/{}", made.id);
        let mut stranger = visiting(app, address, &other).await;

        assert_eq!(stranger.get(&page).await.status, 404);
        assert_eq!(stranger.post(&format!("{page}/revoke"), &[]).await.status, 404);
        assert!(!stranger.get("/tokens").await.body.contains("build server"));
        let mut boss = visiting(app, address, &admin).await;
        assert!(boss.get("/tokens").await.body.contains("build server"));
        assert_eq!(boss.post(&format!("{page}/revoke"), &[]).await.status, 303);
        assert!(boss.get(&page).await.body.contains("Revoked"));
    })
    .await;
}
