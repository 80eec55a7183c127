//! CPE names: vendor, product and version of a 2.3 formatted string or a 2.2 URI (NISTIR 7695 §6).

/// What an [`Affected`](super::Affected) entry that names a CPE has as its ecosystem.
pub(super) const ECOSYSTEM: &str = "CPE";

/// The parts of a CPE name that advisories are matched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cpe {
    pub vendor: String,
    pub product: String,
    /// Version with its update (`1.2`, `1.2-rc1`); `None` for any, not applicable or not stated.
    pub version: Option<String>,
}

impl Cpe {
    /// Reads a name; `None` when it is none, or names no single vendor and product.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        let fields = match name.strip_prefix("cpe:2.3:") {
            Some(formatted) => split(formatted),
            None => name.strip_prefix("cpe:/")?.split(':').map(decoded).collect(),
        };
        let field = |at: usize| fields.get(at).map(String::as_str).filter(|f| !matches!(*f, "" | "*" | "-"));
        let version = field(3).map(|version| match field(4) {
            Some(update) => format!("{version}-{update}"),
            None => version.to_owned(),
        });
        Some(Self { vendor: field(1)?.to_lowercase(), product: field(2)?.to_lowercase(), version })
    }

    /// The name it is looked up by.
    pub(super) fn package(&self) -> String {
        format!("{}:{}", self.vendor, self.product)
    }
}

/// Fields of a formatted string: `\:` is a colon, and so with every character.
fn split(text: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut escaped = false;
    for c in text.chars().take(1_000) {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, ':') => fields.push(String::new()),
            (_, c) => {
                escaped = false;
                if let Some(field) = fields.last_mut() {
                    field.push(c);
                }
            }
        }
    }
    fields
}

/// A field of a URI: percent-encoded where it must be.
fn decoded(field: &str) -> String {
    let field = field.split('~').next().unwrap_or(field);
    let mut out = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii) {
            Some(byte) => {
                out.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bindings_say_the_same() {
        let long = Cpe::parse("cpe:2.3:a:Apache:struts:2.3.5:*:*:*:*:*:*:*").unwrap();
        assert_eq!((long.package().as_str(), long.version.as_deref()), ("apache:struts", Some("2.3.5")));
        assert_eq!(Cpe::parse("cpe:/a:apache:struts:2.3.5"), Some(long));
        let escaped = Cpe::parse("cpe:2.3:a:foo\\:bar:c\\+\\+:1.0:rc1:*:*:*:*:*:*").unwrap();
        assert_eq!(
            (escaped.package().as_str(), escaped.version.as_deref()),
            ("foo:bar:c++", Some("1.0-rc1"))
        );
        assert_eq!(Cpe::parse("cpe:/a:foo:c%2b%2b").unwrap().product, "c++");
        assert_eq!(Cpe::parse("cpe:2.3:a:*:struts:1:*:*:*:*:*:*:*"), None);
        assert_eq!(Cpe::parse("struts"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, rest in "[a-z0-9:%\\\\~*-]{0,40}") {
            let _ = (Cpe::parse(&text), Cpe::parse(&format!("cpe:/{rest}")), Cpe::parse(&format!("cpe:2.3:{rest}")));
        }
    }
}
