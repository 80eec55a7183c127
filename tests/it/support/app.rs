//! The application in this process, on a temporary directory and a clock that stands still.

use std::ops::Deref;
use std::sync::Arc;

use attestry::app::identity::person::{NewEngagement, NewPerson};
use attestry::app::identity::{Client, Level, Role};
use attestry::app::{App, AssetConfig, Config, Import, NoProgress, Origin, Overrides};
use attestry::base::{FixedClock, PersonId, UnixMillis};
use attestry::controls::{TestResult, TestStatus};
use attestry::evidence::Receipt;
use attestry::store::{RunState, Store};
use bytes::Bytes;
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::binary::program;
use super::{Service, TestDatabase};

/// The instant tests begin at: Monday, 15 June 2026, 09:30 UTC.
pub const START: UnixMillis = UnixMillis(1_781_515_800_000);

/// An application under test.
pub struct TestApp {
    app: Arc<App>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its data directory.
    pub data: TempDir,
    config: Config,
    // Last, so that it is dropped when nobody uses it any more.
    database: TestDatabase,
}

impl TestApp {
    /// A new, empty installation that is configured otherwise.
    pub async fn with(configure: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = TestDatabase::new();
        let flags = Overrides {
            data: Some(data.path().to_owned()),
            database: database.url(),
            ..Overrides::default()
        };
        let mut config = Config::load(None, [], flags).unwrap();
        configure(&mut config);
        let clock = Arc::new(FixedClock::new(START));
        let app = Arc::new(App::open(config.clone(), clock.clone()).await.unwrap());
        Self { app, clock, data, config, database }
    }

    /// The application, for what wants to share it.
    pub fn shared(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Another process on the same database and directory, with the same clock.
    pub async fn another(&self) -> App {
        App::open(self.config.clone(), self.clock.clone()).await.unwrap()
    }

    /// The same installation served by an operating-system process of its own, with the clock of the machine.
    pub fn serve(&self) -> Service {
        Service::start(program(self.data.path(), &self.database))
    }

    /// The database does not answer any more until it is given back.
    pub fn take_database_away(&self) {
        self.database.allow_connections(false);
    }

    /// The database answers again.
    pub fn give_database_back(&self) {
        self.database.allow_connections(true);
    }

    /// The rows, past the application.
    pub async fn store(&self) -> Store {
        Store::connect(&self.config.database().unwrap()).await.unwrap()
    }

    /// Changes rows past the application, as somebody with the database's password could.
    pub async fn execute(&self, statement: &str) {
        use sea_orm::ConnectionTrait as _;
        let file = || format!("sqlite://{}?mode=rw", self.data.path().join("attestry.db").display());
        let url = self.database.url().unwrap_or_else(file);
        let connection = sea_orm::Database::connect(url).await.unwrap();
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Imports a file about an asset, or about nothing when the key is empty.
    pub async fn import_file(&self, file: &str, bytes: impl Into<Vec<u8>>, asset: &str) -> Receipt {
        let mut receipts = self.import(&upload(file, bytes.into(), asset, self.now())).await.unwrap();
        assert_eq!(receipts.len(), 1, "{receipts:?}");
        receipts.remove(0)
    }

    /// Declares an asset in scope with an owner.
    pub async fn declare_asset(&self, key: &str, asset_type: &str) {
        let asset = AssetConfig {
            key: key.to_owned(),
            name: String::new(),
            asset_type: asset_type.to_owned(),
            in_scope: true,
            environment: "production".to_owned(),
            owner: "platform".to_owned(),
            data_classes: Vec::new(),
            internet_facing: false,
        };
        self.declare(&[asset], &[]).await.unwrap();
    }

    /// Evaluates now and gives the result of one test.
    pub async fn result_of(&self, test: &str) -> TestResult {
        let evaluation = self.evaluate(&Default::default()).await.unwrap();
        evaluation.results.into_iter().find(|r| r.test == test).expect("the catalogue has that test")
    }

    /// Evaluates now and gives the status of one test.
    pub async fn status_of(&self, test: &str) -> TestStatus {
        self.result_of(test).await.status
    }
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// A file as a person hands it in.
pub fn upload(file: &str, bytes: Vec<u8>, asset: &str, at: UnixMillis) -> Import {
    Import {
        file: file.to_owned(),
        bytes: Bytes::from(bytes),
        kind: None,
        asset: (!asset.is_empty()).then(|| asset.to_owned()),
        origin: Origin::upload(at, None),
    }
}

/// Runs the test on a new installation, then checks what must hold after every test: no run is unfinished, and the
/// ledger verifies from the original bytes up.
pub async fn with_app(body: impl AsyncFnOnce(&TestApp)) {
    with_app_of(|_| (), body).await;
}

/// The same on an installation that is configured otherwise.
pub async fn with_app_of(configure: impl FnOnce(&mut Config), body: impl AsyncFnOnce(&TestApp)) {
    let app = TestApp::with(configure).await;
    body(&app).await;
    // PostgreSQL connections that a web server's workers opened end with it, sooner or later: others look.
    let witness = if app.database.url().is_some() { Arc::new(app.another().await) } else { app.shared() };
    let runs = witness.runs(1000).await.unwrap();
    let open: Vec<_> =
        runs.iter().filter(|r| matches!(r.state, RunState::Ready | RunState::Running)).collect();
    assert!(open.is_empty(), "unfinished runs: {open:#?}");
    let report = witness.ledger_verify(&NoProgress).await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

/// Somebody of that role signs in; gives the cookie.
pub async fn signed_in(app: &App, role: Role) -> String {
    let engagement = match role {
        Role::Auditor => Some(app.engagement_add(&engagement(app.now())).await.unwrap()),
        Role::Administrator | Role::Officer | Role::Contributor | Role::Reviewer | Role::VendorContact => {
            None
        }
    };
    let name = format!("{} {}", role.label(), PersonId::new());
    let email = format!("{}@example.com", PersonId::new());
    let person = app.person_add(&NewPerson { email, name, role, engagement }).await.unwrap();
    let session = app.session_begin(person.id, Level::Full, (&Client::default(), None)).await.unwrap();
    format!("attestry-session={}", session.secret.expose_secret())
}

/// An engagement over the last year on PCI DSS.
pub fn engagement(now: UnixMillis) -> NewEngagement {
    NewEngagement {
        name: "PCI DSS 2026".to_owned(),
        frameworks: vec!["pci-dss-4.0.1".to_owned()],
        from: now.plus_days(-365),
        to: now,
        time_zone: "UTC".to_owned(),
    }
}
