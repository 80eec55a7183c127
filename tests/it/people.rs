//! People, tokens, the audit trail, engagements and the audit room, over real HTTP.

use std::net::SocketAddr;

use attestry::app::App;
use attestry::app::identity::person::NewPerson;
use attestry::app::identity::{Level, Person, Role};
use attestry::base::EngagementId;
use attestry::web;

use super::support::{TestApp, Visitor, engagement, with_app_of};

mod room;
mod tokens;
mod trail;
mod users;

/// Serves an installation.
async fn serving(body: impl AsyncFnOnce(&TestApp, SocketAddr)) {
    with_app_of(
        |config| config.listen = "127.0.0.1:0".to_owned(),
        async |app| {
            let server = web::bind(app.shared()).unwrap();
            let address = server.addresses()[0];
            tokio::select! {
                ended = server.run() => panic!("the service ended: {ended:?}"),
                () = body(app, address) => {}
            }
        },
    )
    .await;
}

/// A person of that role.
async fn person(app: &App, name: &str, role: Role) -> Person {
    let engagement = match role {
        Role::Auditor => Some(app.engagement_add(&engagement(app.now())).await.unwrap()),
        Role::Administrator | Role::Officer | Role::Contributor | Role::Reviewer | Role::VendorContact => {
            None
        }
    };
    of_engagement(app, name, (role, engagement)).await
}

async fn of_engagement(app: &App, name: &str, (role, engagement): (Role, Option<EngagementId>)) -> Person {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    app.person_add(&NewPerson { email, name: name.to_owned(), role, engagement }).await.unwrap()
}

/// That person at a browser.
async fn visiting(app: &App, address: SocketAddr, person: &Person) -> Visitor {
    Visitor::as_person(app, address, (person.id, Level::Full)).await
}
