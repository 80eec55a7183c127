//! The string formats that the rule sets name, as JSON Schema defines them (draft 2020-12, validation, section 7.3).

mod date;
mod iri;

/// A named string format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 3339 `date-time`.
    DateTime,
    /// RFC 3339 `full-date`.
    Date,
    /// RFC 6531 mailbox: an e-mail address that may hold any letters; as other validators do, only its two sides are
    /// looked at.
    Email,
    /// RFC 3986 URI, with a scheme.
    Uri,
    /// RFC 3986 URI or relative reference.
    UriReference,
    /// RFC 3987 IRI, with a scheme.
    Iri,
    /// RFC 3987 IRI or relative reference.
    IriReference,
}

impl Format {
    /// The format of that name in JSON Schema.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "idn-email" | "email" => Self::Email,
            "uri" => Self::Uri,
            "uri-reference" => Self::UriReference,
            "iri" => Self::Iri,
            "iri-reference" => Self::IriReference,
            _ => return None,
        })
    }

    /// What is wanted, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::DateTime => "a date and time with offset such as 2024-05-31T08:00:00Z",
            Self::Date => "a date such as 2024-05-31",
            Self::Email => "an e-mail address",
            Self::Uri => "a URI with a scheme",
            Self::UriReference => "a URI or relative reference",
            Self::Iri => "an IRI with a scheme",
            Self::IriReference => "an IRI or relative reference",
        }
    }

    /// Whether the text has the format.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::DateTime => date::is_date_time(text),
            Self::Date => date::is_date(text),
            Self::Email => is_address(text),
            Self::Uri => text.is_ascii() && iri::is_absolute(text),
            Self::UriReference => text.is_ascii() && iri::is_reference(text),
            Self::Iri => iri::is_absolute(text),
            Self::IriReference => iri::is_reference(text),
        }
    }
}

/// Something on both sides of an `@`: what validators in use agree on.
fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}
