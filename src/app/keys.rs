//! The installation's identity: its signing key, sealed under the master key, and the key that replaces secrets.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;

use crate::app::{Config, Error};
use crate::base::{Digest, ErrorKind, UnixMillis};
use crate::ledger::key::{MasterKey, Sealed, SigningKey};
use crate::ledger::key_ring::KeyChange;
use crate::ledger::note::VerifierKey;
use crate::ledger::statement::{PredicateKind, Statement, StatementError, Subject};
use crate::store::{NewEntry, SigningKeyRow, Store};

/// Context strings bind a sealed secret to its purpose.
const SIGNING: &[u8] = b"attestry/signing-key/v1";
const REDACTION: &[u8] = b"attestry/redaction-key/v1";

/// Signs what the installation says.
pub struct Signer {
    key: SigningKey,
    /// Public key under the log's origin.
    pub verifier: VerifierKey,
    /// Replaces secrets by keyed hashes.
    pub redaction_key: [u8; 32],
    /// Seals sources' secrets.
    pub master: MasterKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

impl Signer {
    /// Opens the installation's keys, creating them on the first start.
    ///
    /// # Errors
    /// When the master key is absent, unreadable or not the one the keys were sealed with.
    pub async fn open(config: &Config, store: &Store, now: UnixMillis) -> Result<Self, Error> {
        let has_keys = !store.key_list().await?.is_empty();
        let master = master_key(config, has_keys)?;
        let origin = format!("attestry/{}", installation_id(store).await?);
        if !has_keys {
            create(store, &master, &origin, now).await?;
        }
        let rows = store.key_list().await?;
        let row = rows.iter().rev().find(|r| r.retired_at.is_none());
        let row =
            row.ok_or_else(|| Error::integrity("every signing key is retired: the ledger cannot be signed"))?;
        let sealed = STANDARD
            .decode(&row.sealed)
            .map_err(|e| Error::integrity("the signing key is damaged").caused_by(e))?;
        let sealed = Sealed::from_bytes(sealed)
            .map_err(|e| Error::integrity("the signing key is damaged").caused_by(e))?;
        let key = SigningKey::open(&sealed, &master, SIGNING).map_err(|e| {
            Error::invalid(
                "the master key does not open this installation's signing key: give the one it was created with \
                 (ATTESTRY_MASTER_KEY or --master-key-file)",
            )
            .caused_by(e)
        })?;
        let verifier = row.vkey.parse().map_err(|e| {
            Error::integrity("the stored public key is damaged").caused_by(anyhow::anyhow!("{e}"))
        })?;
        let redaction_key = redaction_key(store, &master).await?;
        Ok(Self { key, verifier, redaction_key, master })
    }

    /// The signing key.
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Fingerprint of the public key, as shown on pages and packs.
    pub fn fingerprint(&self) -> String {
        self.key.public().fingerprint().to_string()
    }

    /// Signs a statement about one artefact into a ledger entry.
    ///
    /// # Errors
    /// When the predicate cannot be written as JSON.
    pub fn entry<P: serde::Serialize>(
        &self,
        kind: PredicateKind,
        (name, digest): (&str, Digest),
        predicate: &P,
        at: UnixMillis,
    ) -> Result<NewEntry, Error> {
        let subjects = vec![Subject { name: name.to_owned(), sha256: digest }];
        self.sign(Statement::new(kind, subjects, predicate), digest, at)
    }

    /// Signs a finished statement into a ledger entry.
    ///
    /// # Errors
    /// When the statement could not be made.
    pub fn sign(
        &self,
        statement: Result<Statement, StatementError>,
        subject: Digest,
        at: UnixMillis,
    ) -> Result<NewEntry, Error> {
        let statement = statement
            .map_err(|e| Error::new(ErrorKind::Internal, "could not write a statement").caused_by(e))?;
        entry(statement.sign(&self.key).to_bytes(), statement.kind(), subject, at)
    }
}

fn entry(envelope: Vec<u8>, kind: PredicateKind, subject: Digest, at: UnixMillis) -> Result<NewEntry, Error> {
    let envelope = String::from_utf8(envelope)
        .map_err(|e| Error::new(ErrorKind::Internal, "an envelope is not text").caused_by(e))?;
    Ok(NewEntry { predicate: kind.slug().to_owned(), subject, envelope, at })
}

/// The random identifier of this installation, made once.
async fn installation_id(store: &Store) -> Result<String, Error> {
    if let Some(id) = store.setting_get("installation").await? {
        return Ok(id);
    }
    store.setting_put_new("installation", &uuid::Uuid::now_v7().to_string()).await?;
    let id = store.setting_get("installation").await?;
    id.ok_or_else(|| Error::upstream("the database did not keep the installation's identifier"))
}

async fn create(store: &Store, master: &MasterKey, origin: &str, now: UnixMillis) -> Result<(), Error> {
    let failed = |e: anyhow::Error| Error::upstream("could not create a signing key").caused_by(e);
    let key = SigningKey::generate().map_err(|e| failed(e.into()))?;
    let sealed = key.seal(master, SIGNING).map_err(|e| failed(e.into()))?;
    let verifier = VerifierKey::new(origin, *key.public()).map_err(|e| failed(e.into()))?;
    let statement = KeyChange::statement(&verifier, None).map_err(|e| failed(anyhow::anyhow!("{e}")))?;
    let subject = statement.subjects().first().map_or_else(|| Digest::of(origin.as_bytes()), |s| s.sha256);
    let first = entry(statement.sign(&key).to_bytes(), PredicateKind::KeyChange, subject, now)?;
    let row = SigningKeyRow {
        fingerprint: key.public().fingerprint().to_string(),
        sealed: STANDARD.encode(sealed.as_bytes()),
        vkey: verifier.to_string(),
        created_at: now,
        retired_at: None,
    };
    store.key_create_first(&row, &first).await?;
    Ok(())
}

async fn redaction_key(store: &Store, master: &MasterKey) -> Result<[u8; 32], Error> {
    let damaged = || Error::integrity("the redaction key is damaged");
    if store.setting_get("redaction_key").await?.is_none() {
        let mut fresh = [0_u8; 32];
        aws_lc_rs::rand::fill(&mut fresh).map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
        let sealed = master.seal(&fresh, REDACTION).map_err(|e| damaged().caused_by(e))?;
        store.setting_put_new("redaction_key", &STANDARD.encode(sealed.as_bytes())).await?;
    }
    let stored = store.setting_get("redaction_key").await?.ok_or_else(damaged)?;
    let sealed = STANDARD.decode(stored).map_err(|e| damaged().caused_by(e))?;
    let sealed = Sealed::from_bytes(sealed).map_err(|e| damaged().caused_by(e))?;
    let opened = master.open(&sealed, REDACTION).map_err(|e| damaged().caused_by(e))?;
    <[u8; 32]>::try_from(opened.as_slice()).map_err(|e| damaged().caused_by(e))
}

/// Finds the master key: environment or configuration, then the named file, then the data directory's own.
fn master_key(config: &Config, has_keys: bool) -> Result<MasterKey, Error> {
    if let Some(text) = &config.master_key {
        return parse_master(text.expose_secret(), "ATTESTRY_MASTER_KEY");
    }
    if let Some(path) = &config.master_key_file {
        return read_master(path);
    }
    let path = config.data.join("master.key");
    if path.exists() {
        return read_master(&path);
    }
    if has_keys {
        return Err(Error::invalid(format!(
            "this installation has a signing key, but no master key to open it: restore {}, or give \
             ATTESTRY_MASTER_KEY or --master-key-file",
            path.display()
        )));
    }
    create_master(&path)
}

fn parse_master(text: &str, place: &str) -> Result<MasterKey, Error> {
    MasterKey::parse(text.trim()).map_err(|e| Error::invalid(format!("{place}: {e}")))
}

fn read_master(path: &Path) -> Result<MasterKey, Error> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::upstream(format!("could not read the master key {shown}: {e}")))?;
    parse_master(&text, &shown.to_string())
}

fn create_master(path: &Path) -> Result<MasterKey, Error> {
    let shown = path.display();
    let failed = |e: std::io::Error| Error::upstream(format!("could not create the master key {shown}: {e}"));
    let key = MasterKey::generate().map_err(|e| Error::upstream("no random numbers").caused_by(e))?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(format!("{}\n", key.to_text().as_str()).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    tracing::info!(
        "created the master key {shown}; whoever loses it loses the signing key: back it up apart from the data"
    );
    Ok(key)
}
