//! Search over everything: a page, and the same for the palette.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;

use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::{Guarded, Visit};
use crate::web::routes::{Route, route};

/// Routes of the search.
pub const ROUTES: &[Route] =
    &[route!(GET "/search" ViewCompliance, page), route!(GET "/search.json" ViewCompliance, results)];

/// What was found, as a page.
pub async fn page(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let page = app.search_page(&sought(&app)).await?;
    app.page(&page).await
}

/// What was found, for the palette.
pub async fn results(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let results = app.search(&sought(&app)).await?;
    let answer = serde_json::json!({ "results": results });
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}

fn sought(visit: &Visit) -> String {
    let query = visit.request().query_string();
    let given = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
    given.map_or_else(String::new, |(_, text)| text.into_owned())
}
