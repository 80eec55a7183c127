//! Vendors: every number shows its sum.

use attestry::base::DAY_MS;

use super::visited;
use crate::support::vendor;

#[actix_web::test]
async fn a_vendor_shows_the_sum_of_its_score_and_what_changed() {
    visited(async |app, officer| {
        app.declare(&[], &[vendor("harbour")]).await.unwrap();
        let unscored = officer.page("/vendors/harbour").await;
        app.score_vendors().await.unwrap();
        app.clock.advance(DAY_MS);
        app.score_vendors().await.unwrap();

        let list = officer.page("/vendors").await;
        let page = officer.page("/vendors/harbour").await;

        assert!(unscored.contains("Not scored yet"));
        assert!(
            list.contains(">harbour</a>") && list.contains("87.5") && list.contains("unchanged"),
            "{list}"
        );
        assert!(list.contains("None on file"));
        for part in
            ["Inherent risk", "What takes risk off", "nothing assures it", "Nothing changed", "History"]
        {
            assert!(page.contains(part), "the page lacks {part}");
        }
        assert!(page.contains("Critical tier") && page.contains("hosting") && page.contains("cardholder"));
        assert_eq!(officer.get("/vendors/nobody").await.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn vendors_come_by_the_risk_that_is_left_and_can_be_narrowed() {
    visited(async |app, officer| {
        let mut small = vendor("small");
        let low = serde_json::from_str("0.25").unwrap();
        (small.sensitivity, small.criticality, small.access) = (low, low, low);
        small.data_classes.clear();
        app.declare(&[], &[small, vendor("harbour")]).await.unwrap();
        app.score_vendors().await.unwrap();
        app.declare(&[], &[vendor("fresh")]).await.unwrap();

        let rows = officer.json("/vendors?format=json").await;
        let low = officer.page("/vendors?tier=low").await;

        let names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["harbour", "small", "fresh"]);
        assert!(low.contains(">small</a>") && !low.contains(">harbour</a>"));
    })
    .await;
}
