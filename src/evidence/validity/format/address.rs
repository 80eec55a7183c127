//! RFC 5321 section 4.1.2 with RFC 6531: mailboxes.

use std::net::{Ipv4Addr, Ipv6Addr};

/// `local@domain`, with letters of any script.
pub(super) fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    local.len() <= 64 && is_local(local) && is_domain(domain)
}

fn is_local(local: &str) -> bool {
    if let Some(inner) = local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        return is_quoted(inner);
    }
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || c >= '\u{80}')
    };
    local.split('.').all(atom)
}

/// The inside of a quoted local part: printable characters, quotes and backslashes escaped.
fn is_quoted(inner: &str) -> bool {
    let mut escaped = false;
    for c in inner.chars() {
        escaped = match c {
            '\\' if !escaped => true,
            '"' if !escaped => return false,
            ' '..='~' | '\u{80}'.. => false,
            _ => return false,
        };
    }
    !escaped
}

fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        return match literal.strip_prefix("IPv6:") {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok(),
            None => literal.parse::<Ipv4Addr>().is_ok(),
        };
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c >= '\u{80}')
    };
    domain.len() <= 253 && domain.split('.').all(label)
}
