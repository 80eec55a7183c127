//! The HTTP API, over real HTTP: conventions every operation keeps, and what they do.

mod conventions;
mod operations;
mod repeated;

use std::net::SocketAddr;

use attestry::app::api::TokenOrder;
use attestry::app::identity::{Actor, Client, Role};
use serde_json::Value;

use super::support::{Reply, TestApp, send, signed_in};

/// A program with a token that may do what its role may.
pub struct Program {
    address: SocketAddr,
    bearer: String,
    actor: Actor,
}

impl Program {
    /// A token of somebody of that role.
    pub async fn of(app: &TestApp, address: SocketAddr, role: Role) -> Self {
        let cookie = signed_in(app, role).await;
        let secret = cookie.split_once('=').unwrap().1;
        let caller = app.caller(secret).await.unwrap().unwrap();
        let actor = caller.actor(Client::default());
        let permissions = actor.permissions.iter().map(|p| p.slug().to_owned()).collect();
        let order = TokenOrder { name: "a program".to_owned(), permissions, days: 30 };
        let made = app.api_token_create(&actor, &order).await.unwrap();
        Self { address, bearer: format!("Bearer {}", made.secret), actor }
    }

    /// Another token of the same person, for some permissions only.
    pub async fn limited(&self, app: &TestApp, permissions: &[&str]) -> Self {
        let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
        let order = TokenOrder { name: "limited".to_owned(), permissions, days: 30 };
        let made = app.api_token_create(&self.actor, &order).await.unwrap();
        Self { address: self.address, bearer: format!("Bearer {}", made.secret), actor: self.actor.clone() }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Reply {
        self.ask(("GET", path), &[], "").await
    }

    /// Reads JSON.
    pub async fn read(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        serde_json::from_str(&reply.body).unwrap()
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask(("POST", path), &[("Content-Type", "application/json")], body.to_string()).await
    }

    /// Asks with headers.
    pub async fn ask(&self, target: (&str, &str), headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let bearer = [("Authorization", self.bearer.as_str())];
        send(self.address, target, &[&bearer, headers].concat(), body).await
    }
}

/// The problem an answer is.
pub fn problem(reply: &Reply) -> Value {
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.body);
    let problem: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(problem["status"], reply.status);
    problem
}

/// A small bill of materials.
pub fn bom(name: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"application","name":"{name}"}}}},
        "components":[{{"type":"library","name":"left","version":"1.0","purl":"pkg:npm/left@1.0"}}]}}"#
    )
}
