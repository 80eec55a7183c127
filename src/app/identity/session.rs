//! Sessions: 256 random bits in a cookie, only their digest stored, a new secret whenever more is proven.

use secrecy::SecretString;

use crate::app::identity::secret_token::{SecretToken, TokenKind};
use crate::app::identity::{Actor, Client, Person, Via};
use crate::app::{App, Error};
use crate::base::{Digest, ErrorKind, PersonId, SessionId, UnixMillis};
use crate::store::SessionRow;

/// A session's use is noted at most once in this time.
const TOUCH_MS: i64 = 60_000;
/// What has been proven but not completed lasts this long.
const HALF_MS: i64 = 10 * 60_000;
/// A sensitive act needs a proof of identity no older than this.
const FRESH_MS: i64 = 10 * 60_000;

/// How much of who they are a person has proven in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The password; a second factor is still owed.
    Password,
    /// The password; the role asks for a second factor, which must be set up first.
    Enrol,
    /// All there is to prove.
    Full,
}

impl Level {
    const fn slug(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Enrol => "enrol",
            Self::Full => "full",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Password, Self::Enrol, Self::Full].into_iter().find(|l| l.slug() == text)
    }
}

/// A session that has just begun; the secret goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct NewSession {
    /// For the cookie.
    pub secret: SecretString,
    /// Identifier that may be shown.
    pub id: SessionId,
    /// When it ends at the latest.
    pub expires_at: UnixMillis,
}

/// Somebody who just proved who they are, wholly or by half.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// How much of it.
    pub level: Level,
    /// Their session.
    pub session: NewSession,
}

/// Who is behind a session's secret.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: Person,
    /// The session.
    pub session: SessionView,
}

/// A session as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Identifier.
    pub id: SessionId,
    /// Digest of its secret.
    pub token: Digest,
    /// How much was proven.
    pub level: Level,
    /// When it began.
    pub created_at: UnixMillis,
    /// When it was last used, within a minute.
    pub seen_at: UnixMillis,
    /// When it ends at the latest.
    pub expires_at: UnixMillis,
    /// When the person last proved who they are.
    pub confirmed_at: UnixMillis,
    /// Address it began from.
    pub ip: String,
    /// What the browser called itself.
    pub agent: String,
}

impl Caller {
    /// The caller as an actor.
    pub fn actor(&self, client: Client) -> Actor {
        Actor::person(&self.person, Via::Session(self.session.id), client)
    }

    /// Whether identity was proven recently enough for a sensitive act.
    pub const fn is_fresh(&self, at: UnixMillis) -> bool {
        at.since(self.session.confirmed_at) <= FRESH_MS
    }
}

impl App {
    /// Begins a session; `replaced` ends, so that a known secret never gains a higher level (session fixation).
    ///
    /// # Errors
    /// When there is no randomness or the database fails.
    pub async fn session_begin(
        &self,
        person: PersonId,
        level: Level,
        (client, replaced): (&Client, Option<Digest>),
    ) -> Result<NewSession, Error> {
        let secret = SecretToken::generate(TokenKind::Session)
            .map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        let now = self.now();
        let lasts = match level {
            Level::Full => self.config.session.absolute_hours * 3_600_000,
            Level::Password | Level::Enrol => HALF_MS,
        };
        let row = SessionRow {
            token: secret.digest(),
            id: SessionId::new(),
            person,
            level: level.slug().to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus_millis(lasts),
            confirmed_at: now,
            ip: client.ip.clone(),
            agent: client.agent.clone(),
        };
        self.store.session_begin(&row, replaced).await?;
        // a beginning is rare enough to clear away what ended by itself
        self.store.session_sweep(now).await?;
        let secret = SecretString::from(secret.expose().to_owned());
        Ok(NewSession { secret, id: row.id, expires_at: row.expires_at })
    }

    /// Who is behind a session's secret; `None` for a wrong, ended or idle one, and for a person who was disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn caller(&self, secret: &str) -> Result<Option<Caller>, Error> {
        let Ok(token) = SecretToken::parse(TokenKind::Session, secret) else { return Ok(None) };
        let token = token.digest();
        let Some((row, person)) = self.store.session_find(token).await? else { return Ok(None) };
        let now = self.now();
        let idle = now.since(row.seen_at) > self.config.session.idle_minutes * 60_000;
        if idle || row.expires_at <= now || person.disabled {
            return Ok(None);
        }
        let unreadable = || Error::new(ErrorKind::Internal, "a session's level cannot be read");
        let level = Level::parse(&row.level).ok_or_else(unreadable)?;
        if now.since(row.seen_at) > TOUCH_MS {
            self.store.session_touch(token, now).await?;
        }
        Ok(Some(Caller { person: person.try_into()?, session: view(row, level) }))
    }

    /// Sessions of a person, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(&self, person: PersonId) -> Result<Vec<SessionView>, Error> {
        let rows = self.store.session_list(person).await?;
        let now = self.now();
        let idle_ms = self.config.session.idle_minutes * 60_000;
        let live = rows.into_iter().filter(|r| r.expires_at > now && now.since(r.seen_at) <= idle_ms);
        Ok(live.filter_map(|r| Level::parse(&r.level).map(|level| view(r, level))).collect())
    }

    /// Ends one session of a person.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn session_end(&self, person: PersonId, id: SessionId) -> Result<(), Error> {
        if self.store.session_end(person, id).await? {
            return Ok(());
        }
        Err(Error::not_found("there is no such session; it may have ended already"))
    }
}

fn view(row: SessionRow, level: Level) -> SessionView {
    SessionView {
        id: row.id,
        token: row.token,
        level,
        created_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
        confirmed_at: row.confirmed_at,
        ip: row.ip,
        agent: row.agent,
    }
}

/// The token that every form of a session carries: only who knows the cookie can make it, and it tells nothing of it.
pub fn forgery_token(secret: &str) -> String {
    SecretToken::parse(TokenKind::Session, secret).map_or_else(|_| String::new(), |token| token.form_token())
}

/// Whether a form came from a page of this session. Compared in constant time.
pub fn is_forgery_token(secret: &str, given: &str) -> bool {
    SecretToken::parse(TokenKind::Session, secret).is_ok_and(|token| token.form_token_fits(given))
}
