//! API tokens: the list, making one, one, revoking it.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use crate::app::Error;
use crate::app::identity::Permission;
use crate::app::identity::token::NewToken;
use crate::base::{ErrorKind, TokenId};
use crate::report::view::Crumb;
use crate::report::view::people::{OncePage, TOKENS};
use crate::web::access::{UseTokens, UseTokensFresh};
use crate::web::guard::{Guarded, Submitted};
use crate::web::pages::listing::asked;
use crate::web::pages::sources::Nothing;
use crate::web::pages::users::{mendable, misplaced};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of API tokens.
pub const ROUTES: &[Route] = &[
    route!(GET "/tokens" UseTokens, list),
    route!(GET "/tokens/new" UseTokensFresh, form),
    route!(POST "/tokens/new" UseTokensFresh, create),
    route!(GET "/tokens/{id}" UseTokens, one),
    route!(POST "/tokens/{id}/revoke" UseTokens, revoke),
];

/// The token that is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TokenForm {
    name: String,
    scopes: Vec<String>,
    days: String,
}

impl TokenForm {
    fn read(&self) -> Result<NewToken, Error> {
        let scopes: Result<BTreeSet<Permission>, _> = self.scopes.iter().map(|s| s.parse()).collect();
        let days = self.days.parse().map_err(|_| Error::invalid("days: choose 30, 90 or 365 days"))?;
        let scopes = scopes.map_err(|e| Error::invalid(format!("scopes: {e}")))?;
        Ok(NewToken { name: self.name.clone(), scopes, days })
    }
}

async fn list(app: Guarded<UseTokens>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &TOKENS)?;
    match request.format {
        Some(format) => {
            let file = app.tokens_file(app.actor(), &request, format).await?;
            Ok(attachment::list(file))
        }
        None => app.page(&app.tokens(app.actor(), &request).await?).await,
    }
}

async fn form(app: Guarded<UseTokensFresh>) -> Result<HttpResponse, Problem> {
    app.page(&app.token_form(app.actor())).await
}

async fn create(app: Submitted<UseTokensFresh, TokenForm>) -> Result<HttpResponse, Problem> {
    let made = match app.form.read() {
        Ok(new) => app.token_create(app.actor(), &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let page = OncePage {
                way: vec![Crumb::link("API tokens", "/tokens"), Crumb::here("New token")],
                heading: format!("Token {}", made.name),
                lead: format!("Good until {}.", made.expires_at.to_display()),
                label: "Secret",
                secret: made.secret.expose_secret().to_owned(),
                usage: Some("Authorization: Bearer att_…".to_owned()),
                back: format!("/tokens/{}", made.id),
                back_label: "I have saved it",
            };
            app.page(&page).await
        }
        Err(error) if mendable(&error) => {
            let mut page = app.token_form(app.actor());
            page.form.choose("days", &app.form.days);
            page.form.tick(&app.form.scopes);
            for field in page.form.fields() {
                field.value.clone_from(&app.form.name);
            }
            page.errors = misplaced(&mut page, &error);
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn one(app: Guarded<UseTokens>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    app.page(&app.token_page(app.actor(), token_id(&id)?).await?).await
}

async fn revoke(app: Submitted<UseTokens, Nothing>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = token_id(&id)?;
    app.token_revoke(app.actor(), id).await?;
    Ok(app.go(&format!("/tokens/{id}"), "The token is revoked: programs that use it are refused."))
}

fn token_id(text: &str) -> Result<TokenId, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, "there is no such token"))
}
