//! Bills of materials, findings, vendors.

use actix_web::{HttpResponse, web};

use crate::app::api::{
    ComponentRecord, FindingDetail, FindingRecord, SbomRecord, VendorDetail, VendorRecord,
};
use crate::base::ErrorKind;
use crate::report::view::supply::{COMPONENTS, FINDINGS, SBOMS, VENDORS};
use crate::web::Problem;
use crate::web::access::ViewCompliance;
use crate::web::api::{Described, answer, asked, id};
use crate::web::guard::Guarded;
use crate::web::routes::{Route, route};

const GROUP: &str = "Supply chain";

/// Routes of the supply chain.
pub const ROUTES: &[Route] = &[
    route!(GET "/api/v1/sboms" ViewCompliance, sboms, describe_sboms),
    route!(GET "/api/v1/sboms/{id}/components" ViewCompliance, components, describe_components),
    route!(GET "/api/v1/findings" ViewCompliance, findings, describe_findings),
    route!(GET "/api/v1/findings/{identity}" ViewCompliance, finding, describe_finding),
    route!(GET "/api/v1/vendors" ViewCompliance, vendors, describe_vendors),
    route!(GET "/api/v1/vendors/{key}" ViewCompliance, vendor, describe_vendor),
];

fn describe_sboms() -> Described {
    Described::of(GROUP, "List bills of materials").table::<SbomRecord>(&SBOMS)
}

/// The list of bills of materials.
pub async fn sboms(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_sboms(&asked(&app, &SBOMS)?.query).await?)
}

fn describe_components() -> Described {
    let described = Described::of(GROUP, "List the components of a bill of materials");
    described.at_id("id", "The bill of materials").table::<ComponentRecord>(&COMPONENTS)
}

/// The components of one.
pub async fn components(
    app: Guarded<ViewCompliance>,
    sbom: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let sbom = id(&sbom, "there is no such SBOM")?;
    answer::shown(app.request(), &app.api_components(sbom, &asked(&app, &COMPONENTS)?.query).await?)
}

fn describe_findings() -> Described {
    Described::of(GROUP, "List findings")
        .saying("Without `state`: those somebody has to do something about.")
        .table::<FindingRecord>(&FINDINGS)
}

/// The list of findings.
pub async fn findings(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_findings(&asked(&app, &FINDINGS)?.query).await?)
}

fn describe_finding() -> Described {
    Described::of(GROUP, "Show a finding with its history")
        .at("identity", "The finding's 64 hexadecimal digits")
        .gives::<FindingDetail>(200, "The finding.")
}

/// One finding.
pub async fn finding(
    app: Guarded<ViewCompliance>,
    identity: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    if identity.len() != 64 || !identity.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Problem::new(ErrorKind::NotFound, "a finding is addressed by its 64 hexadecimal digits"));
    }
    answer::shown(app.request(), &app.api_finding(&identity.to_ascii_lowercase()).await?)
}

fn describe_vendors() -> Described {
    Described::of(GROUP, "List vendors with their scores").table::<VendorRecord>(&VENDORS)
}

/// The list of vendors.
pub async fn vendors(app: Guarded<ViewCompliance>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_vendors(&asked(&app, &VENDORS)?.query).await?)
}

fn describe_vendor() -> Described {
    Described::of(GROUP, "Show a vendor with the sum of its score")
        .at("key", "The vendor's key")
        .gives::<VendorDetail>(200, "The vendor.")
}

/// One vendor.
pub async fn vendor(app: Guarded<ViewCompliance>, key: web::Path<String>) -> Result<HttpResponse, Problem> {
    answer::shown(app.request(), &app.api_vendor(&key).await?)
}
