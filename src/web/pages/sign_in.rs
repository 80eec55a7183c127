//! Signing in and out: password, second factor.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use serde::Deserialize;

use crate::app::identity::{Credentials, Level, Proof};
use crate::report::PageView;
use crate::report::view::{CodePage, Field, FormError, SignInPage, SsoButton};
use crate::web::access::{HalfSignedIn, Public};
use crate::web::frame::return_path;
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::entry::{let_in, whose};
use crate::web::routes::{Route, route};
use crate::web::{Problem, cookie};

/// Routes of signing in and out.
pub const ROUTES: &[Route] = &[
    route!(GET "/sign-in" Public, ask),
    route!(POST "/sign-in" Public, sign_in),
    route!(GET "/sign-in/code" HalfSignedIn, ask_code),
    route!(POST "/sign-in/code" HalfSignedIn, check_code),
    route!(POST "/sign-out" Public, sign_out),
];

/// Where somebody wanted to go.
#[derive(Debug, Default, Deserialize)]
pub struct Back {
    /// A path of this service; anything else is the overview.
    #[serde(default)]
    pub return_to: String,
}

/// Address and password.
#[derive(Debug, Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    return_to: String,
}

/// A one-time code or recovery code.
#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    return_to: String,
}

/// The sign-in page; who is signed in goes on.
pub async fn ask(app: Guarded<Public>, back: web::Query<Back>) -> Result<HttpResponse, Problem> {
    if app.caller().is_some_and(|caller| caller.session.level == Level::Full) {
        return Ok(app.go(return_path(&back.return_to), ""));
    }
    app.page(&page(&app, "", &back.return_to)).await
}

/// Checks address and password.
pub async fn sign_in(app: Submitted<Public, SignInForm>) -> Result<HttpResponse, Problem> {
    let (client, replaced) = whose(&app);
    let form = &app.form;
    let credentials = Credentials { email: form.email.clone(), password: form.password.clone() };
    let proof = app.sign_in(credentials, (&client, replaced)).await?;
    let refused = refusal(&proof, "E-mail or password is wrong, or this account may not sign in.");
    match proof {
        Proof::Accepted(signed_in) => Ok(let_in(&app, &signed_in, &form.return_to)),
        Proof::Refused | Proof::Wait { .. } => {
            let mut page = page(&app, &form.email, &form.return_to);
            page.errors = refused.errors();
            refused.answer(&app, &page).await
        }
    }
}

/// The page that asks for the second factor.
pub async fn ask_code(app: Guarded<HalfSignedIn>, back: web::Query<Back>) -> Result<HttpResponse, Problem> {
    match app.caller().map(|caller| caller.session.level) {
        Some(Level::Password) => app.page(&code_page(&app, &back.return_to).await?).await,
        Some(Level::Enrol) => Ok(app.go("/sign-in/second-factor", "")),
        Some(Level::Full) | None => Ok(app.go(return_path(&back.return_to), "")),
    }
}

/// Checks the second factor.
pub async fn check_code(app: Submitted<HalfSignedIn, CodeForm>) -> Result<HttpResponse, Problem> {
    let (client, _) = whose(&app);
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let proof = app.sign_in_code(caller, &app.form.code, &client).await?;
    let refused =
        refusal(&proof, "This code is wrong or was used already. Wait for the next one, then try again.");
    match proof {
        Proof::Accepted(signed_in) => Ok(let_in(&app, &signed_in, &app.form.return_to)),
        Proof::Refused | Proof::Wait { .. } => {
            let mut page = code_page(&app, &app.form.return_to).await?;
            page.errors = refused.errors();
            refused.answer(&app, &page).await
        }
    }
}

/// Ends the session and its cookie.
pub async fn sign_out(app: Submitted<Public, Back>) -> Result<HttpResponse, Problem> {
    let (client, _) = whose(&app);
    if let Some(caller) = app.caller() {
        app.sign_out(caller, &client).await?;
    }
    let mut answer = HttpResponse::SeeOther();
    Ok(answer.insert_header((LOCATION, "/sign-in")).cookie(cookie::ended(app.config())).finish())
}

/// How a refusal is said: as 422, or as 429 with how long to wait.
#[derive(Debug, Clone)]
pub struct Refusal {
    wait: Option<u32>,
    text: String,
}

/// What to say when a proof was not accepted.
pub fn refusal<T>(proof: &Proof<T>, wrong: &str) -> Refusal {
    match proof {
        Proof::Accepted(_) | Proof::Refused => Refusal { wait: None, text: wrong.to_owned() },
        Proof::Wait { seconds } => {
            let text = format!("Too many tries went wrong. Wait {}, then try again.", in_words(*seconds));
            Refusal { wait: Some(*seconds), text }
        }
    }
}

impl Refusal {
    /// The refusal as it stands above the form.
    pub fn errors(&self) -> Vec<FormError> {
        vec![FormError { name: None, text: self.text.clone() }]
    }

    /// The page again, under the status that fits.
    ///
    /// # Errors
    /// When the page cannot be made.
    pub async fn answer<V: PageView>(&self, visit: &Visit, page: &V) -> Result<HttpResponse, Problem> {
        let status = match self.wait {
            Some(_) => StatusCode::TOO_MANY_REQUESTS,
            None => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut answer = visit.page_with(page, status).await?;
        if let Some(seconds) = self.wait {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(answer)
    }
}

fn in_words(seconds: u32) -> String {
    match (seconds, seconds.div_ceil(60)) {
        (1, _) => "1 second".to_owned(),
        (2..=90, _) => format!("{seconds} seconds"),
        (_, minutes) => format!("{minutes} minutes"),
    }
}

fn page(app: &Visit, email: &str, return_to: &str) -> SignInPage {
    let back = return_path(return_to);
    let typed = !email.is_empty();
    let email = Field {
        kind: "email",
        value: email.to_owned(),
        autocomplete: Some("username webauthn"),
        autofocus: !typed,
        ..Field::required("email", "E-mail")
    };
    let password = Field {
        kind: "password",
        autocomplete: Some("current-password"),
        autofocus: typed,
        ..Field::required("password", "Password")
    };
    SignInPage {
        fields: vec![email, password],
        errors: Vec::new(),
        return_to: back.to_owned(),
        passkeys: app.has_passkeys(),
        sso: sso_button(app, back, "sign-in"),
    }
}

/// The way through the provider, where it is set up.
pub fn sso_button(app: &Visit, back: &str, purpose: &str) -> Option<SsoButton> {
    let label = app.sso_label()?.to_owned();
    let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    Some(SsoButton { label, href: format!("/sign-in/sso?purpose={purpose}&return_to={back}") })
}

/// The field for a code of an app, or a recovery code.
pub fn code_field() -> Field {
    Field {
        hint: Some("Six digits from your authenticator app, or a recovery code.".to_owned()),
        autocomplete: Some("one-time-code"),
        maxlength: Some(40),
        ..Field::required("code", "Code")
    }
}

async fn code_page(app: &Visit, return_to: &str) -> Result<CodePage, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let passkeys = !app.passkeys_of(caller.person.id).await?.is_empty();
    let fields =
        if caller.person.has_totp { vec![Field { autofocus: true, ..code_field() }] } else { Vec::new() };
    Ok(CodePage { fields, errors: Vec::new(), return_to: return_path(return_to).to_owned(), passkeys })
}
