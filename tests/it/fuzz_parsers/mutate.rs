//! Damages documents in the ways documents are damaged, and in the ways attackers damage them.

/// Numbers that look random and are the same on every machine (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// Starts from a number.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }
}

/// What parsers trip over: ends of ranges, other types, other structure, control characters.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "-0",
    "1e999",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "4294967296",
    "0.1",
    "NaN",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "{\"\":{}}",
    "\\u0000",
    "\\ud800",
    "\u{0}",
    "\u{FEFF}",
    "\u{202E}",
    "é",
    "\u{10FFFF}",
    "\r\n",
    "\n\n",
    "\t",
    ": ",
    "- ",
    "&a ",
    "*a",
    "!!binary ",
    "? ",
    "<<: *a",
    "'",
    "\"",
    "|\n",
    "#",
    "%zz",
    "%00",
    "../",
    "\\",
    "=====",
    "—",
    "1970-01-01T00:00:00Z",
    "9999-12-31",
    "0000-00-00",
    "+99999-01-01",
    "N/A",
    "@",
    "/",
    "?",
    ";",
    ",",
    "*/0",
    "0-99999999999",
    "100000d",
    "1mo",
    ">=, <",
    "^",
    "~1.x",
    "v1-",
    "<!DOCTYPE a [<!ENTITY b \"&b;\">]>",
    "]]>",
    "```",
    "PK\u{1}\u{2}",
    "ustar",
];

/// One to a few changes of `seed`; `other` lends pieces.
pub fn mutate(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        change(&mut bytes, other, chance);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    let until = (at + 1 + chance.below(40)).min(bytes.len());
    let piece = bytes.get(at..until).unwrap_or_default().to_vec();
    match chance.below(12) {
        0 => flip(bytes, chance),
        1 => drop(bytes.splice(at..until.max(at), [])),
        2 => bytes.truncate(at),
        3 => insert(bytes, at, TOKENS[chance.below(TOKENS.len())].as_bytes()),
        4 => replace_word(bytes, at, TOKENS[chance.below(TOKENS.len())].as_bytes()),
        5 => insert(bytes, at, &piece.repeat(1 + chance.below(60))),
        6 => insert(bytes, chance.below(bytes.len() + 1), &piece),
        7 => {
            let from = chance.below(other.len() + 1);
            let to = (from + chance.below(200)).min(other.len());
            insert(bytes, at, &other[from..to]);
        }
        8 => nest(bytes, at, chance),
        9 => duplicate_line(bytes, at),
        10 => drop(bytes.splice(at..until.max(at), [chance.next().to_le_bytes()[0]])),
        _ => overwrite_number(bytes, at, chance),
    }
}

fn flip(bytes: &mut [u8], chance: &mut Chance) {
    let at = chance.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << chance.below(8);
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    drop(bytes.splice(at..at, piece.iter().copied()));
}

/// Replaces the run of letters and digits around a place.
fn replace_word(bytes: &mut Vec<u8>, at: usize, word: &[u8]) {
    let start = bytes[..at].iter().rposition(|b| !b.is_ascii_alphanumeric()).map_or(0, |p| p + 1);
    let end = bytes[at..].iter().position(|b| !b.is_ascii_alphanumeric()).map_or(bytes.len(), |p| at + p);
    drop(bytes.splice(start..end, word.iter().copied()));
}

/// Opens many levels, closed again or not.
fn nest(bytes: &mut Vec<u8>, at: usize, chance: &mut Chance) {
    let (open, close) = [("[", "]"), ("{\"a\":", "}"), ("- ", ""), ("<a>", "</a>")][chance.below(4)];
    let depth = [3, 70, 200, 5_000][chance.below(4)];
    let closed = if chance.below(2) == 0 { close.repeat(depth) } else { String::new() };
    insert(bytes, at, format!("{}1{closed}", open.repeat(depth)).as_bytes());
}

fn duplicate_line(bytes: &mut Vec<u8>, at: usize) {
    let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1);
    let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |p| at + p + 1);
    let line = bytes[start..end].to_vec();
    insert(bytes, start, &line);
}

/// Sizes and counts in binary headers.
fn overwrite_number(bytes: &mut [u8], at: usize, chance: &mut Chance) {
    let value = [0_u64, 1, 0xFF, 0xFFFF, 0xFFFF_FFFF, u64::MAX, 0x7FFF_FFFF_FFFF_FFFF][chance.below(7)];
    for (byte, new) in bytes[at..].iter_mut().zip(value.to_le_bytes()).take([2, 4, 8][chance.below(3)]) {
        *byte = new;
    }
}
