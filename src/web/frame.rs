//! What surrounds a page: navigation by what the caller may do, who they are, and what just happened.

use crate::app::identity::Permission;
use crate::base::UnixMillis;
use crate::report::view::{AsOf, Frame, NavGroup, NavItem, Notice, PersonChip};
use crate::web::guard::Visit;
use crate::web::{Problem, cookie};

/// One entry of the navigation; shown to whom the permission is given.
struct Entry {
    label: &'static str,
    path: &'static str,
    icon: &'static str,
    may: Permission,
}

const fn entry(label: &'static str, path: &'static str, icon: &'static str, may: Permission) -> Entry {
    Entry { label, path, icon, may }
}

/// The navigation. Every path stands in the route table; a test holds the two together.
const GROUPS: &[(&str, &[Entry])] = &[
    (
        "",
        &[
            entry("Overview", "/", "overview", Permission::ViewCompliance),
            entry("Audit room", "/audit-room", "audits", Permission::ViewAuditRoom),
        ],
    ),
    (
        "Compliance",
        &[
            entry("Controls", "/controls", "controls", Permission::ViewCompliance),
            entry("Evidence", "/evidence", "evidence", Permission::ViewCompliance),
            entry("Gaps", "/gaps", "gaps", Permission::ViewCompliance),
            entry("Packs", "/packs", "packs", Permission::ViewCompliance),
        ],
    ),
    (
        "Supply chain",
        &[
            entry("SBOMs", "/sboms", "sboms", Permission::ViewCompliance),
            entry("Findings", "/findings", "findings", Permission::ViewCompliance),
        ],
    ),
    (
        "People",
        &[
            entry("Vendors", "/vendors", "vendors", Permission::ViewCompliance),
            entry("Audits", "/audits", "audits", Permission::InviteAuditor),
        ],
    ),
    (
        "System",
        &[
            entry("Sources", "/sources", "sources", Permission::ViewSources),
            entry("Runs", "/runs", "runs", Permission::ViewSources),
            entry("Users", "/users", "users", Permission::InviteAuditor),
            entry("API tokens", "/tokens", "tokens", Permission::UseTokens),
            entry("API", "/api", "link", Permission::ViewCompliance),
            entry("Audit trail", "/audit-trail", "trail", Permission::ViewAuditTrail),
        ],
    ),
];

/// Paths of the navigation.
#[cfg(test)]
pub fn paths() -> impl Iterator<Item = (&'static str, Permission)> {
    GROUPS.iter().flat_map(|(_, entries)| entries.iter().map(|e| (e.path, e.may)))
}

/// The frame of a visit's page.
///
/// # Errors
/// When the database fails.
pub async fn of(visit: &Visit) -> Result<Frame, Problem> {
    let (organisation, sample) = visit.framed_organisation().await?;
    let uri = visit.request().uri();
    let here = uri.path_and_query().map_or("/", |p| p.as_str());
    let here = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    let actor = visit.actor();
    let role = actor.role.map_or("", |role| role.label());
    Ok(Frame {
        organisation,
        sample,
        version: concat!("Attestry ", env!("CARGO_PKG_VERSION")).to_owned(),
        groups: groups(visit),
        person: actor.person.map(|_| PersonChip::new(&actor.name, role)),
        csrf: visit.form_token(),
        here,
        notice: cookie::notice(visit.request()).map(|text| Notice { class: "met", text }),
        theme: cookie::theme(visit.request()),
        search: String::new(),
        ..Frame::default()
    })
}

fn groups(visit: &Visit) -> Vec<NavGroup> {
    let path = visit.request().path();
    let item = |e: &Entry| NavItem {
        label: e.label.to_owned(),
        href: e.path.to_owned(),
        icon: e.icon,
        current: path == e.path || (e.path != "/" && path.starts_with(&format!("{}/", e.path))),
    };
    let group = |(title, entries): &(&str, &[Entry])| {
        let items: Vec<NavItem> = entries.iter().filter(|e| visit.actor().may(e.may)).map(item).collect();
        (!items.is_empty()).then(|| NavGroup { title: (*title).to_owned(), items })
    };
    GROUPS.iter().filter_map(group).collect()
}

/// The day a page is seen as of, from its query; `None` for now.
///
/// # Errors
/// When it is no date, or lies in the future.
pub fn as_of(visit: &Visit) -> Result<Option<UnixMillis>, Problem> {
    let query = visit.request().query_string();
    let given = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "as_of");
    let Some((_, text)) = given.filter(|(_, text)| !text.is_empty()) else { return Ok(None) };
    let invalid = |e: String| Problem::new(crate::base::ErrorKind::Invalid, format!("as_of: {e}"));
    let now = visit.now();
    let at = UnixMillis::parse_as_of(&text).map_err(|e| invalid(e.to_string()))?;
    if at.to_date() == now.to_date() {
        return Ok(None);
    }
    if at > now {
        return Err(invalid(format!("{text} lies in the future")));
    }
    Ok(Some(at))
}

/// The date picker of a page that can be seen as of another day.
pub fn picker(visit: &Visit, at: Option<UnixMillis>) -> AsOf {
    let query = visit.request().query_string();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let keep = pairs
        .filter(|(name, _)| !matches!(name.as_ref(), "as_of" | "after" | "before"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    AsOf {
        value: at.map_or_else(String::new, UnixMillis::to_date),
        past: at.is_some(),
        label: at.map_or_else(|| "Now".to_owned(), UnixMillis::to_date),
        keep,
    }
}

/// A path of this service to go back to. Anything else leads to the overview: no open redirects.
pub fn return_path(text: &str) -> &str {
    let ours = text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(['\\', '\r', '\n', '\t'])
        && !text.starts_with("/sign-");
    if ours { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::access::Need;
    use crate::web::routes;

    #[test]
    fn the_navigation_leads_to_routes_that_ask_for_what_it_shows_them_for() {
        for (path, may) in paths() {
            let route = routes().find(|r| r.path == path && r.method == actix_web::http::Method::GET);
            let need = route.map(|r| r.need);
            assert!(
                matches!(need, Some(Need::May(p) | Need::MayFresh(p)) if p == may),
                "{path} is shown for {may}, its route asks for {need:?}"
            );
        }
    }

    #[test]
    fn one_returns_to_this_service_only() {
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "evil", "/a\r\nSet-Cookie: x"]
        {
            assert_eq!(return_path(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(return_path("/evidence?kind=sbom"), "/evidence?kind=sbom");
    }
}
