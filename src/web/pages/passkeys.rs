//! Passkeys: the two halves of each ceremony, and the list on the account page.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::app::identity::Proof;
use crate::base::ErrorKind;
use crate::web::Problem;
use crate::web::access::{OwnAccount, OwnAccountFresh, Public};
use crate::web::guard::Submitted;
use crate::web::pages::entry::{let_in, whose};
use crate::web::pages::sign_in::Back;
use crate::web::routes::{Route, route};

/// Routes of passkeys.
pub const ROUTES: &[Route] = &[
    route!(POST "/sign-in/passkey/begin" Public, sign_in_begin),
    route!(POST "/sign-in/passkey" Public, sign_in),
    route!(POST "/confirm/passkey/begin" OwnAccount, confirm_begin),
    route!(POST "/confirm/passkey" OwnAccount, confirm),
    route!(POST "/account/passkeys/begin" OwnAccountFresh, add_begin),
    route!(POST "/account/passkeys" OwnAccountFresh, add),
    route!(POST "/account/passkeys/{id}/rename" OwnAccount, rename),
    route!(POST "/account/passkeys/{id}/remove" OwnAccountFresh, remove),
];

/// The browser's answer.
#[derive(Debug, Deserialize)]
pub struct AnswerForm {
    #[serde(default)]
    ceremony: SecretString,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    return_to: String,
}

/// Options for signing in.
pub async fn sign_in_begin(app: Submitted<Public, Back>) -> Result<HttpResponse, Problem> {
    let begun = app.passkey_sign_in_begin().await?;
    options(&begun.options, begun.ceremony.expose_secret())
}

/// Signs in.
pub async fn sign_in(app: Submitted<Public, AnswerForm>) -> Result<HttpResponse, Problem> {
    let (client, replaced) = whose(&app);
    let form = &app.form;
    match app.passkey_sign_in_finish((&form.ceremony, &form.answer), (&client, replaced)).await? {
        Proof::Accepted(signed_in) => Ok(let_in(&app, &signed_in, &form.return_to)),
        Proof::Refused | Proof::Wait { .. } => Err(Problem::new(
            ErrorKind::Forbidden,
            "this passkey is not known here, or its account may not sign in: go back and sign in another way",
        )),
    }
}

/// Options for confirming.
pub async fn confirm_begin(app: Submitted<OwnAccount, Back>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    options(&app.passkey_confirm_begin(caller).await?, "")
}

/// Confirms.
pub async fn confirm(app: Submitted<OwnAccount, AnswerForm>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let (client, _) = whose(&app);
    let signed_in = app.passkey_confirm_finish(caller, &app.form.answer, &client).await?;
    Ok(let_in(&app, &signed_in, &app.form.return_to))
}

/// Options for a new passkey.
pub async fn add_begin(app: Submitted<OwnAccountFresh, Back>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    options(&app.passkey_add_begin(caller).await?, "")
}

/// Adds a passkey.
pub async fn add(app: Submitted<OwnAccountFresh, AnswerForm>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    app.passkey_add_finish(app.actor(), caller, (&app.form.answer, &app.form.name)).await?;
    Ok(app.go("/account", "The passkey was added."))
}

/// Gives a passkey another name.
pub async fn rename(
    app: Submitted<OwnAccount, AnswerForm>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    app.passkey_rename(app.actor(), (&id, &app.form.name)).await?;
    Ok(app.go("/account", "The passkey was renamed."))
}

/// Removes a passkey.
pub async fn remove(
    app: Submitted<OwnAccountFresh, Back>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    app.passkey_remove(app.actor(), caller, &id).await?;
    Ok(app.go("/account", "The passkey was removed."))
}

fn options(options: &str, ceremony: &str) -> Result<HttpResponse, Problem> {
    let unreadable = |_| Problem::new(ErrorKind::Internal, "the options for the browser cannot be read");
    let options: serde_json::Value = serde_json::from_str(options).map_err(unreadable)?;
    let body = json!({"options": options, "ceremony": ceremony}).to_string();
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body))
}
