//! The service over real HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use attestry::web;

use attestry::app::identity::Role;

use super::support::{Installation, Reply, TestApp, cyclonedx, get, request, signed_in, with_app_of};

mod process;

/// Serves the application while the body runs.
pub async fn serving(body: impl AsyncFnOnce(&TestApp, SocketAddr)) {
    serving_with(|_| (), body).await;
}

/// The same, configured otherwise.
pub async fn serving_with(
    configure: impl FnOnce(&mut attestry::app::Config),
    body: impl AsyncFnOnce(&TestApp, SocketAddr),
) {
    let on_any_port = |config: &mut attestry::app::Config| {
        config.listen = "127.0.0.1:0".to_owned();
        configure(config);
    };
    with_app_of(on_any_port, async |app| {
        let server = web::bind(app.shared()).unwrap();
        let address = server.addresses()[0];
        tokio::select! {
            ended = server.run() => panic!("the service ended: {ended:?}"),
            () = body(app, address) => {}
        }
    })
    .await;
}

/// A page as an officer sees it.
async fn as_officer(app: &TestApp, address: SocketAddr, path: &str) -> Reply {
    let cookie = signed_in(app, Role::Officer).await;
    request(address, "GET", path, &[("Cookie", &cookie)]).await
}

/// The style sheet the overview links to.
async fn style_sheet(app: &TestApp, address: SocketAddr) -> String {
    let page = as_officer(app, address, "/").await.body;
    let from = page.find("/assets/").expect("the page has a style sheet");
    page[from..].split(['"', '\'']).next().unwrap().to_owned()
}

fn assert_guarded(reply: &Reply) {
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("x-frame-options"), Some("DENY"));
    assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
}

#[actix_web::test]
async fn a_living_and_ready_service_says_so() {
    serving(async |_, address| {
        let alive = get(address, "/healthz").await;
        let ready = get(address, "/readyz").await;

        assert_eq!((alive.status, alive.body.as_str()), (200, "ok\n"));
        assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
    })
    .await;
}

#[actix_web::test]
async fn the_overview_is_guarded_and_loads_nothing_from_elsewhere() {
    serving(async |app, address| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", cyclonedx("shop", 2), "shop").await;
        app.evaluate(&Default::default()).await.unwrap();

        let page = as_officer(app, address, "/").await;

        assert_eq!(page.status, 200);
        assert_guarded(&page);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        for loading in
            ["src=\"http", "href=\"http", "src=\"//", "href=\"//", "url(http", "@import", "<script>"]
        {
            assert!(!page.body.contains(loading), "the page has {loading}");
        }
        assert!(!page.body.to_lowercase().contains(concat!("compli", "ant")));
        assert!(!page.body.contains("sample data"), "real evidence is not marked as the sample's");
    })
    .await;
}

#[actix_web::test]
async fn sample_data_is_marked_on_the_page() {
    serving(async |app, address| {
        app.store().await.setting_put("sample", "Northwind Pay (sample data)").await.unwrap();

        let page = as_officer(app, address, "/").await;

        assert!(page.body.to_lowercase().contains("sample"), "{}", page.body);
    })
    .await;
}

#[actix_web::test]
async fn a_style_sheet_may_be_kept_for_ever() {
    serving(async |app, address| {
        let reply = get(address, &style_sheet(app, address).await).await;

        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("text/css; charset=utf-8"));
        let cache = reply.header("cache-control").unwrap();
        assert!(cache.contains("immutable") && cache.contains("max-age=31536000"), "{cache}");
        assert!(reply.header("etag").is_some());
        assert_guarded(&reply);
    })
    .await;
}

#[actix_web::test]
async fn figures_are_open_metrics_and_tell_no_secret() {
    serving(async |app, address| {
        app.import_file("bom.json", cyclonedx("shop", 2), "shop").await;
        app.import_file("poem.json", "{\"roses\": \"red\"}", "shop").await;
        app.evaluate(&Default::default()).await.unwrap();
        app.checkpoint().await.unwrap();
        get(address, "/?token=open-sesame").await;

        let reply = get(address, "/metrics").await;

        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
        let families = open_metrics(&reply.body);
        for family in [
            "attestry_evidence_items",
            "attestry_requirements",
            "attestry_ledger_entries",
            "attestry_http_requests",
        ] {
            assert!(families.iter().any(|f| f == family), "{family} is not among {families:?}");
        }
        assert!(
            reply.body.contains("attestry_evidence_items{kind=\"sbom\",status=\"accepted\"} 1"),
            "{}",
            reply.body
        );
        assert!(reply.body.contains("status=\"quarantined\"} 1"), "{}", reply.body);
        let master = std::fs::read_to_string(app.data.path().join("master.key")).unwrap();
        for secret in [master.trim(), "open-sesame", "postgres://"] {
            assert!(!reply.body.contains(secret));
        }
    })
    .await;
}

/// Reads the `OpenMetrics` text format strictly enough to notice a broken line; gives the families.
fn open_metrics(text: &str) -> Vec<String> {
    let mut families = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.last(), Some(&"# EOF"));
    for line in &lines[..lines.len() - 1] {
        if let Some(meta) = line.strip_prefix("# ") {
            let mut words = meta.splitn(3, ' ');
            let (word, name) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE", "UNIT"].contains(&word), "{line}");
            if word == "TYPE" {
                families.push(name.to_owned());
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(families.iter().any(|f| name.starts_with(f.as_str())), "{line} belongs to no family");
        assert_eq!(name.contains('{'), name.ends_with('}'), "{line}");
    }
    families
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem_document() {
    serving(async |_, address| {
        for path in
            ["/nowhere", "/assets/none.css", "/assets/..%2f..%2fetc%2fpasswd", "/%00", "/healthz/more"]
        {
            let reply = get(address, path).await;

            assert_eq!(reply.status, 404, "{path}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
            let problem: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(
                (problem["type"].as_str(), problem["status"].as_u64()),
                (Some("/problems/not-found"), Some(404))
            );
            assert!(
                problem["title"].is_string()
                    && problem["detail"].is_string()
                    && problem["instance"].is_string()
            );
            assert_guarded(&reply);
        }
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_method_is_a_problem_document_too() {
    serving(async |_, address| {
        for (method, path) in
            [("POST", "/"), ("PUT", "/healthz"), ("DELETE", "/metrics"), ("POST", "/assets/x.css")]
        {
            let reply = request(address, method, path, &[]).await;

            assert_eq!(reply.status, 405, "{method} {path}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            let problem: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["type"], "/problems/method-not-allowed");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_browser_gets_the_same_as_a_page_with_what_it_asked_for_as_text() {
    serving(async |_, address| {
        let accept = [("Accept", "text/html,application/xhtml+xml")];

        let missing = request(address, "GET", "/%3Cb%3Enowhere", &accept).await;
        let wrong = request(address, "POST", "/", &accept).await;

        for (reply, status) in [(&missing, 404), (&wrong, 405)] {
            assert_eq!(reply.status, status);
            assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
            assert!(reply.body.contains("</html>"));
            assert_guarded(reply);
        }
        assert!(!missing.body.contains("<b>nowhere"), "{}", missing.body);
    })
    .await;
}

#[actix_web::test]
async fn a_database_that_is_gone_makes_the_service_unready_but_not_dead() {
    let installation = Installation::new();
    if !installation.database.is_postgres() {
        eprintln!("skipped: an embedded database cannot be taken away from its process");
        return;
    }
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        app.take_database_away();

        assert_eq!(get(address, "/healthz").await.status, 200);
        assert_eq!(get(address, "/readyz").await.status, 503);
        let page = request(address, "GET", "/", &[("Cookie", &cookie)]).await;
        assert!(page.status >= 500, "{}", page.status);
        assert!(!page.body.contains("postgres://"), "{}", page.body);
        app.give_database_back();
        assert_eq!(get(address, "/readyz").await.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn an_address_in_use_is_said() {
    serving(async |app, address| {
        let mut config = app.config().clone();
        config.listen = address.to_string();
        let other = attestry::app::App::open(config, app.clock.clone()).await.unwrap();

        let error = web::bind(Arc::new(other)).err().expect("the address is in use");

        assert!(error.public.contains(&address.to_string()), "{error}");
    })
    .await;
}
