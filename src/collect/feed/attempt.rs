//! Asks again where asking again can help: nobody answered, the server failed, or it said when to come back.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, Response, StatusCode, Uri};

use crate::collect::CollectError;
use crate::net::{Http, NetError};

/// Pauses between attempts when the server names none.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];
/// Longest pause a server may ask for; beyond it the next firing of the schedule comes in time.
const LONGEST: Duration = Duration::from_secs(60);

/// Asks up to three times; gives the last answer whatever its status.
pub(super) async fn patiently(
    http: &Http,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response<Vec<u8>>, CollectError> {
    for pause in PAUSES {
        match http.fetch(uri.clone(), headers.clone()).await {
            Err(NetError::Unreachable { .. }) => tokio::time::sleep(pause).await,
            Ok(answer) if overloaded(answer.status()) => match asked_pause(answer.headers()) {
                Some(asked) if asked > LONGEST => return Ok(answer),
                asked => tokio::time::sleep(asked.unwrap_or(pause)).await,
            },
            other => return other.map_err(CollectError::Net),
        }
    }
    http.fetch(uri.clone(), headers.clone()).await.map_err(CollectError::Net)
}

fn overloaded(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// `Retry-After` in seconds; the form with a date asks for a clock we share with the server, and counts as absent.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What a status means for whoever configured the feed.
pub(super) fn refused(uri: &Uri, status: StatusCode) -> CollectError {
    let advice = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "check the token and what it may read",
        StatusCode::NOT_FOUND | StatusCode::GONE => "check the address",
        StatusCode::TOO_MANY_REQUESTS => "ask less often",
        StatusCode::NOT_MODIFIED => "it was not asked whether anything changed",
        other if other.is_server_error() => "it was asked three times; the next run asks again",
        _ => "a file was expected",
    };
    let host = uri.host().unwrap_or_default().to_owned();
    CollectError::Refused { host, status: status.as_u16(), advice }
}
