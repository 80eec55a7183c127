//! The audit trail: pages, lines for other systems, tampering, erasure.

use attestry::app::identity::{Actor, Role};
use attestry::app::{NoProgress, TrailFormat};

use super::*;

/// Something that happened: a person came, and became something else.
async fn happened(app: &App) -> Person {
    let local = Actor::local("test");
    person(app, "Jonas", Role::Administrator).await;
    let priya = person(app, "Priya Nair", Role::Contributor).await;
    app.person_role(&local, priya.id, (Role::Officer, None)).await.unwrap();
    priya
}

#[actix_web::test]
async fn the_trail_shows_an_action_with_before_and_after_and_its_proof() {
    serving(async |app, address| {
        let priya = happened(app).await;
        app.checkpoint().await.unwrap();
        let mut visitor = visiting(app, address, &priya).await;

        let list = visitor.get("/audit-trail?action=person.role-changed").await.body;
        assert!(list.contains("Person role-changed") && list.contains("Done"), "{list}");
        let one = visitor.get("/audit-trail/1").await.body;

        for word in ["contributor", "officer", "Changed", "c2sp.org/tlog-proof", "Ledger entry"] {
            assert!(one.contains(word), "{word} is not in {one}");
        }
        assert_eq!(visitor.get("/audit-trail/999").await.status, 404);
        let none = visitor.get("/audit-trail?from=2020-01-01&to=2020-01-02").await.body;
        assert!(!none.contains("Person role-changed"), "{none}");
        let csv = visitor.get("/audit-trail?format=csv").await;
        assert!(csv.status == 200 && csv.body.contains("person.role-changed"), "{}", csv.body);
    })
    .await;
}

#[actix_web::test]
async fn json_lines_have_stable_members_and_go_on_after_a_number() {
    serving(async |app, _| {
        happened(app).await;

        let text = app.audit_lines(TrailFormat::JsonLines, None).await.unwrap();

        let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let mut members: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let stable = [
            "action",
            "actor",
            "after",
            "agent",
            "at",
            "before",
            "erased",
            "ip",
            "ledger_index",
            "name",
            "no",
            "object",
            "outcome",
            "role",
            "sha256",
        ];
        assert_eq!(members, stable);
        assert_eq!(
            (&line["before"]["role"], &line["after"]["role"]),
            (&"contributor".into(), &"officer".into())
        );
        let last = i32::try_from(line["no"].as_i64().unwrap()).unwrap();
        let rest = app.audit_lines(TrailFormat::JsonLines, Some(last)).await.unwrap();
        assert_eq!(rest.lines().count(), text.lines().count() - 1);
    })
    .await;
}

/// `<PRI>VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA SP MSG` of RFC 5424.
fn syslog_grammar() -> regex::Regex {
    let printable = |most: usize| format!("[!-~]{{1,{most}}}");
    let stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)";
    let value = r#"([^"\\\]]|\\["\\\]])*"#;
    let data = format!("\\[[!#-<>-\\\\^-~]{{1,32}}( [!#-<>-\\\\^-~]{{1,32}}=\"{value}\")*\\]");
    regex::Regex::new(&format!(
        "^<([0-9]|[1-9][0-9]|1[0-8][0-9]|19[01])>1 {stamp} {} {} {} {} {data} \u{feff}[^\\n]+$",
        printable(255),
        printable(48),
        printable(128),
        printable(32)
    ))
    .unwrap()
}

#[actix_web::test]
async fn syslog_lines_are_rfc_5424_whatever_people_are_called() {
    serving(async |app, address| {
        let admin = person(app, "Jonas \"]\\ Weber", Role::Administrator).await;
        let other = person(app, "Other", Role::Contributor).await;
        let mut visitor = visiting(app, address, &admin).await;
        visitor.post(&format!("/users/{}/role", other.id), &[("role", "officer")]).await;
        visitor.post(&format!("/users/{}/role", admin.id), &[("role", "officer")]).await;

        let text = visitor.get("/audit-trail.syslog").await.body;

        let grammar = syslog_grammar();
        assert!(text.lines().count() >= 2, "{text}");
        for line in text.lines() {
            assert!(grammar.is_match(line), "{line}");
        }
        assert!(text.contains("<110>1 ") && text.contains("<108>1 "), "{text}");
        assert!(text.contains(r#"name="Jonas \"\]\\ Weber""#), "{text}");
    })
    .await;
}

#[actix_web::test]
async fn a_changed_row_is_found_and_named() {
    for (change, found) in [
        (
            "UPDATE audit_entry SET action = 'person.praised' WHERE no = 1",
            "row 1 of the audit trail was changed",
        ),
        ("UPDATE audit_entry SET actor = 'somebody' WHERE no = 1", "row 1 of the audit trail was changed"),
        ("UPDATE audit_entry SET at = at + 1 WHERE no = 1", "row 1 of the audit trail was changed"),
        ("UPDATE audit_entry SET sealed = 'AAAA' WHERE no = 1", "row 1 of the audit trail was changed"),
        (
            "UPDATE audit_entry SET row_key = '' WHERE no = 1",
            "no record in the ledger says that it was erased",
        ),
        ("UPDATE audit_entry SET row_key = 'AAAA' WHERE no = 1", "row 1 of the audit trail is damaged"),
        ("DELETE FROM audit_entry WHERE no = 1", "the row of the audit trail of ledger entry"),
        ("UPDATE audit_entry SET ledger_index = 0 WHERE no = 1", "has no ledger entry of its own"),
    ] {
        let app = TestApp::with(|_| ()).await;
        happened(&app).await;
        assert_eq!(app.ledger_verify(&NoProgress).await.unwrap().problems, Vec::<String>::new());

        app.execute(change).await;

        let report = app.ledger_verify(&NoProgress).await.unwrap();
        assert!(report.problems.iter().any(|p| p.contains(found)), "{change}: {:?}", report.problems);
    }
}

#[actix_web::test]
async fn an_erased_person_cannot_be_read_any_more_and_every_proof_stays_valid() {
    serving(async |app, address| {
        let priya = happened(app).await;
        let jonas = app.people().await.unwrap().into_iter().find(|p| p.name == "Jonas").unwrap();
        let mut visitor = visiting(app, address, &priya).await;
        let fields = [("name", "ci"), ("scopes", "upload-evidence"), ("days", "30")];
        assert_eq!(visitor.post("/tokens/new", &fields).await.status, 200);
        let mut boss = visiting(app, address, &jonas).await;
        let erase = format!("/users/{}/erase", priya.id);
        let reason = [("reason", "asked for under article 17")];
        assert_eq!(boss.post(&erase, &reason).await.status, 422, "who may sign in is not erased");
        boss.post(&format!("/users/{}/disable", priya.id), &[]).await;

        let done = boss.post(&erase, &reason).await;

        assert_eq!(done.status, 303, "{}", done.body);
        let report = app.ledger_verify(&NoProgress).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.erased.values().sum::<u64>(), 3, "{:?}", report.erased);
        let lines = app.audit_lines(TrailFormat::JsonLines, None).await.unwrap();
        assert!(!lines.contains("Priya") && lines.contains("\"erased\":true"), "{lines}");
        assert!(lines.contains("person.erased") && lines.contains("article 17"), "{lines}");
        let people = boss.get("/users").await.body;
        assert!(!people.contains("Priya") && people.contains("Erased person"), "{people}");
        assert_eq!(boss.get("/audit-trail/1").await.status, 200);
        assert_eq!(boss.get("/audit-trail").await.status, 200);
    })
    .await;
}
