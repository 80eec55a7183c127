//! One admitted request: the application, who asks, and how to answer with a page.

use std::ops::Deref;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, ContentType, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::app::identity::session::{forgery_token, is_forgery_token};
use crate::app::identity::{Actor, Caller, Level, Permission};
use crate::base::{ErrorKind, UnixMillis};
use crate::report::{PageView, Pages};
use crate::web::access::Need;
use crate::web::{Problem, client, cookie, frame};

/// An admitted request.
pub struct Visit {
    app: web::Data<App>,
    request: HttpRequest,
    actor: Actor,
    caller: Option<Caller>,
    secret: Option<SecretString>,
}

impl Deref for Visit {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Visit {
    /// Finds out who asks and whether they may.
    ///
    /// # Errors
    /// When they may not, or the database fails.
    pub(super) async fn admit(request: HttpRequest, need: Need) -> Result<Self, Problem> {
        let missing = || Problem::new(ErrorKind::Internal, "the service was put together wrongly");
        let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(missing)?;
        let visit = Self::identify(app, request).await?;
        visit.require(need)?;
        Ok(visit)
    }

    async fn identify(app: web::Data<App>, request: HttpRequest) -> Result<Self, Problem> {
        let client = client::of(&request, app.config());
        if let Some(bearer) = bearer(&request) {
            let actor = app.token_actor(&bearer, client).await?;
            let actor = actor.ok_or_else(|| {
                Problem::new(ErrorKind::Unauthenticated, "the API token is wrong, expired or revoked")
            })?;
            return Ok(Self { app, request, actor, caller: None, secret: None });
        }
        let secret = cookie::secret(&request, app.config());
        let caller = match &secret {
            Some(secret) => app.caller(secret.expose_secret()).await?,
            None => None,
        };
        let actor = match &caller {
            Some(caller) if caller.session.level == Level::Full => caller.actor(client),
            Some(_) | None => Actor::stranger(client),
        };
        let secret = secret.filter(|_| caller.is_some());
        Ok(Self { app, request, actor, caller, secret })
    }

    fn require(&self, need: Need) -> Result<(), Problem> {
        match need {
            Need::Nothing => Ok(()),
            Need::HalfSignedIn if self.caller.is_some() => Ok(()),
            Need::HalfSignedIn => Err(Problem::sign_in()),
            Need::May(permission) => self.require_permission(permission),
            Need::MayFresh(permission) => {
                self.require_permission(permission)?;
                // a token proves nothing anew: what needs a person is refused to programs
                let fresh = self.caller.as_ref().is_some_and(|c| c.is_fresh(self.app.now()));
                if fresh { Ok(()) } else { Err(Problem::confirm()) }
            }
        }
    }

    fn require_permission(&self, permission: Permission) -> Result<(), Problem> {
        if self.actor.may(permission) {
            return Ok(());
        }
        if self.actor.person.is_none() {
            return Err(Problem::sign_in());
        }
        let role = self.actor.role.map_or("a token", |role| role.label());
        let refusal = Problem::new(
            ErrorKind::Forbidden,
            format!("{role}: this needs the permission {permission}; ask an administrator"),
        );
        // an auditor's overview is the audit room
        let home = self.request.path() == "/" && self.actor.may(Permission::ViewAuditRoom);
        Err(if home { refusal.instead("/audit-room") } else { refusal })
    }

    /// Who asks.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The session behind the request, of whatever level; `None` with a token and for strangers.
    pub const fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// The request.
    pub const fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Whether the request came with a cookie's session.
    pub const fn has_session(&self) -> bool {
        self.caller.is_some()
    }

    /// The token that forms of this session carry; empty for strangers.
    pub fn form_token(&self) -> String {
        self.secret.as_ref().map_or_else(String::new, |secret| forgery_token(secret.expose_secret()))
    }

    /// Whether a form's token is this session's. Strangers have none, and no session that could be misused.
    pub(super) fn token_fits(&self, given: Option<&str>) -> bool {
        match &self.secret {
            Some(secret) => given.is_some_and(|given| is_forgery_token(secret.expose_secret(), given)),
            None => true,
        }
    }

    /// Answers with a page in the service's frame.
    ///
    /// # Errors
    /// When the frame cannot be made or template and view do not fit together.
    pub async fn page<V: PageView>(&self, view: &V) -> Result<HttpResponse, Problem> {
        self.page_with(view, actix_web::http::StatusCode::OK).await
    }

    /// The same under another status: a form that came back with mistakes.
    ///
    /// # Errors
    /// As [`Visit::page`].
    pub async fn page_with<V: PageView>(
        &self,
        view: &V,
        status: actix_web::http::StatusCode,
    ) -> Result<HttpResponse, Problem> {
        let missing = || Problem::new(ErrorKind::Internal, "the service was put together wrongly");
        let pages = self.request.app_data::<web::Data<Pages>>().ok_or_else(missing)?;
        let mut frame = frame::of(self).await?;
        if V::SEEN_AS_OF {
            frame.as_of = Some(frame::picker(self, self.as_of()?));
        }
        let html = pages.show(&frame, view).map_err(crate::app::Error::from)?;
        let mut answer = HttpResponse::build(status);
        answer.content_type(ContentType::html()).insert_header((CACHE_CONTROL, "no-store"));
        if frame.notice.is_some() {
            answer.cookie(cookie::shown(self.config()));
        }
        Ok(answer.body(html))
    }

    /// The instant a page is seen as of, from its query; `None` for now.
    ///
    /// # Errors
    /// When it is no date, or lies in the future.
    pub fn as_of(&self) -> Result<Option<UnixMillis>, Problem> {
        frame::as_of(self)
    }

    /// Sends the browser on after a form was accepted; `notice` is shown there once.
    pub fn go(&self, path: &str, notice: &str) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        answer.insert_header((LOCATION, path));
        if !notice.is_empty() {
            answer.cookie(cookie::of_notice(notice, self.config()));
        }
        answer.finish()
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
