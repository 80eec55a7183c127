//! The audit room: for auditors their own, for officers a preview of any.

use actix_web::{HttpResponse, web};

use crate::base::EngagementId;
use crate::web::Problem;
use crate::web::access::ViewAuditRoom;
use crate::web::guard::{Guarded, Visit};
use crate::web::pages::audits::engagement_id;
use crate::web::routes::{Route, route};

/// Routes of the audit room.
pub const ROUTES: &[Route] = &[
    route!(GET "/audit-room" ViewAuditRoom, room),
    route!(GET "/audit-room/{framework}/{id}" ViewAuditRoom, requirement),
];

/// The engagement that is asked for.
fn asked(visit: &Visit) -> Result<Option<EngagementId>, Problem> {
    let query = visit.request().query_string().as_bytes();
    let found = url::form_urlencoded::parse(query).find(|(name, _)| name == "engagement");
    found.map(|(_, id)| engagement_id(&id)).transpose()
}

async fn room(app: Guarded<ViewAuditRoom>) -> Result<HttpResponse, Problem> {
    let asked = asked(&app)?;
    if asked.is_none() && app.actor().engagement.is_none() {
        return Ok(app.go("/audits", "Choose the engagement whose audit room you want to see."));
    }
    app.page(&app.audit_room(app.actor(), asked).await?).await
}

async fn requirement(
    app: Guarded<ViewAuditRoom>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (framework, id) = path.into_inner();
    let page = app.audit_room_requirement((app.actor(), asked(&app)?), (&framework, &id)).await?;
    app.page(&page).await
}
