//! The gaps: what an assessor would ask.

use actix_web::HttpResponse;

use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::routes::{Route, route};

/// Routes of this page.
pub const ROUTES: &[Route] = &[route!(GET "/gaps" ViewCompliance, list)];

/// What every rule found.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let page = app.gaps_page(app.as_of()?).await?;
    app.page(page.as_ref()).await
}
