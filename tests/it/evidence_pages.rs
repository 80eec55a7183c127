//! The evidence pages over real HTTP: uploads, downloads, quarantine and withdrawals.

use std::net::SocketAddr;

use attestry::app::identity::session::forgery_token;
use attestry::store::AuditRow;

use super::support::{Reply, TestApp, request, send};

mod cards;
mod downloads;
mod lists;
mod uploads;
mod withdrawals;

const BOUNDARY: &str = "attestry-test-boundary";

/// A page as the owner of the cookie sees it.
async fn see(address: SocketAddr, cookie: &str, path: &str) -> Reply {
    request(address, "GET", path, &[("Cookie", cookie)]).await
}

/// Sends a form as our own page would.
async fn fill(address: SocketAddr, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let origin = format!("http://{address}");
    let token = forgery_token(cookie.split_once('=').unwrap().1);
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.append_pair("csrf", &token).extend_pairs(fields);
    let headers = [
        ("Cookie", cookie),
        ("Origin", origin.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    send(address, ("POST", path), &headers, &body.finish()).await
}

/// Uploads files as our own page would, with that token.
async fn upload_with(
    address: SocketAddr,
    (cookie, token): (&str, &str),
    fields: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Reply {
    let origin = format!("http://{address}");
    let mut body = String::new();
    for (name, value) in [("csrf", token)].iter().chain(fields) {
        body +=
            &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    for (name, content) in files {
        body += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{content}\r\n"
        );
    }
    body += &format!("--{BOUNDARY}--\r\n");
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("Cookie", cookie), ("Origin", origin.as_str()), ("Content-Type", kind.as_str())];
    send(address, ("POST", "/evidence/upload"), &headers, &body).await
}

/// Uploads files as our own page would.
async fn upload(address: SocketAddr, cookie: &str, fields: &[(&str, &str)], files: &[(&str, &str)]) -> Reply {
    let token = forgery_token(cookie.split_once('=').unwrap().1);
    upload_with(address, (cookie, &token), fields, files).await
}

/// Every row of the audit trail, oldest first.
async fn trail(app: &TestApp) -> Vec<AuditRow> {
    app.store().await.audit_after(0, 1000).await.unwrap()
}

/// The text of an SBOM.
fn bom(name: &str, components: usize) -> String {
    String::from_utf8(super::support::cyclonedx(name, components)).unwrap()
}
