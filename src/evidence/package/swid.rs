//! The identity of a software identification tag (ISO/IEC 19770-2).

use super::Purl;

/// The `tagId` of a SWID tag: compared without regard to case, as the identifiers in it (UUIDs, domains) are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SwidTagId {
    key: String,
    raw: Option<Box<str>>,
}

impl SwidTagId {
    /// Reads a tag id; `None` when it is blank.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let key = text.to_ascii_lowercase();
        let raw = (key != text).then(|| text.into());
        (!key.is_empty()).then_some(Self { key, raw })
    }

    /// The tag id in a package URL of type `swid`.
    pub fn of_purl(purl: &Purl) -> Option<Self> {
        if purl.kind() != "swid" {
            return None;
        }
        Self::read(&purl.qualifier("tag_id")?)
    }

    /// What two spellings of one tag id share.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// As it was written.
    pub fn raw(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_id_is_found_in_its_package_url() {
        let purl = Purl::read("pkg:swid/Acme/Server@1?tag_id=75B8C285-fa7b-485b-b199-4745e3004d0d").unwrap();
        let tag = SwidTagId::of_purl(&purl).unwrap();

        assert_eq!(tag.raw(), "75B8C285-fa7b-485b-b199-4745e3004d0d");
        assert_eq!(tag.key(), "75b8c285-fa7b-485b-b199-4745e3004d0d");
        assert_eq!(SwidTagId::read(" "), None);
        assert_eq!(SwidTagId::of_purl(&Purl::read("pkg:npm/x?tag_id=1").unwrap()), None);
    }
}
