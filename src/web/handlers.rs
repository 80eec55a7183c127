//! Handlers: extract, ask the application once, render.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ContentType, ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::base::ErrorKind;
use crate::report::assets;
use crate::web::access::Public;
use crate::web::frame::return_path;
use crate::web::guard::{Guarded, Submitted};
use crate::web::routes::{Route, route};
use crate::web::{Problem, cookie, metrics as figures};

/// Routes of the service itself.
pub const ROUTES: &[Route] = &[
    route!(POST "/theme" Public, theme),
    route!(GET "/assets/{name}" Public, asset),
    route!(GET "/healthz" Public, healthz),
    route!(GET "/readyz" Public, readyz),
    route!(GET "/metrics" Public, metrics),
];

/// The theme a person chose.
#[derive(Debug, Deserialize)]
pub struct ThemeForm {
    theme: String,
    #[serde(default)]
    return_to: String,
}

/// Remembers a theme in the browser.
pub async fn theme(app: Submitted<Public, ThemeForm>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, return_path(&app.form.return_to)))
        .cookie(cookie::of_theme(&app.form.theme, app.config()))
        .finish()
}

/// A style sheet, cached for ever under its digest.
pub async fn asset(_: Guarded<Public>, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let missing = || Problem::new(ErrorKind::NotFound, "there is no such file");
    let asset = assets::get(&name).ok_or_else(missing)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, asset.cache_control))
        .insert_header((ETAG, asset.etag))
        .body(asset.bytes.into_owned()))
}

/// Whether the process is alive.
pub async fn healthz(_: Guarded<Public>) -> HttpResponse {
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
