//! Downloads follow redirects, in bounds: publishers move their files behind a stable address.

use http::header::{AUTHORIZATION, LOCATION};
use http::{HeaderMap, Method, Request, Response, Uri};
use url::Url;

use super::{Addresses, Exchange, Http, NetError, Policy, destination};

/// Redirects that are followed in a row.
const HOPS: usize = 3;

impl Http {
    /// Gets a file and follows up to three redirects.
    ///
    /// Within the origin that was asked the policy stays as it is. Any other origin was not configured by anybody: it
    /// has to be public whatever the policy allows, and is not given the credentials.
    ///
    /// # Errors
    /// As [`Http::send`]; also for the fourth redirect, and for one that leads to no address.
    pub async fn fetch(&self, uri: Uri, mut headers: HeaderMap) -> Result<Response<Vec<u8>>, NetError> {
        let mut url = Url::parse(&uri.to_string()).map_err(|_| NetError::Address)?;
        let mut http = self.clone();
        for hop in 0..=HOPS {
            let (from, elsewhere) = match http.exchange(get(&url, &headers)?).await? {
                Exchange::Answer(answer) => return Ok(answer),
                Exchange::Elsewhere { host, headers } => (host, headers),
            };
            let target = target(&url, &elsewhere).filter(|_| hop < HOPS);
            let Some(target) = target else {
                return Err(NetError::Redirect { host: from, to: destination(&elsewhere) });
            };
            if target.origin() != url.origin() {
                headers.remove(AUTHORIZATION);
                http = Self::new(Policy { addresses: Addresses::Public, ..self.policy })?;
            }
            url = target;
        }
        Err(NetError::Address)
    }
}

fn get(url: &Url, headers: &HeaderMap) -> Result<Request<Vec<u8>>, NetError> {
    let mut request = Request::new(Vec::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = url.as_str().parse().map_err(|_| NetError::Address)?;
    request.headers_mut().clone_from(headers);
    Ok(request)
}

/// Where a redirect leads, seen from where it came.
fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}
