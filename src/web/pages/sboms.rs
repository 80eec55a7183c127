//! Bills of materials: the list, one with its components, one component.

use actix_web::{HttpResponse, web};

use crate::app::Error;
use crate::base::EvidenceId;
use crate::report::view::supply::{COMPONENTS, SBOMS};
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::pages::listing::{answer, asked, detail};
use crate::web::routes::{Route, route};

/// Routes of bills of materials.
pub const ROUTES: &[Route] = &[
    route!(GET "/sboms" ViewCompliance, list),
    route!(GET "/sboms/{id}" ViewCompliance, one),
    route!(GET "/sboms/{id}/components/{ordinal}" ViewCompliance, component),
];

/// The list of bills of materials.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let listing = app.sboms_list(&asked(&app, &SBOMS)?).await?;
    answer(&app, listing).await
}

/// One bill of materials.
pub async fn one(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &COMPONENTS)?.at(format!("/sboms/{id}"));
    let listing = app.sbom_page(item(&id)?, &request).await?;
    answer(&app, listing).await
}

/// One component of it.
pub async fn component(
    app: Guarded<ViewCompliance>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, ordinal) = path.into_inner();
    let no_such = |_| Error::not_found("a component is addressed by its place in the document");
    let page = app.component_page(item(&id)?, ordinal.parse().map_err(no_such)?).await?;
    detail(&app, page).await
}

fn item(id: &str) -> Result<EvidenceId, Problem> {
    let no_such = || Error::not_found("there is no such SBOM; the list of SBOMs has all that were accepted");
    id.parse().map_err(|_| no_such().into())
}
