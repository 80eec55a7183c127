//! API tokens: the list, the form, one token.

use crate::app::identity::token::LASTS_DAYS;
use crate::app::identity::{Actor, Permission};
use crate::app::people::{at, empty, list_page, primary};
use crate::app::supply::words::{chip, link};
use crate::app::{App, Error, Exported};
use crate::base::{ListQuery, Listed, TokenId, UnixMillis};
use crate::report::Mark;
use crate::report::table::{Cell, CellView, ExportFormat, Row, TableInput, TableRequest};
use crate::report::view::people::{CheckOption, Checks, FormPage, FormView, PeopleList, TOKENS, ThingPage};
use crate::report::view::supply::{DetailPage, Pair, Section};
use crate::report::view::{Choice, Crumb, Field, SelectField};
use crate::store::TokenLine;

impl App {
    /// The tokens the actor may see.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn tokens(&self, actor: &Actor, request: &TableRequest) -> Result<PeopleList, Error> {
        let listed = self.token_rows(actor, &request.query).await?;
        let none = empty(
            "No tokens yet",
            "A token lets a program upload evidence or read verdicts in your name.",
            Some(("/tokens/new", "Create token")),
        );
        let table = TOKENS.view(request, TableInput { listed, options: Default::default(), empty: none });
        let links = vec![primary("Create token", "/tokens/new")];
        Ok(list_page(
            "API tokens",
            "Each can do what it was given, and never more than its owner.",
            (table, links),
        ))
    }

    /// The tokens the actor may see as a file.
    ///
    /// # Errors
    /// When the query is wrong or the database fails.
    pub async fn tokens_file(
        &self,
        actor: &Actor,
        request: &TableRequest,
        format: ExportFormat,
    ) -> Result<Exported, Error> {
        let rows = async |query: &ListQuery| self.token_rows(actor, query).await;
        self.exported((&TOKENS, "API tokens"), request, format, rows).await
    }

    async fn token_rows(&self, actor: &Actor, query: &ListQuery) -> Result<Listed<Row>, Error> {
        let whose = if actor.may(Permission::ManagePeople) { None } else { actor.person };
        let now = self.now();
        Ok(self.store.token_page(query, whose).await?.map(|line| row(line, now)))
    }

    /// The form that makes a token.
    pub fn token_form(&self, actor: &Actor) -> FormPage {
        let scope = |scope: &Permission| CheckOption {
            name: "scopes",
            value: scope.slug().to_owned(),
            label: words(*scope),
            checked: false,
        };
        let scopes = Checks {
            legend: "What it may do",
            about: Some("Choose as little as the program needs.".to_owned()),
            options: Permission::ALL.iter().filter(|p| actor.may(**p)).map(scope).collect(),
        };
        let days = |days: &i64| Choice {
            value: days.to_string(),
            label: format!("{days} days"),
            selected: *days == 90,
        };
        let days = SelectField {
            name: "days",
            label: "Good for",
            options: LASTS_DAYS.iter().map(days).collect(),
            required: true,
            ..SelectField::default()
        };
        let hint = Some("What uses it, such as `build server`".to_owned());
        let name = Field { hint, maxlength: Some(120), ..Field::required("name", "Name") };
        FormPage {
            way: vec![Crumb::link("API tokens", "/tokens"), Crumb::here("Create token")],
            heading: "Create token".to_owned(),
            lead: "The secret is shown once, on the next page.".to_owned(),
            errors: Vec::new(),
            form: FormView {
                action: "/tokens/new".to_owned(),
                parts: vec![name.into(), scopes.into(), days.into()],
                verb: "Create token".to_owned(),
                class: "primary",
                cancel: Some("/tokens"),
                ..FormView::default()
            },
        }
    }

    /// One token.
    ///
    /// # Errors
    /// When there is none the actor may see, or the database fails.
    pub async fn token_page(&self, actor: &Actor, id: TokenId) -> Result<ThingPage, Error> {
        let token = self.token_seen(actor, id).await?;
        let owner = self.person(token.person).await?;
        let status = status(token.revoked_at.is_some(), token.expires_at, self.now());
        let revoke = FormView {
            title: "Revoke".to_owned(),
            intro: "Programs that use it are refused from then on. This cannot be undone.".to_owned(),
            action: format!("/tokens/{id}/revoke"),
            verb: "Revoke token".to_owned(),
            class: "danger",
            confirm: Some("Revoke this token?".to_owned()),
            ..FormView::default()
        };
        let scopes: Vec<Cell> = token.scopes.split_whitespace().map(|s| Cell::Text(s.to_owned())).collect();
        let pairs = vec![
            Pair::text("Owner", owner.name),
            Pair::new("Created", &Cell::Time(token.created_at)),
            Pair::new("Expires", &Cell::Time(token.expires_at)),
            Pair::new("Last used", &Cell::time_or(token.last_used_at, "never")),
            Pair::new("Revoked", &Cell::time_or(token.revoked_at, "no")),
        ];
        let history = self.history_of(&format!("token:{id}")).await?;
        let detail = DetailPage {
            way: vec![Crumb::link("API tokens", "/tokens"), Crumb::here(token.name.clone())],
            heading: token.name,
            marks: vec![CellView::of(&status)],
            sections: vec![Section::new("What it may do").items(&scopes, "Nothing"), history],
            side: vec![Section::new("About").pairs(pairs)],
            ..DetailPage::default()
        };
        let forms = if token.revoked_at.is_none() { vec![revoke] } else { Vec::new() };
        Ok(ThingPage { detail, forms, ..ThingPage::default() })
    }
}

/// A permission's word as a phrase.
fn words(scope: Permission) -> String {
    let text = scope.slug().replace('-', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn row(line: TokenLine, now: UnixMillis) -> Row {
    let owner = match line.owner {
        Some(name) => Cell::Text(name),
        None => link(line.person_id.clone(), format!("/users/{}", line.person_id)),
    };
    Row {
        href: Some(format!("/tokens/{}", line.id)),
        id: line.id,
        cells: vec![
            Cell::Text(line.name),
            owner,
            Cell::List(line.scopes.split_whitespace().map(str::to_owned).collect()),
            status(line.revoked_at.is_some(), at(line.expires_at), now),
            Cell::time_or(line.last_used_at.map(at), "never"),
            Cell::Time(at(line.expires_at)),
            Cell::Time(at(line.created_at)),
        ],
    }
}

fn status(revoked: bool, expires: UnixMillis, now: UnixMillis) -> Cell {
    if revoked {
        chip(Mark::NotMet, "Revoked")
    } else if expires <= now {
        chip(Mark::Attention, "Expired")
    } else {
        chip(Mark::Met, "Active")
    }
}
