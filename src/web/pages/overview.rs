//! The overview.

use actix_web::HttpResponse;

use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::routes::{Route, route};

/// Routes of this page.
pub const ROUTES: &[Route] = &[route!(GET "/" ViewCompliance, show)];

/// What needs somebody, what got worse, and how each framework stands.
pub async fn show(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let overview = app.overview(app.as_of()?).await?;
    app.page(overview.as_ref()).await
}
