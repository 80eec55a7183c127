//! What a VEX document calls a product by.

use serde::{Deserialize, Serialize};

/// One way to name a product. Kept as written; compared in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// A package URL.
    Purl(String),
    /// A CPE name, 2.2 or 2.3.
    Cpe(String),
    /// A cryptographic digest of the product.
    Hash {
        /// The algorithm, lower case without hyphens (`sha256`).
        algorithm: String,
        /// The value, lower-case hexadecimal.
        value: String,
    },
    /// A CycloneDX BOM-Link: a component of one very document.
    BomLink {
        /// Serial number, `urn:uuid:…`.
        serial: String,
        /// Version of the document, if the link names one.
        version: Option<String>,
        /// The `bom-ref` inside it; `None` is the document's own subject.
        reference: Option<String>,
    },
    /// A `bom-ref` inside the same document.
    BomRef(String),
    /// Any other identifier or name, as written.
    Other(String),
}

impl Identifier {
    /// Tells from its form what an identifier is.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text.starts_with("pkg:") {
            return Self::Purl(text.to_owned());
        }
        if text.starts_with("cpe:/") || text.starts_with("cpe:2.3:") {
            return Self::Cpe(text.to_owned());
        }
        Self::bom_link(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// A digest in normal form.
    pub fn hash(algorithm: &str, value: &str) -> Self {
        let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
        Self::Hash { algorithm, value: value.trim().to_ascii_lowercase() }
    }

    /// Reads `urn:cdx:serial/version#ref` (CycloneDX, "BOM-Link").
    fn bom_link(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("urn:cdx:")?;
        let (document, reference) = match rest.split_once('#') {
            Some((document, reference)) => (document, Some(percent_decoded(reference))),
            None => (rest, None),
        };
        let (serial, version) = match document.split_once('/') {
            Some((serial, version)) => (serial, Some(version.to_owned())),
            None => (document, None),
        };
        Some(Self::BomLink { serial: format!("urn:uuid:{serial}"), version, reference })
    }

    /// The identifier as one text that differs for different identifiers.
    pub fn to_text(&self) -> String {
        match self {
            Self::Purl(purl) => purl.clone(),
            Self::Cpe(cpe) => cpe.clone(),
            Self::Hash { algorithm, value } => format!("{algorithm}:{value}"),
            Self::BomLink { serial, version, reference } => {
                format!(
                    "{serial}/{}#{}",
                    version.as_deref().unwrap_or(""),
                    reference.as_deref().unwrap_or("")
                )
            }
            Self::BomRef(reference) => format!("#{reference}"),
            Self::Other(text) => text.clone(),
        }
    }
}

/// Undoes percent encoding; what is no valid encoding stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = if *byte == b'%' { after.get(..2) } else { None };
        let decoded = hex.and_then(|hex| hex::decode(hex).ok()).and_then(|bytes| bytes.first().copied());
        out.push(decoded.unwrap_or(*byte));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_known_by_its_form() {
        assert_eq!(Identifier::of(" pkg:npm/x@1 "), Identifier::Purl("pkg:npm/x@1".to_owned()));
        assert_eq!(
            Identifier::of("cpe:/o:redhat:rhel:9"),
            Identifier::Cpe("cpe:/o:redhat:rhel:9".to_owned())
        );
        let link = Identifier::of("urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#pkg%3Anpm/a@1%");
        let Identifier::BomLink { serial, version, reference } = link else { panic!("no link") };
        assert_eq!(serial, "urn:uuid:f08a6ccd-4dce-4759-bd84-c626675d60a7");
        assert_eq!((version.as_deref(), reference.as_deref()), (Some("1"), Some("pkg:npm/a@1%")));
        assert_eq!(Identifier::hash("SHA-256", "AB"), Identifier::hash("sha256", "ab"));
    }
}
