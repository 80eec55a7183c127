//! Handlers: extract, ask the application once, render.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ContentType, ETAG};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::base::ErrorKind;
use crate::report::{Pages, assets};
use crate::web::{Guarded, Problem, Public, metrics as figures};

/// The overview page.
pub async fn overview(app: Guarded<Public>, pages: web::Data<Pages>) -> Result<HttpResponse, Problem> {
    let overview = app.overview().await?;
    let html = pages.overview(&overview).map_err(crate::app::Error::from)?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

/// A style sheet, cached for ever under its digest.
pub async fn asset(name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let missing = || Problem::new(ErrorKind::NotFound, "there is no such file");
    let asset = assets::get(&name).ok_or_else(missing)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, asset.cache_control))
        .insert_header((ETAG, asset.etag))
        .body(asset.bytes.into_owned()))
}

/// Whether the process is alive.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body("ok\n")
}

/// Whether the service can do its work: the database answers.
pub async fn readyz(app: Guarded<Public>) -> HttpResponse {
    match app.ready().await {
        Ok(()) => HttpResponse::Ok().content_type(ContentType::plaintext()).body("ready\n"),
        Err(error) => {
            tracing::warn!(error = ?error.source, "not ready: {error}");
            HttpResponse::ServiceUnavailable().content_type(ContentType::plaintext()).body("not ready\n")
        }
    }
}

/// Figures for Prometheus.
pub async fn metrics(app: Guarded<Public>) -> Result<HttpResponse, Problem> {
    let figures = app.figures().await?;
    let text = figures::exposition(&figures)?;
    Ok(HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(text))
}

/// The answer for every other address.
pub async fn no_such_page(request: HttpRequest) -> HttpResponse {
    let detail = format!("there is nothing at {}", request.path());
    Problem::new(ErrorKind::NotFound, detail).answer(&request)
}
