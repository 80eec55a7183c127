//! How often somebody may ask: per credential, and per address for everything that comes from there.

use std::num::NonZeroU32;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::app::{App, Config};
use crate::base::{Digest, ErrorKind};
use crate::web::{Problem, client, cookie};

/// Most callers remembered at once; those who are quiet again are forgotten first.
const MOST_KEYS: usize = 20_000;
/// How much more than one caller may come from one address: an office, or many wrong tokens.
const ADDRESS_FACTOR: u32 = 10;

type Limiter = RateLimiter<Digest, DashMapStateStore<Digest>, DefaultClock, StateInformationMiddleware>;

/// One rate.
struct Rate {
    per_minute: NonZeroU32,
    caller: Limiter,
    address: Limiter,
}

/// The rates of the service.
pub struct Rates {
    reading: Rate,
    writing: Rate,
}

/// What is left, for the headers.
struct Left {
    per_minute: u32,
    remaining: u32,
    reset: u64,
}

impl Rates {
    /// The configured rates, nothing used yet.
    pub fn new(config: &Config) -> Self {
        Self {
            reading: Rate::new(config.api.reads_per_minute),
            writing: Rate::new(config.api.writes_per_minute),
        }
    }
}

impl Rate {
    fn new(per_minute: NonZeroU32) -> Self {
        let limiter = |quota: NonZeroU32| {
            RateLimiter::dashmap(Quota::per_minute(quota)).with_middleware::<StateInformationMiddleware>()
        };
        let address = per_minute.saturating_mul(NonZeroU32::MIN.saturating_add(ADDRESS_FACTOR - 1));
        Self { per_minute, caller: limiter(per_minute), address: limiter(address) }
    }

    fn take(&self, caller: Digest, address: Digest) -> Result<Left, u64> {
        take(&self.address, address)?;
        let remaining = take(&self.caller, caller)?;
        let per_minute = self.per_minute.get();
        let used = u64::from(per_minute.saturating_sub(remaining));
        Ok(Left { per_minute, remaining, reset: (used * 60).div_ceil(u64::from(per_minute)) })
    }
}

/// Takes one; what is left, or the seconds to wait.
fn take(limiter: &Limiter, key: Digest) -> Result<u32, u64> {
    if limiter.len() >= MOST_KEYS {
        limiter.retain_recent();
    }
    // more callers at once than are remembered share one allowance
    let key = if limiter.len() >= MOST_KEYS { Digest::of(b"the rest") } else { key };
    match limiter.check_key(&key) {
        Ok(left) => Ok(left.remaining_burst_capacity()),
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Err(wait.as_secs().saturating_add(1))
        }
    }
}

/// Holds requests to the API to their rate.
pub async fn hold(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.path().starts_with("/api/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    if let Some(problem) = unreadable(&request) {
        let answer = problem.answer(request.request());
        return Ok(request.into_response(answer));
    }
    let taken = taken(request.request());
    let mut response = match &taken {
        Some(Err(wait)) => {
            let answer = too_many(*wait).answer(request.request());
            request.into_response(answer)
        }
        Some(Ok(_)) | None => next.call(request).await?.map_into_boxed_body(),
    };
    if let Some(Ok(left)) = taken {
        say(response.headers_mut(), &left);
    }
    Ok(response)
}

/// NUL in an address: no path or value of ours has it, and the databases cannot hold it.
fn unreadable(request: &ServiceRequest) -> Option<Problem> {
    let uri = request.uri();
    if uri.path().contains("%00") {
        return Some(Problem::new(ErrorKind::NotFound, "there is nothing at this path"));
    }
    let nul = uri.query().is_some_and(|q| q.contains("%00"));
    nul.then(|| Problem::new(ErrorKind::Invalid, "the query holds the character NUL: leave it out"))
}

fn taken(request: &HttpRequest) -> Option<Result<Left, u64>> {
    let rates = request.app_data::<web::Data<Rates>>()?;
    let app = request.app_data::<web::Data<App>>()?;
    let address = client::of(request, app.config()).ip;
    let address = Digest::of(format!("address {address}").as_bytes());
    let rate = if request.method().is_safe() { &rates.reading } else { &rates.writing };
    Some(rate.take(credential(request, app.config()).unwrap_or(address), address))
}

/// The digest of what the caller shows; its secret is not kept.
fn credential(request: &HttpRequest, config: &Config) -> Option<Digest> {
    use secrecy::ExposeSecret as _;
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        return Some(Digest::of(header.as_bytes()));
    }
    cookie::secret(request, config).map(|secret| Digest::of(secret.expose_secret().as_bytes()))
}

fn too_many(wait: u64) -> Problem {
    let detail = format!("too many requests: wait {wait} s, then ask again");
    Problem::new(ErrorKind::RateLimited, detail).with(RETRY_AFTER, wait.to_string())
}

/// The two headers of the IETF draft `ratelimit-headers`.
fn say(headers: &mut HeaderMap, left: &Left) {
    let Left { per_minute, remaining, reset } = left;
    for (name, value) in [
        ("ratelimit-policy", format!("\"api\";q={per_minute};w=60")),
        ("ratelimit", format!("\"api\";r={remaining};t={reset}")),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_an_allowance_of_their_own() {
        let rate = Rate::new(NonZeroU32::new(3).unwrap());
        let (one, other, office) = (Digest::of(b"1"), Digest::of(b"2"), Digest::of(b"office"));

        for left in [2, 1, 0] {
            assert_eq!(rate.take(one, office).map(|l| l.remaining), Ok(left));
        }

        assert_eq!(rate.take(one, office).map(|l| l.remaining), Err(20));
        assert!(rate.take(other, office).is_ok());
    }

    #[test]
    fn changing_tokens_does_not_help_an_address() {
        let rate = Rate::new(NonZeroU32::new(2).unwrap());
        let taken = (0..25_u8).filter(|n| rate.take(Digest::of(&[*n]), Digest::of(b"here")).is_ok()).count();

        assert_eq!(taken, 20);
    }
}
