//! Everything that goes wrong has one shape: RFC 9457 problem details, or the same as a page for a browser.

use std::borrow::Cow;
use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, ContentType, HeaderName, LOCATION, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::Serialize;

use crate::app::Error;
use crate::base::ErrorKind;
use crate::report::{ErrorPage, Pages};

/// What is answered when something went wrong.
#[derive(Debug)]
pub struct Problem {
    kind: ErrorKind,
    detail: Cow<'static, str>,
    instance: String,
    /// Where a browser can mend it; the page it asked for is added as `return_to`.
    mend: Option<&'static str>,
    /// Headers of its own.
    headers: Vec<(HeaderName, String)>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
}

/// The HTTP status of a kind.
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal | ErrorKind::Integrity => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(super) const fn title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "The request is not right",
        ErrorKind::Unauthenticated => "Sign in first",
        ErrorKind::Forbidden => "Not permitted",
        ErrorKind::NotFound => "Not found",
        ErrorKind::MethodNotAllowed => "Not with this method",
        ErrorKind::Conflict => "Not in this state",
        ErrorKind::PreconditionFailed => "Changed in between",
        ErrorKind::TooLarge => "Too large",
        ErrorKind::UnsupportedMedia => "Not a type that is read",
        ErrorKind::RateLimited => "Too many requests",
        ErrorKind::Upstream => "Something behind this service failed",
        ErrorKind::Busy => "Busy",
        ErrorKind::Internal => "A fault of ours",
        ErrorKind::Integrity => "Something was changed that must not change",
    }
}

impl Problem {
    /// A problem with a sentence that may be shown.
    pub fn new(kind: ErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            instance: uuid::Uuid::now_v7().to_string(),
            mend: None,
            headers: Vec::new(),
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Nobody is signed in. A browser is sent to sign in, a program is told.
    pub fn sign_in() -> Self {
        let detail = "sign in, or send an API token: Authorization: Bearer att_…";
        Self { mend: Some("/sign-in"), ..Self::new(ErrorKind::Unauthenticated, detail) }
    }

    /// The person has to prove anew who they are. A browser is sent there.
    pub fn confirm() -> Self {
        let detail = "this needs a proof of identity from the last ten minutes: confirm at /confirm";
        Self { mend: Some("/confirm"), ..Self::new(ErrorKind::Forbidden, detail) }
    }

    /// The same with a place where a browser finds what it may see instead.
    pub fn instead(self, place: &'static str) -> Self {
        Self { mend: Some(place), ..self }
    }

    fn json(&self) -> HttpResponse {
        let status = status_of(self.kind);
        let body = Body {
            r#type: format!("/problems/{}", self.kind.slug()),
            title: title(self.kind),
            status: status.as_u16(),
            detail: &self.detail,
            instance: &self.instance,
        };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let mut answer = HttpResponse::build(status);
        if self.kind == ErrorKind::Unauthenticated {
            answer.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        for (name, value) in &self.headers {
            answer.insert_header((name.clone(), value.as_str()));
        }
        answer.content_type("application/problem+json").body(text)
    }

    /// Sends a browser where it can mend the problem, and from there back to the page it asked for.
    fn see_other(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let mend = self.mend?;
        let asked = if request.method() == Method::GET {
            request.uri().path_and_query().map_or("/", |p| p.as_str())
        } else {
            "/"
        };
        let back: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
        let location = if asked == "/" { mend.to_owned() } else { format!("{mend}?return_to={back}") };
        Some(HttpResponse::SeeOther().insert_header((LOCATION, location)).finish())
    }

    /// The answer that fits the reader: a page for a browser, JSON for everybody else.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        if is_api(request.path()) {
            return self.json();
        }
        let accept = request.headers().get(ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
        if accept.contains("text/html")
            && let Some(answer) = self.see_other(request)
        {
            return answer;
        }
        let pages = request.app_data::<web::Data<Pages>>();
        let page = pages.filter(|_| accept.contains("text/html")).and_then(|pages| {
            let page = ErrorPage {
                status: status_of(self.kind).as_u16(),
                title: title(self.kind).to_owned(),
                detail: self.detail.to_string(),
                request_id: Some(self.instance.clone()),
            };
            pages.error(&page).ok()
        });
        match page {
            Some(html) => {
                HttpResponse::build(status_of(self.kind)).content_type(ContentType::html()).body(html)
            }
            None => self.json(),
        }
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Gives every problem, also one of an extractor, the form that fits the reader.
pub async fn speak(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let problem = response.response().error().and_then(actix_web::Error::as_error::<Problem>);
    let answer = problem.map(|problem| problem.answer(response.request()));
    Ok(match answer {
        Some(answer) => ServiceResponse::new(response.into_parts().0, answer),
        None => response.map_into_boxed_body(),
    })
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.slug(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status_of(self.kind)
    }

    fn error_response(&self) -> HttpResponse {
        self.json()
    }
}

impl From<Error> for Problem {
    /// The one place where a failure of a use case is logged; its cause never leaves the log.
    fn from(error: Error) -> Self {
        let problem = Self::new(error.kind, error.public.clone());
        if status_of(error.kind).is_server_error() {
            tracing::error!(request.id = %problem.instance, error = ?error.source, "{error}");
        } else {
            tracing::info!(request.id = %problem.instance, "{error}");
        }
        problem
    }
}

/// Makes the framework's own refusals speak the same way.
pub fn install(config: &mut web::ServiceConfig) {
    let invalid = |e: String| Problem::new(ErrorKind::Invalid, e);
    config
        .app_data(web::JsonConfig::default().error_handler(move |e, _| invalid(e.to_string()).into()))
        .app_data(web::QueryConfig::default().error_handler(move |e, _| invalid(e.to_string()).into()))
        .app_data(web::PathConfig::default().error_handler(move |e, _| invalid(e.to_string()).into()))
        .app_data(web::FormConfig::default().error_handler(move |e, _| invalid(e.to_string()).into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_status_and_slug() {
        let table: Vec<String> = ErrorKind::ALL
            .iter()
            .map(|k| format!("{} {} {}", status_of(*k).as_u16(), k.slug(), title(*k)))
            .collect();

        insta::assert_snapshot!(table.join("\n"), @r"
        400 invalid The request is not right
        401 unauthenticated Sign in first
        403 forbidden Not permitted
        404 not-found Not found
        405 method-not-allowed Not with this method
        409 conflict Not in this state
        412 precondition-failed Changed in between
        413 too-large Too large
        415 unsupported-media Not a type that is read
        429 rate-limited Too many requests
        502 upstream Something behind this service failed
        503 busy Busy
        500 internal A fault of ours
        500 integrity Something was changed that must not change
        ");
    }
}
