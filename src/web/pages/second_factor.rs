//! Setting up and taking away an authenticator app, and recovery codes.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::identity::{Level, Proof};
use crate::base::ErrorKind;
use crate::report::view::{Field, FormError, QrView, RecoveryPage, SecondFactorPage};
use crate::web::Problem;
use crate::web::access::{HalfSignedIn, OwnAccount, OwnAccountFresh};
use crate::web::frame::return_path;
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::entry::{let_in, whose};
use crate::web::pages::sign_in::Back;
use crate::web::routes::{Route, route};

/// Routes of the second factor.
pub const ROUTES: &[Route] = &[
    route!(GET "/sign-in/second-factor" HalfSignedIn, enrol),
    route!(POST "/sign-in/second-factor" HalfSignedIn, enrolled),
    route!(GET "/account/second-factor" OwnAccountFresh, set_up),
    route!(POST "/account/second-factor" OwnAccountFresh, turn_on),
    route!(POST "/account/second-factor/remove" OwnAccountFresh, remove),
    route!(POST "/account/recovery-codes" OwnAccountFresh, renew),
    route!(GET "/account/recovery-codes" OwnAccount, show),
];

const ENROL: &str = "/sign-in/second-factor";
const ACCOUNT: &str = "/account/second-factor";

/// A first code.
#[derive(Debug, Deserialize)]
pub struct FirstCodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    return_to: String,
}

/// The set-up page for who must have a second factor and has none.
pub async fn enrol(app: Guarded<HalfSignedIn>, back: web::Query<Back>) -> Result<HttpResponse, Problem> {
    match app.caller().map(|caller| caller.session.level) {
        Some(Level::Enrol) => app.page(&page(&app, ENROL, &back.return_to).await?).await,
        Some(Level::Password) => Ok(app.go("/sign-in/code", "")),
        Some(Level::Full) | None => Ok(app.go(return_path(&back.return_to), "")),
    }
}

/// Turns it on for who must have one.
pub async fn enrolled(app: Submitted<HalfSignedIn, FirstCodeForm>) -> Result<HttpResponse, Problem> {
    // who owes a code must not set up another app instead of typing it
    let level = app.caller().map(|caller| caller.session.level);
    if level != Some(Level::Enrol) {
        return Err(Problem::new(ErrorKind::Forbidden, "this session has no second factor to set up"));
    }
    finish(&app, ENROL, &app.form).await
}

/// The set-up page for who is signed in.
pub async fn set_up(app: Guarded<OwnAccountFresh>) -> Result<HttpResponse, Problem> {
    app.page(&page(&app, ACCOUNT, "").await?).await
}

/// Turns it on, or changes to another app.
pub async fn turn_on(app: Submitted<OwnAccountFresh, FirstCodeForm>) -> Result<HttpResponse, Problem> {
    finish(&app, ACCOUNT, &app.form).await
}

/// Takes it away.
pub async fn remove(app: Submitted<OwnAccountFresh, Back>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    app.totp_remove(app.actor(), &caller.person).await?;
    Ok(app.go("/account", "The authenticator app was removed."))
}

/// Makes new recovery codes.
pub async fn renew(app: Submitted<OwnAccountFresh, Back>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    app.recovery_codes_renew(app.actor(), caller.person.id).await?;
    Ok(app.go("/account/recovery-codes", ""))
}

/// Shows recovery codes that were just made, once.
pub async fn show(app: Guarded<OwnAccount>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let codes = app.recovery_codes_take(caller.person.id).await?.unwrap_or_default();
    let text = format!("Attestry recovery codes of {}\r\n{}\r\n", caller.person.email, codes.join("\r\n"));
    let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let download = format!("data:text/plain;charset=utf-8,{}", text.replace('+', "%20"));
    app.page(&RecoveryPage { codes, download }).await
}

async fn finish(app: &Visit, path: &'static str, form: &FirstCodeForm) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let (client, _) = whose(app);
    let text = match app.totp_finish(caller, &form.code, &client).await {
        Ok(Proof::Accepted(signed_in)) => return Ok(let_in(app, &signed_in, "/account/recovery-codes")),
        Ok(Proof::Refused | Proof::Wait { .. }) => {
            "This code is not the app's. Check the clock of your phone, and type the code it shows now."
                .to_owned()
        }
        Err(error) if error.kind == ErrorKind::Invalid => {
            "This took too long. Scan the new picture and type its code.".to_owned()
        }
        Err(error) => return Err(error.into()),
    };
    let mut page = page(app, path, &form.return_to).await?;
    if let Some(field) = page.fields.first_mut() {
        field.error = Some(text.clone());
    }
    page.errors = vec![FormError { name: Some("code"), text }];
    app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn page(app: &Visit, path: &'static str, return_to: &str) -> Result<SecondFactorPage, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let setup = app.totp_begin(&caller.person).await?;
    let code = Field {
        autocomplete: Some("one-time-code"),
        inputmode: Some("numeric"),
        maxlength: Some(12),
        autofocus: true,
        ..Field::required("code", "Code from the app")
    };
    Ok(SecondFactorPage {
        path,
        required: path == ENROL,
        picture: QrView { size: setup.picture.size, path: setup.picture.path },
        secret: setup.text.to_string(),
        fields: vec![code],
        errors: Vec::new(),
        return_to: return_path(return_to).to_owned(),
    })
}
