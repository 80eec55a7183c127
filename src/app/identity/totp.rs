//! One-time codes by time (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator app understands.
//!
//! A code is good once: the caller stores the step that was accepted and gives it back, in the transaction that opens
//! the session, and no code of that step or an earlier one is accepted again. Six digits can be guessed in a few
//! hundred thousand tries, so a wrong code counts as a failure for [`super::throttle`] like a wrong password.

use std::fmt;

use qrcodegen::{QrCode, QrCodeEcc};
use secrecy::zeroize::Zeroizing;
use totp_rs::{Algorithm, Builder, Totp};

use super::{NoRandomness, random_bytes};
use crate::base::UnixMillis;

/// Seconds a code lasts.
const STEP_SECONDS: u64 = 30;

/// How many steps a clock may be off, to either side.
const SKEW: u64 = 1;

/// Modules left white around a QR code, as ISO/IEC 18004 asks.
const QUIET: i32 = 4;

/// The 160-bit secret an app and we share. Stored sealed, never in clear.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; 20]>);

/// What cannot be used as a secret, or shown as a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// No secret could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Stored bytes of another length.
    #[error("the stored one-time-code secret has {0} bytes instead of 20: enrol this person's app again")]
    Length(usize),
    /// The library refused issuer, account or secret.
    #[error("the address for the authenticator app cannot be written: {0}")]
    Address(String),
    /// The address does not fit in a QR code.
    #[error("the address is too long for a QR code: shorten the organisation's name")]
    TooLong,
}

/// A QR code as an SVG path over a square; drawn by the report layer, no markup here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPicture {
    /// Width and height in modules, the white margin included: the view box is `0 0 size size`.
    pub size: u32,
    /// Path data of the dark modules: moves and lines, digits only.
    pub path: String,
}

impl TotpSecret {
    /// Makes a new secret.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, TotpError> {
        Ok(Self(random_bytes()?))
    }

    /// The secret as it was stored, after unsealing.
    ///
    /// # Errors
    /// When it has another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TotpError> {
        bytes.try_into().map(|b| Self(Zeroizing::new(b))).map_err(|_| TotpError::Length(bytes.len()))
    }

    /// The secret for sealing.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The secret for typing into an app by hand: base32 (RFC 4648) in groups of four.
    pub fn to_base32(&self) -> Zeroizing<String> {
        let plain = Zeroizing::new(totp_rs::Secret::from(*self.0).to_base32());
        let groups: Vec<&str> = plain.as_bytes().chunks(4).filter_map(|c| str::from_utf8(c).ok()).collect();
        Zeroizing::new(groups.join(" "))
    }

    /// The `otpauth://` address an app reads. Holds the secret: it goes into the picture and nowhere else.
    ///
    /// # Errors
    /// When the account is empty.
    pub fn address(&self, issuer: &str, account: &str) -> Result<Zeroizing<String>, TotpError> {
        // a colon separates the two in the address, and neither may have one
        let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
        let totp = self.totp(Builder::new().with_issuer(Some(issuer)).with_account_name(account))?;
        totp.to_url().map(Zeroizing::new).map_err(|e| TotpError::Address(e.to_string()))
    }

    /// The picture an app reads. Holds the secret: shown once, on a page that is not stored.
    ///
    /// # Errors
    /// When the address cannot be written or does not fit.
    pub fn picture(&self, issuer: &str, account: &str) -> Result<QrPicture, TotpError> {
        let address = self.address(issuer, account)?;
        let code = QrCode::encode_text(&address, QrCodeEcc::Medium).map_err(|_| TotpError::TooLong)?;
        Ok(draw(&code))
    }

    /// The step a code belongs to, when it is good now and later than the last one accepted.
    ///
    /// Spaces in the code, as apps show them, do not count. Store the step: it is the next `last_step`.
    ///
    /// # Errors
    /// When the library refuses the secret.
    pub fn check(
        &self,
        code: &str,
        last_step: Option<i64>,
        at: UnixMillis,
    ) -> Result<Option<i64>, TotpError> {
        let Ok(seconds) = u64::try_from(at.0.div_euclid(1000)) else { return Ok(None) };
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        // no skew inside the library: it answers the first step that fits, which may be a used one
        let totp = self.totp(Builder::new().with_skew(0))?;
        let now = seconds / STEP_SECONDS;
        let mut found = None;
        for step in now.saturating_sub(SKEW)..=now + SKEW {
            let fits = totp.check(&code, step * STEP_SECONDS).is_some();
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            if fits && last_step.is_none_or(|last| step > last) {
                found = Some(step);
            }
        }
        Ok(found)
    }

    fn totp(&self, builder: Builder) -> Result<Totp, TotpError> {
        builder
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP_SECONDS)
            .with_secret(*self.0)
            .build()
            .map_err(|e| TotpError::Address(e.to_string()))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// Each row's dark runs as one rectangle.
fn draw(code: &QrCode) -> QrPicture {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let run = x - start;
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", start + QUIET, y + QUIET));
            }
            x += 1;
        }
    }
    QrPicture { size: (code.size() + 2 * QUIET).unsigned_abs(), path }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn rfc_secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn at(seconds: i64) -> UnixMillis {
        UnixMillis(seconds * 1000)
    }

    /// The last six of the eight digits of RFC 6238, appendix B, SHA-1.
    const RFC_6238: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn the_codes_of_rfc_6238_are_accepted_at_their_time() {
        for (seconds, code) in RFC_6238 {
            let step = rfc_secret().check(code, None, at(seconds)).unwrap();

            assert_eq!(step, Some(seconds / 30), "{code} at {seconds}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_no_further() {
        let check = |seconds| rfc_secret().check("005924", None, at(seconds)).unwrap().is_some();
        let start = 1_234_567_890 / 30 * 30;

        assert!(check(start - 30) && check(start) && check(start + 59));
        assert!(!check(start - 31) && !check(start + 60));
    }

    #[test]
    fn a_code_is_accepted_once() {
        let secret = rfc_secret();
        let step = secret.check("005924", None, at(1_234_567_890)).unwrap();

        assert_eq!(secret.check("005924", step, at(1_234_567_890)).unwrap(), None);
        assert_eq!(secret.check("005924", step, at(1_234_567_910)).unwrap(), None);
        assert_eq!(secret.check("005924", step.map(|s| s + 1), at(1_234_567_890)).unwrap(), None);
    }

    #[test]
    fn the_next_code_is_good_after_the_last() {
        let step = rfc_secret().check("081804", None, at(1_111_111_109)).unwrap();

        assert!(rfc_secret().check("050471", step, at(1_111_111_111)).unwrap().is_some());
    }

    #[test]
    fn codes_are_read_as_apps_show_them_and_nothing_else_is() {
        let check = |code: &str| rfc_secret().check(code, None, at(59)).unwrap().is_some();

        assert!(check("287 082") && check(" 287082\n"));
        for wrong in ["", "28708", "94287082", "+87082", "２８７０８２", "287083", "abcdef"] {
            assert!(!check(wrong), "{wrong}");
        }
    }

    #[test]
    fn time_before_1970_refuses_instead_of_wrapping() {
        assert_eq!(rfc_secret().check("287082", None, UnixMillis(-59_000)).unwrap(), None);
    }

    #[test]
    fn an_app_finds_issuer_account_and_secret_in_the_address() {
        let address = rfc_secret().address("North: wind", "anna@example.org").unwrap();

        let read = Totp::from_url(address.as_str()).unwrap();
        assert_eq!(read.issuer(), Some("North  wind"));
        assert_eq!(read.account_name(), "anna@example.org");
        assert_eq!(read.generate(59).to_string(), "287082");
        assert_eq!(*rfc_secret().to_base32(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn the_picture_has_the_three_finder_squares_and_a_white_margin() {
        let picture = rfc_secret().picture("Attestry", "anna@example.org").unwrap();
        let right = picture.size - 4 - 7;

        for finder in
            ["M4 4h7v1h-7z".to_owned(), format!("M{right} 4h7v1h-7z"), format!("M4 {right}h7v1h-7z")]
        {
            assert!(picture.path.contains(&finder), "{finder} in {}", picture.path);
        }
        assert!(picture.path.chars().all(|c| c.is_ascii_digit() || "Mhvz -".contains(c)));
        assert!((29..=61).contains(&picture.size), "{}", picture.size);
    }

    #[test]
    fn secrets_differ_and_are_not_printed() {
        let secret = TotpSecret::generate().unwrap();

        assert_ne!(secret.as_bytes(), TotpSecret::generate().unwrap().as_bytes());
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        assert_eq!(TotpSecret::from_bytes(&[0; 19]).unwrap_err(), TotpError::Length(19));
    }

    proptest! {
        #[test]
        fn no_sequence_of_checks_accepts_a_step_twice(starts in proptest::collection::vec(0_i64..400, 1..40)) {
            let secret = rfc_secret();
            let totp = secret.totp(Builder::new()).unwrap();
            let mut last: Option<i64> = None;
            for seconds in starts {
                let code = totp.generate(seconds.unsigned_abs()).to_string();
                if let Some(step) = secret.check(&code, last, at(seconds)).unwrap() {
                    prop_assert!(last.is_none_or(|last| step > last));
                    last = Some(step);
                }
            }
        }
    }
}
