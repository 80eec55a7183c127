//! `healthcheck`: asks a running service whether it can work, for an image that holds nothing but this program.
//!
//! Opens neither database nor data directory: it runs every few seconds, beside the service.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use url::Url;

use crate::app::{Config, Error};
use crate::cli::args::HealthcheckArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::Output;

/// For each of connecting, asking and answering.
const PATIENCE: Duration = Duration::from_secs(3);
/// The status line is all that counts.
const STATUS_LINE_BYTES: u64 = 64;

/// Asks once; ready is fine, anything else could not be looked at.
pub fn ask(config: &Config, args: &HealthcheckArgs, output: &Output) -> Result<Outcome, Error> {
    let url = match &args.url {
        Some(url) => parsed(url)?,
        None => parsed(&format!("http://{}/readyz", config.listen))?,
    };
    let status = status(&url)?;
    if (200..300).contains(&status) {
        return Ok(output.said("ready"));
    }
    Err(Error::upstream(format!("{url} answered {status}: the service is not ready; its log says why")))
}

fn parsed(text: &str) -> Result<Url, Error> {
    let wrong =
        || Error::invalid(format!("`{text}` is no address to ask: write http://127.0.0.1:8080/readyz"));
    let url = Url::parse(text).map_err(|e| wrong().caused_by(e))?;
    if url.scheme() != "http" || url.host().is_none() || !url.username().is_empty() {
        return Err(wrong());
    }
    Ok(url)
}

/// The status a request is answered with.
fn status(url: &Url) -> Result<u16, Error> {
    let failed = |e: std::io::Error| Error::upstream(format!("could not ask {url}: {e}"));
    let mut stream = TcpStream::connect_timeout(&address(url).map_err(failed)?, PATIENCE).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut answer = Vec::new();
    stream.take(STATUS_LINE_BYTES).read_to_end(&mut answer).map_err(failed)?;
    status_in(&answer).ok_or_else(|| Error::upstream(format!("{url} does not speak HTTP")))
}

/// The first address of the host. A service that listens on every address is asked on this machine.
fn address(url: &Url) -> std::io::Result<SocketAddr> {
    let mut found = url.socket_addrs(|| None)?.into_iter().next();
    if let Some(address) = found.as_mut().filter(|a| a.ip().is_unspecified()) {
        let loopback = match address.ip() {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        };
        address.set_ip(loopback);
    }
    found.ok_or_else(|| std::io::Error::other("the host has no address"))
}

/// Reads `HTTP/1.1 200 OK`.
fn status_in(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|b| *b == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|w| w.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_its_line_only() {
        assert_eq!(status_in(b"HTTP/1.1 200 OK\r\ncontent-length: 6"), Some(200));
        assert_eq!(status_in(b"HTTP/1.1 503 Service Unavailable\r\n"), Some(503));
        assert_eq!(status_in(b"SSH-2.0-OpenSSH_9.2\r\n"), None);
        assert_eq!(status_in(b""), None);
    }

    #[test]
    fn a_service_on_every_address_is_asked_on_this_machine() {
        let of = |url: &str| address(&parsed(url).unwrap()).unwrap().to_string();

        assert_eq!(of("http://0.0.0.0:8080/readyz"), "127.0.0.1:8080");
        assert_eq!(of("http://[::]:8080/readyz"), "[::1]:8080");
        assert_eq!(of("http://127.0.0.2:9/readyz"), "127.0.0.2:9");
    }

    #[test]
    fn what_cannot_be_asked_is_refused_before_anything_is_sent() {
        for url in ["https://127.0.0.1/readyz", "nonsense", "file:///etc/passwd", "http://me@127.0.0.1/"] {
            assert!(parsed(url).is_err(), "{url}");
        }
    }
}
