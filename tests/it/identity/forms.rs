//! What other sites and crafted values cannot do.

use attestry::app::identity::Role;

use super::*;

#[actix_web::test]
async fn a_form_without_its_token_or_with_another_sessions_changes_nothing() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        let foreign = Visitor::as_role(app, address, Role::Officer).await.csrf();
        let origin = format!("http://{address}");
        let ours = [("Origin", origin.as_str())];

        for csrf in [None, Some(""), Some("x"), Some(foreign.as_str())] {
            let mut fields = vec![("name", "Mallory")];
            fields.extend(csrf.map(|token| ("csrf", token)));
            let reply = visitor.post_with("/account/name", &fields, &ours).await;
            assert_eq!(reply.status, 403, "{csrf:?}");
        }

        assert_eq!(visitor.post("/account/name", &[("name", "Maya")]).await.status, 303);
        assert!(app.people().await.unwrap().iter().all(|p| p.name != "Mallory"));
    })
    .await;
}

#[actix_web::test]
async fn a_form_from_elsewhere_is_refused_also_with_the_right_token() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        let csrf = visitor.csrf();
        let fields = [("csrf", csrf.as_str()), ("name", "Mallory")];
        let origin = format!("http://{address}");

        for headers in [
            vec![],
            vec![("Origin", "https://evil.example")],
            vec![("Origin", "null")],
            vec![("Sec-Fetch-Site", "cross-site")],
            vec![("Sec-Fetch-Site", "same-site"), ("Origin", origin.as_str())],
        ] {
            let reply = visitor.post_with("/account/name", &fields, &headers).await;
            assert_eq!(reply.status, 403, "{headers:?}");
        }

        assert!(app.people().await.unwrap().iter().all(|p| p.name != "Mallory"));
    })
    .await;
}

#[actix_web::test]
async fn signing_in_cannot_be_sent_from_another_site() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        let evil = [("Origin", "https://evil.example")];

        let reply = Visitor::stranger(address).post_with("/sign-in", &fields, &evil).await;

        assert_eq!(reply.status, 403);
        assert!(reply.header("set-cookie").is_none());
    })
    .await;
}

#[actix_web::test]
async fn signing_in_never_leads_to_another_site_nor_writes_headers() {
    serving(async |app, address| {
        person(app, EMAIL, Role::Officer).await;
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/x\r\nSet-Cookie: stolen=1",
            "/sign-in",
        ] {
            let mut visitor = Visitor::stranger(address);
            let fields = [("email", EMAIL), ("password", PASSWORD), ("return_to", elsewhere)];

            let reply = visitor.post("/sign-in", &fields).await;

            assert_eq!(goes_to(&reply), "/", "{elsewhere:?}");
            assert!(visitor.cookie("stolen").is_none(), "{elsewhere:?}");
            let page = Visitor::stranger(address)
                .get(&format!("/sign-in?return_to={}", elsewhere.replace(['\r', '\n', '\t', ' '], "%0D%0A")))
                .await;
            assert!(
                !page.body.contains("evil.example") && !page.body.contains("javascript:"),
                "{elsewhere:?}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn a_notice_is_text_whatever_the_cookie_says() {
    serving(async |app, address| {
        let mut visitor = Visitor::as_role(app, address, Role::Officer).await;
        let forged = base64::Engine::encode(
            &base64::engine::general_purpose::URL_SAFE_NO_PAD,
            "<script>alert(1)</script>\r\nX-Evil: 1",
        );
        visitor.take_cookie(&format!("attestry-notice={forged}"));

        let page = visitor.get("/account").await;

        assert!(page.body.contains("&lt;script&gt;alert") && !page.body.contains("<script>alert"));
        assert!(page.header("x-evil").is_none());
    })
    .await;
}
