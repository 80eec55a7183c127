//! Every route there is: registration and tests read this one table.

use actix_web::http::Method;
use actix_web::{Resource, web};

use crate::web::guard::{Access, Public};
use crate::web::{handlers, problem::Problem};

/// One route.
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path pattern.
    pub path: &'static str,
    /// Who may use it.
    pub access: &'static str,
    attach: fn(Resource) -> Resource,
}

macro_rules! route {
    ($method:ident $path:literal $access:ty, $handler:path) => {
        Route {
            method: Method::$method,
            path: $path,
            access: <$access as Access>::NAME,
            attach: |resource| resource.route(web::method(Method::$method).to($handler)),
        }
    };
}

/// The routes.
pub const ROUTES: &[Route] = &[
    route!(GET "/" Public, handlers::overview),
    route!(GET "/assets/{name}" Public, handlers::asset),
    route!(GET "/healthz" Public, handlers::healthz),
    route!(GET "/readyz" Public, handlers::readyz),
    route!(GET "/metrics" Public, handlers::metrics),
];

/// Registers the table. A known path with another method answers 405.
pub fn register(config: &mut web::ServiceConfig) {
    for route in ROUTES {
        let resource = (route.attach)(web::resource(route.path));
        config.service(resource.default_service(web::to(wrong_method)));
    }
}

async fn wrong_method(request: actix_web::HttpRequest) -> actix_web::HttpResponse {
    let detail = format!("{} cannot be asked with {}", request.path(), request.method());
    Problem::new(crate::base::ErrorKind::MethodNotAllowed, detail).answer(&request)
}
