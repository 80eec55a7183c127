//! Overview, frameworks, requirements, tests.

use actix_web::{HttpResponse, web};

use crate::app::api::{
    FrameworkRecord, GapRecord, OverviewRecord, RequirementDetail, RequirementRecord, TestDetail, TestRecord,
};
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::api::{Described, answer, walk};
use crate::web::guard::Guarded;
use crate::web::routes::{Route, route};

const GROUP: &str = "Controls";

/// Routes of controls.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/overview" ViewCompliance, overview, describe_overview),
    route!(GET "/api/v1/frameworks" ViewCompliance, frameworks, describe_frameworks),
    route!(GET "/api/v1/frameworks/{framework}/requirements" ViewCompliance, requirements, describe_requirements),
    route!(GET "/api/v1/frameworks/{framework}/requirements/{id}" ViewCompliance, requirement, describe_requirement),
    route!(GET "/api/v1/gaps" ViewCompliance, gaps, describe_gaps),
    route!(GET "/api/v1/tests" ViewCompliance, tests, describe_tests),
    route!(GET "/api/v1/tests/{id}" ViewCompliance, test, describe_test),
];

fn describe_overview() -> Described {
    let described = Described::of(GROUP, "Show the figures of the overview").on_a_past_day();
    described.gives::<OverviewRecord>(200, "The figures.")
}

/// The overview's figures.
pub async fn overview(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_overview(app.as_of()?).await?)
}

fn describe_frameworks() -> Described {
    Described::of(GROUP, "List frameworks").on_a_past_day().walked::<FrameworkRecord>()
}

/// The frameworks.
pub async fn frameworks(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_frameworks(&walk(&app)?, app.as_of()?).await?)
}

fn describe_requirements() -> Described {
    Described::of(GROUP, "List the requirements of a framework")
        .saying("In the framework's own order, headings included.")
        .at("framework", "The framework's id, or another name it answers to")
        .on_a_past_day()
        .walked::<RequirementRecord>()
}

/// The requirements of a framework.
pub async fn requirements(
    app: Guarded<ViewCompliance>,
    framework: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let walk = walk(&app)?;
    let page = app.api_requirements(&framework, (&walk, app.as_of()?)).await?;
    answer::shown(app.request(), &page)
}

fn describe_requirement() -> Described {
    Described::of(GROUP, "Show a requirement with its tests and reasons")
        .at("framework", "The framework's id, or another name it answers to")
        .at("id", "The requirement's id")
        .on_a_past_day()
        .gives::<RequirementDetail>(200, "The requirement.")
}

/// One requirement.
pub async fn requirement(
    app: Guarded<ViewCompliance>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (framework, id) = path.into_inner();
    answer::shown(app.request(), &app.api_requirement((&framework, &id), app.as_of()?).await?)
}

fn describe_tests() -> Described {
    Described::of(GROUP, "List tests with their results").on_a_past_day().walked::<TestRecord>()
}

/// The tests.
pub async fn tests(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_tests(&walk(&app)?, app.as_of()?).await?)
}

fn describe_test() -> Described {
    let described =
        Described::of(GROUP, "Show a test with its reasons").at("id", "The test's id").on_a_past_day();
    described.gives::<TestDetail>(200, "The test.")
}

/// One test.
pub async fn test(app: Guarded<ViewCompliance>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_test(&id, app.as_of()?).await?)
}

fn describe_gaps() -> Described {
    Described::of(GROUP, "List gaps")
        .saying("The rules that found something, each with the first of what it found.")
        .on_a_past_day()
        .walked::<GapRecord>()
}

/// The gaps.
pub async fn gaps(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_gaps(&walk(&app)?, app.as_of()?).await?)
}
