//! The pages of a list, on SQLite in memory, and on PostgreSQL when `TEST_DATABASE_URL` names a server.

use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait, IntoActiveModel};

use super::*;
use crate::store::entity::source;

/// A table like the one of sources, on a connection of its own, temporary on either engine.
async fn database() -> DatabaseConnection {
    let server = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    let mut options = sea_orm::ConnectOptions::new(server.unwrap_or_else(|| "sqlite::memory:".to_owned()));
    options.max_connections(1).min_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.unwrap();
    let table = "CREATE TEMPORARY TABLE source (id TEXT PRIMARY KEY, name TEXT NOT NULL, source_type TEXT NOT NULL, \
                 config TEXT NOT NULL, secret TEXT, enabled BOOLEAN NOT NULL, cursor TEXT NOT NULL, \
                 updated_at BIGINT NOT NULL)";
    db.execute_unprepared(table).await.unwrap();
    db
}

async fn insert(db: &DatabaseConnection, rows: &[(String, String, i64)]) {
    let models = rows.iter().map(|(id, name, at)| {
        source::Model {
            id: id.clone(),
            name: name.clone(),
            source_type: if at % 2 == 0 { "even" } else { "odd" }.to_owned(),
            config: String::new(),
            secret: None,
            enabled: at % 2 == 0,
            cursor: String::new(),
            updated_at: *at,
        }
        .into_active_model()
    });
    let models: Vec<_> = models.collect();
    if !models.is_empty() {
        source::Entity::insert_many(models).exec_without_returning(db).await.unwrap();
    }
}

fn plan() -> ListPlan {
    let sorts = [Key::text("name", source::Column::Name), Key::integer("updated", source::Column::UpdatedAt)];
    ListPlan::new(sorts, [Key::text("id", source::Column::Id)])
        .search([source::Column::Name, source::Column::Id])
        .filter(Key::text("type", source::Column::SourceType))
        .filter(Key::boolean("enabled", source::Column::Enabled))
        .filter(Key::integer("at", source::Column::UpdatedAt))
}

fn query(sort: &str, descending: bool, limit: u32) -> ListQuery {
    ListQuery { sort: sort.to_owned(), descending, limit, ..ListQuery::default() }
}

async fn page(db: &DatabaseConnection, query: &ListQuery) -> Result<Listed<source::Model>, StoreError> {
    plan().page(db, source::Entity::find(), query).await
}

fn ids(page: &Listed<source::Model>) -> Vec<String> {
    page.rows.iter().map(|r| r.id.clone()).collect()
}

fn named(names: &[&str]) -> Vec<(String, String, i64)> {
    (0..).zip(names).map(|(at, name)| (format!("id{at}"), (*name).to_owned(), at)).collect()
}

/// Walks to the end and back again; both ways must show the same pages.
async fn walk(db: &DatabaseConnection, first: ListQuery, total: usize) -> Vec<String> {
    let mut pages = vec![page(db, &first).await.unwrap()];
    while let Some(next) = pages.last().unwrap().next.clone() {
        pages.push(page(db, &first.following(next)).await.unwrap());
        assert!(pages.len() <= total + 1, "the walk does not end");
    }
    let mut back = pages.last().unwrap().clone();
    for expected in pages.iter().rev().skip(1) {
        let before = ListQuery { before: back.previous.clone(), ..first.clone() };
        back = page(db, &before).await.unwrap();
        assert_eq!((ids(&back), back.start), (ids(expected), expected.start));
        assert!(back.next.is_some());
    }
    assert_eq!((back.previous, pages[0].total), (None, Count::Exactly(total as u64)));
    let mut seen = 0;
    for page in &pages {
        assert_eq!(page.start, seen);
        seen += page.rows.len() as u64;
    }
    pages.iter().flat_map(ids).collect()
}

fn expected(mut rows: Vec<(String, String, i64)>, query: &ListQuery) -> Vec<String> {
    let by_name = query.sort == "name";
    rows.sort_by(|a, b| {
        let order = if by_name { a.1.cmp(&b.1) } else { a.2.cmp(&b.2) }.then(a.0.cmp(&b.0));
        if query.descending { order.reverse() } else { order }
    });
    rows.into_iter().map(|r| r.0).collect()
}

#[test]
fn walking_forward_and_back_visits_every_row_once_in_order_with_equal_sort_values() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(database());
    // few values and plain letters: many are equal, and no collation orders them otherwise
    let rows = prop::collection::vec(("[a-c]{0,1}", -2_i64..3), 0..24);
    let shape = (rows, any::<bool>(), any::<bool>(), 1_u32..9);

    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&shape, |(rows, by_name, descending, limit)| {
        let rows: Vec<_> = (10..)
            .zip(rows)
            .map(|(n, (name, at)): (i32, (String, i64))| (format!("r{n}"), name, at))
            .collect();
        let query = query(if by_name { "name" } else { "updated" }, descending, limit);
        let walked = runtime.block_on(async {
            source::Entity::delete_many().exec(&db).await.unwrap();
            insert(&db, &rows).await;
            walk(&db, query.clone(), rows.len()).await
        });
        prop_assert_eq!(walked, expected(rows, &query));
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn every_word_must_be_found_in_any_case_and_wildcards_are_letters() {
    let db = database().await;
    insert(&db, &named(&["Alpha Beta", "alpha", "100% sure", "100 sure", "a_b", "aXb", "back\\slash"])).await;

    let mut found = Vec::new();
    for search in ["ALPHA", "beta alpha", "100%", "a_b", "k\\s", "nothing", "\0"] {
        let query = ListQuery { search: search.to_owned(), ..query("updated", false, 10) };
        found.push(ids(&page(&db, &query).await.unwrap()).join(" "));
    }

    assert_eq!(found, ["id0 id1", "id0", "id2", "id4", "id6", "", ""]);
}

#[tokio::test]
async fn filters_narrow_by_type_and_refuse_what_they_do_not_know() {
    let db = database().await;
    insert(&db, &named(&["a", "b", "c", "d"])).await;
    let narrowed = |key: &str, values: &[&str]| {
        let values = values.iter().map(|v| (*v).to_owned()).collect();
        ListQuery { filters: [(key.to_owned(), values)].into(), ..query("name", false, 10) }
    };

    assert_eq!(ids(&page(&db, &narrowed("type", &["odd"])).await.unwrap()), ["id1", "id3"]);
    assert_eq!(ids(&page(&db, &narrowed("enabled", &["true"])).await.unwrap()), ["id0", "id2"]);
    assert_eq!(ids(&page(&db, &narrowed("at", &["0", "3"])).await.unwrap()), ["id0", "id3"]);
    for wrong in [narrowed("enabled", &["maybe"]), narrowed("at", &["soon"]), narrowed("colour", &["red"])] {
        let error = page(&db, &wrong).await.unwrap_err();
        assert_eq!(error.kind(), crate::base::ErrorKind::Invalid, "{error}");
    }
}

#[tokio::test]
async fn a_cursor_that_is_broken_or_of_another_order_is_refused() {
    let db = database().await;
    insert(&db, &named(&["a", "b", "c"])).await;
    let first = query("name", false, 1);
    let next = page(&db, &first).await.unwrap().next.unwrap();
    let forged = |json: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, json);

    let foreign =
        [query("updated", false, 1).following(next.clone()), query("name", true, 1).following(next)];
    let broken = ["", "!", "e30", "bm90IGpzb24"].map(|c| first.following(c.to_owned()));
    let wrong_types = [
        r#"{"s":"name","d":false,"k":[1,2],"n":0}"#,
        r#"{"s":"name","d":false,"k":["a"],"n":0}"#,
        r#"{"s":"name","d":false,"k":["a","\u0000"],"n":0}"#,
        r#"{"s":"name","d":false,"k":["a","b"],"n":18446744073709551615}"#,
    ]
    .map(|json| first.following(forged(json)));

    for query in foreign.into_iter().chain(broken).chain(wrong_types) {
        let error = page(&db, &query).await.unwrap_err();
        assert!(matches!(error, StoreError::List(ListError::Cursor("after"))), "{query:?}: {error}");
    }
    let both = ListQuery { after: Some("x".to_owned()), before: Some("x".to_owned()), ..first };
    assert!(matches!(page(&db, &both).await, Err(StoreError::List(ListError::TwoCursors))));
}

#[tokio::test]
async fn a_row_that_arrives_meanwhile_hides_and_doubles_nothing() {
    let db = database().await;
    insert(&db, &named(&["b", "d", "f", "h"])).await;
    let first = query("name", false, 2);
    let next = page(&db, &first).await.unwrap().next.unwrap();

    insert(&db, &[("new".to_owned(), "a".to_owned(), 9)]).await;
    let second = page(&db, &first.following(next)).await.unwrap();

    assert_eq!(ids(&second), ["id2", "id3"]);
    assert_eq!(second.total, Count::Exactly(5));
}

#[tokio::test]
async fn a_long_list_is_counted_no_further_than_its_bound() {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let db = database().await;
    let row = |_| {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        (format!("{n:05}"), "same".to_owned(), i64::from(n))
    };
    for _ in 0..21 {
        insert(&db, &(0..500).map(row).collect::<Vec<_>>()).await;
    }

    let listed = page(&db, &query("updated", true, 25)).await.unwrap();

    assert_eq!((listed.total, listed.rows[0].id.as_str()), (Count::AtLeast(10_001), "10499"));
}
