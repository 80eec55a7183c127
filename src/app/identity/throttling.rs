//! Tries at passwords and codes, counted in the database so that all replicas share the counters.
//!
//! A try is counted before it is looked at, and taken back when it was right: a hundred at once cannot all pass as the
//! first. The arithmetic is [`super::throttle`]'s.

use std::net::IpAddr;

use crate::app::identity::Client;
use crate::app::identity::throttle::{ACCOUNT_WINDOW_MS, Counter, Decision, Failures, decide};
use crate::app::{App, Error};
use crate::base::{Digest, ErrorKind};
use crate::store::ThrottleRow;

/// How often somebody else may count in between before we say that we are busy.
const ATTEMPTS: u32 = 20;

/// What came of a try to prove something.
#[derive(Debug)]
pub enum Proof<T> {
    /// It was right.
    Accepted(T),
    /// It was wrong; nobody is told why.
    Refused,
    /// It was not looked at, because too many went wrong before.
    Wait {
        /// For how long.
        seconds: u32,
    },
}

/// A try that was counted.
#[derive(Debug)]
pub(super) struct Counted {
    account: String,
    address: String,
}

impl App {
    /// Counts a try at `account` (a kind and whose, in words of ours) from that client.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn count_try(&self, account: &str, client: &Client) -> Result<Proof<Counted>, Error> {
        let counted = Counted { account: key("account", account), address: key("address", &network(client)) };
        for _ in 0..ATTEMPTS {
            let now = self.now();
            let rows = self.store.throttle_get(&[&counted.account, &counted.address]).await?;
            let seen = |key: &str| rows.iter().find(|(k, _)| k == key).map(|(_, row)| *row);
            let (account, address) = (seen(&counted.account), seen(&counted.address));
            if let Decision::Wait { seconds } = decide(account.map(failures), address.map(failures), now) {
                return Ok(Proof::Wait { seconds });
            }
            let next = Failures::and_one(account.map(failures), Counter::Account, now);
            if !self.store.throttle_count(&counted.account, account, row(next)).await? {
                continue;
            }
            let next = Failures::and_one(address.map(failures), Counter::Address, now);
            if self.store.throttle_count(&counted.address, address, row(next)).await? {
                return Ok(Proof::Accepted(counted));
            }
            self.store.throttle_take_back(&counted.account).await?;
        }
        Err(Error::new(ErrorKind::Busy, "too many people are signing in at this moment: try again shortly"))
    }

    /// The try was right: the account begins anew, and the address is not blamed for it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn try_was_right(&self, counted: &Counted) -> Result<(), Error> {
        self.store.throttle_clear(&counted.account).await?;
        self.store.throttle_take_back(&counted.address).await?;
        Ok(self.store.throttle_sweep(self.now().plus_millis(-2 * ACCOUNT_WINDOW_MS)).await?)
    }
}

/// Digests, so that the table lists neither the addresses people typed nor where they were.
fn key(kind: &str, of: &str) -> String {
    format!("{kind}:{}", Digest::of(format!("attestry throttle\n{kind}\n{of}").as_bytes()).to_hex())
}

/// An address, or the network of one household or company where addresses are plenty (IPv6, /64).
fn network(client: &Client) -> String {
    match client.ip.parse() {
        Ok(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V6(_) | IpAddr::V4(_)) | Err(_) => client.ip.clone(),
    }
}

const fn failures(row: ThrottleRow) -> Failures {
    Failures { count: row.failures, last_at: row.last_at }
}

const fn row(failures: Failures) -> ThrottleRow {
    ThrottleRow { failures: failures.count, last_at: failures.last_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_household_is_one_address() {
        let from = |ip: &str| network(&Client { ip: ip.to_owned(), agent: String::new() });

        assert_eq!(from("2001:db8:1:2:aaaa::1"), from("2001:db8:1:2:bbbb::2"));
        assert_ne!(from("2001:db8:1:2::1"), from("2001:db8:1:3::1"));
        assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
    }

    #[test]
    fn the_counters_do_not_list_what_was_typed() {
        assert!(!key("account", "maya@example.com").contains("maya"));
        assert_ne!(key("account", "x"), key("address", "x"));
    }
}
