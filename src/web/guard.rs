//! The only way from a request to the application: through a declared access.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::app::App;
use crate::base::ErrorKind;
use crate::web::Problem;

/// Who may use a route.
pub trait Access {
    /// The word in the route table.
    const NAME: &'static str;

    /// Whether the request has it.
    ///
    /// # Errors
    /// When it does not.
    fn check(request: &HttpRequest) -> Result<(), Problem>;
}

/// Anybody. Written out on purpose: no access, no application.
pub struct Public;

impl Access for Public {
    const NAME: &'static str = "public";

    fn check(_request: &HttpRequest) -> Result<(), Problem> {
        Ok(())
    }
}

/// The application, behind an access.
pub struct Guarded<A>(web::Data<App>, PhantomData<A>);

impl<A> Deref for Guarded<A> {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

impl<A: Access> FromRequest for Guarded<A> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let guarded = A::check(request).and_then(|()| {
            let app = request.app_data::<web::Data<App>>().cloned();
            let missing = || Problem::new(ErrorKind::Internal, "the service was put together wrongly");
            app.map(|app| Self(app, PhantomData)).ok_or_else(missing)
        });
        ready(guarded)
    }
}
