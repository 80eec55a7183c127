//! The own account.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use serde::Deserialize;

use crate::app::identity::SessionView;
use crate::app::identity::own_passkeys::PasskeyView;
use crate::base::{ErrorKind, SessionId};
use crate::report::view::{AccountPage, Field, Moment, PasskeyLine, PasswordPage, SessionLine, device};
use crate::web::Problem;
use crate::web::access::{OwnAccount, OwnAccountFresh};
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::entry::{let_in_with, whose};
use crate::web::pages::mistakes::place;
use crate::web::pages::sign_in::Back;
use crate::web::pages::welcome::new_password;
use crate::web::routes::{Route, route};

/// Routes of the own account.
pub const ROUTES: &[Route] = &[
    route!(GET "/account" OwnAccount, account),
    route!(POST "/account/name" OwnAccount, rename),
    route!(GET "/account/password" OwnAccountFresh, ask_password),
    route!(POST "/account/password" OwnAccountFresh, change_password),
    route!(POST "/account/sessions/end-others" OwnAccount, end_others),
    route!(POST "/account/sessions/{id}/end" OwnAccount, end_session),
];

/// Another name.
#[derive(Debug, Deserialize)]
pub struct NameForm {
    #[serde(default)]
    name: String,
}

/// Another password.
#[derive(Debug, Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    password: SecretString,
}

/// The page.
pub async fn account(app: Guarded<OwnAccount>) -> Result<HttpResponse, Problem> {
    app.page(&page(&app).await?).await
}

/// Changes the name.
pub async fn rename(app: Submitted<OwnAccount, NameForm>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    match app.account_rename(app.actor(), &caller.person, &app.form.name).await {
        Ok(()) => Ok(app.go("/account", "Your name was saved.")),
        Err(error) if error.kind == ErrorKind::Invalid => {
            let mut page = page(&app).await?;
            page.name_field.value.clone_from(&app.form.name);
            page.errors = place(&error, std::slice::from_mut(&mut page.name_field));
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page for another password.
pub async fn ask_password(app: Guarded<OwnAccountFresh>) -> Result<HttpResponse, Problem> {
    app.page(&password_page(&app)?).await
}

/// Changes the password.
pub async fn change_password(app: Submitted<OwnAccountFresh, PasswordForm>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let (client, _) = whose(&app);
    match app.password_change(caller, app.form.password.clone(), &client).await {
        Ok(signed_in) => let_in_with(
            &app,
            &signed_in,
            ("/account", "Your password was changed. Your other sessions ended."),
        ),
        Err(error) if error.kind == ErrorKind::Invalid => {
            let mut page = password_page(&app)?;
            page.errors = place(&error, &mut page.fields);
            app.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends one session.
pub async fn end_session(
    app: Submitted<OwnAccount, Back>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let missing =
        |_| Problem::new(ErrorKind::NotFound, "there is no such session; it may have ended already");
    let id: SessionId = id.parse().map_err(missing)?;
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    app.own_session_end(app.actor(), caller.person.id, id).await?;
    Ok(app.go("/account", "The session was ended."))
}

/// Ends all other sessions.
pub async fn end_others(app: Submitted<OwnAccount, Back>) -> Result<HttpResponse, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let ended = app.own_sessions_end(app.actor(), caller).await?;
    let words =
        if ended == 1 { "1 session was ended.".to_owned() } else { format!("{ended} sessions were ended.") };
    Ok(app.go("/account", &words))
}

async fn page(app: &Visit) -> Result<AccountPage, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let person = &caller.person;
    let sessions = app.sessions(person.id).await?;
    let left = app.recovery_codes_left(person.id).await?;
    Ok(AccountPage {
        email: person.email.clone(),
        role: person.role.label().to_owned(),
        name_field: Field {
            value: person.name.clone(),
            autocomplete: Some("name"),
            maxlength: Some(120),
            ..Field::required("name", "Your name")
        },
        errors: Vec::new(),
        has_password: person.has_password,
        has_totp: person.has_totp,
        recovery_left: if left == 1 {
            "1 recovery code".to_owned()
        } else {
            format!("{left} recovery codes")
        },
        required: app.needs_second_factor(person.role),
        passkeys_work: app.has_passkeys(),
        passkeys: app.passkeys_of(person.id).await?.into_iter().map(passkey_line).collect(),
        other_sessions: sessions.len() > 1,
        sessions: sessions.iter().map(|s| session_line(s, caller.session.id)).collect(),
    })
}

fn password_page(app: &Visit) -> Result<PasswordPage, Problem> {
    let caller = app.caller().ok_or_else(Problem::sign_in)?;
    let fields = vec![new_password("password", "New password")];
    Ok(PasswordPage { email: caller.person.email.clone(), fields, errors: Vec::new() })
}

fn passkey_line(passkey: PasskeyView) -> PasskeyLine {
    PasskeyLine {
        id: passkey.id,
        name: passkey.name,
        added: Moment::past(passkey.created_at),
        used: passkey.last_used_at.map_or_else(|| Moment::never("never"), Moment::past),
    }
}

fn session_line(session: &SessionView, current: SessionId) -> SessionLine {
    SessionLine {
        id: session.id.to_string(),
        device: device(&session.agent),
        agent: session.agent.clone(),
        place: session.ip.clone(),
        seen: Moment::past(session.seen_at),
        began: Moment::past(session.created_at),
        current: session.id == current,
    }
}
