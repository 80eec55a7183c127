//! Lists page by page, by key: one statement for the page, one for the bounded count, on either engine.
//!
//! The order is always (column asked for, unique tiebreaker), all in one direction, so a page is what lies beyond the
//! key of the last row: `(received_at, no) < (?, ?)`. The cursor carries that key, and the order it belongs to.

mod cursor;
#[cfg(test)]
mod tests;

use sea_orm::sea_query::{
    Alias, Asterisk, BinOper, Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IntoSimpleExpr, QueryResult, QueryTrait, Select, Value,
};

use crate::base::{COUNT_MOST, Count, ListError, ListQuery, Listed};
use crate::store::StoreError;

use cursor::{Cursor, Part};

/// Most rows of a page, whatever is asked for: exports walk in pages of this size at most.
const MOST_ROWS: u32 = 1_000;
/// Words of a search that count.
const MOST_WORDS: usize = 8;

/// The type of a column in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
}

/// A column under its name in a list. Never nullable: engines disagree on where nothing stands in an order.
#[derive(Debug, Clone)]
pub(super) struct Key {
    name: &'static str,
    expr: SimpleExpr,
    kind: Kind,
}

impl Key {
    pub(super) fn text(name: &'static str, column: impl IntoSimpleExpr) -> Self {
        Self { name, expr: column.into_simple_expr(), kind: Kind::Text }
    }

    pub(super) fn integer(name: &'static str, column: impl IntoSimpleExpr) -> Self {
        Self { name, expr: column.into_simple_expr(), kind: Kind::Integer }
    }

    /// For filters only (`true`, `false`).
    pub(super) fn boolean(name: &'static str, column: impl IntoSimpleExpr) -> Self {
        Self { name, expr: column.into_simple_expr(), kind: Kind::Boolean }
    }
}

/// What a list can be ordered by, narrowed by and searched in.
#[derive(Debug, Clone)]
pub(super) struct ListPlan {
    sorts: Vec<Key>,
    ties: Vec<Key>,
    filters: Vec<Key>,
    searched: Vec<SimpleExpr>,
}

impl ListPlan {
    /// A list with these orders; together the `ties` are unique per row.
    pub(super) fn new(sorts: impl IntoIterator<Item = Key>, ties: impl IntoIterator<Item = Key>) -> Self {
        Self {
            sorts: sorts.into_iter().collect(),
            ties: ties.into_iter().collect(),
            filters: Vec::new(),
            searched: Vec::new(),
        }
    }

    /// Every word searched for must be in one of these columns.
    #[must_use]
    pub(super) fn search<C: IntoSimpleExpr>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.searched.extend(columns.into_iter().map(IntoSimpleExpr::into_simple_expr));
        self
    }

    /// It can be narrowed to values of this column.
    #[must_use]
    pub(super) fn filter(mut self, key: Key) -> Self {
        self.filters.push(key);
        self
    }

    /// One page of `base`, which must not be grouped, ordered or limited.
    ///
    /// # Errors
    /// When the query names what the list has not, or the database does not answer.
    pub(super) async fn page<E, M>(
        &self,
        db: &impl ConnectionTrait,
        base: Select<E>,
        query: &ListQuery,
    ) -> Result<Listed<M>, StoreError>
    where
        E: EntityTrait,
        M: FromQueryResult,
    {
        let walk = Walk::new(self, query)?;
        let narrowed = self.narrowed(base, query)?.into_query();
        let found = db.query_all(&walk.statement(narrowed.clone())).await;
        let found = found.map_err(StoreError::of("read a page of a list"))?;
        let page = walk.page(found)?;
        let total = match page.whole {
            true => Count::Exactly(page.rows.len() as u64),
            false => count(db, narrowed).await?,
        };
        let rows: Result<Vec<M>, _> = page.rows.iter().map(|row| M::from_query_result(row, "")).collect();
        let rows = rows.map_err(StoreError::of("read the rows of a list"))?;
        Ok(Listed { rows, start: page.start, next: page.next, previous: page.previous, total })
    }

    fn narrowed<E: EntityTrait>(
        &self,
        mut base: Select<E>,
        query: &ListQuery,
    ) -> Result<Select<E>, ListError> {
        for (name, values) in &query.filters {
            if values.is_empty() {
                continue;
            }
            let Some(key) = self.filters.iter().find(|k| k.name == name) else {
                let known = list(self.filters.iter().map(|k| k.name));
                return Err(ListError::Filter { given: name.clone(), known });
            };
            let values: Result<Vec<Value>, ListError> =
                values.iter().map(|value| filter_value(key, value)).collect();
            QueryTrait::query(&mut base).and_where(key.expr.clone().is_in(values?));
        }
        if self.searched.is_empty() {
            return Ok(base);
        }
        for word in query.search.split_whitespace().take(MOST_WORDS) {
            QueryTrait::query(&mut base).cond_where(self.found(word));
        }
        Ok(base)
    }

    /// `lower()` on both sides by the engine, so that both sides mean the same letters.
    fn found(&self, word: &str) -> Cond {
        let pattern = format!("%{}%", escaped(word));
        let matches = self.searched.iter().map(|column| {
            let pattern = Expr::expr(Func::lower(Expr::val(pattern.clone())));
            let pattern = pattern.binary(BinOper::Escape, Expr::Constant('\\'.into()));
            Expr::expr(Func::lower(column.clone())).binary(BinOper::Like, pattern)
        });
        matches.fold(Cond::any(), Cond::add)
    }
}

/// From which key in which direction a page is read.
struct Walk<'a> {
    sort: &'a Key,
    keys: Vec<&'a Key>,
    query: &'a ListQuery,
    from: Option<Cursor>,
    backwards: bool,
    limit: u64,
}

/// What was read, in the order asked for.
struct Page {
    rows: Vec<QueryResult>,
    start: u64,
    next: Option<String>,
    previous: Option<String>,
    /// Whether it holds the whole list, so that nothing is left to count.
    whole: bool,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a ListPlan, query: &'a ListQuery) -> Result<Self, ListError> {
        let Some(sort) = plan.sorts.iter().find(|k| k.name == query.sort) else {
            let known = list(plan.sorts.iter().map(|k| k.name));
            return Err(ListError::Sort { given: query.sort.clone(), known });
        };
        let keys: Vec<&Key> = std::iter::once(sort).chain(&plan.ties).collect();
        let (from, backwards) = match (&query.after, &query.before) {
            (Some(_), Some(_)) => return Err(ListError::TwoCursors),
            (Some(after), None) => (Some(Cursor::read(after, "after")?), false),
            (None, Some(before)) => (Some(Cursor::read(before, "before")?), true),
            (None, None) => (None, false),
        };
        if let Some(cursor) = &from {
            let kinds: Vec<Kind> = keys.iter().map(|k| k.kind).collect();
            if !cursor.fits(sort.name, query.descending, &kinds) {
                return Err(ListError::Cursor(if backwards { "before" } else { "after" }));
            }
        }
        let limit = u64::from(query.limit.clamp(1, MOST_ROWS));
        Ok(Self { sort, keys, query, from, backwards, limit })
    }

    /// Reads one row more than the page has, to know whether there is another page.
    fn statement(&self, mut select: SelectStatement) -> SelectStatement {
        let down = self.query.descending != self.backwards;
        if let Some(cursor) = &self.from {
            let keys = Expr::tuple(self.keys.iter().map(|k| k.expr.clone()));
            let values = Expr::tuple(cursor.parts.iter().map(|part| Expr::val(part.value())));
            select.and_where(if down { keys.lt(values) } else { keys.gt(values) });
        }
        let order = if down { Order::Desc } else { Order::Asc };
        for (place, key) in self.keys.iter().enumerate() {
            select.expr_as(key.expr.clone(), Alias::new(key_name(place)));
            select.order_by_expr(key.expr.clone(), order.clone());
        }
        select.limit(self.limit + 1).to_owned()
    }

    fn page(&self, mut rows: Vec<QueryResult>) -> Result<Page, StoreError> {
        let more = rows.len() as u64 > self.limit;
        rows.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        if self.backwards {
            rows.reverse();
        }
        let count = rows.len() as u64;
        let (has_previous, has_next) =
            if self.backwards { (more, true) } else { (self.from.is_some(), more) };
        let start = match &self.from {
            None => 0,
            // rows may have come or gone since the cursor was made: the first page begins at the first row
            Some(_) if !has_previous => 0,
            Some(cursor) if self.backwards => Ord::max(cursor.before.saturating_sub(count), 1),
            Some(cursor) => cursor.before,
        };
        let cursor = |row: Option<&QueryResult>, before: u64| row.map(|r| self.cursor(r, before)).transpose();
        // an empty page has no key to go on from: the way back is the list's beginning or end
        let next = if has_next { cursor(rows.last(), start + count)? } else { None };
        let previous = if has_previous { cursor(rows.first(), start)? } else { None };
        let whole = self.from.is_none() && !more;
        Ok(Page { rows, start, next, previous, whole })
    }

    fn cursor(&self, row: &QueryResult, before: u64) -> Result<String, StoreError> {
        let mut parts = Vec::new();
        for (place, key) in self.keys.iter().enumerate() {
            let name = key_name(place);
            let part = match key.kind {
                Kind::Text => row.try_get("", &name).map(Part::Text),
                Kind::Integer => integer(row, &name).map(Part::Integer),
                Kind::Boolean => row.try_get::<bool>("", &name).map(|b| Part::Integer(i64::from(b))),
            };
            parts.push(part.map_err(StoreError::of("read the key of a list's row"))?);
        }
        let sort = self.sort.name.to_owned();
        Ok(Cursor { sort, descending: self.query.descending, parts, before }.write())
    }
}

/// PostgreSQL tells its two integer types apart.
fn integer(row: &QueryResult, name: &str) -> Result<i64, sea_orm::DbErr> {
    row.try_get::<i64>("", name).or_else(|_| row.try_get::<i32>("", name).map(i64::from))
}

fn key_name(place: usize) -> String {
    format!("list_key_{place}")
}

/// Counts no further than one past [`COUNT_MOST`].
async fn count(db: &impl ConnectionTrait, mut narrowed: SelectStatement) -> Result<Count, StoreError> {
    narrowed.clear_selects().expr_as(Expr::val(1), Alias::new("one")).limit(COUNT_MOST + 1);
    let counting = Query::select()
        .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("rows"))
        .from_subquery(narrowed, Alias::new("narrowed"))
        .to_owned();
    let row = db.query_one(&counting).await.map_err(StoreError::of("count a list"))?;
    let counted = row.map(|row| row.try_get::<i64>("", "rows")).transpose();
    let counted = counted.map_err(StoreError::of("read the count of a list"))?;
    Ok(Count::bounded(counted.unwrap_or_default().unsigned_abs()))
}

fn filter_value(key: &Key, value: &str) -> Result<Value, ListError> {
    let wrong = |known: &str| ListError::Value {
        filter: key.name.to_owned(),
        given: value.to_owned(),
        known: known.to_owned(),
    };
    match key.kind {
        Kind::Text => Ok(storable(value).into()),
        Kind::Integer => value.parse::<i64>().map(Into::into).map_err(|_| wrong("whole numbers")),
        Kind::Boolean => value.parse::<bool>().map(Into::into).map_err(|_| wrong("true, false")),
    }
}

/// PostgreSQL takes no NUL in a text, so none is stored and none can be found.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The word as `LIKE` takes it literally.
fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in storable(word).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
