//! From where a request comes.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, USER_AGENT};

use crate::app::Config;
use crate::app::identity::Client;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client of a request. Forwarded addresses are believed only from configured proxies: everybody can write them.
pub fn of(request: &HttpRequest, config: &Config) -> Client {
    let peer = request.peer_addr().map(|a| a.ip());
    let agent = request.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let forwarded = request.headers().get(FORWARDED_FOR).and_then(|v| v.to_str().ok());
    let ip = match (peer, forwarded) {
        (Some(peer), Some(forwarded)) if config.trusted_proxies.contains(&peer) => {
            // from the right: the last address that is not one of our proxies is the client
            let mut hops = forwarded.rsplit(',').filter_map(|hop| hop.trim().parse().ok());
            hops.find(|hop| !config.trusted_proxies.contains(hop)).unwrap_or(peer).to_string()
        }
        (Some(peer), _) => peer.to_string(),
        (None, _) => String::new(),
    };
    Client { ip, agent: agent.chars().filter(|c| !c.is_control()).take(300).collect() }
}
