//! Whose cards begin how, and the check digit (ISO/IEC 7812).

use std::fmt;

macro_rules! issuers {
    ($($(#[$doc:meta])+ $name:ident = $shown:literal,)+) => {
        /// Whose cards begin like that.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Issuer {
            $($(#[$doc])+ $name,)+
        }

        impl Issuer {
            /// The name as shown.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $shown,)+
                }
            }
        }
    };
}

issuers! {
    /// Visa.
    Visa = "Visa",
    /// Mastercard, both series.
    Mastercard = "Mastercard",
    /// American Express.
    AmericanExpress = "American Express",
    /// Discover.
    Discover = "Discover",
    /// JCB.
    Jcb = "JCB",
    /// Diners Club.
    Diners = "Diners Club",
    /// China `UnionPay`.
    UnionPay = "UnionPay",
    /// Maestro.
    Maestro = "Maestro",
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Issuer {
    /// Whose numbers begin like this one and are as long.
    pub fn of(digits: &[u8]) -> Option<Self> {
        let head = digits.iter().take(4).fold(0_u16, |sum, d| sum * 10 + u16::from(*d));
        let length = digits.len();
        if digits.len() < 4 {
            return None;
        }
        match head {
            4000..=4999 => matches!(length, 13 | 16 | 19).then_some(Self::Visa),
            5100..=5599 | 2221..=2720 => (length == 16).then_some(Self::Mastercard),
            3400..=3499 | 3700..=3799 => (length == 15).then_some(Self::AmericanExpress),
            6011 | 6440..=6599 => (16..=19).contains(&length).then_some(Self::Discover),
            3528..=3589 => (16..=19).contains(&length).then_some(Self::Jcb),
            3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => {
                matches!(length, 14 | 16).then_some(Self::Diners)
            }
            6200..=6299 => (16..=19).contains(&length).then_some(Self::UnionPay),
            5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => {
                (13..=19).contains(&length).then_some(Self::Maestro)
            }
            _ => None,
        }
    }
}

/// Whether the last digit is right: every second digit from the right counts double, digit by digit.
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit);
            match place % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Numbers that payment services publish for tests. They belong to no account.
const TEST_NUMBERS: [&str; 30] = [
    "4111111111111111",
    "4242424242424242",
    "4012888888881881",
    "4000056655665556",
    "4000000000000002",
    "4000000000000077",
    "4000000000009995",
    "4222222222222",
    "4917610000000000",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "5431111111111111",
    "5454545454545454",
    "2223003122003222",
    "2223000048400011",
    "2222400070000005",
    "378282246310005",
    "371449635398431",
    "378734493671000",
    "6011111111111117",
    "6011000990139424",
    "6011601160116611",
    "3530111333300000",
    "3566002020360505",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "6200000000000005",
    "6759649826438453",
];

/// Whether the number is published for tests.
pub fn is_test_number(digits: &[u8]) -> bool {
    let same =
        |text: &&str| text.len() == digits.len() && text.bytes().zip(digits).all(|(t, d)| t - b'0' == *d);
    TEST_NUMBERS.iter().any(same)
}
