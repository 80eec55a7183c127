//! Findings: the list, and one with its history.

use actix_web::{HttpResponse, web};

use crate::app::Error;
use crate::report::view::supply::FINDINGS;
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::pages::listing::{answer, asked, detail};
use crate::web::routes::{Route, route};

/// Routes of findings.
pub const ROUTES: &[Route] =
    &[route!(GET "/findings" ViewCompliance, list), route!(GET "/findings/{identity}" ViewCompliance, one)];

/// The list of findings.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let listing = app.findings_list(&asked(&app, &FINDINGS)?).await?;
    answer(&app, listing).await
}

/// One finding.
pub async fn one(app: Guarded<ViewCompliance>, identity: web::Path<String>) -> Result<HttpResponse, Problem> {
    let is_digest = identity.len() == 64 && identity.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_digest {
        return Err(Error::not_found("a finding is addressed by its 64 hexadecimal digits").into());
    }
    let page = app.finding_page(&identity.to_ascii_lowercase()).await?;
    detail(&app, page).await
}
