//! The database's password from a file of its own, so that the URL may stand where others can read it.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::app::Error;
use crate::base::ErrorKind;

/// The PostgreSQL URL with the password that the file holds. A line break at the file's end is not part of it.
///
/// # Errors
/// When the file cannot be read or is empty, or when the URL is none that takes a password from a file.
pub fn with_password(url: Option<&SecretString>, file: &Path) -> Result<SecretString, Error> {
    let shown = file.display();
    let wrong = |why: &str| Error::invalid(format!("database_password_file: {why}"));
    let mut url = url
        .and_then(|u| Url::parse(u.expose_secret()).ok())
        .filter(|u| matches!(u.scheme(), "postgres" | "postgresql") && !u.username().is_empty())
        .ok_or_else(|| wrong("database_url must be like postgres://user@host/database"))?;
    if url.password().is_some() {
        return Err(wrong("database_url has a password already; leave one of the two out"));
    }
    let text = std::fs::read_to_string(file).map_err(|e| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Error::new(kind, format!("could not read the database's password from {shown}: {e}"))
    })?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(wrong(&format!("{shown} is empty: put the password in it")));
    }
    url.set_password(Some(&encoded(password))).map_err(|()| wrong("database_url takes no password"))?;
    Ok(SecretString::from(String::from(url)))
}

/// Percent-encoded as a whole: in a URL `%`, `@` or `/` of a password would mean something else.
fn encoded(password: &str) -> String {
    let mut text = String::new();
    for byte in password.bytes() {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(url: &str, content: &str) -> Result<String, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        with_password(Some(&SecretString::from(url)), file.path()).map(|u| u.expose_secret().to_owned())
    }

    #[test]
    fn the_password_of_the_file_is_put_into_the_url() {
        let url = with("postgres://attestry@db:5433/evidence?sslmode=require", "open\n").unwrap();

        assert_eq!(url, "postgres://attestry:open@db:5433/evidence?sslmode=require");
    }

    #[test]
    fn signs_that_mean_something_in_a_url_stay_signs_of_the_password() {
        let url = with("postgres://attestry@db/evidence", "p@ss/%41 #?ü\r\n").unwrap();

        assert_eq!(url, "postgres://attestry:p%40ss%2F%2541%20%23%3F%C3%BC@db/evidence");
    }

    #[test]
    fn a_url_that_takes_no_password_is_refused_without_showing_one() {
        for url in
            ["sqlite:///a.db", "postgres://db/evidence", "postgres://me:geheim@db/evidence", "nonsense"]
        {
            let error = with(url, "open").unwrap_err();

            assert_eq!(error.kind, ErrorKind::Invalid, "{url}");
            assert!(error.public.contains("database_password_file") && !error.public.contains("geheim"));
        }
    }

    #[test]
    fn an_absent_or_empty_file_is_named() {
        let url = SecretString::from("postgres://me@db/evidence");
        let absent = with_password(Some(&url), Path::new("/nowhere/password")).unwrap_err();
        let empty = with("postgres://me@db/evidence", "\n").unwrap_err();

        assert_eq!(absent.kind, ErrorKind::NotFound);
        assert!(absent.public.contains("/nowhere/password"), "{absent}");
        assert!(empty.public.contains("is empty"), "{empty}");
    }
}
