//! The audit trail: the list, one action, and lines for other systems.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::{TrailFormat, audit_days};
use crate::base::ErrorKind;
use crate::report::view::people::AUDIT_TRAIL;
use crate::web::access::ViewAuditTrail;
use crate::web::guard::Guarded;
use crate::web::pages::listing::asked;
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of the audit trail.
pub const ROUTES: &[Route] = &[
    route!(GET "/audit-trail" ViewAuditTrail, list),
    route!(GET "/audit-trail.jsonl" ViewAuditTrail, json_lines),
    route!(GET "/audit-trail.syslog" ViewAuditTrail, syslog),
    route!(GET "/audit-trail/{no}" ViewAuditTrail, one),
];

/// Where a reader of lines goes on.
#[derive(Debug, Deserialize)]
struct After {
    after: Option<i32>,
}

async fn list(app: Guarded<ViewAuditTrail>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &AUDIT_TRAIL)?;
    let query = app.request().query_string().as_bytes();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query).into_owned().collect();
    let (span, range) = audit_days(&pairs)?;
    match request.format {
        Some(format) => {
            let file = app.audit_file(&request, format, span).await?;
            Ok(attachment::list(file))
        }
        None => app.page(&app.audit_trail(&request, (span, range)).await?).await,
    }
}

async fn one(app: Guarded<ViewAuditTrail>, no: web::Path<String>) -> Result<HttpResponse, Problem> {
    let missing =
        |_| Problem::new(ErrorKind::NotFound, format!("there is no action {no} in the audit trail"));
    let page = app.audit_page(no.parse().map_err(missing)?).await?;
    app.page(&page).await
}

async fn json_lines(app: Guarded<ViewAuditTrail>, query: web::Query<After>) -> Result<HttpResponse, Problem> {
    let lines = app.audit_lines(TrailFormat::JsonLines, query.after).await?;
    Ok(plain("application/jsonl", lines))
}

async fn syslog(app: Guarded<ViewAuditTrail>, query: web::Query<After>) -> Result<HttpResponse, Problem> {
    let lines = app.audit_lines(TrailFormat::Syslog, query.after).await?;
    Ok(plain("text/plain; charset=utf-8", lines))
}

fn plain(media_type: &'static str, lines: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(lines)
}
