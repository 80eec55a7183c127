//! `Idempotency-Key`: a request that is sent again is not done again.

use actix_web::HttpResponse;
use actix_web::http::header::RETRY_AFTER;

use crate::app::api::{Begun, Kept};
use crate::base::{Digest, ErrorKind};
use crate::web::Problem;
use crate::web::api::answer::Answer;
use crate::web::guard::Visit;

/// Longest key.
const LONGEST: usize = 200;
/// What somebody waits before asking for the outcome of a request that runs.
const WAIT_SECONDS: u32 = 2;

/// Does something, or answers as the first time. `body` is what was sent: the same key with another is refused.
pub async fn once(
    visit: &Visit,
    body: &[u8],
    act: impl AsyncFnOnce() -> Result<Answer, Problem>,
) -> Result<HttpResponse, Problem> {
    let Some(key) = key(visit)? else { return Ok(act().await?.send()) };
    let asked = digest(visit, body);
    match visit.once_begin(visit.actor(), &key, asked).await? {
        Begun::First => {}
        Begun::Again(kept) => {
            let Kept { status, location, body } = kept;
            return Ok(Answer { status, location, body }.send());
        }
        Begun::Running => {
            let detail = "the first request with this Idempotency-Key still runs: ask again";
            return Err(Problem::new(ErrorKind::Conflict, detail).with(RETRY_AFTER, WAIT_SECONDS.to_string()));
        }
        Begun::Other => {
            let detail = "this Idempotency-Key was used for another request: take a new one";
            return Err(Problem::new(ErrorKind::Conflict, detail));
        }
    }
    let done = act().await;
    let kept = done.as_ref().ok().map(|a| Kept {
        status: a.status,
        location: a.location.clone(),
        body: a.body.clone(),
    });
    visit.once_end(visit.actor(), &key, kept.as_ref()).await?;
    Ok(done?.send())
}

fn key(visit: &Visit) -> Result<Option<String>, Problem> {
    let Some(given) = visit.request().headers().get("idempotency-key") else { return Ok(None) };
    let text = given.to_str().unwrap_or_default();
    let fits = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        let detail = "Idempotency-Key: at most 200 printable ASCII characters without spaces";
        return Err(Problem::new(ErrorKind::Invalid, detail));
    }
    Ok(Some(text.to_owned()))
}

fn digest(visit: &Visit, body: &[u8]) -> Digest {
    let request = visit.request();
    let target = request.uri().path_and_query().map_or("", |p| p.as_str());
    let head = format!("{} {target}\n", request.method());
    Digest::of(&[head.as_bytes(), body].concat())
}
