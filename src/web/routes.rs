//! Every route there is: registration, navigation, the API's description and the tests read this one table.

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::{FromRequest, Handler, Resource, Responder, web};

use crate::web::access::{Access, Need};
use crate::web::api::Described;
use crate::web::guard::{Changes, GuardedBy, Reads};
use crate::web::{api, handlers, pages, problem::Problem};

/// One route.
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path pattern.
    pub path: &'static str,
    /// What it asks of its caller.
    pub need: Need,
    /// What it says of itself, for the API's description.
    pub(super) describe: Option<fn() -> Described>,
    /// Adds the route to its resource.
    pub(super) attach: fn(Resource) -> Resource,
}

/// Attaches a handler that reads. Its first argument must be a guard of that access.
pub(super) fn reads<A, F, Args>(resource: Resource, handler: F) -> Resource
where
    A: Access,
    F: Handler<Args>,
    Args: FromRequest + GuardedBy<A, Reads> + 'static,
    F::Output: Responder + 'static,
{
    resource.route(web::method(Method::GET).to(handler))
}

/// Attaches a handler that changes something. Its first argument must be a guard of that access which also checks
/// where the request comes from.
pub(super) fn changes<A, F, Args>(resource: Resource, (method, handler): (Method, F)) -> Resource
where
    A: Access,
    F: Handler<Args>,
    Args: FromRequest + GuardedBy<A, Changes> + 'static,
    F::Output: Responder + 'static,
{
    resource.route(web::method(method).to(handler))
}

macro_rules! route {
    (GET $path:literal $access:ident, $handler:path $(, $describe:path)?) => {
        $crate::web::routes::Route {
            method: actix_web::http::Method::GET,
            path: $path,
            need: <$crate::web::access::$access as $crate::web::access::Access>::NEED,
            describe: $crate::web::routes::described!($($describe)?),
            attach: |resource| {
                $crate::web::routes::reads::<$crate::web::access::$access, _, _>(resource, $handler)
            },
        }
    };
    ($method:ident $path:literal $access:ident, $handler:path $(, $describe:path)?) => {
        $crate::web::routes::Route {
            method: actix_web::http::Method::$method,
            path: $path,
            need: <$crate::web::access::$access as $crate::web::access::Access>::NEED,
            describe: $crate::web::routes::described!($($describe)?),
            attach: |resource| {
                let handler = (actix_web::http::Method::$method, $handler);
                $crate::web::routes::changes::<$crate::web::access::$access, _, _>(resource, handler)
            },
        }
    };
}

macro_rules! described {
    () => {
        None
    };
    ($describe:path) => {
        Some($describe as fn() -> $crate::web::api::Described)
    };
}

pub(crate) use {described, route};

/// The table, one part per group of pages. Within a part, fixed paths stand before patterns that match them too.
const PARTS: &[&[Route]] = &[
    handlers::ROUTES,
    pages::overview::ROUTES,
    pages::controls::ROUTES,
    pages::gaps::ROUTES,
    pages::welcome::ROUTES,
    pages::sign_in::ROUTES,
    pages::second_factor::ROUTES,
    pages::confirm::ROUTES,
    pages::passkeys::ROUTES,
    pages::sso::ROUTES,
    pages::account::ROUTES,
    pages::evidence::ROUTES,
    pages::packs::ROUTES,
    pages::sboms::ROUTES,
    pages::findings::ROUTES,
    pages::vendors::ROUTES,
    pages::sources::ROUTES,
    pages::runs::ROUTES,
    pages::search::ROUTES,
    pages::users::ROUTES,
    pages::tokens::ROUTES,
    pages::audit_trail::ROUTES,
    pages::audits::ROUTES,
    pages::audit_room::ROUTES,
    api::ROUTES,
    api::evidence::ROUTES,
    api::supply::ROUTES,
    api::work::ROUTES,
    api::packs::ROUTES,
    api::controls::ROUTES,
    api::people::ROUTES,
];

/// Every route.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    PARTS.iter().copied().flatten()
}

/// Registers the table. A known path with another method answers 405.
pub fn register(config: &mut web::ServiceConfig) {
    let mut done: Vec<&str> = Vec::new();
    for route in routes() {
        if done.contains(&route.path) {
            continue;
        }
        done.push(route.path);
        let of_path = routes().filter(|r| r.path == route.path);
        let resource = of_path.fold(web::resource(route.path), |resource, r| (r.attach)(resource));
        config.service(resource.default_service(web::to(wrong_method)));
    }
}

async fn wrong_method(request: actix_web::HttpRequest) -> actix_web::HttpResponse {
    let detail = format!("{} cannot be asked with {}", request.path(), request.method());
    let pattern = request.match_pattern();
    let allowed = routes().filter(|r| Some(r.path) == pattern.as_deref()).map(|r| r.method.as_str());
    let allowed = allowed.collect::<Vec<_>>().join(", ");
    let problem = Problem::new(crate::base::ErrorKind::MethodNotAllowed, detail).with(ALLOW, allowed);
    problem.answer(&request)
}
