//! The HTTP API: JSON in and out, described by the same table that registers it.
//!
//! Handlers extract, ask the application once and answer. What every operation has in common is here: entity tags
//! ([`answer`]), idempotency keys ([`once`]), rates ([`limit`]), and the OpenAPI document ([`document`]).

mod answer;
pub mod controls;
mod describe;
mod document;
pub mod evidence;
mod limit;
mod once;
pub mod packs;
pub mod people;
mod reference;
pub mod supply;
pub mod work;

use actix_web::HttpResponse;
use url::form_urlencoded;

use crate::app::Error;
use crate::app::api::Walk;
use crate::base::ErrorKind;
use crate::report::table::{PAGE_SIZES, TableRequest, TableSpec};
use crate::report::view::ApiPage;
use crate::web::Problem;
use crate::web::access::{Public, ViewCompliance};
use crate::web::guard::{Guarded, Visit};
use crate::web::routes::{Route, route};

pub use describe::Described;
pub use limit::{Rates, hold};

/// Routes about the API itself.
pub const ROUTES: &[Route] =
    &[route!(GET "/api" ViewCompliance, page), route!(GET "/api/openapi.json" Public, description)];

/// The reference page.
pub async fn page(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let info = app.request().connection_info().clone();
    let address = match &app.config().public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("{}://{}", info.scheme(), info.host()),
    };
    let page: ApiPage = reference::page(&document::document(), &address);
    app.page(&page).await
}

/// The OpenAPI document.
pub async fn description(app: Guarded<Public>) -> HttpResponse {
    answer::tagged(app.request(), document::text().to_owned())
}

/// What a query asks a table's list for.
fn asked(visit: &Visit, spec: &TableSpec) -> Result<TableRequest, Problem> {
    Ok(spec.read(visit.request().query_string()).map_err(Error::from)?)
}

/// The first value of a query's parameter; empty when it is not given.
fn given(visit: &Visit, wanted: &str) -> String {
    let query = visit.request().query_string();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Where a short list is read on from.
fn walk(visit: &Visit) -> Result<Walk, Problem> {
    let (after, rows) = (given(visit, "after"), given(visit, "rows"));
    let rows = match rows.as_str() {
        "" => PAGE_SIZES[0],
        text => text.parse().ok().filter(|n| PAGE_SIZES.contains(n)).ok_or_else(|| {
            let sizes = PAGE_SIZES.map(|n| n.to_string()).join(", ");
            Problem::new(ErrorKind::Invalid, format!("rows: one of {sizes}"))
        })?,
    };
    Ok(Walk { after: (!after.is_empty()).then_some(after), rows: rows as usize })
}

/// A typed identifier in a path; what is none names nothing.
fn id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(ErrorKind::NotFound, what))
}

#[cfg(test)]
mod tests {
    use crate::web::routes;

    #[test]
    fn every_route_of_the_api_says_what_it_is() {
        for route in routes().filter(|r| r.path.starts_with("/api/v")) {
            let describe = route.describe.unwrap_or_else(|| panic!("{} is not described", route.path));
            let described = describe();

            assert!(!described.summary.is_empty() && !described.answers.is_empty(), "{}", route.path);
            for part in route.path.split('/').filter_map(|p| p.strip_prefix('{')) {
                let name = part.trim_end_matches('}');
                let named = described.parameters.iter().any(|p| p["name"] == name && p["in"] == "path");
                assert!(named, "{}: {name}", route.path);
            }
        }
    }

    #[test]
    fn the_document_refers_only_to_what_it_has() {
        let document = super::document::document();
        let text = document.to_string();

        assert!(text.matches("\"$ref\"").count() > 20);
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let text = super::document::text();
        let mut names: Vec<&str> =
            text.split("\"operationId\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();

        assert!(count > 20 && names.len() == count);
    }
}
