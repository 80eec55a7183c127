//! Settings of a feed: which one, where it is, and with what it is asked for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::HeaderValue;
use serde::{Deserialize, Serialize};
use url::Url;

use super::FeedName;
use crate::collect::CollectError;
use crate::net::{Addresses, Http, Policy};

/// Time for a whole download: the largest databases have hundreds of megabytes.
const TOTAL: Duration = Duration::from_secs(900);
/// Time to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// Settings of a source of kind `advisory-feed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSettings {
    /// Name of the feed.
    pub feed: String,
    /// Address of a mirror; the publisher's when absent.
    #[serde(default)]
    pub url: Option<String>,
    /// File on this machine instead of an address.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// File that holds a bearer token.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// Whether the address may be a private one.
    #[serde(default)]
    pub private_addresses: bool,
}

/// Where a feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file of this machine.
    File(PathBuf),
    /// Behind an address.
    Web(Url),
}

impl FeedSettings {
    /// Reads stored settings.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(json: &str) -> Result<Self, CollectError> {
        serde_json::from_str(json).map_err(|e| CollectError::Settings(e.to_string()))
    }

    /// The feed's name.
    ///
    /// # Errors
    /// When it is no feed.
    pub fn name(&self) -> Result<FeedName, CollectError> {
        FeedName::parse(&self.feed).map_err(|e| CollectError::Settings(format!("feed: {e}")))
    }

    /// Where it is.
    ///
    /// # Errors
    /// When that is said twice or not at all, or the address is none that can be asked.
    pub fn place(&self) -> Result<Place, CollectError> {
        let wrong = |text: String| Err(CollectError::Settings(text));
        let address = match (&self.url, &self.path) {
            (Some(_), Some(_)) => return wrong("give url or path, not both".to_owned()),
            (None, Some(path)) => return Ok(Place::File(path.clone())),
            (Some(url), None) => url.clone(),
            (None, None) => match self.name()?.published_at() {
                Some(address) => address,
                None => return wrong(format!("{} is no single file: give url or path", self.feed)),
            },
        };
        match Url::parse(&address) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(Place::Web(url)),
            Ok(_) | Err(_) => wrong("url: write https://host/file, or path for a file here".to_owned()),
        }
    }

    /// Where it is, as it may be shown: an address without its query, which may hold a secret.
    pub fn shown(&self) -> String {
        match self.place() {
            Ok(Place::File(path)) => path.display().to_string(),
            Ok(Place::Web(url)) => without_query(url.as_str()),
            Err(error) => error.to_string(),
        }
    }

    /// Everything that can be known to be wrong without asking anybody.
    ///
    /// # Errors
    /// With what is wrong and how to mend it.
    pub fn check(&self) -> Result<(), CollectError> {
        self.name()?;
        let Place::Web(url) = self.place()? else { return Ok(()) };
        self.http(0)?.allowed(&url).map_err(CollectError::Net)
    }

    /// The client that asks.
    pub(super) fn http(&self, limit: u64) -> Result<Http, CollectError> {
        let addresses = if self.private_addresses { Addresses::Any } else { Addresses::Public };
        let body_limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let policy = Policy { addresses, body_limit, connect: CONNECT, total: TOTAL, ..Policy::STRICT };
        Http::new(policy).map_err(CollectError::Net)
    }

    /// The bearer token, read anew each time: it may be exchanged while the service runs.
    pub(super) fn token(&self) -> Result<Option<HeaderValue>, CollectError> {
        let Some(path) = &self.token_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).map_err(|e| CollectError::Gone(path.clone(), e))?;
        bearer(path, text.trim()).map(Some)
    }
}

fn bearer(path: &Path, token: &str) -> Result<HeaderValue, CollectError> {
    let unusable = || CollectError::Settings(format!("token_file: {} holds no token", path.display()));
    if token.is_empty() {
        return Err(unusable());
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| unusable())?;
    value.set_sensitive(true);
    Ok(value)
}

/// An address without query and fragment.
pub(super) fn without_query(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> FeedSettings {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn a_feed_is_at_its_publisher_unless_a_mirror_is_named() {
        let place = |toml: &str| settings(toml).place().unwrap();
        let web = |address: &str| Place::Web(Url::parse(address).unwrap());

        assert!(
            matches!(place("feed = \"rustsec\""), Place::Web(url) if url.host_str() == Some("codeload.github.com"))
        );
        assert_eq!(place("feed = \"kev\"\nurl = \"https://m.example/k\""), web("https://m.example/k"));
        assert_eq!(place("feed = \"kev\"\npath = \"/m/k.json\""), Place::File("/m/k.json".into()));
    }

    #[test]
    fn settings_that_cannot_work_are_refused_with_what_to_write() {
        let why = |toml: &str| settings(toml).check().unwrap_err().to_string();

        assert!(why("feed = \"nvd\"").contains("give url or path"));
        assert!(why("feed = \"kev\"\nurl = \"https://a/b\"\npath = \"/b\"").contains("not both"));
        assert!(why("feed = \"kev\"\nurl = \"/srv/kev.json\"").contains("path"));
        assert!(why("feed = \"kev\"\nurl = \"file:///srv/kev.json\"").contains("path"));
        assert!(why("feed = \"kev\"\nurl = \"https://10.0.0.1/kev.json\"").contains("private"));
        assert!(why("feed = \"kev\"\nurl = \"http://m.example/kev.json\"").contains("HTTPS"));
        assert!(why("feed = \"kev\"\nurl = \"https://u:p@m.example/kev.json\"").contains("password"));
        let inside = "feed = \"kev\"\nurl = \"https://10.0.0.1/kev.json\"\nprivate_addresses = true";
        assert!(settings(inside).check().is_ok());
    }

    #[test]
    fn a_query_is_never_shown() {
        let signed = settings("feed = \"kev\"\nurl = \"https://m.example/kev.json?sig=geheim\"");

        assert_eq!(signed.shown(), "https://m.example/kev.json");
    }
}
