//! XML says in its first line how it is encoded (XML 1.0 §4.3.3).

/// How much of a document the declaration is looked for in.
const DECLARATION_BYTES: usize = 256;

/// The text of an XML document that is not UTF-8 and declares another encoding that fits; `None` otherwise.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"<?xml") || std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let encoding = encoding_rs::Encoding::for_label(label(bytes)?)?;
    if encoding == encoding_rs::UTF_8 || !encoding.is_ascii_compatible() {
        return None;
    }
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

/// The declared name, as `ISO-8859-1`.
fn label(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.get(..DECLARATION_BYTES).unwrap_or(bytes);
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = head.get(..end)?;
    let key = b"encoding";
    let at = declaration.windows(key.len()).position(|part| part == key)?;
    let value = declaration.get(at + key.len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = value.split_first()?;
    let length = rest.iter().position(|byte| byte == quote)?;
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_encoding_is_used_where_the_bytes_are_not_utf8() {
        let latin = b"<?xml version='1.0' encoding = 'ISO-8859-1'?><a>caf\xe9</a>";
        assert!(decode(latin).unwrap().ends_with("<a>caf\u{e9}</a>"));

        for other in [
            b"<?xml version='1.0' encoding='UTF-8'?><a>caf\xe9</a>".as_slice(),
            b"<?xml version='1.0' encoding='nonsense'?><a>caf\xe9</a>",
            b"<?xml version='1.0'?><a>caf\xe9</a>",
            b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xc3\xa9</a>",
            b"<?xml encoding='",
        ] {
            assert_eq!(decode(other), None);
        }
    }
}
