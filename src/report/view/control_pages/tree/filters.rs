//! What a tree can be narrowed to and ordered by, as form fields.

use crate::report::mark::Mark;
use crate::report::view::control_pages::{Order, TreeQuery};
use crate::report::view::form::{Choice, SelectField};

/// The statuses to choose from.
pub(super) fn status_field(query: &TreeQuery) -> SelectField {
    let choice = |mark: Mark| Choice {
        value: mark.class().to_owned(),
        label: mark.word().to_owned(),
        selected: query.status == Some(mark),
    };
    SelectField {
        name: "status",
        label: "Status",
        blank: Some("Any status"),
        options: Mark::ALL.map(choice).to_vec(),
        ..SelectField::default()
    }
}

/// The orders to choose from.
pub(super) fn order_field(query: &TreeQuery) -> SelectField {
    let choice = |value: &str, label: &str, selected: bool| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        selected,
    };
    let worst = query.order == Order::WorstFirst;
    SelectField {
        name: "order",
        label: "Order",
        options: vec![choice("", "By section", !worst), choice("worst", "Worst first", worst)],
        ..SelectField::default()
    }
}
