//! Users: the list, inviting, one person and what may be changed about them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use crate::app::Error;
use crate::app::identity::person::NewPerson;
use crate::app::identity::{NewLink, Person, Role};
use crate::base::{EngagementId, ErrorKind, PersonId};
use crate::report::view::people::{FormPage, OncePage, USERS};
use crate::report::view::{Crumb, FormError};
use crate::web::access::{InviteAuditor, InviteAuditorFresh, ManagePeopleFresh};
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::listing::asked;
use crate::web::pages::mistakes::place;
use crate::web::pages::sources::Nothing;
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of users.
pub const ROUTES: &[Route] = &[
    route!(GET "/users" InviteAuditor, list),
    route!(GET "/users/new" InviteAuditorFresh, form),
    route!(POST "/users/new" InviteAuditorFresh, invite),
    route!(GET "/users/{id}" InviteAuditor, one),
    route!(POST "/users/{id}/role" ManagePeopleFresh, role),
    route!(POST "/users/{id}/disable" ManagePeopleFresh, disable),
    route!(POST "/users/{id}/enable" ManagePeopleFresh, enable),
    route!(POST "/users/{id}/end-sessions" ManagePeopleFresh, end_sessions),
    route!(POST "/users/{id}/reset" ManagePeopleFresh, reset),
    route!(POST "/users/{id}/erase" ManagePeopleFresh, erase),
];

/// Who is invited.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InviteForm {
    name: String,
    email: String,
    role: String,
    engagement: String,
}

/// What a person becomes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoleForm {
    role: String,
    engagement: String,
}

/// Why somebody is erased.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EraseForm {
    reason: String,
}

async fn list(app: Guarded<InviteAuditor>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &USERS)?;
    match request.format {
        Some(format) => {
            let file = app.users_file(&request, format).await?;
            Ok(attachment::list(file))
        }
        None => app.page(&app.users(&request).await?).await,
    }
}

async fn form(app: Guarded<InviteAuditorFresh>) -> Result<HttpResponse, Problem> {
    app.page(&app.invite_form(app.actor()).await?).await
}

async fn invite(app: Submitted<InviteAuditorFresh, InviteForm>) -> Result<HttpResponse, Problem> {
    let invited = match app.form.read() {
        Ok(new) => app.person_invite(app.actor(), &new).await,
        Err(error) => Err(error),
    };
    match invited {
        Ok((person, link)) => app.page(&once(&app, &person, &link)).await,
        Err(error) if mendable(&error) => {
            let mut page = app.invite_form(app.actor()).await?;
            page.form.choose("role", &app.form.role);
            page.form.choose("engagement", &app.form.engagement);
            for (field, sent) in page.form.fields().zip([&app.form.name, &app.form.email]) {
                field.value.clone_from(sent);
            }
            page.errors = misplaced(&mut page, &error);
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a refusal beside its field in a form, and gives the summary above it.
pub fn misplaced(page: &mut FormPage, error: &Error) -> Vec<FormError> {
    for field in page.form.fields() {
        let errors = place(error, std::slice::from_mut(field));
        if errors.iter().any(|e| e.name.is_some()) {
            return errors;
        }
    }
    place(error, &mut [])
}

/// Whether the form can be filled in otherwise.
pub fn mendable(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict)
}

impl InviteForm {
    fn read(&self) -> Result<NewPerson, Error> {
        let (role, engagement) = role_of(&self.role, &self.engagement)?;
        Ok(NewPerson { email: self.email.clone(), name: self.name.clone(), role, engagement })
    }
}

fn role_of(role: &str, engagement: &str) -> Result<(Role, Option<EngagementId>), Error> {
    let role = role.parse::<Role>().map_err(|e| Error::invalid(format!("role: {e}")))?;
    let engagement = (!engagement.is_empty()).then(|| engagement.parse::<EngagementId>());
    let engagement = engagement.transpose().map_err(|e| Error::invalid(format!("engagement: {e}")))?;
    Ok((role, engagement))
}

/// The page that shows a link once.
fn once(app: &Visit, person: &Person, link: &NewLink) -> OncePage {
    let config = app.config();
    let base = config.public_url.as_ref().map_or_else(
        || {
            let info = app.request().connection_info();
            format!("{}://{}", info.scheme(), info.host())
        },
        url::Url::to_string,
    );
    // the secret stands in this answer and nowhere else
    let secret = format!("{}/welcome/{}", base.trim_end_matches('/'), link.secret.expose_secret());
    OncePage {
        way: vec![Crumb::link("Users", "/users"), Crumb::here("One-time link")],
        heading: format!("Link for {}", person.name),
        lead: format!("Good once, until {}. Hand it over on a way you trust.", link.expires_at.to_display()),
        label: "One-time link",
        secret,
        usage: None,
        back: format!("/users/{}", person.id),
        back_label: "Back to the person",
    }
}

async fn one(app: Guarded<InviteAuditor>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    app.page(&app.user_page(app.actor(), person_id(&id)?).await?).await
}

async fn role(
    app: Submitted<ManagePeopleFresh, RoleForm>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    let done = match role_of(&app.form.role, &app.form.engagement) {
        Ok(set) => app.person_role(app.actor(), id, set).await,
        Err(error) => Err(error),
    };
    answer(&app, id, (done, "The role was saved.")).await
}

async fn disable(
    app: Submitted<ManagePeopleFresh, Nothing>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    let done = app.person_disable(app.actor(), id).await;
    answer(&app, id, (done, "They may sign in no more, and their sessions ended.")).await
}

async fn enable(
    app: Submitted<ManagePeopleFresh, Nothing>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    let done = app.person_enable(app.actor(), id).await;
    answer(&app, id, (done, "They may sign in again.")).await
}

async fn end_sessions(
    app: Submitted<ManagePeopleFresh, Nothing>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    let done = app.person_sessions_end(app.actor(), id).await.map(drop);
    answer(&app, id, (done, "All their sessions ended.")).await
}

async fn reset(
    app: Submitted<ManagePeopleFresh, Nothing>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    match app.person_reset(app.actor(), id).await {
        Ok((person, link)) => app.page(&once(&app, &person, &link)).await,
        Err(error) => answer(&app, id, (Err(error), "")).await,
    }
}

async fn erase(
    app: Submitted<ManagePeopleFresh, EraseForm>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = person_id(&id)?;
    let done = app.audit_erase_person(app.actor(), id, &app.form.reason).await.map(drop);
    answer(&app, id, (done, "Erased. The ledger says so, and every proof stays valid.")).await
}

/// Back to the person: with what was done, or with what was not accepted.
async fn answer(
    app: &Visit,
    id: PersonId,
    (done, words): (Result<(), Error>, &str),
) -> Result<HttpResponse, Problem> {
    match done {
        Ok(()) => Ok(app.go(&format!("/users/{id}"), words)),
        Err(error) if mendable(&error) => {
            let mut page = app.user_page(app.actor(), id).await?;
            page.errors = place(&error, &mut []);
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

fn person_id(text: &str) -> Result<PersonId, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, "there is no such person"))
}
