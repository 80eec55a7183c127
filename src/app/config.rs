//! One configuration: defaults, then a file, then the environment, then flags.

mod access;
mod advisories;
mod api;
mod database_password;
mod schedules;
mod shown;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::app::Error;
use crate::app::declared::{AssetConfig, SourceConfig, VendorConfig};
use crate::app::import::checked_key;
use crate::app::scope::check_vendor;
use crate::base::ErrorKind;
use crate::evidence::Limits;
use crate::store::DatabaseUrl;

pub use access::{GroupRole, SecondFactor, Sessions, Sso};
pub use advisories::Advisories;
pub use api::Api;
pub use schedules::Schedules;

/// Everything that can be configured. Field names are the keys of the file and, upper-cased behind `ATTESTRY_`,
/// of the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Directory of the embedded database, the blobs and the key.
    pub data: PathBuf,
    /// Database; SQLite inside the data directory when absent.
    pub database_url: Option<SecretString>,
    /// File with the database's password; put into the URL when the configuration is read.
    pub database_password_file: Option<PathBuf>,
    /// Address the service listens on.
    pub listen: String,
    /// Where people reach the service, when a proxy stands before it (`https://evidence.example.com`).
    pub public_url: Option<url::Url>,
    /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Sessions of people.
    pub session: Sessions,
    /// Single sign-on; people sign in with passwords and passkeys only when absent.
    pub sso: Option<Sso>,
    /// File with the master key (64 hexadecimal digits or base64 of 32 bytes).
    pub master_key_file: Option<PathBuf>,
    /// The master key itself; rather from the environment than from a file.
    pub master_key: Option<SecretString>,
    /// Directory with further frameworks and tests.
    pub controls: Option<PathBuf>,
    /// Who the evidence is about.
    pub organisation: Organisation,
    /// Logging.
    pub log: Log,
    /// How often programs may ask.
    pub api: Api,
    /// Bounds on what is imported.
    pub limits: Limits,
    /// How old advisory feeds may be.
    pub advisories: Advisories,
    /// When the recurring jobs run.
    pub schedule: Schedules,
    /// Declared system components.
    pub asset: Vec<AssetConfig>,
    /// Declared third parties.
    pub vendor: Vec<VendorConfig>,
    /// Declared sources.
    pub source: Vec<SourceConfig>,
}

/// Who the evidence is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    /// Name as shown on reports and packs.
    pub name: String,
}

/// Logging.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `pretty` or `json`.
    pub format: LogFormat,
    /// `tracing` filter (`info`, `attestry=debug`).
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines, one JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("attestry-data"),
            database_url: None,
            database_password_file: None,
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            trusted_proxies: Vec::new(),
            session: Sessions::default(),
            sso: None,
            master_key_file: None,
            master_key: None,
            controls: None,
            organisation: Organisation::default(),
            log: Log::default(),
            api: Api::default(),
            limits: Limits::default(),
            advisories: Advisories::default(),
            schedule: Schedules::default(),
            asset: Vec::new(),
            vendor: Vec::new(),
            source: Vec::new(),
        }
    }
}

impl Default for Organisation {
    fn default() -> Self {
        Self { name: "This organisation".to_owned() }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Pretty, filter: "warn,attestry=info".to_owned() }
    }
}

/// Flags of the command line that override everything else.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--database`.
    pub database: Option<String>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--master-key-file`.
    pub master_key_file: Option<PathBuf>,
    /// `--controls`.
    pub controls: Option<PathBuf>,
    /// `--log-format`.
    pub log_format: Option<LogFormat>,
    /// `-v`/`-q`: a whole filter.
    pub log_filter: Option<String>,
}

/// The one secret of a section that is there or not as a whole.
const SSO_SECRET: &str = "ATTESTRY_SSO_CLIENT_SECRET";

/// Keys that may come from the environment, with `__` for the dot.
const ENVIRONMENT: [&str; 25] = [
    "data",
    "database_url",
    "database_password_file",
    "listen",
    "public_url",
    "session__idle_minutes",
    "session__absolute_hours",
    "session__second_factor",
    "master_key_file",
    "master_key",
    "controls",
    "organisation__name",
    "log__format",
    "log__filter",
    "api__reads_per_minute",
    "api__writes_per_minute",
    "limits__document_bytes",
    "limits__archive_bytes",
    "limits__archive_members",
    "limits__ratio",
    "limits__depth",
    "advisories__max_age_hours",
    "schedule__evaluate",
    "schedule__score",
    "schedule__checkpoint",
];

impl Config {
    /// Reads the configuration. `environment` is handed in so that tests need not change the process.
    ///
    /// # Errors
    /// When the file cannot be read, or a key or value is wrong; the message names key, file and line.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: Overrides,
    ) -> Result<Self, Error> {
        let mut builder = config::Config::builder();
        if let Some(path) = file {
            builder =
                builder.add_source(config::File::from_str(&read_checked(path)?, config::FileFormat::Toml));
        }
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let sso_secret = environment.iter().find(|(k, v)| k == SSO_SECRET && !v.is_empty());
        let sso_secret = sso_secret.map(|(_, value)| SecretString::from(value.clone()));
        let known = environment.into_iter().filter_map(|(key, value)| {
            let key = key.strip_prefix("ATTESTRY_")?.to_ascii_lowercase();
            (ENVIRONMENT.contains(&key.as_str()) && !value.is_empty()).then_some((key, value))
        });
        let environment =
            config::Environment::default().separator("__").try_parsing(true).source(Some(known.collect()));
        let built = builder.add_source(environment).build();
        let mut loaded: Self = built
            .and_then(config::Config::try_deserialize)
            .map_err(|e| Error::invalid(format!("the configuration is wrong: {e}")))?;
        if let Some(sso) = &mut loaded.sso {
            sso.client_secret = sso_secret.or(sso.client_secret.take());
        }
        loaded.overridden(flags).checked()
    }

    fn overridden(mut self, flags: Overrides) -> Self {
        let Overrides { data, database, listen, master_key_file, controls, log_format, log_filter } = flags;
        self.data = data.unwrap_or(self.data);
        self.database_url = database.map(SecretString::from).or(self.database_url);
        self.listen = listen.unwrap_or(self.listen);
        self.master_key_file = master_key_file.or(self.master_key_file);
        self.controls = controls.or(self.controls);
        self.log.format = log_format.unwrap_or(self.log.format);
        self.log.filter = log_filter.unwrap_or(self.log.filter);
        self
    }

    fn checked(mut self) -> Result<Self, Error> {
        if let Some(file) = &self.database_password_file {
            self.database_url = Some(database_password::with_password(self.database_url.as_ref(), file)?);
        }
        self.database()?;
        if self.listen.parse::<std::net::SocketAddr>().is_err() && !self.listen.contains(':') {
            let shown = &self.listen;
            return Err(Error::invalid(format!("listen: `{shown}` is no address: write 127.0.0.1:8080")));
        }
        let session = &self.session;
        if !(1..=1440).contains(&session.idle_minutes) || !(1..=720).contains(&session.absolute_hours) {
            return Err(Error::invalid(
                "session: idle_minutes is between 1 and 1440, absolute_hours between 1 and 720",
            ));
        }
        if self
            .public_url
            .as_ref()
            .is_some_and(|u| !matches!(u.scheme(), "http" | "https") || u.path() != "/")
        {
            return Err(Error::invalid(
                "public_url: write scheme and host only, https://evidence.example.com",
            ));
        }
        self.schedule.check()?;
        self.advisories.check()?;
        if let Some(sso) = &self.sso {
            sso.check(self.public_url.as_ref())?;
        }
        self.check_declared()?;
        Ok(self)
    }

    /// Everything declared is checked before anything is stored.
    fn check_declared(&self) -> Result<(), Error> {
        for asset in &self.asset {
            checked_key(&asset.key)?;
        }
        for vendor in &self.vendor {
            check_vendor(vendor)?;
        }
        for source in &self.source {
            let wrong = |e: String| Error::invalid(format!("source {}: {e}", source.name));
            source.settings().map_err(wrong)?;
            if let Some(cron) = &source.schedule {
                crate::app::cron::Cron::parse(cron).map_err(|e| wrong(e.to_string()))?;
            }
        }
        Ok(())
    }

    /// Where the database is.
    ///
    /// # Errors
    /// When the URL is of no known kind.
    pub fn database(&self) -> Result<DatabaseUrl, Error> {
        match &self.database_url {
            Some(url) => DatabaseUrl::parse(url.expose_secret()).map_err(Error::from),
            None => Ok(DatabaseUrl::Sqlite(self.data.join("attestry.db"))),
        }
    }
}

/// Reads the file and checks it alone, so that a mistake is reported with its line and not lost in the merge.
fn read_checked(path: &Path) -> Result<String, Error> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Error::new(kind, format!("could not read the configuration file {shown}: {e}"))
    })?;
    toml::from_str::<Config>(&text).map_err(|e| Error::invalid(format!("{shown} is wrong: {e}")))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let file = write("listen = \"0.0.0.0:1\"\ndata = \"from-file\"\n[limits]\ndepth = 7\n");
        let environment =
            [("ATTESTRY_LISTEN", "0.0.0.0:2"), ("ATTESTRY_DATA", "from-env"), ("ATTESTRY_CORPUS", "x")];
        let environment = environment.map(|(k, v)| (k.to_owned(), v.to_owned()));
        let flags = Overrides { data: Some("from-flag".into()), ..Overrides::default() };

        let config = Config::load(Some(file.path()), environment, flags).unwrap();

        assert_eq!(config.data, PathBuf::from("from-flag"));
        assert_eq!(config.listen, "0.0.0.0:2");
        assert_eq!(config.limits.depth, 7);
        assert_eq!(config.limits.ratio, Limits::default().ratio);
    }

    #[test]
    fn a_wrong_key_is_reported_with_its_line() {
        let file = write("listen = \"0.0.0.0:1\"\nlisten_on = 3\n");

        let error = Config::load(Some(file.path()), [], Overrides::default()).unwrap_err();

        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.public.contains("listen_on") && error.public.contains("line 2"), "{}", error.public);
    }

    #[test]
    fn the_databases_password_comes_from_its_file_and_is_masked() {
        let file = write("geheim\n");
        let environment = [
            ("ATTESTRY_DATABASE_URL", "postgres://u@h/d"),
            ("ATTESTRY_DATABASE_PASSWORD_FILE", file.path().to_str().unwrap()),
        ];
        let environment = environment.map(|(k, v)| (k.to_owned(), v.to_owned()));

        let config = Config::load(None, environment, Overrides::default()).unwrap();

        assert_eq!(config.database().unwrap(), DatabaseUrl::Postgres("postgres://u:geheim@h/d".to_owned()));
        assert!(!format!("{:?}{config:?}", config.shown()).contains("geheim"));
    }

    #[test]
    fn secrets_are_masked() {
        let environment =
            [("ATTESTRY_MASTER_KEY", "abcdef"), ("ATTESTRY_DATABASE_URL", "postgres://u:geheim@h/d")];
        let environment = environment.map(|(k, v)| (k.to_owned(), v.to_owned()));

        let config = Config::load(None, environment, Overrides::default()).unwrap();

        let shown = format!("{:?}{config:?}", config.shown());
        assert!(!shown.contains("abcdef") && !shown.contains("geheim"));
    }
}
