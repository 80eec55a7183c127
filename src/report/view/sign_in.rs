//! The pages before somebody is signed in.

use serde::Serialize;

use crate::report::view::{Crumb, Field, FormError, PageView};

/// Where a one-time link leads.
#[derive(Debug, Clone, Default, Serialize)]
pub struct WelcomePage {
    /// What can be done here.
    pub heading: String,
    /// A sentence that explains it.
    pub lede: String,
    /// Where the form goes: the link itself.
    pub path: String,
    /// What is asked; empty with sample data.
    pub fields: Vec<Field>,
    /// The button.
    pub verb: String,
    /// Whom one can be; empty but with sample data.
    pub people: Vec<SamplePerson>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Until when the link is good.
    pub until: String,
}

/// One of the sample's people.
#[derive(Debug, Clone, Serialize)]
pub struct SamplePerson {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// The role as pages name it.
    pub role_label: String,
    /// What there is to see as that person.
    pub about: &'static str,
}

impl PageView for WelcomePage {
    const TEMPLATE: &'static str = "welcome";

    fn tab(&self) -> String {
        "Welcome".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Welcome")]
    }
}

/// Where people sign in.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SignInPage {
    /// Address and password.
    pub fields: Vec<Field>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Where they wanted to go.
    pub return_to: String,
    /// Whether passkeys work here.
    pub passkeys: bool,
    /// The button and the address for single sign-on, where it is set up.
    pub sso: Option<SsoButton>,
}

/// The way through the organisation's provider.
#[derive(Debug, Clone, Serialize)]
pub struct SsoButton {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl PageView for SignInPage {
    const TEMPLATE: &'static str = "sign-in";

    fn tab(&self) -> String {
        "Sign in".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Sign in")]
    }
}

/// Where the second factor is asked for.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CodePage {
    /// The code; empty when the person has passkeys only.
    pub fields: Vec<Field>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Where they wanted to go.
    pub return_to: String,
    /// Whether the person can use a passkey instead.
    pub passkeys: bool,
}

impl PageView for CodePage {
    const TEMPLATE: &'static str = "sign-in-code";

    fn tab(&self) -> String {
        "Second factor".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Second factor")]
    }
}

/// Where an authenticator app is set up.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SecondFactorPage {
    /// Where the form goes.
    pub path: &'static str,
    /// Whether the role must have one, so that there is no way around.
    pub required: bool,
    /// The secret for the camera.
    pub picture: QrView,
    /// The secret for typing.
    pub secret: String,
    /// The first code.
    pub fields: Vec<Field>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Where they wanted to go.
    pub return_to: String,
}

/// A QR code, drawn by `{{qr picture}}`.
#[derive(Debug, Clone, Default, Serialize, serde::Deserialize)]
pub struct QrView {
    /// Width and height in modules.
    pub size: u32,
    /// Path data of the dark modules.
    pub path: String,
}

impl PageView for SecondFactorPage {
    const TEMPLATE: &'static str = "sign-second-factor";

    fn tab(&self) -> String {
        "Set up a second factor".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Account", "/account"), Crumb::here("Second factor")]
    }
}

/// Recovery codes, shown once.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RecoveryPage {
    /// The codes; empty when they were shown before.
    pub codes: Vec<String>,
    /// The same as a file.
    pub download: String,
}

impl PageView for RecoveryPage {
    const TEMPLATE: &'static str = "account-recovery";

    fn tab(&self) -> String {
        "Recovery codes".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::link("Account", "/account"), Crumb::here("Recovery codes")]
    }
}

/// Where somebody who is signed in proves anew who they are.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ConfirmPage {
    /// Password and code; empty for who has none.
    pub fields: Vec<Field>,
    /// What was not accepted.
    pub errors: Vec<FormError>,
    /// Where they wanted to go.
    pub return_to: String,
    /// Who they are.
    pub name: String,
    /// Whether the person can use a passkey.
    pub passkeys: bool,
    /// Through the provider, for who came that way.
    pub sso: Option<SsoButton>,
    /// Whether a click is enough, with sample data.
    pub sample: bool,
}

impl PageView for ConfirmPage {
    const TEMPLATE: &'static str = "confirm";

    fn tab(&self) -> String {
        "Confirm it is you".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::here("Confirm it is you")]
    }
}
