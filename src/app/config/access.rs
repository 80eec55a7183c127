//! How the service is reached and how long people stay signed in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::app::Error;
use crate::app::identity::Role;

/// Sessions of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request after which a person signs in again. PCI DSS 8.2.8 asks for 15 at most.
    pub idle_minutes: i64,
    /// Hours after which a person signs in again, however busy.
    pub absolute_hours: i64,
    /// Whether administrators and officers must have a second factor.
    pub second_factor: SecondFactor,
}

/// Whether administrators and officers must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// They set one up at their first sign-in.
    Required,
    /// Everybody may, nobody must.
    Optional,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 15, absolute_hours: 12, second_factor: SecondFactor::Required }
    }
}

/// Single sign-on through the organisation's OpenID Connect provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sso {
    /// The issuer exactly as the provider names itself.
    pub issuer: String,
    /// The identifier the provider gave this service.
    pub client_id: String,
    /// The secret it gave; rather from `ATTESTRY_SSO_CLIENT_SECRET` than from the file.
    pub client_secret: Option<SecretString>,
    /// The claim that lists groups: a name, or a path with dots.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// What the button on the sign-in page says.
    #[serde(default = "label")]
    pub label: String,
    /// Scopes asked for beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Whether the provider may be at a private address or on this machine.
    #[serde(default)]
    pub private_addresses: bool,
    /// Whether who comes with a verified address takes over the account that has it.
    #[serde(default)]
    pub join_by_email: bool,
    /// Which group gives which role; the first that fits wins, and who has none is refused.
    #[serde(default)]
    pub role: Vec<GroupRole>,
}

/// A group at the provider and the role it gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRole {
    /// The group as the provider names it.
    pub group: String,
    /// The role.
    pub role: Role,
}

fn groups() -> String {
    "groups".to_owned()
}

fn label() -> String {
    "Sign in with single sign-on".to_owned()
}

fn scopes() -> Vec<String> {
    ["email", "profile"].map(str::to_owned).into()
}

impl Sso {
    /// What can be seen to be wrong without asking the provider.
    ///
    /// # Errors
    /// With what is wrong and how to mend it.
    pub(super) fn check(&self, public_url: Option<&url::Url>) -> Result<(), Error> {
        if public_url.is_none() {
            return Err(Error::invalid(
                "sso: set public_url too, so that the provider knows where to send people back",
            ));
        }
        if self.role.is_empty() {
            return Err(Error::invalid(
                "sso: no group gives a role, so nobody could sign in: add [[sso.role]] with group and role",
            ));
        }
        let wrong = |r: &&GroupRole| matches!(r.role, Role::Auditor | Role::VendorContact);
        if let Some(entry) = self.role.iter().find(wrong) {
            return Err(Error::invalid(format!(
                "sso.role: {} cannot come from the group `{}`: invite auditors to their engagement, and vendor contacts by link",
                entry.role, entry.group
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sso(roles: &str) -> Sso {
        toml::from_str(&format!("issuer = \"https://id.example.com\"\nclient_id = \"attestry\"\n{roles}"))
            .unwrap()
    }

    #[test]
    fn single_sign_on_says_what_it_lacks() {
        let public = url::Url::parse("https://evidence.example.com").unwrap();
        let good = sso("[[role]]\ngroup = \"security\"\nrole = \"officer\"");
        assert!(good.check(Some(&public)).is_ok());
        assert!(good.check(None).unwrap_err().public.contains("public_url"));
        assert!(sso("").check(Some(&public)).unwrap_err().public.contains("[[sso.role]]"));
    }

    #[test]
    fn no_group_makes_an_auditor() {
        let public = url::Url::parse("https://evidence.example.com").unwrap();
        let auditors = sso("[[role]]\ngroup = \"qsa\"\nrole = \"auditor\"");

        let error = auditors.check(Some(&public)).unwrap_err().public;

        assert!(error.contains("auditor") && error.contains("`qsa`"), "{error}");
        let unknown = "issuer = \"x\"\nclient_id = \"y\"\n[[role]]\ngroup = \"a\"\nrole = \"root\"";
        assert!(toml::from_str::<Sso>(unknown).unwrap_err().to_string().contains("`root`"));
    }
}
