//! Engagements: the list, setting one up, one with its auditors and packs, closing it.

use serde_json::json;

use crate::app::identity::Actor;
use crate::app::identity::person::NewEngagement;
use crate::app::people::{at, empty, list_page, no_such_engagement, primary};
use crate::app::supply::words::{chip, link};
use crate::app::{App, Error, Event, Exported};
use crate::base::{EngagementId, ErrorKind, ListQuery};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, ExportFormat, Row, TableInput, TableRequest};
use crate::report::view::people::{
    AUDITS, CheckOption, Checks, FormPage, FormView, HeadLink, PeopleList, ThingPage,
};
use crate::report::view::supply::{DetailPage, Grid, Pair, Section};
use crate::report::view::{Crumb, Field};
use crate::store::{EngagementLine, EngagementRow};

impl App {
    /// The list of engagements.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn audits(&self, request: &TableRequest) -> Result<PeopleList, Error> {
        let listed = self.store.engagement_page(&request.query).await?.map(row);
        let none = empty(
            "No engagements yet",
            "An engagement is what an auditor is invited to: frameworks and a period.",
            Some(("/audits/new", "Set up engagement")),
        );
        let table = AUDITS.view(request, TableInput { listed, options: Default::default(), empty: none });
        let links = vec![primary("Set up engagement", "/audits/new")];
        Ok(list_page(
            "Audits",
            "Engagements of auditors: what they look at, and over which period.",
            (table, links),
        ))
    }

    /// The list of engagements as a file.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn audits_file(&self, request: &TableRequest, format: ExportFormat) -> Result<Exported, Error> {
        let rows = async |query: &ListQuery| Ok(self.store.engagement_page(query).await?.map(row));
        self.exported((&AUDITS, "Audits"), request, format, rows).await
    }

    /// The form that sets up an engagement.
    pub fn engagement_form(&self) -> FormPage {
        let option = |f: &crate::controls::Framework| CheckOption {
            name: "frameworks",
            value: f.id.clone(),
            label: crate::report::view::framework_name(f),
            checked: false,
        };
        let frameworks = Checks {
            legend: "Frameworks",
            about: None,
            options: self.catalog.frameworks.iter().map(option).collect(),
        };
        let day = |name, label| Field { kind: "date", ..Field::required(name, label) };
        let hint =
            Some("IANA name, such as Europe/Berlin; shown with the period, whose days are UTC".to_owned());
        let zone = Field { hint, value: "UTC".to_owned(), ..Field::required("time_zone", "Time zone") };
        FormPage {
            way: vec![Crumb::link("Audits", "/audits"), Crumb::here("Set up engagement")],
            heading: "Set up engagement".to_owned(),
            lead: "Then invite its auditor, and create packs for it.".to_owned(),
            errors: Vec::new(),
            form: FormView {
                action: "/audits/new".to_owned(),
                parts: vec![
                    Field::required("name", "Name").into(),
                    frameworks.into(),
                    day("from", "First day of the period").into(),
                    day("to", "Last day of the period").into(),
                    zone.into(),
                ],
                verb: "Set up engagement".to_owned(),
                class: "primary",
                cancel: Some("/audits"),
                ..FormView::default()
            },
        }
    }

    /// Sets up an engagement for somebody, and writes that down.
    ///
    /// # Errors
    /// When what was given is not usable or the database fails.
    pub async fn engagement_create(&self, actor: &Actor, new: &NewEngagement) -> Result<EngagementId, Error> {
        if new.frameworks.is_empty() {
            return Err(Error::invalid("frameworks: choose at least one"));
        }
        let zone = &new.time_zone;
        let plain = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if zone.is_empty() || zone.len() > 64 || !zone.chars().all(plain) {
            return Err(Error::invalid("time_zone: write an IANA name such as Europe/Berlin, or UTC"));
        }
        let id = self.engagement_add(new).await?;
        let after = json!({
            "name": new.name.trim(), "frameworks": new.frameworks, "from": new.from.to_rfc3339(),
            "to": new.to.to_rfc3339(), "time_zone": zone,
        });
        self.audited(actor, Event::done("engagement.created", format!("engagement:{id}")).after(after))
            .await?;
        Ok(id)
    }

    /// Closes an engagement: its auditor sees nothing from then on.
    ///
    /// # Errors
    /// When there is none, it is closed already, or the database fails.
    pub async fn engagement_close(&self, actor: &Actor, id: EngagementId) -> Result<(), Error> {
        self.engagement(id).await?;
        if !self.store.engagement_close(id, self.now()).await? {
            return Err(Error::new(ErrorKind::Conflict, "this engagement is closed already"));
        }
        let event = Event::done("engagement.closed", format!("engagement:{id}"));
        self.audited(actor, event.before(json!({"closed": false})).after(json!({"closed": true}))).await
    }

    /// The engagement of that identifier.
    pub(in crate::app) async fn engagement(&self, id: EngagementId) -> Result<EngagementRow, Error> {
        self.store.engagement_get(id).await?.ok_or_else(no_such_engagement)
    }

    /// The engagement of that identifier, while it is open.
    pub(in crate::app) async fn open_engagement(&self, id: EngagementId) -> Result<EngagementRow, Error> {
        let engagement = self.engagement(id).await?;
        match engagement.closed_at {
            None => Ok(engagement),
            Some(at) => Err(Error::new(
                ErrorKind::Forbidden,
                format!(
                    "the engagement {} was closed on {}: its audit room and packs are shut; ask the compliance officer if you still need them",
                    engagement.name,
                    at.to_date()
                ),
            )),
        }
    }

    /// One engagement.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn engagement_page(&self, id: EngagementId) -> Result<ThingPage, Error> {
        let engagement = self.engagement(id).await?;
        let auditors = self.people().await?.into_iter().filter(|p| p.engagement == Some(id));
        let auditors: Vec<Cell> =
            auditors.map(|p| link(p.name.clone(), format!("/users/{}", p.id))).collect();
        let mut packs = Grid::new("Packs", &["Pack", "As of", "SHA-256", "Created"]);
        for pack in self.packs_of(id).await? {
            let name = link(format!("Pack {}", pack.number), format!("/packs/{}", pack.number));
            let digest = Cell::Code(pack.sha256.to_hex());
            packs.push(&[name, Cell::Time(pack.as_of), digest, Cell::Time(pack.made_at)]);
        }
        let history = self.history_of(&format!("engagement:{id}")).await?;
        let detail = DetailPage {
            way: vec![Crumb::link("Audits", "/audits"), Crumb::here(engagement.name.clone())],
            heading: engagement.name.clone(),
            marks: vec![CellView::of(&status(engagement.closed_at.is_some()))],
            sections: vec![
                Section::new("Auditors").items(&auditors, "Nobody is invited yet"),
                Section::new("Packs").grid(packs, "None yet: create one for this engagement under Packs"),
                history,
            ],
            side: vec![about(&engagement)],
            ..DetailPage::default()
        };
        if engagement.closed_at.is_some() {
            return Ok(ThingPage { detail, ..ThingPage::default() });
        }
        let (links, forms) = open_acts(id);
        Ok(ThingPage { detail, links, forms, ..ThingPage::default() })
    }
}

fn about(engagement: &EngagementRow) -> Section {
    let pairs = vec![
        Pair::text("Period", format!("{} to {}", engagement.from.to_date(), engagement.to.to_date())),
        Pair::text("Time zone", engagement.time_zone.clone()),
        Pair::text("Frameworks", engagement.frameworks.replace(' ', ", ")),
        Pair::new("Set up", &Cell::Time(engagement.created_at)),
        Pair::new("Closed", &Cell::time_or(engagement.closed_at, "open")),
    ];
    Section::new("About").pairs(pairs)
}

/// What can be done with an engagement that is open.
fn open_acts(id: EngagementId) -> (Vec<HeadLink>, Vec<FormView>) {
    let preview = HeadLink {
        label: "View as auditor",
        href: format!("/audit-room?engagement={id}"),
        icon: "audits",
        class: "",
    };
    let close = FormView {
        title: "Close".to_owned(),
        intro: "Its auditor sees nothing from then on.".to_owned(),
        action: format!("/audits/{id}/close"),
        verb: "Close engagement".to_owned(),
        class: "danger",
        confirm: Some("Close this engagement?".to_owned()),
        ..FormView::default()
    };
    (vec![primary("Invite auditor", "/users/new"), preview], vec![close])
}

fn row(line: EngagementLine) -> Row {
    Row {
        href: Some(format!("/audits/{}", line.id)),
        id: line.id,
        cells: vec![
            Cell::Text(line.name),
            Cell::List(line.frameworks.split_whitespace().map(str::to_owned).collect()),
            Cell::Text(at(line.period_from).to_date()),
            Cell::Text(at(line.period_to).to_date()),
            Cell::Number(line.auditors.unwrap_or_default()),
            Cell::Number(line.packs.unwrap_or_default()),
            status(line.closed_at.is_some()),
            Cell::Time(at(line.created_at)),
        ],
    }
}

fn status(closed: bool) -> Cell {
    if closed { chip(Mark::NotApplicable, "Closed") } else { chip(Mark::Met, "Open") }
}
