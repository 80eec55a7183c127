//! A database that lives as long as its test.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait as _, Database};

/// A fresh PostgreSQL database when `TEST_DATABASE_URL` names a server; otherwise the default, SQLite in the data
/// directory.
pub struct TestDatabase {
    server: Option<String>,
    name: String,
}

impl TestDatabase {
    /// Makes the database.
    pub fn new() -> Self {
        Self::from_template("template1")
    }

    /// Makes a database with the content of another, to which nobody is connected.
    pub fn copy_of(other: &Self) -> Self {
        Self::from_template(&other.name)
    }

    fn from_template(template: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
        let name = format!("attestry_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        if let Some(server) = &server {
            execute(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        }
        Self { server, name }
    }

    /// Its URL; `None` for the default.
    pub fn url(&self) -> Option<String> {
        let server = self.server.as_ref()?;
        let (address, query) = server.split_once('?').map_or((server.as_str(), None), |(a, q)| (a, Some(q)));
        let (address, _) = address.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
        let query = query.map_or_else(String::new, |q| format!("?{q}"));
        Some(format!("{address}/{}{query}", self.name))
    }

    /// Takes the database away from whoever uses it, or gives it back.
    pub fn allow_connections(&self, allowed: bool) {
        let server = self.server.as_ref().expect("only a server can do this");
        execute(server, &format!("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {allowed}", self.name));
        if !allowed {
            let others = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
                self.name
            );
            execute(server, &others);
        }
    }

    /// Whether it is PostgreSQL.
    pub const fn is_postgres(&self) -> bool {
        self.server.is_some()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            execute(server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// On a thread with a runtime of its own: tests with and without one come by here.
fn execute(server: &str, statement: &str) {
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let connection = Database::connect(server).await.unwrap();
            connection.execute_unprepared(statement).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    std::thread::scope(|scope| scope.spawn(work).join().unwrap());
}
