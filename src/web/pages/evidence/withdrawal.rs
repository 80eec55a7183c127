//! Asking for a withdrawal, and deciding on one.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::app::{Error, Verdict};
use crate::base::WithdrawalId;
use crate::web::Problem;
use crate::web::access::{DecideWithdrawal, WithdrawEvidence};
use crate::web::guard::Submitted;
use crate::web::pages::evidence::evidence_id;

/// Why an item should be withdrawn.
#[derive(Debug, Deserialize)]
pub struct Asking {
    #[serde(default)]
    reason: String,
}

/// Asks that an item be withdrawn.
pub async fn ask(
    app: Submitted<WithdrawEvidence, Asking>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = evidence_id(&id)?;
    app.withdrawal_ask(app.actor(), id, &app.form.reason).await?;
    Ok(app.go(&format!("/evidence/{id}"), "Asked. Somebody else decides; until then it counts as before."))
}

/// A decision.
#[derive(Debug, Deserialize)]
pub struct Deciding {
    verdict: Verdict,
    #[serde(default)]
    reason: String,
}

/// Decides on a request somebody else made.
pub async fn decide(
    app: Submitted<DecideWithdrawal, Deciding>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: WithdrawalId = id.parse().map_err(|_| Error::not_found("there is no such request"))?;
    let decided = app.withdrawal_decide(app.actor(), id, (app.form.verdict, &app.form.reason)).await?;
    let changed = match decided.turned.len() {
        0 => "no requirement changed".to_owned(),
        1 => "1 requirement changed".to_owned(),
        n => format!("{n} requirements changed"),
    };
    let said = match app.form.verdict {
        Verdict::Withdraw => format!("Withdrawn: it no longer counts; {changed}."),
        Verdict::Decline => "Declined: it counts as before.".to_owned(),
    };
    Ok(app.go(&format!("/evidence/{}", decided.evidence), &said))
}
