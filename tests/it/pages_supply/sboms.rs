//! Bills of materials: what they say, and what their silence does not say.

use attestry::base::DAY_MS;
use serde_json::json;

use super::visited;
use crate::support::{cyclonedx, inventory, osv_feed};

async fn first_sbom(officer: &super::Visitor) -> String {
    let html = officer.page("/sboms").await;
    let at = html.find("href=\"/sboms/").expect("the list links to an SBOM");
    html[at + 6..].split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_document_that_a_newer_one_replaces_is_superseded_and_an_old_one_is_pointed_out() {
    visited(async |app, officer| {
        app.import_file("old.json", cyclonedx("shop", 2), "shop").await;
        app.clock.advance(31 * DAY_MS);
        let old = officer.page("/sboms").await;
        app.import_file("new.json", cyclonedx("shop", 3), "shop").await;

        let all = officer.page("/sboms").await;
        let newest = officer.page("/sboms?current=newest").await;

        assert!(old.contains("31 days old"), "{old}");
        assert!(all.contains("Superseded") && all.contains("Today") && all.contains("100 %"));
        assert!(newest.contains("new.json") && !newest.contains("old.json"));
    })
    .await;
}

#[actix_web::test]
async fn a_match_of_a_partial_feed_is_shown_and_its_silence_is_called_what_it_is() {
    visited(async |app, officer| {
        app.declare_asset("shop", "deployable").await;
        app.import_file("bom.json", inventory("shop", &[("broken", "1.0.0"), ("fine", "1.0.0")]), "shop")
            .await;
        let path = first_sbom(officer).await;
        let before = officer.page(&path).await;
        app.import_file("osv.jsonl", osv_feed(0, "2026-06-14T00:00:00Z"), "").await;

        let page = officer.page(&path).await;
        let narrowed = officer.page(&format!("{path}?vulnerable=yes")).await;

        assert!(before.contains("Not evaluated: no advisory was ever imported"), "{before}");
        assert!(page.contains("TEST-2026-0001") && page.contains("2.0.0") && page.contains("Critical"));
        assert!(
            page.contains("no match is not a clean bill: only single advisories were imported"),
            "{page}"
        );
        assert!(page.contains("Not verified") && page.contains("The asset is in scope"));
        assert!(narrowed.contains(">broken</a>") && !narrowed.contains(">fine</a>"));
    })
    .await;
}

#[actix_web::test]
async fn a_component_shows_what_needs_it_and_what_it_needs_as_sets() {
    visited(async |app, officer| {
        let part = |name: &str| json!({"type": "library", "bom-ref": name, "name": name, "version": "1"});
        let document = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6",
            "metadata": {"component": {"type": "application", "name": "shop", "bom-ref": "root"}},
            "components": [part("top"), part("middle"), part("bottom")],
            "dependencies": [
                {"ref": "root", "dependsOn": ["top"]}, {"ref": "top", "dependsOn": ["middle"]},
                {"ref": "middle", "dependsOn": ["bottom"]},
            ],
        });
        app.import_file("bom.json", document.to_string(), "shop").await;
        let path = first_sbom(officer).await;

        let direct = officer.page(&format!("{path}?relation=direct")).await;
        let bottom = officer.page(&format!("{path}/components/2")).await;

        assert!(direct.contains(">top</a>") && !direct.contains(">middle</a>"));
        assert!(bottom.contains("Needed directly by: 1 component"), "{bottom}");
        assert!(
            bottom.contains("Needed by in all: 3 components")
                && bottom.contains("The described thing itself")
        );
        assert!(bottom.contains("Depends on in all: 0 components"));
        assert_eq!(officer.get(&format!("{path}/components/9")).await.status, 404);
        assert_eq!(officer.get("/sboms/nonsense").await.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn components_are_found_by_the_search_and_exported_whole() {
    visited(async |app, officer| {
        app.import_file("bom.json", cyclonedx("shop", 60), "shop").await;
        let path = first_sbom(officer).await;

        let exported = officer.json(&format!("{path}?format=json")).await;
        let found = officer.json("/search.json?q=shop-part-41").await;
        let page = officer.page("/search?q=shop-part-41").await;
        let short = officer.page("/search?q=s").await;

        assert_eq!(exported.as_array().unwrap().len(), 60);
        assert_eq!(found["results"][0]["label"], "shop-part-41 1.41.0");
        assert_eq!(found["results"][0]["kind"], "Component");
        let href = found["results"][0]["href"].as_str().unwrap();
        assert!(page.contains(href) && officer.get(href).await.status == 200);
        assert!(short.contains("at least two letters"));
    })
    .await;
}

#[actix_web::test]
async fn the_search_finds_controls_by_number_first() {
    visited(async |app, officer| {
        app.declare_asset("shop-6.3.2", "deployable").await;

        let found = officer.json("/search.json?q=6.3.2").await;

        assert!(found["results"][0]["href"].as_str().unwrap().starts_with("/controls/"), "{found}");
        assert!(found["results"][0]["label"].as_str().unwrap().starts_with("6.3.2 "));
        assert!(found["results"].as_array().unwrap().iter().any(|r| r["kind"] == "Asset"));
        let wild = officer.json("/search.json?q=%25%25").await;
        assert_eq!(wild["results"], json!([]), "a per cent sign is a character, not a wildcard");
    })
    .await;
}
