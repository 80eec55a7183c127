//! Pages about people, their tokens and the engagements of auditors.

mod engagements;
mod room;
mod tokens;
mod users;

use crate::app::Error;
use crate::report::table::{EmptyState, TableView};
use crate::report::view::people::{HeadLink, PeopleList};
use crate::report::view::supply::ListPage;

/// A list with one link at its head.
fn list_page(heading: &str, lead: &str, (table, links): (TableView, Vec<HeadLink>)) -> PeopleList {
    let list = ListPage {
        heading: heading.to_owned(),
        lead: lead.to_owned(),
        tabs: Vec::new(),
        acts: Vec::new(),
        caution: None,
        table,
    };
    PeopleList { list, links, range: None }
}

fn primary(label: &'static str, href: &str) -> HeadLink {
    HeadLink { label, href: href.to_owned(), icon: "plus", class: "primary" }
}

fn empty(title: &str, text: &str, act: Option<(&str, &str)>) -> EmptyState {
    EmptyState {
        title: title.to_owned(),
        text: text.to_owned(),
        href: act.map(|(href, _)| href.to_owned()),
        action: act.map(|(_, action)| action.to_owned()),
    }
}

/// A stored instant.
const fn at(millis: i64) -> crate::base::UnixMillis {
    crate::base::UnixMillis(millis)
}

fn no_such_engagement() -> Error {
    Error::not_found("there is no such engagement")
}
