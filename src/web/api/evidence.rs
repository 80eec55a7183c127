//! Evidence: list, item, receipt, bytes, proof, upload, withdrawal.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::Verdict;
use crate::app::api::{EvidenceRecord, Handing, Page, ReceiptRecord, WithdrawalAsked, WithdrawalDecided};
use crate::base::{Digest, ErrorKind, EvidenceId};
use crate::report::view::evidence_pages::{EVIDENCE, kind_choices};
use crate::web::access::{
    DecideWithdrawal, DownloadEvidence, UploadEvidence, ViewCompliance, WithdrawEvidence,
};
use crate::web::api::answer::{self, Answer};
use crate::web::api::once::once;
use crate::web::api::{Described, asked, given, id};
use crate::web::guard::{Called, Guarded};
use crate::web::routes::{Route, route};
use crate::web::{Problem, attachment};

const GROUP: &str = "Evidence";
const NO_ITEM: &str = "there is no such evidence item";
/// Longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;

/// Routes of evidence.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/evidence" ViewCompliance, list, describe_list),
    route!(POST "/api/v1/evidence" UploadEvidence, upload, describe_upload),
    route!(GET "/api/v1/evidence/{id}" ViewCompliance, item, describe_item),
    route!(GET "/api/v1/evidence/{id}/receipt" ViewCompliance, receipt, describe_receipt),
    route!(GET "/api/v1/evidence/{id}/raw" DownloadEvidence, raw, describe_raw),
    route!(GET "/api/v1/evidence/{id}/proof" ViewCompliance, proof, describe_proof),
    route!(POST "/api/v1/evidence/{id}/withdrawal" WithdrawEvidence, ask, describe_ask),
    route!(POST "/api/v1/withdrawals/{id}/decision" DecideWithdrawal, decide, describe_decide),
];

fn describe_list() -> Described {
    Described::of(GROUP, "List evidence").on_a_past_day().table::<EvidenceRecord>(&EVIDENCE)
}

/// The list.
pub async fn list(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let request = asked(&app, &EVIDENCE)?;
    let page: Page<EvidenceRecord> = app.api_evidence(&request.query, app.as_of()?).await?;
    answer::shown(app.request(), &page)
}

fn describe_item() -> Described {
    let described = Described::of(GROUP, "Show an evidence item").at_id("id", "The item");
    described.gives::<EvidenceRecord>(200, "The item.")
}

/// One item.
pub async fn item(app: Guarded<ViewCompliance>, item: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_evidence_item(id(&item, NO_ITEM)?).await?)
}

fn describe_receipt() -> Described {
    let described = Described::of(GROUP, "Show an item's import receipt").at_id("id", "The item");
    described.gives::<ReceiptRecord>(200, "What was read from the file.")
}

/// An item's receipt.
pub async fn receipt(app: Guarded<ViewCompliance>, item: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_receipt(id(&item, NO_ITEM)?).await?)
}

fn describe_raw() -> Described {
    Described::of(GROUP, "Download an item's bytes")
        .saying(
            "Exactly as stored; the entity tag is their SHA-256. Every download stands in the audit trail.",
        )
        .at_id("id", "The item")
        .gives_file("application/octet-stream", "The bytes.")
}

/// An item's bytes.
pub async fn raw(app: Guarded<DownloadEvidence>, item: web::Path<String>) -> Result<HttpResponse, Problem> {
    let item: EvidenceId = id(&item, NO_ITEM)?;
    let known = app.api_evidence_item(item).await?.sha256;
    let known =
        answer::is_known(app.request(), &format!("\"{known}\"")).then(|| known.parse::<Digest>().ok());
    let raw = app.evidence_raw(app.actor(), item, known.flatten()).await?;
    let mut answer = match raw.bytes {
        Some(bytes) => attachment::answer(&raw.file, "application/octet-stream", bytes),
        None => HttpResponse::NotModified().finish(),
    };
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", raw.sha256.to_hex())) {
        headers.insert(ETAG, tag);
    }
    Ok(answer)
}

fn describe_proof() -> Described {
    Described::of(GROUP, "Download the proof that an item is in the ledger")
        .saying("An inclusion proof in the tlog-proof format, as packs hold it. 409 until a checkpoint covers the item.")
        .at_id("id", "The item")
        .gives_file("text/plain", "The proof.")
}

/// The inclusion proof of an item's ledger entry.
pub async fn proof(app: Guarded<ViewCompliance>, item: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (name, text) = app.evidence_proof(id(&item, NO_ITEM)?).await?;
    let tag = format!("\"{}\"", &Digest::of(text.as_bytes()).to_hex()[..32]);
    let mut answer = match answer::is_known(app.request(), &tag) {
        true => HttpResponse::NotModified().finish(),
        false => attachment::answer(&name, "text/plain; charset=utf-8", text.into()),
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.headers_mut().insert(ETAG, tag);
    }
    Ok(answer)
}

fn describe_upload() -> Described {
    let kinds: Vec<&str> = kind_choices().map(|(kind, _)| kind.as_str()).collect();
    Described::of(GROUP, "Upload evidence")
        .saying(
            "The body is the file as it is, compressed or an archive as it may be. The answer is its receipt; for an \
             archive of several documents, an array of them. Requirements are evaluated before it is given.",
        )
        .asked("asset", "Key of the asset it is about", json!({"type": "string", "maxLength": 120}))
        .asked("kind", "The kind it must be of; another is quarantined", json!({"type": "string", "enum": kinds}))
        .asked("file", "Name of the file", json!({"type": "string", "maxLength": LONGEST_NAME}))
        .once()
        .takes_file("The file.")
        .gives_one_or_more::<ReceiptRecord>(200, "Accepted, or known already.")
        .gives_one_or_more::<ReceiptRecord>(202, "Quarantined, at least in part: stored, and proves nothing.")
}

/// Takes a file.
pub async fn upload(app: Called<UploadEvidence>, payload: web::Payload) -> Result<HttpResponse, Problem> {
    let kind = app.request().headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/") {
        return Err(Problem::new(
            ErrorKind::UnsupportedMedia,
            "send the file itself as the body, not a form",
        ));
    }
    let bytes = answer::bytes(payload, app.config().limits.archive_bytes).await?;
    if bytes.is_empty() {
        return Err(Problem::new(ErrorKind::Invalid, "the body is empty: send the file as the body"));
    }
    let handing = Handing {
        file: file_name(&given(&app, "file"))?,
        bytes: bytes.clone(),
        asset: given(&app, "asset"),
        kind: given(&app, "kind"),
    };
    once(&app, &bytes, async || taken(app.api_upload(app.actor(), &handing).await?)).await
}

fn file_name(text: &str) -> Result<String, Problem> {
    if text.len() > LONGEST_NAME || text.chars().any(char::is_control) {
        let detail = format!("file: at most {LONGEST_NAME} bytes, none of them a control character");
        return Err(Problem::new(ErrorKind::Invalid, detail));
    }
    Ok(if text.is_empty() { "upload".to_owned() } else { text.to_owned() })
}

/// One receipt as it is, several as an array. What was over a limit was not stored.
fn taken(receipts: Vec<ReceiptRecord>) -> Result<Answer, Problem> {
    let stored = receipts.iter().any(|r| r.evidence_id.is_some());
    if let (false, Some(first)) = (stored, receipts.first()) {
        let words: Vec<&str> = first.errors.iter().map(|e| e.message.as_str()).collect();
        return Err(Problem::new(ErrorKind::TooLarge, words.join(" ")));
    }
    let quarantined = receipts.iter().any(|r| r.status == "quarantined");
    let status = if quarantined { StatusCode::ACCEPTED } else { StatusCode::OK };
    match receipts.as_slice() {
        [receipt] => Answer::new(status, receipt),
        several => Answer::new(status, &several),
    }
}

/// Why an item should be withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalReason {
    /// In a sentence or two.
    #[schema(min_length = 1)]
    reason: String,
}

fn describe_ask() -> Described {
    Described::of(GROUP, "Ask that an item be withdrawn")
        .saying("Somebody else decides; until then it counts as before.")
        .at_id("id", "The item")
        .once()
        .takes::<WithdrawalReason>()
        .gives::<WithdrawalAsked>(202, "Asked.")
}

/// Asks that an item be withdrawn.
pub async fn ask(
    app: Called<WithdrawEvidence>,
    item: web::Path<String>,
    (request, payload): (HttpRequest, web::Payload),
) -> Result<HttpResponse, Problem> {
    let item = id(&item, NO_ITEM)?;
    let (why, bytes): (WithdrawalReason, _) = answer::json(&request, payload).await?;
    once(&app, &bytes, async || {
        let asked = app.api_withdrawal_ask(app.actor(), item, &why.reason).await?;
        Answer::new(StatusCode::ACCEPTED, &asked)
    })
    .await
}

/// A decision on a request to withdraw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalDecision {
    /// `withdraw` or `decline`.
    #[schema(value_type = String, pattern = "^(withdraw|decline)$")]
    verdict: Verdict,
    /// In a sentence or two.
    #[serde(default)]
    reason: String,
}

fn describe_decide() -> Described {
    Described::of(GROUP, "Decide on a request to withdraw")
        .saying("By somebody else than who asked.")
        .at_id("id", "The request")
        .once()
        .takes::<WithdrawalDecision>()
        .gives::<WithdrawalDecided>(200, "Decided.")
}

/// Decides on a request somebody else made.
pub async fn decide(
    app: Called<DecideWithdrawal>,
    asked: web::Path<String>,
    (request, payload): (HttpRequest, web::Payload),
) -> Result<HttpResponse, Problem> {
    let asked = id(&asked, "there is no such request")?;
    let (decision, bytes): (WithdrawalDecision, _) = answer::json(&request, payload).await?;
    once(&app, &bytes, async || {
        let decision = (decision.verdict, decision.reason.as_str());
        Answer::new(StatusCode::OK, &app.api_withdrawal_decide(app.actor(), asked, decision).await?)
    })
    .await
}
