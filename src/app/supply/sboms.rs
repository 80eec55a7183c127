//! Bills of materials: what is in one, how it hangs together, and what the advisories say of it.

mod component;
mod sections;

use std::sync::Arc;

use crate::app::feeds::ranks_only;
use crate::app::supply::insight::Insight;
use crate::app::supply::listing::{Around, Listing};
use crate::app::supply::words::{chip, days, days_between, encoded, key_of, link, missing, percent, text_or};
use crate::app::{App, Error};
use crate::base::{DAY_MS, EvidenceId, ListQuery, Listed, UnixMillis};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, EmptyState, Row, TableInput, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::supply::{COMPONENTS, DetailPage, Pair, SBOMS, Section, Tab};
use crate::store::{ComponentLine, ComponentScope, EvidenceRow, FeedRow, SbomLine};

/// Older than this, a bill of materials says little about what runs.
const FRESH_DAYS: i64 = 30;
/// Values of a filter that are offered.
const MOST_OPTIONS: usize = 20;
/// Components an advisory names that a page can be narrowed to.
const MOST_PLACES: usize = 5_000;

/// A document that is opened.
pub(super) struct Opened {
    row: EvidenceRow,
    insight: Arc<Insight>,
}

impl App {
    /// The list of bills of materials.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn sboms_list(&self, request: &TableRequest) -> Result<Listing, Error> {
        let now = self.now();
        let newest = request.query.filter("current").iter().any(|v| v == "newest");
        let around = Around {
            heading: "SBOMs",
            lead: "What each asset is made of, as its own tools wrote it down.".to_owned(),
            tabs: vec![
                Tab { label: "All", href: "/sboms", current: !newest },
                Tab { label: "Newest of each asset", href: "/sboms?current=newest", current: newest },
            ],
            acts: Vec::new(),
            caution: None,
            empty: EmptyState {
                title: "No SBOMs yet".to_owned(),
                text: "Upload a CycloneDX or SPDX file, or connect a source that brings them.".to_owned(),
                href: Some("/evidence/upload?kind=sbom".to_owned()),
                action: Some("Upload an SBOM".to_owned()),
            },
            offered: &[],
        };
        let rows =
            async |query: &ListQuery| Ok(self.store.sbom_page(query).await?.map(|line| row(&line, now)));
        self.listing(&SBOMS, request, around, rows).await
    }

    /// One bill of materials, with its components as a list.
    ///
    /// # Errors
    /// When there is no such document, the query is wrong, or the database fails.
    pub async fn sbom_page(&self, id: EvidenceId, request: &TableRequest) -> Result<Listing, Error> {
        let opened = self.sbom_opened(id).await?;
        if let Some(format) = request.format {
            let rows = async |query: &ListQuery| self.components(&opened, query).await;
            let file = self.exported((&COMPONENTS, "Components"), request, format, rows).await?;
            return Ok(Listing::File(file));
        }
        let listed = self.components(&opened, &request.query).await?;
        let empty = EmptyState {
            title: "No components".to_owned(),
            text: "The document lists none: an empty inventory proves nothing. Check how it is made."
                .to_owned(),
            ..EmptyState::default()
        };
        let options = [("type", offer(&opened.insight.types)), ("licence", offer(&opened.insight.licences))];
        let table = COMPONENTS.view(request, TableInput { listed, options: options.into(), empty });
        let mut page = self.sbom_about(&opened).await?;
        page.below.push(Section { table: Some(table), ..Section::new("Components") });
        Ok(Listing::Detail(Box::new(page)))
    }

    /// The document of that id, if it is an accepted bill of materials.
    async fn sbom_opened(&self, id: EvidenceId) -> Result<Opened, Error> {
        let no_such =
            || Error::not_found("there is no such SBOM; the list of SBOMs has all that were accepted");
        let row = self.store.evidence_get(id).await?.filter(|r| r.kind == "sbom").ok_or_else(no_such)?;
        let insight = self.insight(row.no).await?;
        Ok(Opened { row, insight })
    }

    async fn components(&self, opened: &Opened, query: &ListQuery) -> Result<Listed<Row>, Error> {
        let mut query = query.clone();
        let only = query.filters.remove("vulnerable").map(|_| places(&opened.insight));
        let scope = ComponentScope { item_no: opened.row.no, only };
        let page = self.store.component_page(&query, &scope).await?;
        Ok(page.map(|line| component_row(opened, &line)))
    }

    /// Places of the components of a document that advisories name.
    pub(in crate::app) async fn vulnerable_places(&self, no: i32) -> Result<Vec<i32>, Error> {
        Ok(places(&*self.insight(no).await?))
    }

    /// Feeds that say which package has which vulnerability.
    async fn deciding_feeds(&self) -> Result<Vec<FeedRow>, Error> {
        let mut feeds = self.store.feed_list().await?;
        feeds.retain(|feed| !ranks_only(&feed.key));
        Ok(feeds)
    }

    async fn sbom_about(&self, opened: &Opened) -> Result<DetailPage, Error> {
        let (row, insight) = (&opened.row, &opened.insight);
        let now = self.now();
        let sighting = self.store.evidence_last_seen(row.no).await?;
        let newest = sighting.map_or(row.observed_at, |again| again.max(row.observed_at));
        let asset = key_of(&row.subject);
        let keys: Vec<String> =
            insight.hits.iter().map(|h| h.purl_key.clone()).filter(|k| !k.is_empty()).collect();
        let since = self.store.package_first_seen(&row.subject, &keys).await?.into_iter().collect();
        let feeds = self.deciding_feeds().await?;
        let in_scope = self.store.asset_in_scope(asset).await?;
        let max_age_hours = self.config.advisories.max_age_hours;
        let judged = sections::Judged { feeds: &feeds, max_age_hours, in_scope };
        let name = title(row);
        Ok(DetailPage {
            way: vec![Crumb::link("SBOMs", "/sboms"), Crumb::here(name.clone())],
            heading: name,
            marks: vec![CellView::of(&age(newest, now, true))],
            lead: format!("{}, about {}", format_words(&row.format, row.format_version.as_deref()), asset),
            stats: vec![
                Pair::new("Components", &number(insight.components)),
                Pair::new("Advisories that apply", &applies(insight)),
                Pair::text("With a package URL", share(insight.with[1], insight.components)),
                Pair::text("With a licence", share(insight.with[2], insight.components)),
            ],
            sections: vec![
                sections::vulnerabilities(insight, &since, row.id),
                sections::evaluated(insight, &judged, now),
            ],
            side: vec![
                sections::facts(row, newest),
                sections::quality(insight),
                sections::licences(insight, row.id),
            ],
            ..DetailPage::default()
        })
    }
}

fn places(insight: &Insight) -> Vec<i32> {
    let mut places = insight.vulnerable();
    places.truncate(MOST_PLACES);
    places
}

fn applies(insight: &Insight) -> Cell {
    if insight.asked { number(insight.hits.len() as u64) } else { missing("not evaluated") }
}

fn number(count: u64) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "component counts are far below 2^52")]
pub(super) fn share(part: u64, of: u64) -> String {
    if of == 0 { "none to count".to_owned() } else { percent(part as f64 / of as f64) }
}

/// The first values of a filter, by how often they occur.
fn offer(values: &[(String, u64)]) -> Vec<(String, String)> {
    let label = |(value, count): &(String, u64)| {
        let shown = if value.is_empty() { "not stated".to_owned() } else { value.replace('\n', ", ") };
        (value.clone(), format!("{shown} ({count})"))
    };
    // an empty value cannot be asked for: what has none is found by the filters that say so
    values.iter().filter(|(value, _)| !value.is_empty()).take(MOST_OPTIONS).map(label).collect()
}

fn format_words(format: &str, version: Option<&str>) -> String {
    let name = match format {
        "cyclonedx" => "CycloneDX",
        "spdx" => "SPDX",
        other => other,
    };
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

fn title(row: &EvidenceRow) -> String {
    let summary: serde_json::Value = serde_json::from_str(&row.summary).unwrap_or_default();
    let described = summary.get("described").and_then(|d| d.as_str()).filter(|d| !d.is_empty());
    described.map_or_else(|| row.file.clone(), str::to_owned)
}

/// The last part of a file's name: the folders are on its page.
fn bare_name(file: &str) -> &str {
    file.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(file)
}

/// How old it is against thirty days.
fn age(newest: UnixMillis, now: UnixMillis, current: bool) -> Cell {
    let old = days_between(newest, now).max(0);
    match (current, old) {
        (false, _) => chip(Mark::NotApplicable, "Superseded"),
        (true, 0) => chip(Mark::Met, "Today"),
        (true, _) if now.since(newest) <= FRESH_DAYS * DAY_MS => {
            chip(Mark::Met, format!("{} old", days(old)))
        }
        (true, _) => chip(Mark::Attention, format!("{} old", days(old))),
    }
}

fn row(line: &SbomLine, now: UnixMillis) -> Row {
    let summary: serde_json::Value = serde_json::from_str(&line.summary).unwrap_or_default();
    let components = summary.get("components").and_then(|n| n.as_i64());
    let purl = summary.get("purl_share").and_then(|n| n.as_f64());
    let asset = key_of(&line.subject);
    Row {
        id: line.id.clone(),
        href: Some(format!("/sboms/{}", line.id)),
        cells: vec![
            Cell::Text(bare_name(&line.file).to_owned()),
            link(asset, format!("/sboms?q={}", encoded(asset))),
            age(line.newest(), now, line.standing == "newest"),
            Cell::Text(format_words(&line.format, line.format_version.as_deref())),
            components.map_or_else(|| missing("not counted"), Cell::Number),
            purl.map_or_else(|| missing("not counted"), |share| Cell::Text(percent(share))),
            Cell::Time(line.newest()),
            link("Receipt", format!("/evidence/{}", line.id)),
        ],
    }
}

fn component_row(opened: &Opened, line: &ComponentLine) -> Row {
    let name = if line.name.is_empty() { "(no name)".to_owned() } else { line.name.clone() };
    let licences = line.licences.as_deref().unwrap_or_default();
    Row {
        id: line.ordinal.to_string(),
        href: Some(format!("/sboms/{}/components/{}", opened.row.id, line.ordinal)),
        cells: vec![
            Cell::Text(name),
            Cell::text_or(line.version.clone(), "not stated"),
            text_or(opened.insight.relation(line.ordinal), "not stated"),
            vulnerable(&opened.insight, line),
            if licences.is_empty() {
                missing("not stated")
            } else {
                Cell::List(licences.lines().map(str::to_owned).collect())
            },
            Cell::text_or(line.component_type.clone(), "not stated"),
            Cell::text_or(line.supplier.clone(), "not stated"),
            Cell::text_or(line.purl.clone(), "none"),
        ],
    }
}

/// What the advisories say of a component; silence is only said where they were asked.
fn vulnerable(insight: &Insight, line: &ComponentLine) -> Cell {
    let hits = insight.hits.iter().filter(|h| h.ordinals.contains(&line.ordinal));
    let worst = hits.clone().max_by_key(|h| h.severity);
    match worst {
        Some(hit) if hit.certain => {
            let more = hits.count() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let mark = sections::severity_mark(hit.severity);
            chip(mark, format!("{} {}{more}", sections::severity_word(hit.severity), hit.advisory))
        }
        Some(hit) => chip(Mark::Unknown, format!("{} may apply", hit.advisory)),
        None if !insight.asked || !sections::can_judge(&line.purl_key) => missing("not evaluated"),
        None => missing("none matched"),
    }
}
