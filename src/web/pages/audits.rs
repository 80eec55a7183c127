//! Engagements of auditors: the list, setting one up, one, closing it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::Error;
use crate::app::identity::person::NewEngagement;
use crate::base::{EngagementId, ErrorKind, UnixMillis};
use crate::report::view::people::AUDITS;
use crate::web::access::InviteAuditor;
use crate::web::guard::{Guarded, Submitted};
use crate::web::pages::listing::asked;
use crate::web::pages::sources::Nothing;
use crate::web::pages::users::{mendable, misplaced};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of engagements.
pub const ROUTES: &[Route] = &[
    route!(GET "/audits" InviteAuditor, list),
    route!(GET "/audits/new" InviteAuditor, form),
    route!(POST "/audits/new" InviteAuditor, create),
    route!(GET "/audits/{id}" InviteAuditor, one),
    route!(POST "/audits/{id}/close" InviteAuditor, close),
];

/// What is set up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EngagementForm {
    name: String,
    frameworks: Vec<String>,
    from: String,
    to: String,
    time_zone: String,
}

impl EngagementForm {
    fn read(&self) -> Result<NewEngagement, Error> {
        let from = UnixMillis::parse_lenient(&self.from).map_err(|e| Error::invalid(format!("from: {e}")))?;
        let to = UnixMillis::parse_as_of(&self.to).map_err(|e| Error::invalid(format!("to: {e}")))?;
        let (name, frameworks) = (self.name.clone(), self.frameworks.clone());
        Ok(NewEngagement { name, frameworks, from, to, time_zone: self.time_zone.trim().to_owned() })
    }
}

async fn list(app: Guarded<InviteAuditor>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &AUDITS)?;
    match request.format {
        Some(format) => {
            let file = app.audits_file(&request, format).await?;
            Ok(attachment::list(file))
        }
        None => app.page(&app.audits(&request).await?).await,
    }
}

async fn form(app: Guarded<InviteAuditor>) -> Result<HttpResponse, Problem> {
    app.page(&app.engagement_form()).await
}

async fn create(app: Submitted<InviteAuditor, EngagementForm>) -> Result<HttpResponse, Problem> {
    let form = &app.form;
    let made = match form.read() {
        Ok(new) => app.engagement_create(app.actor(), &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => Ok(app.go(&format!("/audits/{id}"), "The engagement is set up: invite its auditor.")),
        Err(error) if mendable(&error) => {
            let mut page = app.engagement_form();
            page.form.tick(&form.frameworks);
            let sent = [&form.name, &form.from, &form.to, &form.time_zone];
            for (field, sent) in page.form.fields().zip(sent) {
                field.value.clone_from(sent);
            }
            page.errors = misplaced(&mut page, &error);
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn one(app: Guarded<InviteAuditor>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    app.page(&app.engagement_page(engagement_id(&id)?).await?).await
}

async fn close(
    app: Submitted<InviteAuditor, Nothing>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = engagement_id(&id)?;
    app.engagement_close(app.actor(), id).await?;
    Ok(app.go(&format!("/audits/{id}"), "The engagement is closed: its auditor sees nothing any more."))
}

/// An engagement's identifier in an address.
///
/// # Errors
/// When it is none.
pub fn engagement_id(text: &str) -> Result<EngagementId, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, "there is no such engagement"))
}
