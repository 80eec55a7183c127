//! People, the own API tokens, the audit trail.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::api::{ActionRecord, NewTokenRecord, PersonRecord, TokenOrder, TokenRecord};
use crate::report::view::people::{AUDIT_TRAIL, TOKENS, USERS};
use crate::web::Problem;
use crate::web::access::{InviteAuditor, UseTokens, UseTokensFresh, ViewAuditTrail};
use crate::web::api::answer::{self, Answer};
use crate::web::api::{Described, asked, id};
use crate::web::guard::{Called, Guarded};
use crate::web::routes::{Route, route};

const GROUP: &str = "People and tokens";

/// Routes of people and tokens.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/people" InviteAuditor, people, describe_people),
    route!(GET "/api/v1/tokens" UseTokens, tokens, describe_tokens),
    route!(POST "/api/v1/tokens" UseTokensFresh, create, describe_create),
    route!(DELETE "/api/v1/tokens/{id}" UseTokens, revoke, describe_revoke),
    route!(GET "/api/v1/audit-trail" ViewAuditTrail, actions, describe_actions),
];

fn describe_people() -> Described {
    Described::of(GROUP, "List people").table::<PersonRecord>(&USERS)
}

/// Everybody.
pub async fn people(app: Guarded<InviteAuditor>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_people(&asked(&app, &USERS)?.query).await?)
}

fn describe_tokens() -> Described {
    Described::of(GROUP, "List the own API tokens").table::<TokenRecord>(&TOKENS)
}

/// The own tokens.
pub async fn tokens(app: Guarded<UseTokens>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_tokens(app.actor(), &asked(&app, &TOKENS)?.query).await?)
}

fn describe_create() -> Described {
    Described::of(GROUP, "Create an API token")
        .saying("Only by a person who is signed in, not with a token. It can do no more than who makes it. Its secret is told in this answer and never again.")
        .takes::<TokenOrder>()
        .gives::<NewTokenRecord>(201, "Created.")
}

/// Makes a token.
pub async fn create(
    app: Called<UseTokensFresh>,
    (request, payload): (HttpRequest, web::Payload),
) -> Result<HttpResponse, Problem> {
    let (order, _): (TokenOrder, _) = answer::json(&request, payload).await?;
    let made = app.api_token_create(app.actor(), &order).await?;
    Ok(Answer::new(StatusCode::CREATED, &made)?.send())
}

fn describe_revoke() -> Described {
    let described = Described::of(GROUP, "Revoke an own API token").at_id("id", "The token");
    described.gives_nothing(204, "Revoked, now or before.")
}

/// Revokes a token.
pub async fn revoke(app: Called<UseTokens>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    app.api_token_revoke(app.actor(), id(&token, "you have no such token")?).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn describe_actions() -> Described {
    Described::of(GROUP, "List the audit trail").table::<ActionRecord>(&AUDIT_TRAIL)
}

/// The audit trail.
pub async fn actions(app: Guarded<ViewAuditTrail>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_actions(&asked(&app, &AUDIT_TRAIL)?.query).await?)
}
