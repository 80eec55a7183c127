//! The only place that knows which engine it is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};
use sea_orm_migration::MigratorTrait;

use crate::migrations::Migrator;
use crate::store::statements::Statements;
use crate::store::{Store, StoreError};

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by its whole URL (with its password: never logged).
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads `sqlite:path`, `sqlite://path`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
        match path.map(|p| p.split('?').next().unwrap_or(p)) {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(_) | None => Err(StoreError::Url(masked(url))),
        }
    }

    /// The URL as it may be shown: without password.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}", path.display()),
            Self::Postgres(url) => masked(url),
        }
    }
}

/// Replaces the password of a URL by `***`.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = user.split_once(':').map_or_else(|| user.to_owned(), |(name, _)| format!("{name}:***"));
    format!("{scheme}://{user}@{host}")
}

impl Store {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    /// When the database cannot be reached or migrated.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let store = match url {
            DatabaseUrl::Sqlite(path) => sqlite(path).await?,
            DatabaseUrl::Postgres(url) => postgres(url).await?,
        };
        store.migrate().await?;
        Ok(store)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let failed = StoreError::of("migrate the database");
        if !self.is_postgres() {
            return Migrator::up(&self.writer, None).await.map_err(failed);
        }
        // Several replicas may start at once: one migrates, the others wait for it.
        let held = self.write().await?;
        let lock = held.execute_unprepared("SELECT pg_advisory_xact_lock(727001)").await;
        lock.map_err(StoreError::of("wait for another migration"))?;
        let done = Migrator::up(&self.writer, None).await.map_err(failed);
        held.commit().await.map_err(StoreError::of("end the migration"))?;
        done
    }

    fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// What a claiming sub-query ends with, so that claimants do not wait for each other.
    pub(super) fn skip_locked(&self) -> &'static str {
        if self.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" }
    }
}

async fn sqlite(path: &Path) -> Result<Store, StoreError> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent)
            .map_err(|source| StoreError::Directory { path: parent.display().to_string(), source })?;
    }
    let statements = Statements::default();
    let writer = open(sqlite_options(path, Access::ReadWrite), &statements).await?;
    let reader = open(sqlite_options(path, Access::ReadOnly), &statements).await?;
    Ok(Store { writer, reader, statements })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadWrite,
    ReadOnly,
}

fn sqlite_options(path: &Path, access: Access) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    // One writer: SQLite has one write lock anyway, and waiting for a connection is fairer than SQLITE_BUSY.
    options.max_connections(if access == Access::ReadWrite { 1 } else { 4 });
    options.min_connections(u32::from(access == Access::ReadWrite));
    options.connect_lazy(access == Access::ReadOnly).sqlx_logging(false).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        match access {
            Access::ReadWrite => sqlite.create_if_missing(true),
            Access::ReadOnly => sqlite.read_only(true),
        }
    });
    options
}

async fn postgres(url: &str) -> Result<Store, StoreError> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(16).sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
    let statements = Statements::default();
    let writer = open(options, &statements).await?;
    Ok(Store { reader: writer.clone(), writer, statements })
}

async fn open(options: ConnectOptions, statements: &Statements) -> Result<DatabaseConnection, StoreError> {
    let mut connection = Database::connect(options).await.map_err(StoreError::of("open the database"))?;
    statements.count(&mut connection);
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_and_passwords_masked() {
        assert_eq!(DatabaseUrl::parse("sqlite:///a/b.db").unwrap(), DatabaseUrl::Sqlite("/a/b.db".into()));
        assert_eq!(DatabaseUrl::parse("sqlite:a.db?mode=rwc").unwrap(), DatabaseUrl::Sqlite("a.db".into()));
        let postgres = DatabaseUrl::parse("postgres://me:secret@db/attestry").unwrap();
        assert_eq!(postgres.shown(), "postgres://me:***@db/attestry");
        let error = DatabaseUrl::parse("mysql://me:secret@db/x").unwrap_err().to_string();
        assert!(error.contains("mysql://me:***@db/x") && !error.contains("secret"));
    }
}
