//! Proving anew who one is, before something sensitive.

use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use serde::Deserialize;

use crate::app::identity::Proof;
use crate::report::view::{ConfirmPage, Field};
use crate::web::Problem;
use crate::web::access::OwnAccount;
use crate::web::frame::return_path;
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::entry::{let_in, whose};
use crate::web::pages::sign_in::{Back, code_field, refusal, sso_button};
use crate::web::routes::{Route, route};

/// Routes of confirming.
pub const ROUTES: &[Route] =
    &[route!(GET "/confirm" OwnAccount, ask), route!(POST "/confirm" OwnAccount, confirm)];

/// Password and code.
#[derive(Debug, Deserialize)]
pub struct ConfirmForm {
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    code: String,
    #[serde(default)]
    return_to: String,
}

/// The page that asks.
pub async fn ask(app: Guarded<OwnAccount>, back: web::Query<Back>) -> Result<HttpResponse, Problem> {
    app.page(&page(&app, &back.return_to).await?).await
}

/// Checks what was typed and goes on with another session.
pub async fn confirm(app: Submitted<OwnAccount, ConfirmForm>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let (client, _) = whose(&app);
    let form = &app.form;
    if !caller.person.has_password {
        let signed_in = app.confirm_sample(caller, &client).await?;
        return Ok(let_in(&app, &signed_in, &form.return_to));
    }
    let proof = app.confirm(caller, (form.password.clone(), &form.code), &client).await?;
    let refused = refusal(&proof, "Password or code is wrong, or the code was used already.");
    match proof {
        Proof::Accepted(signed_in) => Ok(let_in(&app, &signed_in, &form.return_to)),
        Proof::Refused | Proof::Wait { .. } => {
            let mut page = page(&app, &form.return_to).await?;
            page.errors = refused.errors();
            refused.answer(&app, &page).await
        }
    }
}

async fn page(app: &Visit, return_to: &str) -> Result<ConfirmPage, Problem> {
    let person = &app.caller().ok_or_else(Problem::sign_in)?.person;
    let password = Field {
        kind: "password",
        autocomplete: Some("current-password"),
        autofocus: true,
        ..Field::required("password", "Password")
    };
    let mut fields = Vec::new();
    if person.has_password {
        fields.push(password);
        fields.extend(person.has_totp.then(code_field));
    }
    let back = return_path(return_to);
    Ok(ConfirmPage {
        sample: fields.is_empty() && app.is_sample().await?,
        fields,
        errors: Vec::new(),
        return_to: back.to_owned(),
        name: person.name.clone(),
        passkeys: !app.passkeys_of(person.id).await?.is_empty(),
        sso: if person.has_password { None } else { sso_button(app, back, "confirm") },
    })
}
