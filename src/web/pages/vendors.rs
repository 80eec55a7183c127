//! Vendors: the list, and one with the sum of its score.

use actix_web::{HttpResponse, web};

use crate::report::view::supply::VENDORS;
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::pages::listing::{answer, asked, detail};
use crate::web::routes::{Route, route};

/// Routes of vendors.
pub const ROUTES: &[Route] =
    &[route!(GET "/vendors" ViewCompliance, list), route!(GET "/vendors/{key}" ViewCompliance, one)];

/// The list of vendors.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let listing = app.vendors_list(&asked(&app, &VENDORS)?).await?;
    answer(&app, listing).await
}

/// One vendor.
pub async fn one(app: Guarded<ViewCompliance>, key: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.vendor_page(&key).await?;
    detail(&app, page).await
}
