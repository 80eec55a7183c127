//! Letting somebody in: the cookie, and where they go from here.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use crate::app::identity::{Client, Level, SignedIn};
use crate::base::{Digest, ErrorKind};
use crate::web::frame::return_path;
use crate::web::guard::Visit;
use crate::web::{Problem, cookie};

/// Where a request comes from, and the session it came with, which ends when another begins.
pub fn whose(visit: &Visit) -> (Client, Option<Digest>) {
    (visit.actor().client.clone(), visit.caller().map(|caller| caller.session.token))
}

/// Sends somebody on with their new session: to the second factor when they owe it, else where they wanted to go.
pub fn let_in(visit: &Visit, signed_in: &SignedIn, return_to: &str) -> HttpResponse {
    let next = match signed_in.level {
        Level::Password => "/sign-in/code",
        Level::Enrol => "/sign-in/second-factor",
        Level::Full => return_path(return_to),
    };
    let asked = return_path(return_to);
    let location = if signed_in.level == Level::Full || asked == "/" {
        next.to_owned()
    } else {
        let back: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        format!("{next}?return_to={back}")
    };
    HttpResponse::SeeOther()
        .insert_header((LOCATION, location))
        .cookie(cookie::of_session(&signed_in.session, visit.config(), visit.now()))
        .finish()
}

/// The same, with a sentence that is shown there once.
///
/// # Errors
/// When the sentence cannot be handed over.
pub fn let_in_with(
    visit: &Visit,
    signed_in: &SignedIn,
    (path, notice): (&str, &str),
) -> Result<HttpResponse, Problem> {
    let mut answer = let_in(visit, signed_in, path);
    let notice = cookie::of_notice(notice, visit.config());
    let failed = |_| Problem::new(ErrorKind::Internal, "a cookie cannot be set");
    answer.add_cookie(&notice).map_err(failed)?;
    Ok(answer)
}
