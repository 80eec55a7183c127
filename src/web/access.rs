//! What a route asks of its caller, as types: the handler's first argument says it, the route table repeats it, and
//! the two not agreeing does not compile.

use crate::app::identity::Permission;

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// A session of any level: the second half of signing in.
    HalfSignedIn,
    /// A permission.
    May(Permission),
    /// A permission, and that the person proved who they are within the last minutes.
    MayFresh(Permission),
}

/// A declared access.
pub trait Access: 'static {
    /// What it asks.
    const NEED: Need;
}

macro_rules! accesses {
    ($($(#[$doc:meta])+ $name:ident = $need:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Access for $name {
            const NEED: Need = $need;
        }
    )+};
}

accesses! {
    /// Anybody. Written out on purpose: no access, no application.
    Public = Need::Nothing;
    /// Whoever proved a password and still owes the second factor, or must set one up; and who is wholly signed in.
    HalfSignedIn = Need::HalfSignedIn;
    /// See [`Permission::ViewCompliance`].
    ViewCompliance = Need::May(Permission::ViewCompliance);
    /// See [`Permission::DownloadEvidence`].
    DownloadEvidence = Need::May(Permission::DownloadEvidence);
    /// See [`Permission::UploadEvidence`].
    UploadEvidence = Need::May(Permission::UploadEvidence);
    /// See [`Permission::WithdrawEvidence`].
    WithdrawEvidence = Need::May(Permission::WithdrawEvidence);
    /// See [`Permission::DecideWithdrawal`].
    DecideWithdrawal = Need::May(Permission::DecideWithdrawal);
    /// See [`Permission::CreatePack`].
    CreatePack = Need::May(Permission::CreatePack);
    /// See [`Permission::DownloadPack`].
    DownloadPack = Need::May(Permission::DownloadPack);
    /// See [`Permission::ViewSources`].
    ViewSources = Need::May(Permission::ViewSources);
    /// See [`Permission::RunSource`].
    RunSource = Need::May(Permission::RunSource);
    /// See [`Permission::InviteAuditor`].
    InviteAuditor = Need::May(Permission::InviteAuditor);
    /// See [`Permission::InviteAuditor`]; with a fresh proof.
    InviteAuditorFresh = Need::MayFresh(Permission::InviteAuditor);
    /// See [`Permission::ManagePeople`]; with a fresh proof.
    ManagePeopleFresh = Need::MayFresh(Permission::ManagePeople);
    /// See [`Permission::UseTokens`].
    UseTokens = Need::May(Permission::UseTokens);
    /// See [`Permission::UseTokens`]; with a fresh proof.
    UseTokensFresh = Need::MayFresh(Permission::UseTokens);
    /// See [`Permission::ViewAuditTrail`].
    ViewAuditTrail = Need::May(Permission::ViewAuditTrail);
    /// See [`Permission::ViewAuditRoom`].
    ViewAuditRoom = Need::May(Permission::ViewAuditRoom);
    /// See [`Permission::OwnAccount`].
    OwnAccount = Need::May(Permission::OwnAccount);
    /// See [`Permission::OwnAccount`]; with a fresh proof.
    OwnAccountFresh = Need::MayFresh(Permission::OwnAccount);
}

impl Need {
    /// The words of the route table.
    pub fn name(self) -> String {
        match self {
            Self::Nothing => "public".to_owned(),
            Self::HalfSignedIn => "half signed in".to_owned(),
            Self::May(permission) => permission.slug().to_owned(),
            Self::MayFresh(permission) => format!("{} (fresh)", permission.slug()),
        }
    }
}
