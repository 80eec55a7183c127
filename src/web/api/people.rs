//! People, and the own API tokens.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::api::{NewTokenRecord, PersonRecord, TokenOrder, TokenRecord};
use crate::web::Problem;
use crate::web::access::{InviteAuditor, UseTokens, UseTokensFresh};
use crate::web::api::answer::{self, Answer};
use crate::web::api::{Described, id, walk};
use crate::web::guard::{Called, Guarded};
use crate::web::routes::{Route, route};

const GROUP: &str = "People and tokens";

/// Routes of people and tokens.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/people" InviteAuditor, people, describe_people),
    route!(GET "/api/v1/tokens" UseTokens, tokens, describe_tokens),
    route!(POST "/api/v1/tokens" UseTokensFresh, create, describe_create),
    route!(DELETE "/api/v1/tokens/{id}" UseTokens, revoke, describe_revoke),
];

fn describe_people() -> Described {
    Described::of(GROUP, "List people").walked::<PersonRecord>()
}

/// Everybody.
pub async fn people(app: Guarded<InviteAuditor>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_people(&walk(&app)?).await?)
}

fn describe_tokens() -> Described {
    Described::of(GROUP, "List the own API tokens").walked::<TokenRecord>()
}

/// The own tokens.
pub async fn tokens(app: Guarded<UseTokens>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_tokens(app.actor(), &walk(&app)?).await?)
}

fn describe_create() -> Described {
    Described::of(GROUP, "Create an API token")
        .saying("It can do no more than who makes it. Its secret is told in this answer and never again.")
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
