//! The own account.

use serde::Serialize;

use crate::base::UnixMillis;
use crate::report::view::{Crumb, Field, FormError, PageView};

/// The own account.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountPage {
    /// Address.
    pub email: String,
    /// Role in words.
    pub role: String,
    /// The name, to be changed.
    pub name_field: Field,
    /// What was not accepted of the name.
    pub errors: Vec<FormError>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether one-time codes are set up.
    pub has_totp: bool,
    /// Recovery codes left, with their noun.
    pub recovery_left: String,
    /// Whether the role must have a second factor.
    pub required: bool,
    /// Whether browsers offer passkeys here.
    pub passkeys_work: bool,
    /// Passkeys.
    pub passkeys: Vec<PasskeyLine>,
    /// Sessions, the newest first.
    pub sessions: Vec<SessionLine>,
    /// Whether there are others than this one.
    pub other_sessions: bool,
}

/// A passkey.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyLine {
    /// Identifier, for paths.
    pub id: String,
    /// Name.
    pub name: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Moment,
}

/// A session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionLine {
    /// Identifier.
    pub id: String,
    /// Browser and system in two words.
    pub device: String,
    /// What the browser called itself.
    pub agent: String,
    /// From which address it began.
    pub place: String,
    /// When it was last used.
    pub seen: Moment,
    /// When it began.
    pub began: Moment,
    /// Whether it is this one.
    pub current: bool,
}

/// An instant for `partials/time`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// For machines; empty when there is none.
    pub iso: String,
    /// For people.
    pub shown: String,
    /// Says that it lies in the past.
    pub relative_hint: &'static str,
}

impl Moment {
    /// An instant in the past.
    pub fn past(at: UnixMillis) -> Self {
        Self { iso: at.to_rfc3339(), shown: at.to_display(), relative_hint: "past" }
    }

    /// Something that did not happen yet.
    pub fn never(words: &str) -> Self {
        Self { iso: String::new(), shown: words.to_owned(), relative_hint: "" }
    }
}

impl PageView for AccountPage {
    const TEMPLATE: &'static str = "account";

    fn tab(&self) -> String {
        "Account".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Account")]
    }
}

/// Where another password is set.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PasswordPage {
    /// Address, for password managers.
    pub email: String,
    /// The new password.
    pub fields: Vec<Field>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
}

impl PageView for PasswordPage {
    const TEMPLATE: &'static str = "account-password";

    fn tab(&self) -> String {
        "Change password".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Account", "/account"), Crumb::here("Change password")]
    }
}

/// Browser and system out of what a browser calls itself; good enough to recognise one's own.
pub fn device(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser =
        first(&[("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_recognised_by_two_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1";
        assert_eq!(device(phone), "Safari on iPhone");
        assert_eq!(device("curl/8.1"), "Unknown browser");
    }
}
