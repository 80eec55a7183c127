//! The audit trail as its pages show it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::app::audit::{AuditView, in_words};
use crate::app::supply::words::{chip, link, missing};
use crate::app::{App, Error, Exported};
use crate::base::{ListQuery, Listed, UnixMillis};
use crate::ledger::merkle::{NodeId, ProofError, plan_inclusion};
use crate::ledger::tlog_proof::TlogProof;
use crate::report::Mark;
use crate::report::table::{Cell, CellView, EmptyState, ExportFormat, Row, TableInput, TableRequest};
use crate::report::view::Crumb;
use crate::report::view::people::{AUDIT_TRAIL, DayRange, HeadLink, PeopleList, ThingPage};
use crate::report::view::supply::{DetailPage, Grid, ListPage, Pair, Section};
use crate::store::AuditSpan;

impl App {
    /// A page of the audit trail.
    ///
    /// # Errors
    /// When the query is wrong, a row is damaged, or the database fails.
    pub async fn audit_trail(
        &self,
        request: &TableRequest,
        (span, range): (AuditSpan, DayRange),
    ) -> Result<PeopleList, Error> {
        let views = self.audit_views(&request.query, span).await?;
        let options = options(&views.rows);
        let listed = views.map(|view| row(&view));
        let empty = EmptyState {
            title: "Nothing happened yet".to_owned(),
            text: "Every action is written here as it is done: who, what, from where and when.".to_owned(),
            href: None,
            action: None,
        };
        let link = |label, path: &str| HeadLink { label, href: path.to_owned(), icon: "download", class: "" };
        Ok(PeopleList {
            list: ListPage {
                heading: "Audit trail".to_owned(),
                lead: "Every action, signed into the ledger. Names and addresses can be erased, proofs stay."
                    .to_owned(),
                tabs: Vec::new(),
                acts: Vec::new(),
                caution: None,
                table: AUDIT_TRAIL.view(request, TableInput { listed, options, empty }),
            },
            links: vec![link("JSON lines", "/audit-trail.jsonl"), link("Syslog", "/audit-trail.syslog")],
            range: Some(range),
        })
    }

    /// The audit trail, as far as it is narrowed, as a file.
    ///
    /// # Errors
    /// When the query is wrong, a row is damaged, there are too many, or the database fails.
    pub async fn audit_file(
        &self,
        request: &TableRequest,
        format: ExportFormat,
        span: AuditSpan,
    ) -> Result<Exported, Error> {
        let rows = async |query: &ListQuery| Ok(self.audit_views(query, span).await?.map(|view| row(&view)));
        self.exported((&AUDIT_TRAIL, "Audit trail"), request, format, rows).await
    }

    async fn audit_views(&self, query: &ListQuery, span: AuditSpan) -> Result<Listed<AuditView>, Error> {
        self.store.audit_page(query, span).await?.try_map(|row| self.audit_open(row))
    }

    /// One action with what changed and the proof that it is in the ledger.
    ///
    /// # Errors
    /// When there is none, it is damaged, or the database fails.
    pub async fn audit_page(&self, no: i32) -> Result<ThingPage, Error> {
        let row = self.store.audit_get(no).await?;
        let row =
            row.ok_or_else(|| Error::not_found(format!("there is no action {no} in the audit trail")))?;
        let proof = self.proof_of(row.ledger_index.unsigned_abs()).await?;
        let view = self.audit_open(row)?;
        let what = in_words(&view.row.action);
        let erased = "Name, address, program, before and after of this action were erased; the record of that is in the ledger.";
        let (before, after) =
            view.who.as_ref().map_or((&Value::Null, &Value::Null), |w| (&w.before, &w.after));
        let change =
            Section::new("Before and after").grid(diff(before, after), "This action changed no values");
        let change = Section { caution: view.who.is_none().then(|| erased.to_owned()), ..change };
        let detail = DetailPage {
            way: vec![Crumb::link("Audit trail", "/audit-trail"), Crumb::here(format!("Action {no}"))],
            marks: vec![CellView::of(&outcome(&view))],
            lead: format!("Action {no}, {}", view.row.at.to_display()),
            heading: what,
            sections: vec![change, proof],
            side: vec![about(&view)],
            ..DetailPage::default()
        };
        Ok(ThingPage { detail, ..ThingPage::default() })
    }

    /// The newest actions about something, as a table.
    pub(in crate::app) async fn history_of(&self, object: &str) -> Result<Section, Error> {
        let mut grid = Grid::new("What was done, newest first", &["When", "Who", "What", "Outcome"]);
        for row in self.store.audit_of_object(object, 50).await? {
            let view = self.audit_open(row)?;
            let what = link(in_words(&view.row.action), format!("/audit-trail/{}", view.row.no));
            grid.push(&[Cell::Time(view.row.at), who(&view), what, outcome(&view)]);
        }
        Ok(Section::new("History").grid(grid, "Nothing was done to it since the audit trail begins"))
    }

    /// The proof that an entry is in the ledger, under the first checkpoint that covers it.
    async fn proof_of(&self, index: u64) -> Result<Section, Error> {
        let about = "c2sp.org/tlog-proof: check it with the public key of this installation and the entry's envelope.";
        let section = Section::new("Ledger proof");
        let Some(checkpoint) = self.store.checkpoint_covering(index + 1).await? else {
            let words =
                "No checkpoint covers it yet; the next one is signed on schedule, or with the next pack.";
            return Ok(Section { nothing: Some(words.to_owned()), ..section });
        };
        let failed = |e: ProofError| Error::integrity("the stored ledger cannot prove an entry").caused_by(e);
        let plan = plan_inclusion(index, checkpoint.size).map_err(failed)?;
        let ids: Vec<NodeId> = plan.node_ids().collect();
        let hashes = self.store.ledger_nodes(&ids).await?;
        let stored = |id: NodeId| ids.iter().position(|known| *known == id).and_then(|at| *hashes.get(at)?);
        let hashes = plan.build(stored).map_err(failed)?;
        let proof = TlogProof { extra: None, index, hashes, checkpoint: checkpoint.note.clone() };
        let pairs = vec![
            Pair::text("Entry", index.to_string()),
            Pair::text("Checkpoint over", format!("{} entries", checkpoint.size)),
            Pair::new("Signed", &Cell::Time(checkpoint.at)),
            Pair::new("Key", &Cell::Code(self.fingerprint())),
        ];
        let text = proof.to_string();
        let lines: Vec<Cell> = text.lines().map(|line| Cell::Text(line.to_owned())).collect();
        Ok(section.intro(about).pairs(pairs).items(&lines, ""))
    }
}

/// What the rows on this page can be narrowed to.
fn options(views: &[AuditView]) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let actions: BTreeSet<&str> = views.iter().map(|view| view.row.action.as_str()).collect();
    let actors: BTreeMap<&str, String> =
        views.iter().map(|view| (view.row.actor.as_str(), name(view))).collect();
    let actions = actions.into_iter().map(|slug| (slug.to_owned(), in_words(slug))).collect();
    let actors = actors.into_iter().map(|(key, name)| (key.to_owned(), name)).collect();
    BTreeMap::from([("action", actions), ("actor", actors)])
}

fn name(view: &AuditView) -> String {
    view.who.as_ref().map_or_else(|| format!("Erased ({})", view.row.actor), |w| w.name.clone())
}

fn row(view: &AuditView) -> Row {
    let (row, known) = (&view.row, view.who.as_ref());
    let text = |text: Option<&str>, why: &'static str| match known {
        Some(_) => Cell::text_or(text.map(str::to_owned), why),
        None => missing("erased"),
    };
    Row {
        id: row.no.to_string(),
        href: Some(format!("/audit-trail/{}", row.no)),
        cells: vec![
            Cell::Time(row.at),
            who(view),
            Cell::Text(in_words(&row.action)),
            Cell::Text(row.action.clone()),
            object(&row.object),
            outcome(view),
            text(known.map(|w| w.ip.as_str()), "this machine"),
            Cell::Number(row.ledger_index),
            Cell::Number(i64::from(row.no)),
            text(known.map(|w| w.agent.as_str()), "not said"),
        ],
    }
}

fn who(view: &AuditView) -> Cell {
    let Some(known) = &view.who else { return missing("erased") };
    match view.row.actor.parse::<crate::base::PersonId>() {
        Ok(id) => link(known.name.clone(), format!("/users/{id}")),
        Err(_) => Cell::Text(known.name.clone()),
    }
}

fn outcome(view: &AuditView) -> Cell {
    match view.row.outcome.as_str() {
        "done" => chip(Mark::Met, "Done"),
        _ => chip(Mark::NotMet, "Refused"),
    }
}

/// What it was done to, with a link to where that is shown.
fn object(object: &str) -> Cell {
    let Some((kind, key)) = object.split_once(':') else { return missing("nothing in particular") };
    let folder = match kind {
        "pack" => "packs",
        "person" => "users",
        "run" => "runs",
        "source" => "sources",
        "evidence" => "evidence",
        "vendor" => "vendors",
        "token" => "tokens",
        "engagement" => "audits",
        _ => return Cell::Text(object.to_owned()),
    };
    let short = if key.len() > 12 { &key[key.len() - 8..] } else { key };
    link(format!("{kind} {short}"), format!("/{folder}/{key}"))
}

fn about(view: &AuditView) -> Section {
    let row = &view.row;
    let mut pairs = vec![
        Pair::new("When", &Cell::Time(row.at)),
        Pair::new("Who", &who(view)),
        Pair::text("Identifier", row.actor.clone()),
    ];
    if let Some(known) = &view.who {
        let said = |text: &str, why| Cell::text_or((!text.is_empty()).then(|| text.to_owned()), why);
        pairs.push(Pair::new("Role", &said(&known.role, "none")));
        pairs.push(Pair::new("From", &said(&known.ip, "this machine")));
        pairs.push(Pair::new("Program", &said(&known.agent, "not said")));
    }
    pairs.push(Pair::text("Action", row.action.clone()));
    pairs.push(Pair::new("Object", &object(&row.object)));
    pairs.push(Pair::text("Ledger entry", row.ledger_index.to_string()));
    pairs.push(Pair::new("Row digest", &Cell::Code(row.sha256.to_hex())));
    Section::new("About").pairs(pairs)
}

/// Every value that was or is, side by side; what differs is marked.
fn diff(before: &Value, after: &Value) -> Grid {
    let mut grid = Grid::new("Values before and after", &["Value", "Before", "After", "Change"]);
    let fields = |value: &Value| -> BTreeMap<String, String> {
        match value {
            Value::Null => BTreeMap::new(),
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), shown(v))).collect(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                [("value".to_owned(), shown(value))].into()
            }
        }
    };
    let (before, after) = (fields(before), fields(after));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (was, is) = (before.get(key), after.get(key));
        let change = match (was, is) {
            (Some(was), Some(is)) if was == is => chip(Mark::NotApplicable, "Same"),
            (Some(_), Some(_)) => chip(Mark::Attention, "Changed"),
            (None, _) => chip(Mark::Met, "Added"),
            (_, None) => chip(Mark::NotMet, "Removed"),
        };
        let cell = |value: Option<&String>| Cell::text_or(value.cloned(), "not set");
        grid.push(&[Cell::Text(key.clone()), cell(was), cell(is), change]);
    }
    grid
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The days the trail is narrowed to, from its address.
///
/// # Errors
/// When a day is none.
pub fn days(pairs: &[(String, String)]) -> Result<(AuditSpan, DayRange), Error> {
    let of = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone());
    let wrong = |name: &'static str| move |e| Error::invalid(format!("{name}: {e}"));
    let (from, to) = (of("from"), of("to"));
    let span = AuditSpan {
        from: from.as_deref().map(UnixMillis::parse_lenient).transpose().map_err(wrong("from"))?,
        to: to.as_deref().map(UnixMillis::parse_as_of).transpose().map_err(wrong("to"))?,
    };
    let dropped = ["from", "to", "after", "before", "format"];
    let kept = pairs.iter().filter(|(name, _)| !dropped.contains(&name.as_str())).cloned().collect();
    let range =
        DayRange { path: "/audit-trail", from: from.unwrap_or_default(), to: to.unwrap_or_default(), kept };
    Ok((span, range))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn before_and_after_stand_side_by_side_value_by_value() {
        let grid = diff(&json!({"role": "officer", "name": "Jo"}), &json!({"role": "auditor", "seat": 3}));

        let words: Vec<String> = grid
            .rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(|c| {
                        c.chip.as_ref().map_or_else(|| c.text.clone().unwrap_or_default(), |c| c.word.clone())
                    })
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect();
        assert_eq!(words, ["name|Jo||Removed", "role|officer|auditor|Changed", "seat||3|Added"]);
    }

    #[test]
    fn a_range_of_days_holds_both_of_them_whole() {
        let pairs =
            [("from".to_owned(), "2026-03-01".to_owned()), ("to".to_owned(), "2026-03-01".to_owned())];

        let (span, _) = days(&pairs).unwrap();

        assert_eq!(span.to.unwrap().since(span.from.unwrap()), crate::base::DAY_MS - 1);
        assert!(days(&[("from".to_owned(), "soon".to_owned())]).is_err());
    }
}
