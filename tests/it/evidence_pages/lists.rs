use attestry::app::identity::Role;

use super::super::support::{sarif, signed_in};
use super::super::web::serving;
use super::{bom, see};

#[actix_web::test]
async fn the_list_is_searched_narrowed_sorted_and_exported() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Contributor).await;
        app.import_file("alpha.json", bom("alpha", 1), "alpha").await;
        app.import_file("scan.sarif", sarif("semgrep", Some(true)), "alpha").await;
        app.import_file("odd.txt", "what is this", "").await;

        for (query, there, not_there) in [
            ("?q=alpha.j", "alpha.json", "odd.txt"),
            ("?kind=scan", "scan.sarif", "alpha.json"),
            ("?status=quarantined", "odd.txt", "scan.sarif"),
            ("?about=nothing", "odd.txt", "alpha.json"),
            ("?subject=asset%3Aalpha&sort=-size", "scan.sarif", "odd.txt"),
        ] {
            let page = see(address, &cookie, &format!("/evidence{query}")).await;
            assert_eq!(page.status, 200, "{query}: {}", page.body);
            assert!(page.body.contains(there) && !page.body.contains(not_there), "{query}: {}", page.body);
        }
        assert_eq!(see(address, &cookie, "/evidence?kind=nonsense").await.status, 400);
        let csv = see(address, &cookie, "/evidence?format=csv&kind=sbom").await;
        assert!(csv.body.contains("alpha.json") && !csv.body.contains("scan.sarif"), "{}", csv.body);
        assert!(csv.header("content-disposition").unwrap().starts_with("attachment"));
        let json = see(address, &cookie, "/quarantine?format=json").await;
        assert!(json.body.contains("odd.txt") && json.body.contains("unknown-format"), "{}", json.body);
    })
    .await;
}

#[actix_web::test]
async fn as_of_an_earlier_day_what_came_later_is_not_there() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Officer).await;
        let first = app.import_file("first.json", bom("first", 1), "").await.evidence_id.unwrap();
        let day = app.now().to_date();
        app.clock.advance(3 * 86_400_000);
        let cookie_later = signed_in(app, Role::Officer).await;
        let second = app.import_file("second.json", bom("second", 1), "").await.evidence_id.unwrap();
        drop(cookie);

        let then = see(address, &cookie_later, &format!("/evidence?as_of={day}")).await.body;

        assert!(then.contains("first.json") && !then.contains("second.json"), "{then}");
        let item = |id| format!("/evidence/{id}?as_of={day}");
        assert_eq!(see(address, &cookie_later, &item(first)).await.status, 200);
        assert_eq!(see(address, &cookie_later, &item(second)).await.status, 404);
    })
    .await;
}
