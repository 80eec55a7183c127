//! Who the provider says it is, and the role that follows from their groups.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{EndUserName, IdTokenClaims, LocalizedClaim, UserInfoClaims};
use serde_json::{Map, Value};

use super::error::SsoError;
use super::token::ExtraClaims;

/// Somebody whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider; with the subject, the person's identity.
    pub issuer: String,
    /// The provider's own, unchanging name for them.
    pub subject: String,
    /// Their address, as the provider has it.
    pub email: Option<String>,
    /// Whether the provider has verified that the address is theirs.
    pub email_verified: bool,
    /// How they are called.
    pub name: Option<String>,
    /// Their groups, all of them.
    pub groups: Vec<String>,
    /// The role of the first mapping that names one of the groups.
    pub role: String,
}

/// Where an identity comes from, and where its groups are.
pub(super) struct Known<'a> {
    pub(super) issuer: String,
    pub(super) groups_claim: &'a str,
}

/// What was told so far, by the ID token and perhaps by the user information.
#[derive(Debug)]
pub(super) struct Told {
    subject: String,
    // the address and whether it is verified are one statement and come from one source
    email: Option<(String, bool)>,
    name: Option<String>,
    extra: Map<String, Value>,
}

impl Told {
    pub(super) fn by_id_token(claims: &IdTokenClaims<ExtraClaims, CoreGenderClaim>) -> Self {
        let verified = claims.email_verified().unwrap_or(false);
        Self {
            subject: claims.subject().as_str().to_owned(),
            email: claims.email().map(|email| (email.as_str().to_owned(), verified)),
            name: plain_name(claims.name()),
            extra: claims.additional_claims().0.clone(),
        }
    }

    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether nothing is left to ask the provider for.
    pub(super) fn is_complete(&self, groups_claim: &str) -> bool {
        self.email.is_some() && self.name.is_some() && claim(&self.extra, groups_claim).is_some()
    }

    /// Fills in what the ID token left out; what it said stands.
    pub(super) fn completed_by(mut self, more: &UserInfoClaims<ExtraClaims, CoreGenderClaim>) -> Self {
        if self.email.is_none() {
            let verified = more.email_verified().unwrap_or(false);
            self.email = more.email().map(|email| (email.as_str().to_owned(), verified));
        }
        self.name = self.name.or_else(|| plain_name(more.name()));
        for (name, value) in &more.additional_claims().0 {
            self.extra.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self
    }

    pub(super) fn into_identity(
        self,
        known: Known<'_>,
        roles: &[(String, String)],
    ) -> Result<Identity, SsoError> {
        let groups = claim(&self.extra, known.groups_claim)
            .and_then(groups_of)
            .ok_or_else(|| SsoError::NoGroupsClaim(known.groups_claim.to_owned()))?;
        let role = role_of(&groups, roles).ok_or(SsoError::NoRole)?.to_owned();
        let (email, email_verified) = match self.email {
            Some((email, verified)) => (Some(email), verified),
            None => (None, false),
        };
        let (issuer, subject, name) = (known.issuer, self.subject, self.name);
        Ok(Identity { issuer, subject, email, email_verified, name, groups, role })
    }
}

/// The role of the first mapping whose group is among these; the order of the mappings decides, not of the groups.
fn role_of<'a>(groups: &[String], roles: &'a [(String, String)]) -> Option<&'a str> {
    roles.iter().find(|(group, _)| groups.contains(group)).map(|(_, role)| role.as_str())
}

/// A claim by its whole name (some are addresses, with dots in them), or else by a path of names.
fn claim<'a>(extra: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = extra.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    rest.split('.').try_fold(extra.get(first)?, |value, step| value.get(step))
}

/// One group as text, or several as a list of texts; anything else is no list of groups.
fn groups_of(value: &Value) -> Option<Vec<String>> {
    if let Some(one) = value.as_str() {
        return Some(vec![one.to_owned()]);
    }
    value.as_array()?.iter().map(|group| group.as_str().map(str::to_owned)).collect()
}

fn plain_name(name: Option<&LocalizedClaim<EndUserName>>) -> Option<String> {
    let name = name?;
    let (_, first) = name.iter().next()?;
    Some(name.get(None).unwrap_or(first).as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(extra: Value) -> Told {
        let Value::Object(extra) = extra else { panic!("no object") };
        let email = Some(("anna@example.org".to_owned(), true));
        Told { subject: "s1".to_owned(), email, name: Some("Anna".to_owned()), extra }
    }

    fn judge(extra: Value, groups_claim: &str) -> Result<Identity, SsoError> {
        let roles = [("admins", "administrator"), ("everyone", "viewer"), ("auditors", "auditor")];
        let roles: Vec<_> = roles.iter().map(|(g, r)| ((*g).to_owned(), (*r).to_owned())).collect();
        told(extra).into_identity(Known { issuer: "https://id.example.org".to_owned(), groups_claim }, &roles)
    }

    #[test]
    fn the_first_mapping_that_fits_gives_the_role() {
        let person = judge(json!({"groups": ["auditors", "everyone", "other"]}), "groups").unwrap();

        assert_eq!(person.role, "viewer");
        assert_eq!(person.groups, ["auditors", "everyone", "other"]);
        assert_eq!((person.email.as_deref(), person.email_verified), (Some("anna@example.org"), true));
    }

    #[test]
    fn groups_come_as_text_as_list_by_path_and_under_an_address() {
        for (extra, name) in [
            (json!({"groups": "admins"}), "groups"),
            (json!({"realm_access": {"roles": ["admins"]}}), "realm_access.roles"),
            (json!({"https://example.org/groups": ["admins"]}), "https://example.org/groups"),
        ] {
            assert_eq!(judge(extra, name).unwrap().role, "administrator", "{name}");
        }
    }

    #[test]
    fn who_has_no_mapped_group_is_refused() {
        for groups in [json!([]), json!(["Admins"]), json!("admins everyone"), json!("")] {
            assert!(matches!(judge(json!({"groups": groups}), "groups"), Err(SsoError::NoRole)));
        }
    }

    #[test]
    fn a_claim_that_is_missing_or_no_list_is_said_to_be_missing() {
        for extra in
            [json!({}), json!({"groups": null}), json!({"groups": [1]}), json!({"groups": {"a": true}})]
        {
            assert!(matches!(judge(extra, "groups"), Err(SsoError::NoGroupsClaim(name)) if name == "groups"));
        }
    }
}
