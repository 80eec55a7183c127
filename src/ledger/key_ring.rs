//! Which keys may sign at a point of the log: the first ones are given, all others are introduced by log entries.
//!
//! A rotation is an entry: a `key-change` statement, signed by a key that is active and by the new one, which so
//! shows that it is there. From the next entry on, and in the checkpoint over this one, the new key signs.

use serde::{Deserialize, Serialize};

use super::dsse::{DsseError, Envelope, IN_TOTO_PAYLOAD_TYPE};
use super::key::{Fingerprint, PublicKey};
use super::note::{NoteError, VerifierKey};
use super::statement::{PredicateKind, Statement, StatementError, Subject};

/// An entry that the ring does not accept.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The envelope's signatures do not hold under the keys that are active.
    #[error("the entry is not signed by the keys that were active")]
    Signature(#[from] DsseError),
    /// The payload is no statement of ours.
    #[error("the entry holds no statement")]
    Statement(#[from] StatementError),
    /// The introduced key is malformed.
    #[error("the key change introduces no readable key")]
    VerifierKey(#[from] NoteError),
    /// The statement's subject is another key than its predicate's.
    #[error("the key change introduces {0}, but its subject is another key")]
    OtherSubject(Fingerprint),
    /// A key introduced itself.
    #[error("the key change that introduces {0} is not signed by a key that was active")]
    SelfIntroduced(Fingerprint),
    /// The introduced key did not sign.
    #[error("the key change that introduces {0} is not signed by that key")]
    NotPossessed(Fingerprint),
    /// A retired key cannot come back.
    #[error("the key change introduces {0}, which was retired before")]
    Revived(Fingerprint),
    /// Only an active key can be retired, and not by itself.
    #[error("the key change retires {0}, which is not another active key")]
    NotActive(Fingerprint),
}

/// The predicate of a `key-change` statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// The verifier key that may sign from now on.
    pub introduced: String,
    /// The key that may no longer sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Fingerprint>,
}

/// The keys of a log, in the order in which they were introduced.
#[derive(Debug, Clone)]
pub struct KeyRing {
    active: Vec<VerifierKey>,
    retired: Vec<VerifierKey>,
}

impl KeyChange {
    /// The statement that introduces `key` and retires `retired`; its subject is the key's SPKI DER.
    ///
    /// # Errors
    /// Never for keys that are keys; the type is that of [`Statement::new`].
    pub fn statement(key: &VerifierKey, retired: Option<Fingerprint>) -> Result<Statement, StatementError> {
        let subject = Subject { name: key.name().to_owned(), sha256: *key.key().fingerprint().digest() };
        let change = Self { introduced: key.to_string(), retired };
        Statement::new(PredicateKind::KeyChange, vec![subject], &change)
    }
}

impl KeyRing {
    /// Starts with the keys somebody trusts from the log's beginning.
    pub const fn new(keys: Vec<VerifierKey>) -> Self {
        Self { active: keys, retired: Vec::new() }
    }

    /// The keys that may sign now.
    pub fn active(&self) -> &[VerifierKey] {
        &self.active
    }

    /// The keys that may no longer sign.
    pub fn retired(&self) -> &[VerifierKey] {
        &self.retired
    }

    /// Checks the next entry of the log and follows it if it changes the keys.
    ///
    /// # Errors
    /// When its signatures or its key change do not hold; the ring then is as before.
    pub fn admit(&mut self, envelope: &Envelope) -> Result<Statement, KeyRingError> {
        let mut known: Vec<PublicKey> = self.active.iter().map(|key| *key.key()).collect();
        // read before it is verified, only to learn which key has to be among the signers; these same bytes are
        // verified below, and nothing of them is used when that fails
        let statement = Statement::parse(envelope.payload())?;
        if statement.kind() != PredicateKind::KeyChange {
            envelope.verify(IN_TOTO_PAYLOAD_TYPE, &known)?;
            return Ok(statement);
        }
        let change: KeyChange = statement.predicate()?;
        let introduced: VerifierKey = change.introduced.parse()?;
        known.push(*introduced.key());
        envelope.verify(IN_TOTO_PAYLOAD_TYPE, &known)?;
        self.check_change(envelope, &statement, &introduced)?;
        self.follow(introduced, change.retired)?;
        Ok(statement)
    }

    fn check_change(
        &self,
        envelope: &Envelope,
        statement: &Statement,
        introduced: &VerifierKey,
    ) -> Result<(), KeyRingError> {
        let new = introduced.key().fingerprint();
        let mut signers = envelope.signatures().iter().map(|one| one.key);
        let has =
            |keys: &[VerifierKey], key: Fingerprint| keys.iter().any(|one| one.key().fingerprint() == key);
        if !statement.subjects().iter().any(|subject| subject.sha256 == *new.digest()) {
            return Err(KeyRingError::OtherSubject(new));
        }
        if has(&self.retired, new) {
            return Err(KeyRingError::Revived(new));
        }
        if !signers.clone().any(|signer| has(&self.active, signer)) {
            return Err(KeyRingError::SelfIntroduced(new));
        }
        if !signers.any(|signer| signer == new) {
            return Err(KeyRingError::NotPossessed(new));
        }
        Ok(())
    }

    fn follow(&mut self, introduced: VerifierKey, retired: Option<Fingerprint>) -> Result<(), KeyRingError> {
        if let Some(old) = retired {
            let at = self.active.iter().position(|key| key.key().fingerprint() == old && key != &introduced);
            let at = at.ok_or(KeyRingError::NotActive(old))?;
            self.retired.push(self.active.remove(at));
        }
        // the first entry of a log introduces the key that is known already
        if !self.active.contains(&introduced) {
            self.active.push(introduced);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::key::{SigningKey, other_key, test_key};
    use super::*;
    use crate::base::Digest;

    fn named(key: &SigningKey) -> VerifierKey {
        VerifierKey::new("attestry.example/log", *key.public()).unwrap()
    }

    fn ring() -> KeyRing {
        KeyRing::new(vec![named(&test_key())])
    }

    fn rotation() -> Statement {
        KeyChange::statement(&named(&other_key()), Some(test_key().public().fingerprint())).unwrap()
    }

    fn signed_by_both(statement: &Statement) -> Envelope {
        let mut envelope = statement.sign(&test_key());
        envelope.add_signature(&other_key());
        envelope
    }

    fn heartbeat(key: &SigningKey) -> Envelope {
        let subject = Subject { name: "x".to_owned(), sha256: Digest::of(b"x") };
        let predicate = BTreeMap::<String, String>::new();
        Statement::new(PredicateKind::Heartbeat, vec![subject], &predicate).unwrap().sign(key)
    }

    #[test]
    fn after_a_rotation_only_the_new_key_signs() {
        let mut ring = ring();
        assert!(ring.admit(&heartbeat(&test_key())).is_ok());
        assert!(ring.admit(&heartbeat(&other_key())).is_err());

        ring.admit(&signed_by_both(&rotation())).unwrap();

        assert_eq!(ring.active(), [named(&other_key())]);
        assert_eq!(ring.retired(), [named(&test_key())]);
        assert!(ring.admit(&heartbeat(&other_key())).is_ok());
        assert!(matches!(
            ring.admit(&heartbeat(&test_key())),
            Err(KeyRingError::Signature(DsseError::UnknownKey(_)))
        ));
    }

    #[test]
    fn the_first_entry_introduces_the_key_that_signs_it() {
        let mut ring = ring();
        let first = KeyChange::statement(&named(&test_key()), None).unwrap();

        ring.admit(&first.sign(&test_key())).unwrap();

        assert_eq!(ring.active(), [named(&test_key())]);
    }

    #[test]
    fn a_key_needs_an_active_one_and_itself_to_be_introduced() {
        let alone = ring().admit(&rotation().sign(&other_key()));
        let unwitting = ring().admit(&rotation().sign(&test_key()));

        assert!(matches!(alone, Err(KeyRingError::SelfIntroduced(_))));
        assert!(matches!(unwitting, Err(KeyRingError::NotPossessed(_))));
    }

    #[test]
    fn a_retired_key_does_not_come_back() {
        let mut ring = ring();
        ring.admit(&signed_by_both(&rotation())).unwrap();
        let back = KeyChange::statement(&named(&test_key()), None).unwrap();

        assert!(matches!(ring.admit(&signed_by_both(&back)), Err(KeyRingError::Revived(_))));
    }

    #[test]
    fn only_another_active_key_is_retired() {
        let itself = Some(other_key().public().fingerprint());
        let change = KeyChange::statement(&named(&other_key()), itself).unwrap();
        let mut ring = ring();

        assert!(matches!(ring.admit(&signed_by_both(&change)), Err(KeyRingError::NotActive(_))));
        assert_eq!(ring.active(), [named(&test_key())]);
    }

    #[test]
    fn the_subject_is_the_introduced_key() {
        let change = KeyChange { introduced: named(&other_key()).to_string(), retired: None };
        let subject = Subject { name: "x".to_owned(), sha256: Digest::of(b"x") };
        let statement = Statement::new(PredicateKind::KeyChange, vec![subject], &change).unwrap();

        assert!(matches!(ring().admit(&signed_by_both(&statement)), Err(KeyRingError::OtherSubject(_))));
    }
}
