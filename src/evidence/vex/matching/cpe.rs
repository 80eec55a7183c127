//! Compares CPE names (NISTIR 7695 and 7696), 2.2 URIs and 2.3 formatted strings alike.

use super::{Fit, Subject, version_fit};
use crate::evidence::vex::VexProduct;

/// Part, vendor, product, version, and the rest, unquoted and in lower case; empty is ANY.
fn attributes(cpe: &str) -> Option<Vec<String>> {
    let (rest, old) = match (cpe.strip_prefix("cpe:2.3:"), cpe.strip_prefix("cpe:/")) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return None,
    };
    let mut list = vec![String::new()];
    let mut quoted = false;
    for c in rest.chars() {
        match c {
            '\\' if !quoted && !old => quoted = true,
            ':' if !quoted => list.push(String::new()),
            _ => {
                quoted = false;
                list.last_mut()?.extend(c.to_lowercase());
            }
        }
    }
    for attribute in &mut list {
        if attribute == "*" {
            attribute.clear();
        }
    }
    list.resize(11, String::new());
    Some(list)
}

/// Vendor and product must be the same; what the statement leaves open fits anything.
pub(super) fn compare(stated: &str, own: &str, product: &VexProduct, subject: &Subject) -> Fit {
    let (Some(stated), Some(own)) = (attributes(stated), attributes(own)) else { return Fit::Other };
    let mut pairs = stated.iter().zip(&own).enumerate();
    let fits = |(place, (stated, own)): (usize, (&String, &String))| match place {
        0..=2 => stated == own && !stated.is_empty(),
        3 => true,
        _ => stated.is_empty() || stated == own,
    };
    if !pairs.all(fits) {
        return Fit::Other;
    }
    let version = |list: &[String]| list.get(3).filter(|v| !v.is_empty()).cloned();
    version_fit(version(&stated).as_deref(), version(&own).as_deref(), product, subject)
}
