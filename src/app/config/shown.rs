//! The configuration as it may be shown: secrets masked.

use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::app::config::{Config, LogFormat, Sso};

impl Config {
    /// The effective values as lines `key = value`, secrets masked.
    pub fn shown(&self) -> Vec<(String, String)> {
        let secret = |s: &Option<SecretString>| if s.is_some() { "***" } else { "(not set)" }.to_owned();
        let path =
            |p: &Option<PathBuf>| p.as_ref().map_or("(not set)".to_owned(), |p| p.display().to_string());
        let database = self.database().map_or_else(|e| e.to_string(), |url| url.shown());
        let format = if self.log.format == LogFormat::Json { "json" } else { "pretty" };
        let mut lines = vec![
            ("data".to_owned(), self.data.display().to_string()),
            ("database_url".to_owned(), database),
            ("database_password_file".to_owned(), path(&self.database_password_file)),
            ("listen".to_owned(), self.listen.clone()),
            (
                "public_url".to_owned(),
                self.public_url.as_ref().map_or("(not set)".to_owned(), url::Url::to_string),
            ),
            (
                "trusted_proxies".to_owned(),
                self.trusted_proxies.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", "),
            ),
            ("session.idle_minutes".to_owned(), self.session.idle_minutes.to_string()),
            ("session.absolute_hours".to_owned(), self.session.absolute_hours.to_string()),
            ("session.second_factor".to_owned(), format!("{:?}", self.session.second_factor).to_lowercase()),
            ("master_key_file".to_owned(), path(&self.master_key_file)),
            ("master_key".to_owned(), secret(&self.master_key)),
            ("controls".to_owned(), path(&self.controls)),
            ("organisation.name".to_owned(), self.organisation.name.clone()),
            ("log.format".to_owned(), format.to_owned()),
            ("log.filter".to_owned(), self.log.filter.clone()),
            ("api.reads_per_minute".to_owned(), self.api.reads_per_minute.to_string()),
            ("api.writes_per_minute".to_owned(), self.api.writes_per_minute.to_string()),
            ("limits.document_bytes".to_owned(), self.limits.document_bytes.to_string()),
            ("limits.archive_bytes".to_owned(), self.limits.archive_bytes.to_string()),
            ("limits.archive_members".to_owned(), self.limits.archive_members.to_string()),
            ("limits.ratio".to_owned(), self.limits.ratio.to_string()),
            ("limits.depth".to_owned(), self.limits.depth.to_string()),
            ("advisories.max_age_hours".to_owned(), self.advisories.max_age_hours.to_string()),
            ("advisories.trusted_vex_authors".to_owned(), self.advisories.trusted_vex_authors.join(", ")),
        ];
        lines.extend(self.schedules_shown());
        lines.extend(self.declared_shown());
        lines
    }

    fn schedules_shown(&self) -> [(String, String); 4] {
        let at = &self.schedule;
        [
            ("schedule.match".to_owned(), at.matching.clone()),
            ("schedule.evaluate".to_owned(), at.evaluate.clone()),
            ("schedule.score".to_owned(), at.score.clone()),
            ("schedule.checkpoint".to_owned(), at.checkpoint.clone()),
        ]
    }

    fn declared_shown(&self) -> Vec<(String, String)> {
        let mut lines: Vec<_> = self.sso.iter().flat_map(sso_shown).collect();
        lines.extend(self.asset.iter().map(|a| (format!("asset.{}", a.key), a.asset_type.clone())));
        lines.extend(self.vendor.iter().map(|v| (format!("vendor.{}", v.key), v.name.clone())));
        lines.extend(self.source.iter().map(|s| (format!("source.{}", s.name), s.source_type.clone())));
        lines
    }
}

fn sso_shown(sso: &Sso) -> Vec<(String, String)> {
    let secret = if sso.client_secret.is_some() { "***" } else { "(not set)" };
    let mut lines = vec![
        ("sso.issuer".to_owned(), sso.issuer.clone()),
        ("sso.client_id".to_owned(), sso.client_id.clone()),
        ("sso.client_secret".to_owned(), secret.to_owned()),
        ("sso.groups_claim".to_owned(), sso.groups_claim.clone()),
    ];
    lines.extend(sso.role.iter().map(|r| (format!("sso.role.{}", r.group), r.role.slug().to_owned())));
    lines
}
