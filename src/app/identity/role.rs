//! Roles and what each may do: one closed table, read by the guard, the navigation and the tests.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$about:meta])+ $name:ident, $error:ident: $($(#[$doc:meta])+ $variant:ident = $slug:literal,)+) => {
        $(#[$about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$doc])+ $variant,)+
        }

        impl $name {
            /// Every one, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable word in database, API and logs.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $slug,)+
                }
            }
        }

        /// The text names none of them.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("`{0}` is none of {list}", list = $name::ALL.iter().map(|v| v.slug()).collect::<Vec<_>>().join(", "))]
        pub struct $error(String);

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|v| v.slug() == text).ok_or_else(|| $error(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.slug())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.slug())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

words! {
    /// What a person is here for.
    Role, UnknownRole:
    /// Runs the installation: sources, people, tokens, keys.
    Administrator = "administrator",
    /// Answers for the evidence: lives in the dashboard, makes packs, invites auditors.
    Officer = "officer",
    /// Brings evidence and repairs findings: engineers.
    Contributor = "contributor",
    /// Decides access reviews that were assigned.
    Reviewer = "reviewer",
    /// Sees one engagement and nothing else.
    Auditor = "auditor",
    /// Answers one vendor's questionnaires.
    VendorContact = "vendor-contact",
}

words! {
    /// One thing that may be done.
    Permission, UnknownPermission:
    /// Read overview, controls, evidence, findings, gaps, bills of materials, vendors and packs.
    ViewCompliance = "view-compliance",
    /// Download the original bytes of evidence.
    DownloadEvidence = "download-evidence",
    /// Upload evidence.
    UploadEvidence = "upload-evidence",
    /// Ask that a wrong upload be withdrawn.
    WithdrawEvidence = "withdraw-evidence",
    /// Decide on a withdrawal somebody else asked for.
    DecideWithdrawal = "decide-withdrawal",
    /// Evaluate, score vendors, create packs.
    CreatePack = "create-pack",
    /// Download packs: all of them, or those of the own engagement.
    DownloadPack = "download-pack",
    /// See sources and runs.
    ViewSources = "view-sources",
    /// Run a source or job now.
    RunSource = "run-source",
    /// See people and invite auditors to an engagement.
    InviteAuditor = "invite-auditor",
    /// Invite, change and disable people; see their sessions.
    ManagePeople = "manage-people",
    /// Create and revoke own API tokens.
    UseTokens = "use-tokens",
    /// Read and export the audit trail.
    ViewAuditTrail = "view-audit-trail",
    /// Enter the audit room of an engagement.
    ViewAuditRoom = "view-audit-room",
    /// The own account: password, second factor, passkeys, sessions.
    OwnAccount = "own-account",
}

impl Role {
    /// The role as pages name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Officer => "Compliance officer",
            Self::Contributor => "Contributor",
            Self::Reviewer => "Reviewer",
            Self::Auditor => "Auditor",
            Self::VendorContact => "Vendor contact",
        }
    }

    /// What the role may do.
    pub fn permissions(self) -> BTreeSet<Permission> {
        use Permission as P;
        match self {
            Self::Administrator => P::ALL.iter().copied().collect(),
            Self::Officer => P::ALL.iter().copied().filter(|p| *p != P::ManagePeople).collect(),
            Self::Contributor => [
                P::ViewCompliance,
                P::DownloadEvidence,
                P::UploadEvidence,
                P::WithdrawEvidence,
                P::ViewSources,
                P::UseTokens,
                P::OwnAccount,
            ]
            .into(),
            Self::Auditor => [P::ViewAuditRoom, P::DownloadPack, P::OwnAccount].into(),
            Self::Reviewer | Self::VendorContact => [P::OwnAccount].into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for role in Role::ALL {
            assert_eq!(role.slug().parse(), Ok(*role));
        }
        for permission in Permission::ALL {
            assert_eq!(permission.slug().parse(), Ok(*permission));
        }
        let error = "root".parse::<Role>().unwrap_err().to_string();
        assert!(error.contains("`root`") && error.contains("vendor-contact"), "{error}");
    }

    #[test]
    fn an_auditor_sees_the_audit_room_and_no_more() {
        let permissions = Role::Auditor.permissions();

        assert!(permissions.contains(&Permission::ViewAuditRoom));
        for hidden in [Permission::ViewCompliance, Permission::ViewAuditTrail, Permission::DownloadEvidence] {
            assert!(!permissions.contains(&hidden), "{hidden}");
        }
    }
}
