//! Overview, controls, requirements, tests and gaps as a signed-in officer sees them, and what they rest on.

mod stored;

use attestry::app::EvaluateRequest;
use attestry::app::identity::Role;
use attestry::base::DAY_MS;
use attestry::web;

use crate::support::{TestApp, Visitor, cyclonedx, signed_in, with_app_of};

const SBOM_TEST: &str = "sbom.every-deployable-has-a-fresh-sbom";

/// Serves the application to an officer while the body runs.
async fn visited(body: impl AsyncFnOnce(&TestApp, &mut Visitor)) {
    let on_any_port = |config: &mut attestry::app::Config| config.listen = "127.0.0.1:0".to_owned();
    with_app_of(on_any_port, async |app| {
        let server = web::bind(app.shared()).unwrap();
        let mut officer = Visitor::as_role(app, server.addresses()[0], Role::Officer).await;
        tokio::select! {
            ended = server.run() => panic!("the service ended: {ended:?}"),
            () = body(app, &mut officer) => {}
        }
    })
    .await;
}

async fn evaluate(app: &TestApp) {
    app.evaluate(&EvaluateRequest::default()).await.unwrap();
}

#[tokio::test]
async fn pages_say_what_to_do_before_anything_is_known() {
    visited(async |_, officer| {
        for (path, words) in [
            ("/", "No evidence is stored yet"),
            ("/controls", "No verdicts by then"),
            ("/gaps", "No verdicts by then"),
            ("/controls/pci-dss-4.0.1/6.3.2", "nothing was evaluated by then"),
        ] {
            let reply = officer.get(path).await;
            assert!(reply.body.contains(words), "{path}: {}", reply.body);
        }
    })
    .await;
}

#[tokio::test]
async fn from_the_overview_over_the_tree_to_a_requirement_and_its_test() {
    visited(async |app, officer| {
        app.declare_asset("shop", "deployable").await;
        evaluate(app).await;

        let overview = officer.get("/").await;
        assert!(overview.body.contains("/controls/pci-dss-4.0.1"), "{}", overview.body);
        let tree = officer.get("/controls/pci-dss-4.0.1?status=not-met").await;
        assert!(tree.body.contains("href=\"/controls/pci-dss-4.0.1/6.3.2\""), "{}", tree.body);
        let page = officer.get("/controls/pci-dss-4.0.1/6.3.2").await;
        assert_eq!(page.status, 200);
        for words in [
            "What to do next",
            "/evidence/upload?asset&#x3D;shop&amp;kind&#x3D;sbom",
            "Why?",
            "First evaluated",
        ] {
            assert!(page.body.contains(words), "{words} is missing: {}", page.body);
        }
        let test = page.body.split("href=\"/tests/").nth(1).and_then(|t| t.split('"').next()).unwrap();
        let test = officer.get(&format!("/tests/{test}")).await;
        assert!(
            test.body.contains("What it evidences") && test.body.contains("population:"),
            "{}",
            test.body
        );
    })
    .await;
}

#[tokio::test]
async fn what_got_worse_within_a_week_is_named_with_its_reason() {
    visited(async |app, officer| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("shop.cdx.json", cyclonedx("shop", 3), "shop").await;
        evaluate(app).await;
        app.clock.advance(40 * DAY_MS);
        evaluate(app).await;
        officer.take_cookie(&signed_in(app, Role::Officer).await);

        let now = officer.get("/").await;
        assert!(now.body.contains("got worse since"), "{}", now.body);
        let page = officer.get("/controls/pci-dss-4.0.1/6.3.2").await;
        assert!(page.body.contains(" → "), "its history says what changed: {}", page.body);
    })
    .await;
}

#[tokio::test]
async fn a_past_day_shows_the_verdicts_of_that_day() {
    visited(async |app, officer| {
        app.declare_asset("shop", "deployable").await;
        evaluate(app).await;
        let day = app.now().to_date();
        app.clock.advance(2 * DAY_MS);
        app.import_file("shop.cdx.json", cyclonedx("shop", 3), "shop").await;
        evaluate(app).await;
        officer.take_cookie(&signed_in(app, Role::Officer).await);

        let (now, then) = (
            officer.get(&format!("/tests/{SBOM_TEST}")).await,
            officer.get(&format!("/tests/{SBOM_TEST}?as_of={day}")).await,
        );
        assert!(now.body.contains("chip-met") && !then.body.contains("chip-met"), "{}", then.body);
    })
    .await;
}

#[tokio::test]
async fn gaps_lead_to_the_form_that_closes_them_and_close() {
    visited(async |app, officer| {
        app.declare_asset("shop", "deployable").await;
        evaluate(app).await;
        let before = officer.get("/gaps").await;
        assert!(
            before.body.contains("/evidence/upload?asset&#x3D;shop&amp;kind&#x3D;sbom"),
            "{}",
            before.body
        );

        app.import_file("shop.cdx.json", cyclonedx("shop", 3), "shop").await;
        evaluate(app).await;

        let after = officer.get("/gaps").await;
        assert!(
            !after.body.contains("/evidence/upload?asset&#x3D;shop&amp;kind&#x3D;sbom"),
            "{}",
            after.body
        );
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    visited(async |app, officer| {
        evaluate(app).await;
        for path in ["/controls/none", "/controls/gdpr/none", "/tests/none"] {
            assert_eq!(officer.get(path).await.status, 404, "{path}");
        }
        assert_eq!(officer.get("/controls?status=fine").await.status, 400);
    })
    .await;
}
