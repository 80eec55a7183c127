//! Packs: list, order, progress, page, download.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::app::identity::Permission;
use crate::app::{Error, PackOrder, PackStand};
use crate::base::{EngagementId, ErrorKind, RunId, UnixMillis};
use crate::report::view::FormError;
use crate::report::view::pack_pages::{PACKS, PackList};
use crate::web::access::{CreatePack, DownloadPack, ViewCompliance};
use crate::web::guard::{Guarded, Submitted};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of packs.
pub const ROUTES: &[Route] = &[
    route!(GET "/packs" ViewCompliance, list),
    route!(POST "/packs" CreatePack, order),
    route!(GET "/packs/new" CreatePack, form),
    route!(GET "/packs/orders/{run}" CreatePack, watch),
    route!(GET "/packs/orders/{run}/progress" CreatePack, progress),
    route!(GET "/packs/{number}" DownloadPack, show),
    route!(GET "/packs/{number}/download" DownloadPack, download),
];

async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let request = PACKS.read(app.request().query_string()).map_err(Error::from)?;
    let table = app.packs(app.actor(), &request).await?;
    let may_create = app.actor().may(Permission::CreatePack);
    app.page(&PackList { may_create, table }).await
}

async fn form(app: Guarded<CreatePack>) -> Result<HttpResponse, Problem> {
    app.page(&app.pack_form().await?).await
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OrderForm {
    frameworks: Vec<String>,
    from: String,
    to: String,
    engagement: String,
}

impl OrderForm {
    /// The order it stands for.
    fn read(&self) -> Result<PackOrder, Error> {
        let day = |name: &str, text: &str, read: fn(&str) -> Result<UnixMillis, crate::base::TimeError>| {
            let wrong = |e| Error::invalid(format!("{name}: {e}"));
            (!text.is_empty()).then(|| read(text).map_err(wrong)).transpose()
        };
        if self.frameworks.is_empty() {
            return Err(Error::invalid("frameworks: choose at least one"));
        }
        let engagement = (!self.engagement.is_empty()).then(|| self.engagement.parse::<EngagementId>());
        Ok(PackOrder {
            frameworks: self.frameworks.clone(),
            from: day("from", &self.from, UnixMillis::parse_lenient)?,
            as_of: day("to", &self.to, UnixMillis::parse_as_of)?,
            engagement: engagement.transpose().map_err(|e| Error::invalid(format!("engagement: {e}")))?,
        })
    }
}

async fn order(app: Submitted<CreatePack, OrderForm>) -> Result<HttpResponse, Problem> {
    let ordered = match app.form.read() {
        Ok(order) => app.pack_order(app.actor(), &order).await,
        Err(error) => Err(error),
    };
    match ordered {
        Ok(run) => Ok(app.go(&format!("/packs/orders/{run}"), "")),
        Err(error) if error.kind == ErrorKind::Invalid => refused(&app, &error).await,
        Err(error) => Err(error.into()),
    }
}

/// The form again, with what was filled in and what is wrong.
async fn refused(app: &Submitted<CreatePack, OrderForm>, error: &Error) -> Result<HttpResponse, Problem> {
    let mut form = app.pack_form().await?;
    for framework in &mut form.frameworks {
        framework.checked = app.form.frameworks.contains(&framework.value);
    }
    form.from.value.clone_from(&app.form.from);
    form.to.value.clone_from(&app.form.to);
    form.errors = vec![FormError { name: None, text: error.to_string() }];
    app.page_with(&form, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn watch(app: Guarded<CreatePack>, run: web::Path<String>) -> Result<HttpResponse, Problem> {
    let run = run_id(&run)?;
    let stand = app.pack_stand(run).await?;
    match (stand.page(format!("/packs/orders/{run}/progress")), stand) {
        (Some(page), _) => app.page(&page).await,
        (None, PackStand::Made(number)) => Ok(app.go(&format!("/packs/{number}"), "The pack is ready.")),
        (None, PackStand::Making(_) | PackStand::Failed(_)) => Ok(app.go("/packs", "")),
    }
}

async fn progress(app: Guarded<CreatePack>, run: web::Path<String>) -> Result<HttpResponse, Problem> {
    let run = run_id(&run)?;
    let (done, label) = match app.pack_stand(run).await? {
        PackStand::Making(label) => (false, label),
        PackStand::Made(_) => (true, "Ready".to_owned()),
        PackStand::Failed(_) => (true, "Failed".to_owned()),
    };
    let href = format!("/packs/orders/{run}");
    let body = json!({"done": done, "label": label, "href": href});
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body))
}

async fn show(app: Guarded<DownloadPack>, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.pack_page(app.actor(), pack_number(&number)?).await?;
    app.page(&page).await
}

async fn download(app: Guarded<DownloadPack>, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (name, bytes) = app.pack_download(app.actor(), pack_number(&number)?).await?;
    Ok(attachment::answer(&name, "application/zip", bytes))
}

fn run_id(text: &str) -> Result<RunId, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, "there is no such order of a pack"))
}

fn pack_number(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, format!("there is no pack {text}")))
}
