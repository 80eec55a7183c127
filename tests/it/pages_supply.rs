//! The pages of the supply chain, of vendors and of the machinery, over real HTTP as an officer reads them.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;

use attestry::app::App;
use attestry::app::identity::person::NewPerson;
use attestry::app::identity::{Client, Level, Role};
use attestry::base::PersonId;
use attestry::web;
use secrecy::ExposeSecret as _;

use super::support::{Reply, TestApp, request, with_app_of};

mod findings;
mod runs;
mod sboms;
mod vendors;

/// Somebody who is signed in, at a service that runs.
pub struct Visitor {
    address: SocketAddr,
    app: Arc<App>,
    person: PersonId,
    cookie: RefCell<String>,
}

impl Visitor {
    /// Asks for a page. Days pass in these tests, so a session that ended is begun anew.
    pub async fn get(&self, path: &str) -> Reply {
        let cookie = self.cookie.borrow().clone();
        let reply = request(self.address, "GET", path, &[("Cookie", &cookie)]).await;
        if reply.status != 401 {
            return reply;
        }
        let cookie = begin(&self.app, self.person).await;
        self.cookie.replace(cookie.clone());
        request(self.address, "GET", path, &[("Cookie", &cookie)]).await
    }

    /// Asks for a page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.body
    }

    /// Asks for JSON.
    pub async fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(&self.page(path).await).unwrap()
    }

    /// Sends the form of a page that posts to that address; its token comes from the page.
    pub async fn submit(&self, page: &str, action: &str) -> Reply {
        let html = self.page(page).await;
        assert!(html.contains(&format!("action=\"{action}\"")), "{page} has no form for {action}");
        let token = html.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        self.post(action, &format!("csrf={token}")).await
    }

    /// Posts a form as it stands.
    pub async fn post(&self, path: &str, body: &str) -> Reply {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let origin = format!("http://{}", self.address);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\nOrigin: {origin}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            self.cookie.borrow(),
            body.len()
        );
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        Reply { status, headers, body: body.to_owned() }
    }
}

/// A person of that role.
async fn person_of(app: &TestApp, role: Role) -> PersonId {
    let new = NewPerson {
        email: format!("{}@example.org", role.slug()),
        name: "Ada Lovelace".to_owned(),
        role,
        engagement: None,
    };
    app.person_add(&new).await.unwrap().id
}

/// The cookie of a new session.
async fn begin(app: &App, person: PersonId) -> String {
    let session = app.session_begin(person, Level::Full, (&Client::default(), None)).await.unwrap();
    format!("attestry-session={}", session.secret.expose_secret())
}

/// Serves the application to an officer while the body runs.
pub async fn visited(body: impl AsyncFnOnce(&TestApp, &Visitor)) {
    visited_as(Role::Officer, body).await;
}

/// Serves the application to somebody of that role while the body runs.
pub async fn visited_as(role: Role, body: impl AsyncFnOnce(&TestApp, &Visitor)) {
    let on_any_port = |config: &mut attestry::app::Config| config.listen = "127.0.0.1:0".to_owned();
    with_app_of(on_any_port, async |app| {
        let person = person_of(app, role).await;
        let cookie = RefCell::new(begin(app, person).await);
        let server = web::bind(app.shared()).unwrap();
        let visitor = Visitor { address: server.addresses()[0], app: app.shared(), person, cookie };
        tokio::select! {
            ended = server.run() => panic!("the service ended: {ended:?}"),
            () = body(app, &visitor) => {}
        }
    })
    .await;
}
