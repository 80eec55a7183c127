//! How long a guesser waits: arithmetic over two counters, kept in the database so that it holds across replicas.
//!
//! **One account**: five tries are free, then each failure doubles the wait from one second up to fifteen minutes.
//! **One address**: twenty failures in fifteen minutes are free, then the same; a quarter of an hour of silence clears
//! it. A success clears the account's counter and never the address's, or a guesser would sign in to an account of
//! their own between tries.
//!
//! Nothing is ever locked for good: locking would let anyone shut anyone out. What remains is that a stranger who
//! keeps trying makes the owner wait up to fifteen minutes for the *password*; passkeys and single sign-on do not ask
//! this counter, and are the way in then.
//!
//! The order for callers: [`decide`] first, and when it says wait, answer that without looking at the password and
//! without counting. Otherwise count the try as a failure **before** checking ([`Failures::and_one`], in one
//! statement that names the count it saw), check, and on success clear the account's row. Counting afterwards would
//! let a hundred tries at once pass as the first.

use crate::base::UnixMillis;

/// Failures an account has free.
pub const ACCOUNT_FREE: u32 = 5;

/// Failures an address has free within [`ADDRESS_WINDOW_MS`].
pub const ADDRESS_FREE: u32 = 20;

/// After this much silence an address begins anew.
pub const ADDRESS_WINDOW_MS: i64 = 15 * 60 * 1000;

/// After this much silence an account begins anew.
pub const ACCOUNT_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;

/// The longest wait, whatever was tried.
pub const LONGEST_WAIT_SECONDS: u32 = 15 * 60;

/// What a counter counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counter {
    /// An account's.
    Account,
    /// A network address's (for IPv6, take the /64: one machine has all of it).
    Address,
}

/// A counter as the database keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many there were since the last success or silence.
    pub count: u32,
    /// When the last one was.
    pub last_at: UnixMillis,
}

/// Whether a try may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allow,
    /// It may not before so many seconds have passed: the `Retry-After` of a 429.
    Wait {
        /// Seconds from now, at least one.
        seconds: u32,
    },
}

impl Counter {
    const fn free(self) -> u32 {
        match self {
            Self::Account => ACCOUNT_FREE,
            Self::Address => ADDRESS_FREE,
        }
    }

    const fn window_ms(self) -> i64 {
        match self {
            Self::Account => ACCOUNT_WINDOW_MS,
            Self::Address => ADDRESS_WINDOW_MS,
        }
    }
}

impl Failures {
    /// The counter after one more try, to be stored before the password is looked at.
    #[must_use]
    pub fn and_one(previous: Option<Self>, counter: Counter, at: UnixMillis) -> Self {
        let before = previous.map_or(0, |failures| failures.counting(counter, at));
        let last_at = previous.map_or(at, |failures| failures.last_at.max(at));
        Self { count: before.saturating_add(1), last_at }
    }

    /// The failures that still count.
    fn counting(self, counter: Counter, at: UnixMillis) -> u32 {
        if at.since(self.last_at) >= counter.window_ms() { 0 } else { self.count }
    }

    /// Milliseconds still to wait.
    fn wait_ms(self, counter: Counter, at: UnixMillis) -> i64 {
        let count = self.counting(counter, at);
        let Some(doublings) = count.checked_sub(counter.free()) else { return 0 };
        let longest = i64::from(LONGEST_WAIT_SECONDS);
        // 2¹⁰ seconds are past the longest wait already
        let wait = if doublings >= 10 { longest } else { longest.min(1 << doublings) } * 1000;
        // a clock set back must not add to the wait
        (wait - at.since(self.last_at).max(0)).clamp(0, wait)
    }
}

/// Whether someone at an address may try an account now; the longer of the two waits holds.
pub fn decide(account: Option<Failures>, address: Option<Failures>, at: UnixMillis) -> Decision {
    let wait = |failures: Option<Failures>, counter| failures.map_or(0, |f| f.wait_ms(counter, at));
    let longer = wait(account, Counter::Account).max(wait(address, Counter::Address));
    match u32::try_from((longer + 999) / 1000) {
        Ok(0) => Decision::Allow,
        Ok(seconds) => Decision::Wait { seconds: seconds.min(LONGEST_WAIT_SECONDS) },
        Err(_) => Decision::Wait { seconds: LONGEST_WAIT_SECONDS },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn account(count: u32) -> Option<Failures> {
        Some(Failures { count, last_at: NOW })
    }

    fn seconds(decision: Decision) -> u32 {
        match decision {
            Decision::Allow => 0,
            Decision::Wait { seconds } => seconds,
        }
    }

    #[test]
    fn five_tries_are_free_and_then_the_wait_doubles_up_to_fifteen_minutes() {
        let waits: Vec<u32> = (0..18).map(|count| seconds(decide(account(count), None, NOW))).collect();

        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn an_address_has_twenty_free_and_begins_anew_after_silence() {
        let busy = |count| Some(Failures { count, last_at: NOW });

        assert_eq!(decide(None, busy(19), NOW), Decision::Allow);
        assert_eq!(decide(None, busy(20), NOW), Decision::Wait { seconds: 1 });
        assert_eq!(decide(None, busy(4000), NOW), Decision::Wait { seconds: 900 });
        let later = NOW.plus_millis(ADDRESS_WINDOW_MS);
        assert_eq!(decide(None, busy(4000), later), Decision::Allow);
        assert_eq!(Failures::and_one(busy(4000), Counter::Address, later).count, 1);
    }

    #[test]
    fn the_longer_wait_holds() {
        let address = Some(Failures { count: 25, last_at: NOW });

        assert_eq!(decide(account(6), address, NOW), Decision::Wait { seconds: 32 });
    }

    #[test]
    fn counting_goes_on_across_the_wait_and_ends_after_a_day() {
        let one_more = Failures::and_one(account(7), Counter::Account, NOW.plus_millis(5000));

        assert_eq!(one_more, Failures { count: 8, last_at: NOW.plus_millis(5000) });
        assert_eq!(Failures::and_one(account(99), Counter::Account, NOW.plus_days(1)).count, 1);
        assert_eq!(Failures::and_one(None, Counter::Account, NOW).count, 1);
    }

    #[test]
    fn a_patient_guesser_gets_a_hundred_tries_a_day_at_one_account() {
        let (mut failures, mut at, mut tries) = (None, NOW, 0);
        while at.since(NOW) < ACCOUNT_WINDOW_MS {
            match decide(failures, None, at) {
                Decision::Allow => {
                    failures = Some(Failures::and_one(failures, Counter::Account, at));
                    tries += 1;
                }
                Decision::Wait { seconds } => at = at.plus_millis(i64::from(seconds) * 1000),
            }
        }

        assert!((90..=115).contains(&tries), "{tries}");
    }

    fn any_failures() -> impl Strategy<Value = Option<Failures>> {
        proptest::option::of(
            (any::<u32>(), any::<i64>())
                .prop_map(|(count, last)| Failures { count, last_at: UnixMillis(last) }),
        )
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_longest_wait(a in any_failures(), b in any_failures(), at in any::<i64>()) {
            let wait = seconds(decide(a, b, UnixMillis(at)));

            prop_assert!(wait <= LONGEST_WAIT_SECONDS);
        }

        #[test]
        fn who_waits_as_told_is_let_in(
            a in 0_u32..200,
            b in 0_u32..200,
            ago in (0_i64..4_000_000, 0_i64..4_000_000),
        ) {
            let account = Some(Failures { count: a, last_at: NOW.plus_millis(-ago.0) });
            let address = Some(Failures { count: b, last_at: NOW.plus_millis(-ago.1) });

            let wait = i64::from(seconds(decide(account, address, NOW)));
            prop_assert_eq!(decide(account, address, NOW.plus_millis(wait * 1000)), Decision::Allow);
        }

        #[test]
        fn one_more_failure_never_shortens_the_wait(count in 0_u32..60, after in 0_i64..1_000_000) {
            let at = NOW.plus_millis(after);
            let one_more = Failures::and_one(account(count), Counter::Account, at);

            prop_assert!(seconds(decide(Some(one_more), None, at)) >= seconds(decide(account(count), None, at)));
        }

        #[test]
        fn a_clock_set_back_does_not_lengthen_the_wait(count in 0_u32..60, back in 0_i64..10_000_000) {
            let before = seconds(decide(account(count), None, NOW));

            prop_assert_eq!(seconds(decide(account(count), None, NOW.plus_millis(-back))), before);
        }
    }
}
