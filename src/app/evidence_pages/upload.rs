//! Files handed in on a page: imported in one run, evaluated, answered with their receipts.

use bytes::Bytes;
use serde_json::json;

use crate::app::demo::finish_of;
use crate::app::identity::Actor;
use crate::app::{App, Error, Event, Import, Origin, import::checked_key};
use crate::base::ErrorKind;
use crate::evidence::{EvidenceKind, Receipt, ReceiptStatus};
use crate::report::text;
use crate::report::view::evidence_pages::{
    NoteLine, ReceiptLine, ReceiptsPage, StatusChip, UploadForm, kind_choices, kind_label, status_mark,
};
use crate::report::view::{Choice, Fact, Field, FormError, SelectField};
use crate::store::AssetRow;

/// One file handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What was sent with the form.
#[derive(Debug, Clone, Default)]
pub struct Uploads {
    /// The files.
    pub files: Vec<Handed>,
    /// Key of a declared asset; empty for none.
    pub asset: String,
    /// Key of another asset; empty for none.
    pub other_asset: String,
    /// The kind they must be of; empty for any.
    pub kind: String,
}

impl App {
    /// The form files are handed in with, filled as before, with what is wrong.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upload_form(&self, sent: &Uploads, wrong: Option<&Error>) -> Result<UploadForm, Error> {
        let most = text::size(self.config.limits.archive_bytes);
        let assets = self.store.asset_list().await?;
        let mut form = UploadForm {
            largest_hint: format!("Up to {most} at once."),
            asset: asset_select(&assets, &sent.asset),
            kind: kind_select(&sent.kind),
            ..UploadForm::default()
        };
        form.other_asset = Field {
            value: if assets.iter().any(|a| a.key == sent.asset) || !sent.other_asset.is_empty() {
                sent.other_asset.clone()
            } else {
                sent.asset.clone()
            },
            hint: Some("A key for something not listed above; it becomes an asset in scope.".to_owned()),
            maxlength: Some(120),
            ..Field::optional("other_asset", "Another asset")
        };
        if let Some(error) = wrong {
            say(&mut form, error);
        }
        Ok(form)
    }

    /// Imports what was handed in, evaluates, and gives the receipts.
    ///
    /// # Errors
    /// When nothing was handed in, asset or kind cannot be, or database or blob store fail.
    pub async fn upload(&self, actor: &Actor, sent: &Uploads) -> Result<ReceiptsPage, Error> {
        let receipts = self.take_in(actor, sent).await?;
        self.receipts_page(&receipts).await
    }

    /// Imports what was handed in, as one run.
    pub(in crate::app) async fn take_in(&self, actor: &Actor, sent: &Uploads) -> Result<Vec<Receipt>, Error> {
        let asset = asset_of(sent)?;
        let kind = kind_of(sent)?;
        if sent.files.is_empty() {
            return Err(Error::invalid("files: choose at least one file"));
        }
        let run = self.run_here("upload", None).await?;
        let run_id = run.row.id.to_string();
        let mut receipts = Vec::new();
        let mut failed = None;
        for file in &sent.files {
            let import = Import {
                file: file.name.clone(),
                bytes: file.bytes.clone(),
                kind,
                asset: asset.clone(),
                origin: Origin::upload(self.now(), Some(run_id.clone())),
            };
            match self.uploaded(actor, &import).await {
                Ok(more) => receipts.extend(more),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let mut end = finish_of(&receipts);
        end.error = failed.as_ref().map_or_else(String::new, ToString::to_string);
        self.finish(run, &end).await?;
        match failed {
            Some(error) => Err(error),
            None => Ok(receipts),
        }
    }

    /// One file, and what is said of it in the trail: never its content.
    async fn uploaded(&self, actor: &Actor, import: &Import) -> Result<Vec<Receipt>, Error> {
        let receipts = self.import(import).await?;
        for receipt in &receipts {
            let object = receipt.evidence_id.map_or_else(String::new, |id| format!("evidence:{id}"));
            let reasons: Vec<&str> = receipt.errors.iter().map(|e| e.code.as_str()).collect();
            let event = Event::done("evidence.uploaded", object).after(json!({
                "file": receipt.file,
                "sha256": receipt.sha256.to_hex(),
                "status": receipt.status,
                "asset": import.asset,
                "reasons": reasons,
            }));
            self.audited(actor, event).await?;
        }
        Ok(receipts)
    }

    async fn receipts_page(&self, receipts: &[Receipt]) -> Result<ReceiptsPage, Error> {
        let turned = self.evaluate_and_tell().await?;
        let turned = self.turned_lines(&turned);
        let evaluated = match turned.len() as u64 {
            0 => "Everything was evaluated anew: no requirement changed.".to_owned(),
            n => {
                let many = text::counted(n, "requirement", "requirements");
                format!("Everything was evaluated anew: {many} changed.")
            }
        };
        let mut lines = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            lines.push(self.receipt_line(receipt).await?);
        }
        Ok(ReceiptsPage { summary: summary(receipts), receipts: lines, turned, evaluated })
    }

    async fn receipt_line(&self, receipt: &Receipt) -> Result<ReceiptLine, Error> {
        let mut line = receipt_line(receipt);
        if receipt.status == ReceiptStatus::Duplicate
            && let Some(id) = receipt.evidence_id
            && let Some(item) = self.store.evidence_get(id).await?
            && let Some(withdrawal) = self.withdrawal_of(item.no).await?
        {
            line.note =
                Some(format!("It was {}. It does not count.", crate::app::withdrawal::in_words(&withdrawal)));
            line.status = StatusChip::of_status("withdrawn");
        }
        Ok(line)
    }
}

fn asset_select(assets: &[AssetRow], chosen: &str) -> SelectField {
    let choice = |a: &AssetRow| {
        let label = if a.name.is_empty() { a.key.clone() } else { format!("{} ({})", a.name, a.key) };
        Choice { value: a.key.clone(), label, selected: a.key == chosen }
    };
    SelectField {
        name: "asset",
        label: "What it is about",
        options: assets.iter().map(choice).collect(),
        blank: Some("Nothing in particular, or as the document says"),
        hint: Some("Vendor documents and advisories say themselves what they are about.".to_owned()),
        ..SelectField::default()
    }
}

fn kind_select(chosen: &str) -> SelectField {
    let choice = |(kind, label): (EvidenceKind, &str)| Choice {
        value: kind.as_str().to_owned(),
        label: label.to_owned(),
        selected: kind.as_str() == chosen,
    };
    SelectField {
        name: "kind",
        label: "Kind",
        options: kind_choices().map(choice).collect(),
        blank: Some("Whatever the file turns out to be"),
        hint: Some("Choose one to have files of another kind quarantined.".to_owned()),
        optional: true,
        ..SelectField::default()
    }
}

fn say(form: &mut UploadForm, error: &Error) {
    let public = error.to_string();
    let (name, what) = public.split_once(": ").unwrap_or(("", public.as_str()));
    let what = text::capitalised(what);
    let name = match name {
        "files" => {
            form.file_error = Some(what.clone());
            Some("files")
        }
        "asset" => {
            form.other_asset.error = Some(what.clone());
            Some("other_asset")
        }
        "kind" => {
            form.kind.error = Some(what.clone());
            Some("kind")
        }
        _form => None,
    };
    let text = if name.is_some() { what } else { public.clone() };
    form.errors.push(FormError { name, text });
}

fn asset_of(sent: &Uploads) -> Result<Option<String>, Error> {
    let other = sent.other_asset.trim();
    let key = if other.is_empty() { sent.asset.trim() } else { other };
    if !other.is_empty() && !sent.asset.trim().is_empty() && other != sent.asset.trim() {
        return Err(Error::invalid("asset: choose one from the list or type another, not both"));
    }
    if key.is_empty() {
        return Ok(None);
    }
    checked_key(key).map_err(|e| Error::new(ErrorKind::Invalid, format!("asset: {e}")))?;
    Ok(Some(key.to_owned()))
}

fn kind_of(sent: &Uploads) -> Result<Option<EvidenceKind>, Error> {
    match sent.kind.as_str() {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|e| Error::invalid(format!("kind: {e}"))),
    }
}

fn summary(receipts: &[Receipt]) -> String {
    let of = |status| receipts.iter().filter(|r| r.status == status).count() as u64;
    let known = [
        (of(ReceiptStatus::Accepted), "accepted"),
        (of(ReceiptStatus::Duplicate), "known already"),
        (of(ReceiptStatus::Quarantined), "quarantined"),
    ];
    let parts: Vec<String> = known
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", text::grouped(*n)))
        .collect();
    format!("{}: {}", text::counted(receipts.len() as u64, "document", "documents"), parts.join(", "))
}

/// Kind and format in words.
pub(super) fn what(kind: &str, format: &str, version: Option<&str>) -> String {
    let format = format!("{format} {}", version.unwrap_or_default());
    match format.trim() {
        "" => kind_label(kind).to_owned(),
        format => format!("{} · {format}", kind_label(kind)),
    }
}

/// Reasons for quarantine, and warnings, as shown.
pub(super) fn notes(receipt: &Receipt) -> (Vec<NoteLine>, Vec<NoteLine>) {
    let errors = receipt.errors.iter().map(|e| NoteLine::new((&e.code, &e.path, &e.message), 1)).collect();
    let warnings =
        receipt.warnings.iter().map(|w| NoteLine::new((&w.code, &w.path, &w.message), w.count)).collect();
    (errors, warnings)
}

/// What was read, as facts.
pub(super) fn counts(receipt: &Receipt) -> Vec<Fact> {
    let records = receipt.records;
    let mut facts: Vec<Fact> = receipt
        .counts
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(key, n)| Fact::text(&text::capitalised(key), text::grouped(*n)))
        .collect();
    if records.read > 0 {
        let read = format!(
            "{} read, {} kept, {} merged, {} dropped",
            text::grouped(records.read),
            text::grouped(records.kept),
            text::grouped(records.merged),
            text::grouped(records.dropped)
        );
        facts.push(Fact::text("Records", read));
    }
    if receipt.redacted > 0 {
        facts.push(Fact::text("Redacted", format!("{} before storing", text::grouped(receipt.redacted))));
    }
    facts
}

fn receipt_line(receipt: &Receipt) -> ReceiptLine {
    let (errors, warnings) = notes(receipt);
    let word = match receipt.status {
        ReceiptStatus::Accepted => "accepted",
        ReceiptStatus::Duplicate => "duplicate",
        ReceiptStatus::Quarantined => "quarantined",
    };
    let (mark, shown) = status_mark(word);
    let kind = receipt.kind.map_or("", EvidenceKind::as_str);
    let format = receipt.format.as_deref().unwrap_or_default();
    ReceiptLine {
        file: receipt.file.clone(),
        href: receipt.evidence_id.map(|id| format!("/evidence/{id}")),
        status: StatusChip::new(mark, shown),
        what: what(kind, format, receipt.format_version.as_deref()),
        counts: counts(receipt),
        errors,
        warnings,
        note: None,
    }
}
