//! Checkpoints (c2sp.org/tlog-checkpoint): the signed size and root of the log at one moment.

use super::encoding::{from_decimal, hash_from_base64, to_base64};
use super::key::SigningKey;
use super::merkle::{EMPTY_ROOT, TreeHead};
use super::note::{NoteError, SignedNote, VerifierKey};
use crate::base::UnixMillis;

const TIME: &str = "time ";

/// A checkpoint that cannot be made, read or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it.
    #[error("the checkpoint is not signed as it must be")]
    Note(#[from] NoteError),
    /// Fewer than three lines, or an empty one.
    #[error("a checkpoint has at least three lines and none is empty")]
    Lines,
    /// An origin or extension with a line break or control character.
    #[error("a checkpoint line cannot be empty or have control characters: {0:?}")]
    Line(String),
    /// The second line is no size.
    #[error("the checkpoint's size {0:?} is no decimal number without leading zeroes")]
    Size(String),
    /// The third line is no root.
    #[error("the checkpoint's root {0:?} is not 32 bytes in base64")]
    Root(String),
    /// The empty log with another root than the empty tree's.
    #[error("the checkpoint of an empty log does not have the root of the empty tree")]
    EmptyRoot,
    /// Signed, but not under the name of its log.
    #[error("the checkpoint is of the log `{0}`, but no known key of that name has signed it")]
    OtherLog(String),
}

/// The size and root of a log, and which log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint of the log `origin`, taken at `at`.
    ///
    /// The time is an extension line, `time` and Unix milliseconds; it is what the log says, not what it proves.
    ///
    /// # Errors
    /// When the origin is empty or has control characters.
    pub fn new(origin: &str, head: TreeHead, at: UnixMillis) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.contains(char::is_control) {
            return Err(CheckpointError::Line(origin.to_owned()));
        }
        if head.size == 0 && head.root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self { origin: origin.to_owned(), head, extensions: vec![format!("{TIME}{}", at.0)] })
    }

    /// Which log; also the name of its key.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The log's size and root.
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// The lines after the root.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// When the log says it was taken; `None` without exactly one well-formed `time` line.
    pub fn time(&self) -> Option<UnixMillis> {
        let mut times = self.extensions.iter().filter_map(|line| line.strip_prefix(TIME));
        let (text, None) = (times.next()?, times.next()) else {
            return None;
        };
        let time = text.parse().ok()?;
        (format!("{time}") == text).then_some(UnixMillis(time))
    }

    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let root = to_base64(self.head.root.as_bytes());
        let mut text = format!("{}\n{}\n{root}\n", self.origin, self.head.size);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the text of a checkpoint without its signatures.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n').map(str::to_owned);
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        let extensions: Vec<String> = lines.collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let size = from_decimal(&size).ok_or(CheckpointError::Size(size))?;
        let root = hash_from_base64(&root).ok_or(CheckpointError::Root(root))?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self { origin, head: TreeHead { size, root }, extensions })
    }

    /// Signs the checkpoint; the key's name is the origin, as the specification advises.
    ///
    /// # Errors
    /// When the origin cannot name a key.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedNote, CheckpointError> {
        Ok(SignedNote::sign(&self.to_text(), &self.origin, key)?)
    }

    /// Reads a signed checkpoint and checks that a `known` key has signed it under the name of its log.
    ///
    /// # Errors
    /// When it is malformed, not signed by a known key, or signed for another log.
    pub fn open(note: &[u8], known: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        let signers = note.verify(known)?;
        let checkpoint = Self::parse_text(note.text())?;
        if signers.iter().all(|signer| signer.name() != checkpoint.origin) {
            return Err(CheckpointError::OtherLog(checkpoint.origin));
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::{other_key, test_key};
    use super::*;
    use crate::base::Digest;

    const ORIGIN: &str = "attestry.example/log";

    fn checkpoint() -> Checkpoint {
        Checkpoint::new(
            ORIGIN,
            TreeHead { size: 5, root: Digest::of(b"root") },
            UnixMillis(1_700_000_000_123),
        )
        .unwrap()
    }

    fn keys() -> Vec<VerifierKey> {
        vec![VerifierKey::new(ORIGIN, *test_key().public()).unwrap()]
    }

    #[test]
    fn the_published_checkpoint_is_read_and_written() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

        let read = Checkpoint::parse_text(text).unwrap();

        assert_eq!(read.origin(), "example.com/behind-the-sofa");
        assert_eq!(read.head().size, 20_852_163);
        assert_eq!(
            read.head().root.to_hex(),
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
        );
        assert_eq!(read.time(), None);
        assert_eq!(read.to_text(), text);
    }

    #[test]
    fn a_signed_checkpoint_opens_with_its_time() {
        let note = checkpoint().sign(&test_key()).unwrap().to_string();

        let opened = Checkpoint::open(note.as_bytes(), &keys()).unwrap();

        assert_eq!(opened, checkpoint());
        assert_eq!(opened.time(), Some(UnixMillis(1_700_000_000_123)));
    }

    #[test]
    fn a_checkpoint_of_another_log_or_key_is_refused() {
        let foreign =
            SignedNote::sign(&checkpoint().to_text(), "other.example", &test_key()).unwrap().to_string();
        let other = [VerifierKey::new("other.example", *test_key().public()).unwrap()];
        let forged = checkpoint().sign(&other_key()).unwrap().to_string();
        let mut touched = checkpoint().sign(&test_key()).unwrap().to_string();
        touched = touched.replacen("\n5\n", "\n6\n", 1);

        assert_eq!(
            Checkpoint::open(foreign.as_bytes(), &other),
            Err(CheckpointError::OtherLog(ORIGIN.to_owned()))
        );
        let untrusted = Checkpoint::open(forged.as_bytes(), &keys());
        assert!(matches!(untrusted, Err(CheckpointError::Note(NoteError::Untrusted(_)))));
        let bad = Checkpoint::open(touched.as_bytes(), &keys());
        assert!(matches!(bad, Err(CheckpointError::Note(NoteError::BadSignature(_)))));
    }

    #[test]
    fn a_malformed_checkpoint_says_what_is_wrong() {
        let root = to_base64(EMPTY_ROOT.as_bytes());
        let parse = |text: &str| Checkpoint::parse_text(text).unwrap_err();

        assert_eq!(parse("log\n1\n"), CheckpointError::Lines);
        assert_eq!(parse(&format!("\n1\n{root}\n")), CheckpointError::Lines);
        assert_eq!(parse(&format!("log\n1\n{root}")), CheckpointError::Lines);
        assert_eq!(parse(&format!("log\n1\n{root}\n\n")), CheckpointError::Lines);
        assert_eq!(parse(&format!("log\n01\n{root}\n")), CheckpointError::Size("01".to_owned()));
        assert_eq!(parse("log\n1\nAAAA\n"), CheckpointError::Root("AAAA".to_owned()));
        assert_eq!(parse(&format!("log\n0\n{}\n", to_base64(&[0; 32]))), CheckpointError::EmptyRoot);
        assert!(Checkpoint::parse_text(&format!("log\n0\n{root}\n")).is_ok());
        assert!(Checkpoint::new("a\nb", *checkpoint().head(), UnixMillis(0)).is_err());
    }

    #[test]
    fn an_ambiguous_time_is_no_time() {
        let with = |lines: &str| {
            let text = format!("log\n0\n{}\n{lines}", to_base64(EMPTY_ROOT.as_bytes()));
            Checkpoint::parse_text(&text).unwrap().time()
        };

        assert_eq!(with("time 7\n"), Some(UnixMillis(7)));
        assert_eq!(with("note\ntime 7\n"), Some(UnixMillis(7)));
        assert_eq!(with("time -7\n"), Some(UnixMillis(-7)));
        for lines in ["", "time 07\n", "time +7\n", "time x\n", "time 7\ntime 7\n"] {
            assert_eq!(with(lines), None, "{lines:?}");
        }
    }
}
