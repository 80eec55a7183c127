//! `admin`: what only who owns this machine may do.

use crate::app::identity::NewLink;
use crate::app::{App, Config, Error};
use crate::cli::args::CreateLinkArgs;
use crate::cli::exit::Outcome;
use crate::cli::output::Output;

/// Prints a link that makes an administrator.
pub async fn create_link(app: &App, args: &CreateLinkArgs, output: &Output) -> Result<Outcome, Error> {
    let link = app.administrator_link(args.email.as_deref(), args.name.as_deref()).await?;
    output.line(&address(&link, &base(app.config())));
    output.note(&format!(
        "good once, until {}; whoever has it becomes administrator",
        link.expires_at.to_display()
    ));
    Ok(Outcome::Fine)
}

/// A link as it is opened.
pub fn address(link: &NewLink, base: &str) -> String {
    format!("{}{}", base.trim_end_matches('/'), link.path())
}

/// Where people reach the service, as far as is known without asking it.
pub fn base(config: &Config) -> String {
    config.public_url.as_ref().map_or_else(|| format!("http://{}", config.listen), url::Url::to_string)
}
