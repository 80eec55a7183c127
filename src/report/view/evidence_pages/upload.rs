//! The form files are handed in with, and what became of them.

use serde::Serialize;

use crate::report::view::evidence_pages::StatusChip;
use crate::report::view::evidence_pages::item::NoteLine;
use crate::report::view::{Crumb, Fact, Field, FormError, PageView, SelectField};

/// The page `/evidence/upload`.
#[derive(Debug, Default, Serialize)]
pub struct UploadForm {
    /// What is wrong with what was sent.
    pub errors: Vec<FormError>,
    /// What is wrong with the files.
    pub file_error: Option<String>,
    /// Declared assets.
    pub asset: SelectField,
    /// Another asset's key.
    pub other_asset: Field,
    /// The kind the files must be of.
    pub kind: SelectField,
    /// What helps to choose the files: how large they may be.
    pub largest_hint: String,
}

impl PageView for UploadForm {
    const TEMPLATE: &'static str = "upload";

    fn tab(&self) -> String {
        "Upload evidence".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Evidence", "/evidence"), Crumb::here("Upload")]
    }
}

/// What became of the files that were handed in.
#[derive(Debug, Serialize)]
pub struct ReceiptsPage {
    /// `3 files: 2 accepted, 1 quarantined`.
    pub summary: String,
    /// One per document.
    pub receipts: Vec<ReceiptLine>,
    /// Requirements whose verdict changed.
    pub turned: Vec<TurnedLine>,
    /// What evaluating came to, in a sentence.
    pub evaluated: String,
}

impl PageView for ReceiptsPage {
    const TEMPLATE: &'static str = "receipt";

    fn tab(&self) -> String {
        "Receipts".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![
            Crumb::link("Evidence", "/evidence"),
            Crumb::link("Upload", "/evidence/upload"),
            Crumb::here("Receipts"),
        ]
    }
}

/// The receipt of one document.
#[derive(Debug, Serialize)]
pub struct ReceiptLine {
    /// The file as given.
    pub file: String,
    /// Its page; none when nothing was stored.
    pub href: Option<String>,
    /// What became of it.
    pub status: StatusChip,
    /// Kind and format in words.
    pub what: String,
    /// What was read.
    pub counts: Vec<Fact>,
    /// Why it was quarantined.
    pub errors: Vec<NoteLine>,
    /// What a reader should know.
    pub warnings: Vec<NoteLine>,
    /// What else is to be said: known already, withdrawn, redacted.
    pub note: Option<String>,
}

/// A requirement whose verdict changed.
#[derive(Debug, Serialize)]
pub struct TurnedLine {
    /// Its framework and id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// What it was; none when it was never judged.
    pub before: Option<StatusChip>,
    /// What it is.
    pub after: StatusChip,
}
