//! Runs: the list, one with its documents, how far it is, and running a job now.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};

use crate::app::Error;
use crate::base::RunId;
use crate::report::view::supply::RUNS;
use crate::web::Problem;
use crate::web::access::{RunSource, ViewSources};
use crate::web::guard::{Guarded, Submitted};
use crate::web::pages::listing::{answer, asked, detail};
use crate::web::pages::sources::Nothing;
use crate::web::routes::{Route, route};

/// Routes of runs and jobs.
pub const ROUTES: &[Route] = &[
    route!(GET "/runs" ViewSources, list),
    route!(GET "/runs/{id}.json" ViewSources, progress),
    route!(GET "/runs/{id}" ViewSources, one),
    route!(POST "/jobs/{job}/run" RunSource, job),
];

/// The list of runs.
pub async fn list(app: Guarded<ViewSources>) -> Result<HttpResponse, Problem> {
    let listing = app.runs_list(&asked(&app, &RUNS)?).await?;
    answer(&app, listing).await
}

/// One run.
pub async fn one(app: Guarded<ViewSources>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.run_page(run_id(&id)?).await?;
    detail(&app, page).await
}

/// How far a run is.
pub async fn progress(app: Guarded<ViewSources>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let progress = app.run_progress(run_id(&id)?).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(progress))
}

/// Queues a job and leads to its run.
pub async fn job(
    app: Submitted<RunSource, Nothing>,
    job: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let run = app.job_run(&job, app.actor()).await?;
    Ok(app.go(&format!("/runs/{run}"), "The job is queued."))
}

fn run_id(id: &str) -> Result<RunId, Problem> {
    id.parse().map_err(|_| Error::not_found("there is no such run; the list of runs has all of them").into())
}
