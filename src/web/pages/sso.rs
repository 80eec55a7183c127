//! Single sign-on: to the provider and back.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::identity::single_sign_on::{Callback, Purpose};
use crate::base::ErrorKind;
use crate::web::access::Public;
use crate::web::frame::return_path;
use crate::web::guard::Guarded;
use crate::web::pages::entry::{let_in, whose};
use crate::web::routes::{Route, route};
use crate::web::{Problem, cookie};

/// Routes of single sign-on.
pub const ROUTES: &[Route] =
    &[route!(GET "/sign-in/sso" Public, begin), route!(GET "/sign-in/sso/callback" Public, finish)];

/// Why somebody goes to the provider, and where they want to be afterwards.
#[derive(Debug, Deserialize)]
pub struct Begin {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    return_to: String,
}

/// Sends the browser to the provider.
pub async fn begin(app: Guarded<Public>, query: web::Query<Begin>) -> Result<HttpResponse, Problem> {
    let purpose = if query.purpose == "confirm" { Purpose::Confirm } else { Purpose::SignIn };
    let begun = app.sso_begin(purpose, return_path(&query.return_to)).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, begun.url.as_str()))
        .cookie(cookie::of_provider(&begun, app.config(), app.now()))
        .finish())
}

/// Takes the browser back from the provider.
pub async fn finish(app: Guarded<Public>, callback: web::Query<Callback>) -> Result<HttpResponse, Problem> {
    let begun = cookie::provider(app.request(), app.config()).ok_or_else(|| {
        Problem::new(
            ErrorKind::Invalid,
            "this answer does not belong to a sign-in that was begun in this browser: begin again at /sign-in",
        )
    })?;
    let (client, _) = whose(&app);
    let back = app.sso_finish((&begun, &callback), app.caller(), &client).await?;
    let mut answer = let_in(&app, &back.signed_in, &back.return_to);
    let ended = cookie::provider_ended(app.config());
    answer.add_cookie(&ended).map_err(|_| Problem::new(ErrorKind::Internal, "a cookie cannot be ended"))?;
    Ok(answer)
}
