//! Engagements and the audit room: an auditor sees their engagement and nothing else.

use attestry::app::identity::Role;
use attestry::app::{NoProgress, PackRequest};

use super::*;

async fn pack(app: &TestApp, engagement: Option<EngagementId>) -> u32 {
    let number = app.data.path().read_dir().unwrap().count();
    let output = app.data.path().join(format!("pack-{number}.zip"));
    let frameworks = vec!["pci-dss-4.0.1".to_owned()];
    let request = PackRequest { frameworks, as_of: None, from: None, output, engagement };
    app.pack_create(&request, &NoProgress).await.unwrap().number
}

#[actix_web::test]
async fn an_auditor_sees_verdicts_and_packs_of_their_engagement() {
    serving(async |app, address| {
        let tomas = person(app, "Tomas", Role::Auditor).await;
        let number = pack(app, tomas.engagement).await;
        let mut visitor = visiting(app, address, &tomas).await;

        let home = visitor.get("/").await;
        assert_eq!((home.status, home.header("location")), (303, Some("/audit-room")));
        let room = visitor.get("/audit-room").await.body;

        assert!(
            room.contains("PCI DSS 2026") && room.contains(&format!("/packs/{number}/download")),
            "{room}"
        );
        assert!(room.contains("/audit-room/pci-dss-4.0.1/1.2.1") && !room.contains("View as auditor"));
        assert!(!room.contains("/audit-room/gdpr/"), "only the engagement's frameworks");
        assert!(room.contains(&app.fingerprint()));
        let one = visitor.get("/audit-room/pci-dss-4.0.1/1.2.1").await;
        assert!(one.status == 200 && one.body.contains("Tests"), "{}", one.body);
        assert_eq!(visitor.get("/audit-room/gdpr/Art.32").await.status, 404);
        assert_eq!(visitor.get(&format!("/packs/{number}")).await.status, 200);
        assert_eq!(visitor.get(&format!("/packs/{number}/download")).await.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn an_auditor_learns_of_nothing_else() {
    serving(async |app, address| {
        let tomas = person(app, "Tomas", Role::Auditor).await;
        let other = person(app, "Other", Role::Auditor).await;
        let foreign = pack(app, other.engagement).await;
        let nobodys = pack(app, None).await;
        let mut visitor = visiting(app, address, &tomas).await;

        for number in [foreign, nobodys] {
            assert_eq!(visitor.get(&format!("/packs/{number}")).await.status, 404);
            assert_eq!(visitor.get(&format!("/packs/{number}/download")).await.status, 404);
        }
        let room = format!("/audit-room?engagement={}", other.engagement.unwrap());
        assert_eq!(visitor.get(&room).await.status, 404);
        let requirement = format!("/audit-room/pci-dss-4.0.1/1.2.1?engagement={}", other.engagement.unwrap());
        assert_eq!(visitor.get(&requirement).await.status, 404);
        for path in
            ["/packs", "/users", "/tokens", "/audits", "/audit-trail", "/audit-trail.jsonl", "/sources"]
        {
            assert_eq!(visitor.get(path).await.status, 403, "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_closed_engagement_shuts_room_and_packs_and_says_so() {
    serving(async |app, address| {
        let tomas = person(app, "Tomas", Role::Auditor).await;
        let number = pack(app, tomas.engagement).await;
        let maya = person(app, "Maya", Role::Officer).await;
        let mut officer = visiting(app, address, &maya).await;
        let mut auditor = visiting(app, address, &tomas).await;
        let engagement = tomas.engagement.unwrap();

        assert_eq!(officer.post(&format!("/audits/{engagement}/close"), &[]).await.status, 303);

        for path in
            ["/audit-room".to_owned(), format!("/packs/{number}"), format!("/packs/{number}/download")]
        {
            let reply = auditor.get(&path).await;
            assert_eq!(reply.status, 403, "{path}");
            assert!(reply.body.contains("was closed on"), "{}", reply.body);
        }
        assert_eq!(officer.get(&format!("/packs/{number}")).await.status, 200);
        let again = officer.post(&format!("/audits/{engagement}/close"), &[]).await;
        assert_eq!(again.status, 409);
    })
    .await;
}

#[actix_web::test]
async fn an_officer_previews_exactly_what_the_auditor_sees() {
    serving(async |app, address| {
        let tomas = person(app, "Tomas", Role::Auditor).await;
        pack(app, tomas.engagement).await;
        let maya = person(app, "Maya", Role::Officer).await;
        let mut officer = visiting(app, address, &maya).await;
        let engagement = tomas.engagement.unwrap();

        assert_eq!(officer.get("/audit-room").await.header("location"), Some("/audits"));
        let preview = officer.get(&format!("/audit-room?engagement={engagement}")).await.body;

        assert!(preview.contains("View as auditor"), "{preview}");
        let local = attestry::app::identity::Actor::local("test");
        let seen = app.audit_room(&local, Some(engagement)).await.unwrap();
        let auditor = app.audit_room(&actor(&tomas), None).await.unwrap();
        let stripped = |mut page: attestry::report::view::people::RoomPage| {
            page.preview = false;
            for row in page.frameworks.iter_mut().flat_map(|f| &mut f.rows) {
                row.href = row.href.split('?').next().unwrap().to_owned();
            }
            page
        };
        assert_eq!(stripped(seen), stripped(auditor));
    })
    .await;
}

fn actor(person: &Person) -> attestry::app::identity::Actor {
    use attestry::app::identity::{Actor, Client, Via};
    Actor::person(person, Via::Session(attestry::base::SessionId::new()), Client::default())
}

#[actix_web::test]
async fn an_engagement_is_set_up_on_a_page_and_mistakes_come_back_with_what_was_typed() {
    serving(async |app, address| {
        let maya = person(app, "Maya", Role::Officer).await;
        let mut officer = visiting(app, address, &maya).await;
        let fields = |to: &'static str| {
            [
                ("name", "SOC 2 <2026>"),
                ("frameworks", "soc2-2017"),
                ("from", "2026-01-01"),
                ("to", to),
                ("time_zone", "Europe/Berlin"),
            ]
        };

        let wrong = officer.post("/audits/new", &fields("soon")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("SOC 2 &lt;2026&gt;"), "{}", wrong.body);
        let done = officer.post("/audits/new", &fields("2026-12-31")).await;

        assert_eq!(done.status, 303, "{}", done.body);
        let page = officer.get(done.header("location").unwrap()).await.body;
        assert!(
            page.contains("2026-01-01 to 2026-12-31") && page.contains("Nobody is invited yet"),
            "{page}"
        );
    })
    .await;
}
