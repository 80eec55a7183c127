//! Sources: the list, one with its runs, and collecting one now.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::report::view::supply::SOURCES;
use crate::web::Problem;
use crate::web::access::{RunSource, ViewSources};
use crate::web::guard::{Guarded, Submitted};
use crate::web::pages::listing::{answer, asked, detail};
use crate::web::routes::{Route, route};

/// Routes of sources.
pub const ROUTES: &[Route] = &[
    route!(GET "/sources" ViewSources, list),
    route!(GET "/sources/{id}" ViewSources, one),
    route!(POST "/sources/{id}/run" RunSource, run),
];

/// A form that asks for nothing.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// The list of sources.
pub async fn list(app: Guarded<ViewSources>) -> Result<HttpResponse, Problem> {
    let listing = app.sources_list(&asked(&app, &SOURCES)?).await?;
    answer(&app, listing).await
}

/// One source.
pub async fn one(app: Guarded<ViewSources>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.source_page(&id).await?;
    detail(&app, page).await
}

/// Queues a collection and leads to its run.
pub async fn run(app: Submitted<RunSource, Nothing>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let run = app.source_run(&id, app.actor()).await?;
    Ok(app.go(&format!("/runs/{run}"), "The collection is queued."))
}
