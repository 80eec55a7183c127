//! Packs: list, one, download, order and its progress.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::api::{OrderRecord, PackRecord};
use crate::app::{Error, PackOrder};
use crate::base::{TimeError, UnixMillis};
use crate::report::view::pack_pages::PACKS;
use crate::web::access::{CreatePack, DownloadPack, ViewCompliance};
use crate::web::api::answer::{self, Answer};
use crate::web::api::once::once;
use crate::web::api::{Described, asked, id};
use crate::web::guard::{Called, Guarded};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

const GROUP: &str = "Packs";
const NO_PACK: &str = "there is no such pack";

/// Routes of packs.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/packs" ViewCompliance, list, describe_list),
    route!(POST "/api/v1/packs" CreatePack, order, describe_order),
    route!(GET "/api/v1/packs/orders/{id}" CreatePack, progress, describe_progress),
    route!(GET "/api/v1/packs/{number}" DownloadPack, show, describe_show),
    route!(GET "/api/v1/packs/{number}/download" DownloadPack, download, describe_download),
];

/// What a pack shall hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackWanted {
    /// Framework ids.
    #[schema(min_items = 1)]
    frameworks: Vec<String>,
    /// First day of the period, or an instant; one day only when left out.
    from: Option<String>,
    /// Last day of the period, or an instant; now when left out.
    to: Option<String>,
    /// The engagement it is made for.
    #[schema(format = "uuid")]
    engagement: Option<String>,
}

impl PackWanted {
    fn read(&self) -> Result<PackOrder, Error> {
        if self.frameworks.is_empty() {
            return Err(Error::invalid("frameworks: give at least one"));
        }
        let at = |name: &str, text: &Option<String>, read: fn(&str) -> Result<UnixMillis, TimeError>| {
            let wrong = |e| Error::invalid(format!("{name}: {e}"));
            text.as_deref().map(|text| read(text).map_err(wrong)).transpose()
        };
        let engagement = self.engagement.as_deref().map(str::parse).transpose();
        Ok(PackOrder {
            frameworks: self.frameworks.clone(),
            from: at("from", &self.from, UnixMillis::parse_lenient)?,
            as_of: at("to", &self.to, UnixMillis::parse_as_of)?,
            engagement: engagement.map_err(|e| Error::invalid(format!("engagement: {e}")))?,
        })
    }
}

fn describe_list() -> Described {
    Described::of(GROUP, "List packs").table::<PackRecord>(&PACKS)
}

/// The list.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &PACKS)?;
    answer::shown(app.request(), &app.api_packs(app.actor(), &request.query).await?)
}

fn describe_order() -> Described {
    Described::of(GROUP, "Order a pack")
        .saying("It is made in the background; `Location` tells how far it is.")
        .once()
        .takes::<PackWanted>()
        .gives::<OrderRecord>(202, "Ordered.")
}

/// Orders a pack.
pub async fn order(
    app: Called<CreatePack>,
    (request, payload): (HttpRequest, web::Payload),
) -> Result<HttpResponse, Problem> {
    let (wanted, bytes): (PackWanted, _) = answer::json(&request, payload).await?;
    once(&app, &bytes, async || {
        let run = app.pack_order(app.actor(), &wanted.read()?).await?;
        let order = app.api_order(run).await?;
        let location = format!("/api/v1/packs/orders/{run}");
        Ok(Answer::new(StatusCode::ACCEPTED, &order)?.at(location))
    })
    .await
}

fn describe_progress() -> Described {
    let described = Described::of(GROUP, "Show where an order of a pack stands").at_id("id", "The order");
    described.gives::<OrderRecord>(200, "The order.")
}

/// Where an order stands.
pub async fn progress(app: Guarded<CreatePack>, order: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_order(id(&order, "there is no such order of a pack")?).await?)
}

fn describe_show() -> Described {
    let described = Described::of(GROUP, "Show a pack").at("number", "The pack's number");
    described.gives::<PackRecord>(200, "The pack.")
}

/// One pack.
pub async fn show(app: Guarded<DownloadPack>, number: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_pack(app.actor(), id(&number, NO_PACK)?).await?)
}

fn describe_download() -> Described {
    Described::of(GROUP, "Download a pack")
        .saying(
            "The zip file; check it with `attestry pack verify`. Every download stands in the audit trail.",
        )
        .at("number", "The pack's number")
        .gives_file("application/zip", "The pack.")
}

/// A pack's file; the entity tag is its digest.
pub async fn download(
    app: Guarded<DownloadPack>,
    number: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let number = id(&number, NO_PACK)?;
    let tag = format!("\"{}\"", app.api_pack(app.actor(), number).await?.sha256);
    let mut answer = if answer::is_known(app.request(), &tag) {
        HttpResponse::NotModified().finish()
    } else {
        let (name, bytes) = app.pack_download(app.actor(), number).await?;
        attachment::answer(&name, "application/zip", bytes)
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.headers_mut().insert(ETAG, tag);
    }
    Ok(answer)
}
