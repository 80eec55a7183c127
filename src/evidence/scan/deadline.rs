//! How long a finding may stay open: by its severity, from the day it was opened.
//!
//! A critical one has a calendar month, because PCI DSS 6.3.3 gives one month for critical vulnerabilities; high 90
//! days, medium 180, low 365. What has no severity has no deadline, and is not called harmless for that.

use crate::base::{Severity, UnixMillis};

/// The instant by which a finding of that severity is to be gone; `None` when nobody set one.
pub fn fix_by(severity: Severity, opened: UnixMillis) -> Option<UnixMillis> {
    match severity {
        Severity::Critical => Some(opened.plus_months(1)),
        Severity::High => Some(opened.plus_days(90)),
        Severity::Medium => Some(opened.plus_days(180)),
        Severity::Low => Some(opened.plus_days(365)),
        Severity::None | Severity::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_critical_finding_has_a_calendar_month_and_one_without_severity_no_deadline() {
        let opened = UnixMillis::parse_lenient("2026-01-31").unwrap();

        assert_eq!(
            fix_by(Severity::Critical, opened).map(UnixMillis::to_date).as_deref(),
            Some("2026-02-28")
        );
        assert_eq!(fix_by(Severity::High, opened), Some(opened.plus_days(90)));
        assert_eq!(fix_by(Severity::Unknown, opened), None);
    }
}
