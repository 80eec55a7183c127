//! Files handed in on a page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::app::{Handed, Uploads};
use crate::base::ErrorKind;
use crate::web::Problem;
use crate::web::access::UploadEvidence;
use crate::web::guard::{Files, Guarded, Uploaded};

/// The form; `?asset=` and `?kind=` are filled in already.
pub async fn form(app: Guarded<UploadEvidence>) -> Result<HttpResponse, Problem> {
    let query = app.request().query_string();
    let given = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let sent = Uploads { asset: given("asset"), kind: given("kind"), ..Uploads::default() };
    app.page(&app.upload_form(&sent, None).await?).await
}

/// Takes the files and answers with their receipts, or with the form and what is wrong.
pub async fn take(app: Uploaded<UploadEvidence>) -> Result<HttpResponse, Problem> {
    let sent = uploads(&app.files);
    match app.upload(app.actor(), &sent).await {
        Ok(page) => app.page(&page).await,
        Err(error) if error.kind == ErrorKind::Invalid => {
            let form = app.upload_form(&sent, Some(&error)).await?;
            app.page_with(&form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}

fn uploads(files: &Files) -> Uploads {
    let field = |name: &str| files.field(name).unwrap_or_default().trim().to_owned();
    let handed = |f: &crate::web::guard::File| Handed { name: f.name.clone(), bytes: f.bytes.clone() };
    Uploads {
        files: files.files.iter().map(handed).collect(),
        asset: field("asset"),
        other_asset: field("other_asset"),
        kind: field("kind"),
    }
}
