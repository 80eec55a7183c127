//! Ranges as GitHub writes them: `>= 4.0.0, < 4.3.1`, `<= 1.2`, `= 3.0`, `> 1.0`.

use super::Interval;

/// Reads a range; commas mean "and".
///
/// # Errors
/// With the part that cannot be read.
pub(super) fn interval(text: &str) -> Result<Interval, String> {
    let mut out = Interval::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let at = part.find(|c: char| !"<>=~^ ".contains(c)).unwrap_or(part.len());
        let (operator, version) = part.split_at(at);
        let (operator, version) = (operator.trim(), version.trim());
        if version.is_empty() {
            return Err(part.to_owned());
        }
        // `>= 0` is the beginning
        let version = Some(version.to_owned()).filter(|v| v != "0" || operator != ">=");
        let free = match operator {
            ">=" => out.introduced.is_none().then(|| out.introduced = version),
            ">" => out.after.is_none().then(|| out.after = version),
            "<" => out.fixed.is_none().then(|| out.fixed = version),
            "<=" => out.last_affected.is_none().then(|| out.last_affected = version),
            "=" | "==" | "" => (out == Interval::default()).then(|| {
                out.introduced.clone_from(&version);
                out.last_affected = version;
            }),
            _ => None,
        };
        free.ok_or_else(|| part.to_owned())?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        interval(text).map_or_else(|part| format!("? {part}"), |interval| interval.shown())
    }

    #[test]
    fn every_operator_is_read() {
        assert_eq!(shown(">= 4.0.0, < 4.3.1"), "[4.0.0, 4.3.1)");
        assert_eq!(shown("< 4.3.1"), "[0, 4.3.1)");
        assert_eq!(shown("> 1.0, <= 2.0"), "(1.0, 2.0]");
        assert_eq!(shown("= 3.0"), "[3.0, 3.0]");
        assert_eq!(shown(">= 0"), "[0, no fix known)");
        assert_eq!(shown(">= 1.0.0"), "[1.0.0, no fix known)");
        assert_eq!(shown("~> 1.0"), "? ~> 1.0");
        assert_eq!(shown(">= 1, >= 2"), "? >= 2");
        assert_eq!(shown("<"), "? <");
    }
}
