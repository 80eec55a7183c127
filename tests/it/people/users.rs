//! Inviting and changing people.

use attestry::app::identity::Role;

use super::*;

#[actix_web::test]
async fn an_administrator_invites_somebody_with_a_link_that_is_shown_once() {
    serving(async |app, address| {
        let jonas = person(app, "Jonas Weber", Role::Administrator).await;
        let mut visitor = visiting(app, address, &jonas).await;

        let fields = [("name", "Priya <b>"), ("email", "priya@example.com"), ("role", "contributor")];
        let shown = visitor.post("/users/new", &fields).await;

        assert_eq!(shown.status, 200, "{}", shown.body);
        assert!(shown.body.contains("/welcome/") && shown.body.contains("Priya &lt;b&gt;"), "{}", shown.body);
        let list = visitor.get("/users").await.body;
        assert!(list.contains("priya@example.com") && !list.contains("/welcome/"), "{list}");
        let lines = visitor.get("/audit-trail.jsonl").await.body;
        assert!(lines.contains("person.added") && lines.contains("link.created"), "{lines}");
        assert!(!lines.contains("/welcome/"), "no secret in the trail");
    })
    .await;
}

#[actix_web::test]
async fn an_officer_invites_auditors_and_nobody_else() {
    serving(async |app, address| {
        let maya = person(app, "Maya Lindqvist", Role::Officer).await;
        let engagement = app.engagement_add(&engagement(app.now())).await.unwrap().to_string();
        let mut visitor = visiting(app, address, &maya).await;

        let officer = [("name", "Eve"), ("email", "eve@example.com"), ("role", "administrator")];
        assert_eq!(visitor.post("/users/new", &officer).await.status, 403);
        let auditor =
            [("name", "Tom"), ("email", "tom@example.com"), ("role", "auditor"), ("engagement", &engagement)];
        assert_eq!(visitor.post("/users/new", &auditor).await.status, 200);
        let tom = app.people().await.unwrap().into_iter().find(|p| p.name == "Tom").unwrap();
        for verb in ["disable", "role", "reset", "erase"] {
            assert_eq!(visitor.post(&format!("/users/{}/{verb}", tom.id), &[]).await.status, 403, "{verb}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_last_administrator_can_neither_be_demoted_nor_disabled() {
    serving(async |app, _| {
        let one = person(app, "One", Role::Administrator).await;
        let two = person(app, "Two", Role::Administrator).await;
        let local = attestry::app::identity::Actor::local("test");
        app.person_disable(&local, two.id).await.unwrap();

        let demoted = app.person_role(&local, one.id, (Role::Officer, None)).await.unwrap_err();
        let disabled = app.person_disable(&local, one.id).await.unwrap_err();

        for error in [demoted, disabled] {
            assert!(error.to_string().contains("last administrator"), "{error}");
        }
        let one = app.person(one.id).await.unwrap();
        assert!(one.role == Role::Administrator && !one.disabled);
    })
    .await;
}

#[actix_web::test]
async fn of_two_administrators_who_demote_each_other_at_once_one_stays() {
    serving(async |app, _| {
        let one = person(app, "One", Role::Administrator).await;
        let two = person(app, "Two", Role::Administrator).await;
        let local = attestry::app::identity::Actor::local("test");
        let other = app.another().await;

        let (first, second) = tokio::join!(
            app.person_role(&local, one.id, (Role::Officer, None)),
            other.person_role(&local, two.id, (Role::Officer, None))
        );

        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    })
    .await;
}

#[actix_web::test]
async fn nobody_changes_their_own_role() {
    serving(async |app, address| {
        let one = person(app, "One", Role::Administrator).await;
        person(app, "Two", Role::Administrator).await;
        let mut visitor = visiting(app, address, &one).await;

        let refused = visitor.post(&format!("/users/{}/role", one.id), &[("role", "officer")]).await;

        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("nobody changes their own role"), "{}", refused.body);
        assert!(visitor.get("/audit-trail.jsonl").await.body.contains("\"outcome\":\"refused\""));
    })
    .await;
}

#[actix_web::test]
async fn a_disabled_person_is_out_at_once_and_a_changed_role_counts_at_once() {
    serving(async |app, address| {
        let admin = person(app, "Jonas", Role::Administrator).await;
        let priya = person(app, "Priya", Role::Contributor).await;
        let mut boss = visiting(app, address, &admin).await;
        let mut visitor = visiting(app, address, &priya).await;
        assert_eq!(visitor.get("/audits").await.status, 403);

        let done = boss.post(&format!("/users/{}/role", priya.id), &[("role", "officer")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(visitor.get("/audits").await.status, 200);
        boss.post(&format!("/users/{}/disable", priya.id), &[]).await;

        assert_eq!(visitor.get("/audits").await.status, 303, "sent to sign in");
        let page = boss.get(&format!("/users/{}", priya.id)).await.body;
        assert!(page.contains("Disabled") && page.contains("Person role-changed"), "{page}");
    })
    .await;
}
