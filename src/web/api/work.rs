//! Sources and runs.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::app::api::{RunRecord, SourceRecord, StartedRun};
use crate::report::view::supply::{RUNS, SOURCES};
use crate::web::Problem;
use crate::web::access::{RunSource, ViewSources};
use crate::web::api::answer::{self, Answer};
use crate::web::api::once::once;
use crate::web::api::{Described, asked, id};
use crate::web::guard::{Called, Guarded};
use crate::web::routes::{Route, route};

const GROUP: &str = "Sources and runs";

/// Routes of sources and runs.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/sources" ViewSources, sources, describe_sources),
    route!(GET "/api/v1/sources/{id}" ViewSources, source, describe_source),
    route!(POST "/api/v1/sources/{id}/runs" RunSource, start, describe_start),
    route!(GET "/api/v1/runs" ViewSources, runs, describe_runs),
    route!(GET "/api/v1/runs/{id}" ViewSources, run, describe_run),
];

fn describe_sources() -> Described {
    Described::of(GROUP, "List sources with their newest runs").table::<SourceRecord>(&SOURCES)
}

/// The list of sources.
pub async fn sources(app: Guarded<ViewSources>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_sources(&asked(&app, &SOURCES)?.query).await?)
}

fn describe_source() -> Described {
    let described = Described::of(GROUP, "Show a source").at_id("id", "The source");
    described.gives::<SourceRecord>(200, "The source.")
}

/// One source.
pub async fn source(app: Guarded<ViewSources>, source: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_source(&source).await?)
}

fn describe_start() -> Described {
    Described::of(GROUP, "Collect from a source now")
        .at_id("id", "The source")
        .once()
        .gives::<StartedRun>(202, "Queued: the run tells how far it is.")
}

/// Queues a collection.
pub async fn start(app: Called<RunSource>, source: web::Path<String>) -> Result<HttpResponse, Problem> {
    once(&app, b"", async || {
        let started = app.api_source_run(app.actor(), &source).await?;
        let location = format!("/api/v1/runs/{}", started.run_id);
        Ok(Answer::new(StatusCode::ACCEPTED, &started)?.at(location))
    })
    .await
}

fn describe_runs() -> Described {
    Described::of(GROUP, "List runs").table::<RunRecord>(&RUNS)
}

/// The list of runs.
pub async fn runs(app: Guarded<ViewSources>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_runs(&asked(&app, &RUNS)?.query).await?)
}

fn describe_run() -> Described {
    let described = Described::of(GROUP, "Show a run").at_id("id", "The run");
    described.gives::<RunRecord>(200, "The run.")
}

/// One run.
pub async fn run(app: Guarded<ViewSources>, run: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_run(id(&run, "there is no such run")?).await?)
}
