//! Every route with every role, and signed out: each gets exactly what the table says.

use std::net::SocketAddr;

use actix_web::http::Method;
use attestry::app::identity::session::forgery_token;
use attestry::app::identity::token::NewToken;
use attestry::app::identity::{Client, Permission, Role};
use attestry::web::{Need, Route, routes};
use secrecy::ExposeSecret as _;

use super::support::{Reply, send, signed_in};
use super::web::serving;

/// Asks a route as its own page would: right origin, right token, nothing filled in.
async fn ask(address: SocketAddr, route: &Route, cookie: Option<&str>) -> Reply {
    let path = example(route.path);
    let origin = format!("http://{address}");
    let token = cookie.map(|c| forgery_token(c.split_once('=').unwrap().1)).unwrap_or_default();
    let mut headers = vec![("Origin", origin.as_str()), ("X-CSRF-Token", token.as_str())];
    headers.extend(cookie.map(|cookie| ("Cookie", cookie)));
    let body = format!("csrf={token}");
    if route.method == Method::GET {
        return send(address, ("GET", &path), &headers, "").await;
    }
    headers.push(("Content-Type", "application/x-www-form-urlencoded"));
    send(address, (route.method.as_str(), &path), &headers, &body).await
}

/// A path of that pattern about something that is not there.
fn example(pattern: &str) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str("0199d3f0-0000-7000-8000-000000000000");
        rest = after.split_once('}').unwrap().1;
    }
    path + rest
}

fn may(role: Role, need: Need) -> bool {
    match need {
        Need::Nothing | Need::HalfSignedIn => true,
        Need::May(permission) | Need::MayFresh(permission) => role.permissions().contains(&permission),
    }
}

/// Whether the answer is the guard's refusal of a permission.
fn refused(reply: &Reply) -> bool {
    reply.status == 403 && reply.body.contains("needs the permission")
}

#[actix_web::test]
async fn every_role_gets_exactly_what_the_table_says() {
    serving(async |app, address| {
        for role in Role::ALL {
            for route in routes() {
                // a fresh session each: signing out is a route too
                let cookie = signed_in(app, *role).await;

                let reply = ask(address, route, Some(&cookie)).await;

                let what = format!("{role} {} {}: {} {}", route.method, route.path, reply.status, reply.body);
                if may(*role, route.need) {
                    assert!(reply.status != 401 && !refused(&reply) && reply.status < 500, "{what}");
                } else {
                    assert!(refused(&reply), "{what}");
                }
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_stranger_gets_only_what_is_public() {
    serving(async |_, address| {
        for route in routes() {
            let reply = ask(address, route, None).await;

            let what = format!("{} {}: {} {}", route.method, route.path, reply.status, reply.body);
            match route.need {
                Need::Nothing => assert!(!refused(&reply) && reply.status < 500, "{what}"),
                Need::HalfSignedIn | Need::May(_) | Need::MayFresh(_) => {
                    assert_eq!(reply.status, 401, "{what}");
                    assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{what}");
                }
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn an_old_proof_of_identity_is_not_enough_where_a_fresh_one_is_asked_for() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Administrator).await;
        for _ in 0..11 {
            app.clock.advance(60_000);
            ask(address, routes().find(|r| r.path == "/").unwrap(), Some(&cookie)).await;
        }
        for route in routes().filter(|r| matches!(r.need, Need::MayFresh(_))) {
            let reply = ask(address, route, Some(&cookie)).await;

            let what = format!("{} {}: {} {}", route.method, route.path, reply.status, reply.body);
            assert!(reply.status == 403 && reply.body.contains("/confirm"), "{what}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_token_is_no_fresh_proof_of_a_person() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Administrator).await;
        let caller = app.caller(cookie.split_once('=').unwrap().1).await.unwrap().unwrap();
        let actor = caller.actor(Client::default());
        let new = NewToken { name: "all".to_owned(), scopes: actor.permissions.clone(), days: 30 };
        let made = app.token_create(&actor, &new).await.unwrap();
        let bearer = format!("Bearer {}", made.secret.expose_secret());
        let origin = format!("http://{address}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Origin", origin.as_str()),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        for route in routes().filter(|r| matches!(r.need, Need::MayFresh(_))) {
            let path = example(route.path);
            let reply = send(address, (route.method.as_str(), &path), &headers, "").await;

            assert_eq!(reply.status, 403, "{} {path}: {}", route.method, reply.body);
        }
    })
    .await;
}

#[actix_web::test]
async fn a_form_from_elsewhere_is_refused_on_every_route_that_changes_something() {
    serving(async |app, address| {
        let cookie = signed_in(app, Role::Administrator).await;
        let token = forgery_token(cookie.split_once('=').unwrap().1);
        let here = format!("http://{address}");
        let ours = format!("csrf={token}");
        for route in routes().filter(|r| r.method != Method::GET) {
            let path = example(route.path);
            let cases = [
                ("another site's page", vec![("Origin", "https://evil.example")], ours.as_str()),
                (
                    "another site's page, by its own word",
                    vec![("Sec-Fetch-Site", "cross-site")],
                    ours.as_str(),
                ),
                ("a page that does not say", vec![], ours.as_str()),
                ("a sandboxed page", vec![("Origin", "null")], ours.as_str()),
                ("our page without the token", vec![("Origin", here.as_str())], ""),
                ("our page with another session's token", vec![("Origin", here.as_str())], "csrf=AAAA"),
            ];
            for (who, mut headers, body) in cases {
                if route.need == Need::Nothing && body != ours {
                    continue;
                }
                headers.push(("Cookie", cookie.as_str()));
                headers.push(("Content-Type", "application/x-www-form-urlencoded"));

                let reply = send(address, (route.method.as_str(), &path), &headers, body).await;

                assert!(
                    reply.status == 403 || reply.status == 415,
                    "{who} on {path}: {} {}",
                    reply.status,
                    reply.body
                );
            }
        }
    })
    .await;
}

#[test]
fn every_permission_opens_something() {
    let asked: Vec<Permission> = routes()
        .filter_map(|r| match r.need {
            Need::May(permission) | Need::MayFresh(permission) => Some(permission),
            Need::Nothing | Need::HalfSignedIn => None,
        })
        .collect();

    for permission in Permission::ALL {
        assert!(asked.contains(permission), "no route asks for {permission}");
    }
}

#[test]
fn no_route_stands_in_the_table_twice() {
    let mut seen = Vec::new();
    for route in routes() {
        let this = (route.method.clone(), route.path);
        assert!(!seen.contains(&this), "{} {} stands twice", route.method, route.path);
        seen.push(this);
    }
}
