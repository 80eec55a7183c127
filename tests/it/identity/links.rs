//! One-time links.

use attestry::app::identity::{Actor, LinkPurpose, Role};

use super::*;

async fn accept(visitor: &mut Visitor, path: &str) -> Reply {
    visitor.post(path, &[("name", "Jo Admin"), ("email", "jo@example.com"), ("password", PASSWORD)]).await
}

#[actix_web::test]
async fn the_first_start_offers_a_link_that_makes_one_administrator() {
    serving(async |app, address| {
        let link = app.first_link().await.unwrap().expect("nobody can sign in yet").path();
        let other = app.administrator_link(None, None).await.unwrap().path();
        let mut visitor = Visitor::stranger(address);
        let page = visitor.get(&other).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Create the administrator"), "{}", page.body);

        let done = accept(&mut visitor, &other).await;

        assert_eq!(goes_to(&done), "/");
        assert_eq!(visitor.get("/").await.status, 200);
        let people = app.people().await.unwrap();
        assert_eq!((people.len(), people[0].role), (1, Role::Administrator));
        for used in [&other, &link] {
            let mut another = Visitor::stranger(address);
            assert_eq!(another.get(used).await.status, 404, "a link of before is good no more");
            assert_eq!(accept(&mut another, used).await.status, 404);
        }
        assert!(app.first_link().await.unwrap().is_none());
    })
    .await;
}

#[actix_web::test]
async fn a_password_the_policy_refuses_does_not_use_the_link_up() {
    serving(async |app, address| {
        let link = app.first_link().await.unwrap().unwrap().path();
        let mut visitor = Visitor::stranger(address);

        let fields = [("name", "Jo <b>"), ("email", "jo@example.com"), ("password", "password1234")];
        let refused = visitor.post(&link, &fields).await;

        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("Jo &lt;b&gt;") && !refused.body.contains("password1234"));
        assert!(refused.body.contains("very common password"), "{}", refused.body);
        assert_eq!(goes_to(&accept(&mut visitor, &link).await), "/");
    })
    .await;
}

#[actix_web::test]
async fn a_link_ends_after_a_day() {
    serving(async |app, address| {
        let link = app.first_link().await.unwrap().unwrap().path();
        app.clock.advance(24 * 3_600_000);
        let mut visitor = Visitor::stranger(address);

        assert_eq!(visitor.get(&link).await.status, 404);
        assert_eq!(accept(&mut visitor, &link).await.status, 404);
        assert!(app.people().await.unwrap().is_empty());
    })
    .await;
}

#[actix_web::test]
async fn of_two_who_use_one_link_at_once_one_gets_in() {
    serving(async |app, address| {
        let link = app.first_link().await.unwrap().unwrap().path();
        let (mut one, mut two) = (Visitor::stranger(address), Visitor::stranger(address));

        let second = [("name", "Bo"), ("email", "bo@example.com"), ("password", PASSWORD)];
        let (first, second) = tokio::join!(accept(&mut one, &link), two.post(&link, &second));

        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
        assert_eq!(app.people().await.unwrap().len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn a_new_password_by_link_ends_every_session_and_keeps_the_second_factor() {
    serving(async |app, address| {
        let person = person(app, EMAIL, Role::Officer).await;
        let mut visitor = Visitor::stranger(address);
        sign_in(&mut visitor, EMAIL, PASSWORD).await;
        set_up_app(app, &mut visitor, "/account/second-factor").await;
        let link = app.link_create(&Actor::local("test"), LinkPurpose::Reset, Some(person.id)).await.unwrap();

        let mut elsewhere = Visitor::stranger(address);
        let fields = [("name", "Maya"), ("password", "another sentence to keep")];
        let done = elsewhere.post(&link.path(), &fields).await;

        assert_eq!(goes_to(&done), "/sign-in/code", "the second factor is still owed");
        assert_eq!(goes_to(&visitor.get("/").await), "/sign-in", "the old session is over");
        assert_eq!(sign_in(&mut visitor, EMAIL, PASSWORD).await.status, 422);
    })
    .await;
}

#[actix_web::test]
async fn sample_links_let_in_as_each_of_the_samples_people_and_only_there() {
    serving(async |app, address| {
        let store = app.store().await;
        store.setting_put("sample", "Northwind Pay").await.unwrap();
        let new = NewPerson {
            email: "maya.lindqvist@northwind.example".to_owned(),
            name: "Maya Lindqvist".to_owned(),
            role: Role::Officer,
            engagement: None,
        };
        let maya = app.person_add(&new).await.unwrap();
        let outsider = person(app, EMAIL, Role::Administrator).await;
        let link = app.first_link().await.unwrap().expect("a sample always offers one").path();
        let mut visitor = Visitor::stranger(address);
        let page = visitor.get(&link).await.body;
        assert!(
            page.contains("Continue as Maya Lindqvist") && page.contains("data-role=\"officer\""),
            "{page}"
        );

        for _ in 0..2 {
            let done = visitor.post(&link, &[("person", &maya.id.to_string())]).await;
            assert_eq!(goes_to(&done), "/");
            assert_eq!(visitor.get("/").await.status, 200);
        }
        let mut other = Visitor::stranger(address);
        let refused = other.post(&link, &[("person", &outsider.id.to_string())]).await;
        assert_eq!(refused.status, 404, "only the sample's own people");
        app.sample_links_end().await.unwrap();
        assert_eq!(other.get(&link).await.status, 404, "it ends with the service that showed it");
    })
    .await;
}
