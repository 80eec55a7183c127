//! Users: the list, the invitation, one person.

use crate::app::identity::{Actor, Permission, Person, Role};
use crate::app::people::{at, empty, list_page, primary};
use crate::app::supply::words::{chip, link, missing};
use crate::app::{App, Error, Exported};
use crate::base::{ListQuery, PersonId};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, ExportFormat, Row, TableInput, TableRequest};
use crate::report::view::people::{FormPage, FormView, PeopleList, ThingPage, USERS};
use crate::report::view::supply::{DetailPage, Grid, Pair, Section};
use crate::report::view::{Choice, Crumb, Field, SelectField, device};
use crate::store::{EngagementRow, PersonLine};

impl App {
    /// The list of people.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn users(&self, request: &TableRequest) -> Result<PeopleList, Error> {
        let listed = self.store.person_page(&request.query).await?.map(row);
        let none = empty("Nobody yet", "Invite the first person.", Some(("/users/new", "Invite person")));
        let table = USERS.view(request, TableInput { listed, options: Default::default(), empty: none });
        let links = vec![primary("Invite person", "/users/new")];
        Ok(list_page("Users", "Who may sign in, as what, and with which proof.", (table, links)))
    }

    /// The list of people as a file.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn users_file(&self, request: &TableRequest, format: ExportFormat) -> Result<Exported, Error> {
        let rows = async |query: &ListQuery| Ok(self.store.person_page(query).await?.map(row));
        self.exported((&USERS, "Users"), request, format, rows).await
    }

    /// The form that invites somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invite_form(&self, actor: &Actor) -> Result<FormPage, Error> {
        let roles: &[Role] = if actor.may(Permission::ManagePeople) { Role::ALL } else { &[Role::Auditor] };
        let email = Field { kind: "email", ..Field::required("email", "E-mail") };
        let hint = "They get a link that is good once, for one day. You hand it over.";
        let form = FormView {
            action: "/users/new".to_owned(),
            parts: vec![
                Field::required("name", "Name").into(),
                email.into(),
                role_select(roles, None).into(),
                self.engagement_select(None).await?.into(),
            ],
            verb: "Create invitation".to_owned(),
            class: "primary",
            cancel: Some("/users"),
            ..FormView::default()
        };
        Ok(FormPage {
            way: vec![Crumb::link("Users", "/users"), Crumb::here("Invite person")],
            heading: "Invite person".to_owned(),
            lead: hint.to_owned(),
            errors: Vec::new(),
            form,
        })
    }

    /// One person, with what may be changed about them.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn user_page(&self, actor: &Actor, id: PersonId) -> Result<ThingPage, Error> {
        let person = self.person(id).await?;
        let engagement = match person.engagement {
            Some(id) => self.store.engagement_get(id).await?,
            None => None,
        };
        let mut grid = Grid::new("Sessions, newest first", &["Program", "From", "Last used", "Began"]);
        for session in self.sessions(id).await? {
            let place = Cell::text_or(Some(session.ip), "not known");
            let (seen, began) = (Cell::Time(session.seen_at), Cell::Time(session.created_at));
            grid.push(&[Cell::Text(device(&session.agent)), place, seen, began]);
        }
        let sessions = Section::new("Sessions").grid(grid, "Not signed in anywhere");
        let history = self.history_of(&format!("person:{id}")).await?;
        let detail = DetailPage {
            way: vec![Crumb::link("Users", "/users"), Crumb::here(person.name.clone())],
            heading: person.name.clone(),
            marks: vec![CellView::of(&status(person.disabled))],
            lead: format!("{}, {}", person.email, person.role.label()),
            sections: vec![sessions, history],
            side: vec![about(&person, engagement.as_ref())],
            ..DetailPage::default()
        };
        let forms = if actor.may(Permission::ManagePeople) && actor.person != Some(id) {
            self.user_forms(&person).await?
        } else {
            Vec::new()
        };
        Ok(ThingPage { detail, forms, ..ThingPage::default() })
    }

    async fn user_forms(&self, person: &Person) -> Result<Vec<FormView>, Error> {
        if person.is_erased() {
            return Ok(Vec::new());
        }
        let engagements = self.engagement_select(person.engagement.map(|e| e.to_string())).await?;
        let to = |verb: &str| format!("/users/{}/{verb}", person.id);
        let form = |title: &str, intro: &str, (verb, button): (&str, &str)| FormView {
            title: title.to_owned(),
            intro: intro.to_owned(),
            action: to(verb),
            verb: button.to_owned(),
            ..FormView::default()
        };
        let mut role =
            form("Role", "An auditor sees one engagement and nothing else.", ("role", "Save role"));
        role.parts = vec![role_select(Role::ALL, Some(person.role)).into(), engagements.into()];
        let mut forms = vec![role];
        forms.extend(if person.disabled { disabled_forms(form) } else { active_forms(form) });
        Ok(forms)
    }

    async fn engagement_select(&self, chosen: Option<String>) -> Result<SelectField, Error> {
        let all = self.store.engagement_list().await?;
        let open = all.into_iter().filter(|e| e.closed_at.is_none());
        let options = open.map(|e| {
            let value = e.id.to_string();
            Choice { selected: chosen.as_deref() == Some(value.as_str()), value, label: e.name }
        });
        Ok(SelectField {
            name: "engagement",
            label: "Engagement",
            options: options.collect(),
            blank: Some("None"),
            hint: Some("For auditors only; set one up under Audits first".to_owned()),
            optional: true,
            ..SelectField::default()
        })
    }
}

/// What can be done with who may not sign in; `form` makes one from title, words, path and button.
fn disabled_forms(form: impl Fn(&str, &str, (&str, &str)) -> FormView) -> Vec<FormView> {
    let enable = form("Access", "They may not sign in.", ("enable", "Enable"));
    let mut erase = form(
        "Erase from the audit trail",
        "Name, address and program of every action by or about this person become unreadable for ever. Proofs stay valid.",
        ("erase", "Erase"),
    );
    let hint = Some("Stands in the ledger for ever: name nobody".to_owned());
    let reason = Field { hint, maxlength: Some(300), ..Field::required("reason", "Reason") };
    erase.parts = vec![reason.into()];
    erase.class = "danger";
    erase.confirm = Some("Erase this person for ever? This cannot be undone.".to_owned());
    vec![enable, erase]
}

/// What can be done with who may sign in.
fn active_forms(form: impl Fn(&str, &str, (&str, &str)) -> FormView) -> Vec<FormView> {
    let words = "A link with which they set another one, good once.";
    let reset = form("Password", words, ("reset", "Create reset link"));
    let words = "They have to sign in again everywhere.";
    let mut end = form("Sessions", words, ("end-sessions", "End all sessions"));
    end.confirm = Some("End all sessions of this person?".to_owned());
    let words = "They may sign in no more, and their tokens stop working.";
    let mut disable = form("Access", words, ("disable", "Disable"));
    disable.class = "danger";
    disable.confirm = Some("Disable this person?".to_owned());
    vec![reset, end, disable]
}

fn role_select(roles: &[Role], chosen: Option<Role>) -> SelectField {
    let option = |role: &Role| Choice {
        value: role.slug().to_owned(),
        label: role.label().to_owned(),
        selected: chosen == Some(*role),
    };
    SelectField {
        name: "role",
        label: "Role",
        options: roles.iter().map(option).collect(),
        required: true,
        ..SelectField::default()
    }
}

fn row(line: PersonLine) -> Row {
    let role = line.role.parse::<Role>().map_or_else(|_| line.role.clone(), |role| role.label().to_owned());
    let second = match (line.totp.is_some(), line.passkeys.unwrap_or_default() > 0) {
        (true, true) => chip(Mark::Met, "App and passkey"),
        (true, false) => chip(Mark::Met, "App"),
        (false, true) => chip(Mark::Met, "Passkey"),
        (false, false) => chip(Mark::NotApplicable, "None"),
    };
    let engagement = match (line.engagement_id, line.engagement) {
        (Some(id), Some(name)) => link(name, format!("/audits/{id}")),
        _ => missing("not an auditor"),
    };
    Row {
        href: Some(format!("/users/{}", line.id)),
        id: line.id,
        cells: vec![
            Cell::Text(line.name),
            Cell::Text(line.email),
            Cell::Text(role),
            engagement,
            second,
            Cell::time_or(line.seen_at.map(at), "not signed in"),
            status(line.disabled),
            Cell::Time(at(line.created_at)),
        ],
    }
}

fn status(disabled: bool) -> Cell {
    if disabled { chip(Mark::NotMet, "Disabled") } else { chip(Mark::Met, "Active") }
}

fn about(person: &Person, engagement: Option<&EngagementRow>) -> Section {
    let yes = |yes: bool| Cell::Text(if yes { "Yes" } else { "No" }.to_owned());
    let mut pairs = vec![
        Pair::text("E-mail", person.email.clone()),
        Pair::text("Role", person.role.label()),
        Pair::new("Password set", &yes(person.has_password)),
        Pair::new("Authenticator app", &yes(person.has_totp)),
        Pair::new("Added", &Cell::Time(person.created_at)),
    ];
    if let Some(engagement) = engagement {
        let cell = link(engagement.name.clone(), format!("/audits/{}", engagement.id));
        pairs.push(Pair::new("Engagement", &cell));
    }
    Section::new("About").pairs(pairs)
}
