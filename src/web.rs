//! The service's HTTP face: one table of routes, one guard, one shape for everything that goes wrong.

mod access;
mod api;
mod attachment;
mod client;
mod cookie;
mod frame;
mod guard;
mod handlers;
mod metrics;
mod origin;
mod pages;
mod problem;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::{HttpServer, web};

use crate::app::{App, Error};
use crate::base::ErrorKind;
use crate::report::Pages;

pub use access::Need;
pub use problem::{Problem, status_of};
pub use routes::{Route, routes};

/// Largest request body; evidence uploads get their own limit with their route.
const MAX_BODY: usize = 64 * 1024;

/// A bound server, ready to run.
pub struct Bound {
    server: Server,
    addresses: Vec<SocketAddr>,
}

impl Bound {
    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until its handle stops it; open requests may finish.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }
}

/// Binds the configured address.
///
/// # Errors
/// When the templates are wrong or the address is in use.
pub fn bind(app: Arc<App>) -> Result<Bound, Error> {
    let address = app.config().listen.clone();
    let pages = web::Data::new(Pages::new()?);
    let rates = web::Data::new(api::Rates::new(app.config()));
    let app = web::Data::from(app);
    let build = move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(pages.clone())
            .app_data(rates.clone())
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .configure(problem::install)
            .wrap(from_fn(api::hold))
            .wrap(from_fn(problem::speak))
            .wrap(from_fn(metrics::observe))
            .wrap(security_headers())
            .configure(routes::register)
            .default_service(web::to(handlers::no_such_page))
    };
    let server = HttpServer::new(build)
        .workers(2)
        .shutdown_timeout(10)
        .disable_signals()
        .bind(&address)
        .map_err(|e| Error::new(ErrorKind::Invalid, format!("could not listen on {address}: {e}")))?;
    let addresses = server.addrs();
    Ok(Bound { server: server.run(), addresses })
}

/// Nothing is loaded from elsewhere, nothing runs that we did not write, nobody frames us.
fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        // not `no-referrer`: browsers then say `Origin: null` for our own forms too
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=()"))
}
