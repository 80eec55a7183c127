//! Controls: a framework's tree, a requirement, a test.

use actix_web::{HttpResponse, web};

use crate::report::Mark;
use crate::report::view::{Order, TreeQuery};
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::guard::Guarded;
use crate::web::routes::{Route, route};

/// Routes of these pages.
pub const ROUTES: &[Route] = &[
    route!(GET "/controls" ViewCompliance, first),
    route!(GET "/controls/{framework}" ViewCompliance, framework),
    route!(GET "/controls/{framework}/{id}" ViewCompliance, requirement),
    route!(GET "/tests/{id}" ViewCompliance, test),
];

/// The framework named by `?framework=`, or the first.
pub async fn first(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    let (query, named) = read(app.request().query_string())?;
    let page = app.controls_page(named.as_deref(), &query, app.as_of()?).await?;
    app.page(&page).await
}

/// One framework's tree.
pub async fn framework(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (query, _) = read(app.request().query_string())?;
    let page = app.controls_page(Some(&id), &query, app.as_of()?).await?;
    app.page(&page).await
}

/// One requirement.
pub async fn requirement(
    app: Guarded<ViewCompliance>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (framework, id) = path.into_inner();
    let page = app.requirement_page((&framework, &id), app.as_of()?).await?;
    app.page(&page).await
}

/// One test.
pub async fn test(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let page = app.test_page(&id, app.as_of()?).await?;
    app.page(&page).await
}

/// What a tree's address asks for, and the framework it names.
fn read(query: &str) -> Result<(TreeQuery, Option<String>), Problem> {
    let mut asked = TreeQuery::default();
    let mut framework = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty())
    {
        match name.as_ref() {
            "status" => asked.status = Some(status(&value)?),
            "q" => asked.text = value.into_owned(),
            "order" if value == "worst" => asked.order = Order::WorstFirst,
            "framework" => framework = Some(value.into_owned()),
            _ => {}
        }
    }
    Ok((asked, framework))
}

fn status(word: &str) -> Result<Mark, Problem> {
    Mark::ALL.into_iter().find(|m| m.class() == word).ok_or_else(|| {
        let known: Vec<&str> = Mark::ALL.into_iter().map(Mark::class).collect();
        Problem::new(
            crate::base::ErrorKind::Invalid,
            format!("status: there is no status `{word}`; one of {}", known.join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_a_tree_is_narrowed_to() {
        let (query, framework) = read("status=not-met&q=Log+in&order=worst&framework=gdpr&as_of=").unwrap();

        assert_eq!(
            query,
            TreeQuery { status: Some(Mark::NotMet), text: "Log in".to_owned(), order: Order::WorstFirst }
        );
        assert_eq!(framework.as_deref(), Some("gdpr"));
        assert!(read("status=fine").is_err());
    }
}
