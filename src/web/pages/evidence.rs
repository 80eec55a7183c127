//! Evidence: the list, quarantine, uploads, one item with its bytes and proof, and withdrawals.

mod download;
mod upload;
mod withdrawal;

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::Error;
use crate::base::EvidenceId;
use crate::report::view::evidence_pages::{EVIDENCE, QUARANTINE};
use crate::web::access::{UploadEvidence, ViewCompliance};
use crate::web::guard::{Guarded, Submitted};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

/// Routes of evidence.
pub const ROUTES: &[Route] = &[
    route!(GET "/evidence" ViewCompliance, list),
    route!(GET "/evidence/upload" UploadEvidence, upload::form),
    route!(POST "/evidence/upload" UploadEvidence, upload::take),
    route!(GET "/evidence/{id}" ViewCompliance, item),
    route!(GET "/evidence/{id}/raw" DownloadEvidence, download::raw),
    route!(GET "/evidence/{id}/proof" ViewCompliance, download::proof),
    route!(POST "/evidence/{id}/withdraw" WithdrawEvidence, withdrawal::ask),
    route!(POST "/withdrawals/{id}/decide" DecideWithdrawal, withdrawal::decide),
    route!(GET "/quarantine" ViewCompliance, quarantine),
    route!(POST "/quarantine/read-again" UploadEvidence, read_again),
];

/// The list, as a page or as a file.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let request = EVIDENCE.read(app.request().query_string()).map_err(Error::from)?;
    let at = app.as_of()?;
    match request.format {
        Some(format) => Ok(attachment::list(app.evidence_export(&request, (format, at)).await?)),
        None => app.page(&app.evidence_list(app.actor(), &request, at).await?).await,
    }
}

/// What is in quarantine, as a page or as a file.
pub async fn quarantine(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let request = QUARANTINE.read(app.request().query_string()).map_err(Error::from)?;
    match request.format {
        Some(format) => Ok(attachment::list(app.quarantine_export(&request, format).await?)),
        None => app.page(&app.quarantine_list(&request).await?).await,
    }
}

/// Files chosen in quarantine.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    id: Vec<String>,
}

/// Reads the chosen files again.
pub async fn read_again(app: Submitted<UploadEvidence, Chosen>) -> Result<HttpResponse, Problem> {
    let ids = app.form.id.iter().map(|id| evidence_id(id)).collect::<Result<Vec<_>, _>>()?;
    let said = app.read_again(app.actor(), &ids).await?;
    Ok(app.go("/quarantine", &said))
}

/// One item.
pub async fn item(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.evidence_item(app.actor(), evidence_id(&id)?, app.as_of()?).await?;
    app.page(&page).await
}

/// An item's identifier from an address; what is none names no item.
fn evidence_id(text: &str) -> Result<EvidenceId, Problem> {
    text.parse().map_err(|_| Error::not_found("there is no such evidence item").into())
}
