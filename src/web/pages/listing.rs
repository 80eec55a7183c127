//! Answers with a list: as its page, or as the file that was asked for.

use actix_web::HttpResponse;

use crate::app::identity::Permission;
use crate::app::{Error, Listing};
use crate::report::table::{TableRequest, TableSpec};
use crate::report::view::supply::DetailPage;
use crate::web::guard::Visit;
use crate::web::{Problem, attachment};

/// What the address asks the list for.
///
/// # Errors
/// When it asks for something the list does not have.
pub fn asked(visit: &Visit, spec: &TableSpec) -> Result<TableRequest, Problem> {
    Ok(spec.read(visit.request().query_string()).map_err(Error::from)?)
}

/// Answers with the list. What the visitor may not start is not offered.
///
/// # Errors
/// When the page cannot be made.
pub async fn answer(visit: &Visit, listing: Listing) -> Result<HttpResponse, Problem> {
    match listing {
        Listing::Page(mut page) => {
            if !visit.actor().may(Permission::RunSource) {
                page.acts.clear();
            }
            visit.page(&*page).await
        }
        Listing::Detail(page) => detail(visit, *page).await,
        Listing::File(file) => Ok(attachment::list(file)),
    }
}

/// Answers with a page about one thing. What the visitor may not start is not offered.
///
/// # Errors
/// When the page cannot be made.
pub async fn detail(visit: &Visit, mut page: DetailPage) -> Result<HttpResponse, Problem> {
    if !visit.actor().may(Permission::RunSource) {
        page.acts.clear();
    }
    visit.page(&page).await
}
