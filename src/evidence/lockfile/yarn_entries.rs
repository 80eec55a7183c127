//! The indented text both generations of Yarn write: entries, their fields, and one level of lists below.

/// One entry: the descriptors it answers, and what it says.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    /// The line it begins at, from 1.
    pub line: usize,
    /// The words before the colon, unquoted, as one text.
    pub keys: Vec<&'a str>,
    /// Fields: name and value.
    pub fields: Vec<(&'a str, &'a str)>,
    /// Fields of lists: list, name, value.
    pub lists: Vec<(&'a str, &'a str, &'a str)>,
}

impl<'a> Entry<'a> {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value)
    }
}

/// Reads every entry. What fits nowhere is returned as lines.
pub(super) fn read(text: &str) -> (Vec<Entry<'_>>, Vec<usize>) {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut odd = Vec::new();
    let mut list = "";
    for (number, line) in (1..).zip(text.lines()) {
        let body = line.trim_start();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        match (line.len() - body.len(), entries.last_mut()) {
            // a key longer than a kilobyte is written as `? key`, its value after a colon on the next line
            (0, Some(_)) if body.trim_end() == ":" => {}
            (0, _) => entries.push(Entry { line: number, keys: keys(body), ..Entry::default() }),
            (1..=2, Some(entry)) => match pair(body) {
                Some((name, "")) => list = name,
                Some(field) => entry.fields.push(field),
                None => odd.push(number),
            },
            (_, Some(entry)) => match pair(body) {
                Some((name, value)) => entry.lists.push((list, name, value)),
                None => odd.push(number),
            },
            (_, None) => odd.push(number),
        }
    }
    (entries, odd)
}

/// `"a@1, a@2":` or `"a@1", a@2:`.
fn keys(line: &str) -> Vec<&str> {
    let line = line.trim_end().trim_end_matches(':');
    let line = line.strip_prefix("? ").unwrap_or(line);
    line.split(',').map(|key| key.trim().trim_matches('"')).filter(|key| !key.is_empty()).collect()
}

/// `name value`, `name: value`, either quoted.
fn pair(body: &str) -> Option<(&str, &str)> {
    let body = body.trim_end();
    let (name, rest) = match body.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => {
            let end = body.find([' ', '\t']).unwrap_or(body.len());
            body.split_at_checked(end)?
        }
    };
    let value = rest.trim_start().trim_start_matches(':').trim();
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    let name = name.trim_end_matches(':');
    (!name.is_empty()).then_some((name, value))
}
