//! Who may do what ([`role`], [`actor`]), who they are ([`person`], [`session`], [`token`]), and how they prove it.
//!
//! The mechanisms behind a proof know neither web nor database:
//!
//! | file | proves | what a caller stores |
//! |---|---|---|
//! | [`password`] | something known | an Argon2id string |
//! | [`totp`] | something held, by a code typed in | the secret, sealed, and the last step accepted |
//! | [`recovery`] | that the paper was kept | SHA-256 of each code |
//! | [`passkey`] | something held, by a signature | the credential as JSON; a ceremony's state for five minutes |
//! | [`single_sign_on`] | that the organisation's provider says so | what was sent along, for ten minutes |
//! | [`secret_token`] | that we gave it: sessions, one-time links, API tokens | SHA-256 of each token |
//! | [`throttle`] | nothing: it says how long a guesser waits | two counters |
//!
//! None of them reads the clock or says whom they found: they answer whether a proof holds, and a caller decides what
//! that opens. Every secret is compared in constant time and none is ever printed.

mod account;
pub mod actor;
pub mod link;
pub mod own_passkeys;
pub mod passkey;
pub mod password;
pub mod people;
pub mod person;
pub mod provider;
pub mod recovery;
pub mod role;
mod sample_people;
pub mod second_factor;
pub mod secret_token;
pub mod session;
pub mod sign_in;
pub mod single_sign_on;
pub mod throttle;
mod throttling;
pub mod token;
pub mod totp;

use aws_lc_rs::rand;
use secrecy::zeroize::Zeroizing;

pub use actor::{Actor, Client, Via};
pub use link::{Chosen, LinkPurpose, NewLink, Welcome};
pub use person::Person;
pub use role::{Permission, Role};
pub use session::{Caller, Level, NewSession, SessionView, SignedIn};
pub use sign_in::Credentials;
pub use throttling::Proof;

/// The operating system gave no random bytes, so no secret can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes from the operating system: no secret can be made")]
pub struct NoRandomness;

/// As many random bytes as the array is long; they are wiped when dropped.
fn random_bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Whether two byte strings are equal, taking as long whatever they hold.
fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}
