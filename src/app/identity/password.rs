//! Passwords: which are accepted, how they are stored, and that checking them cannot exhaust the machine.
//!
//! A check costs 19 MiB and some 30 ms by design. So at most [`AT_ONCE`] run in this process, each on a blocking
//! thread; the rest wait, and who waits [`PATIENCE`] is told to come back. Somebody we do not know is checked too,
//! against `NOBODY`, so that the answer takes as long.

mod policy;

use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use policy::{MAX_BYTES, MIN_CHARACTERS, Refused, accept};

use super::{NoRandomness, random_bytes};

/// How many passwords are hashed at the same time in one process: 38 MiB at the most.
pub const AT_ONCE: usize = 2;

/// How long a check waits for its turn.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What somebody unknown is checked against: the present cost, and an output no password was ever hashed to.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// A password could not be hashed or checked; says nothing about whether it was right.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Longer than anything a person types; hashing it would only cost us.
    #[error("the password is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// There was no salt to be had.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The library refused.
    #[error("the password could not be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    /// What is stored is no Argon2id string.
    #[error("the stored password is no Argon2id string: reset the password of this account")]
    Stored(#[source] argon2::password_hash::Error),
    /// Too many are signing in.
    #[error("too many people are signing in at this moment: try again shortly")]
    Busy,
    /// The blocking thread is gone.
    #[error("the password check was cut off")]
    CutOff,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The password is right.
    Right,
    /// The password is right, and was hashed at a cost of the past: hash it again and store that.
    RightButOutdated,
    /// The password is wrong, or there is no such person.
    Wrong,
}

/// Hashes a password for storage, on a blocking thread, when it is its turn.
///
/// Whether the password is good enough is asked before, with [`accept`].
///
/// # Errors
/// When it is too long, too many wait, or the machine has no randomness.
pub async fn hash_blocking(password: SecretString) -> Result<String, PasswordError> {
    in_turn(move || hash(&password)).await?
}

/// Checks a password against what is stored, or against nobody's, on a blocking thread, when it is its turn.
///
/// # Errors
/// When too many wait, or what is stored cannot be read.
pub async fn verify_blocking(password: SecretString, stored: Option<String>) -> Result<Check, PasswordError> {
    in_turn(move || verify(&password, stored.as_deref())).await?
}

/// Hashes a password with a new salt into a PHC string. Slow: see [`hash_blocking`].
///
/// # Errors
/// When it is too long or the machine has no randomness.
pub fn hash(password: &SecretString) -> Result<String, PasswordError> {
    let bytes = bounded(password)?;
    let salt = random_bytes::<16>()?;
    let hashed: PasswordHash =
        hasher().hash_password_with_salt(bytes, salt.as_slice()).map_err(PasswordError::Hash)?;
    Ok(hashed.to_string())
}

/// Checks a password; without a stored one it is wrong, and takes as long. Slow: see [`verify_blocking`].
///
/// # Errors
/// When what is stored cannot be read.
pub fn verify(password: &SecretString, stored: Option<&str>) -> Result<Check, PasswordError> {
    // an over-long one is never hashed, whoever it is for: nothing to learn from the time it takes
    let Ok(bytes) = bounded(password) else { return Ok(Check::Wrong) };
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(stored_error)?;
    match hasher().verify_password(bytes, &parsed) {
        Ok(()) if needs_rehash(&parsed) => Ok(Check::RightButOutdated),
        Ok(()) => Ok(Check::Right),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Check::Wrong),
        Err(other) => Err(PasswordError::Stored(other)),
    }
}

/// Whether the string was made at another cost, or by another algorithm, than new ones are.
fn needs_rehash(stored: &PasswordHash) -> bool {
    let Ok(params) = Params::try_from(stored) else { return true };
    let present = Params::DEFAULT;
    let same_cost = (params.m_cost(), params.t_cost(), params.p_cost())
        == (present.m_cost(), present.t_cost(), present.p_cost());
    !same_cost || stored.algorithm.as_str() != "argon2id" || stored.version != Some(Version::V0x13.into())
}

/// Argon2id (RFC 9106) with 19 MiB, two passes and one lane, the cost OWASP names as its least.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn bounded(password: &SecretString) -> Result<&[u8], PasswordError> {
    let bytes = password.expose_secret().as_bytes();
    if bytes.len() > MAX_BYTES { Err(PasswordError::TooLong) } else { Ok(bytes) }
}

fn stored_error(error: argon2::password_hash::phc::Error) -> PasswordError {
    PasswordError::Stored(error.into())
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
    let turn: SemaphorePermit<'static> = match tokio::time::timeout(PATIENCE, TURNS.acquire()).await {
        Ok(Ok(turn)) => turn,
        Ok(Err(_)) | Err(_) => return Err(PasswordError::Busy),
    };
    // the turn goes with the work: a caller who hangs up does not make room for one more
    let done = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    done.await.map_err(|_| PasswordError::CutOff)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn a_password_is_found_right_and_another_wrong() {
        let stored = hash(&secret("correct horse battery staple")).unwrap();

        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify(&secret("correct horse battery staple"), Some(&stored)).unwrap(), Check::Right);
        assert_eq!(verify(&secret("correct horse battery stapl"), Some(&stored)).unwrap(), Check::Wrong);
        assert_eq!(verify(&secret("correct horse battery staple "), Some(&stored)).unwrap(), Check::Wrong);
    }

    #[test]
    fn one_password_is_never_stored_alike_twice() {
        assert_ne!(hash(&secret("same password")).unwrap(), hash(&secret("same password")).unwrap());
    }

    #[test]
    fn a_hash_of_another_cost_is_right_but_outdated() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old: PasswordHash = cheap.hash_password_with_salt(b"a password", &[7; 16]).unwrap();
        let older = Argon2::new(Algorithm::Argon2i, Version::V0x13, Params::DEFAULT);
        let older: PasswordHash = older.hash_password_with_salt(b"a password", &[7; 16]).unwrap();

        let check = |stored: &PasswordHash| verify(&secret("a password"), Some(&stored.to_string())).unwrap();
        assert_eq!(check(&old), Check::RightButOutdated);
        assert_eq!(check(&older), Check::RightButOutdated);
    }

    #[test]
    fn nobody_costs_what_somebody_costs_and_is_always_wrong() {
        let nobody = PasswordHash::new(NOBODY).unwrap();

        assert!(!needs_rehash(&nobody), "the cost has changed: change NOBODY with it");
        assert_eq!(verify(&secret(""), None).unwrap(), Check::Wrong);
        assert_eq!(verify(&secret("anything at all"), None).unwrap(), Check::Wrong);
    }

    #[test]
    fn an_endless_password_is_refused_before_it_costs_anything() {
        let endless = secret(&"x".repeat(MAX_BYTES + 1));

        assert!(matches!(hash(&endless), Err(PasswordError::TooLong)));
        assert_eq!(verify(&endless, None).unwrap(), Check::Wrong);
    }

    #[test]
    fn what_is_no_hash_is_an_error_and_not_a_wrong_password() {
        assert!(matches!(verify(&secret("a"), Some("plain text")), Err(PasswordError::Stored(_))));
        assert!(matches!(
            verify(&secret("a"), Some("$scrypt$ln=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA")),
            Err(PasswordError::Stored(_))
        ));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_than_two_are_hashed_at_once() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = || {
            let (now, most) = (now.clone(), most.clone());
            in_turn(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        };

        let all: Vec<_> = (0..12).map(|_| tokio::spawn(work())).collect();
        for one in all {
            one.await.unwrap().unwrap();
        }

        assert!((1..=AT_ONCE).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn hashing_and_checking_meet_through_their_threads() {
        let stored = hash_blocking(secret("correct horse battery staple")).await.unwrap();

        let right = verify_blocking(secret("correct horse battery staple"), Some(stored)).await.unwrap();
        assert_eq!(right, Check::Right);
    }
}
