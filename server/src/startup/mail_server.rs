//! The mail server of the settings, with what it needs besides.

use crate::{config::Settings, error::ServerError, mail::Smtp};

/// None without one. An error names the setting that is missing.
pub fn configured(settings: &Settings) -> Result<Option<Smtp>, ServerError> {
    let Some(url) = &settings.smtp_url else { return Ok(None) };
    let from = settings.mail_from.as_deref().ok_or_else(|| {
        ServerError::Broken("TOAST_SMTP_URL needs TOAST_MAIL_FROM, the sender of all mail".to_owned())
    })?;
    // Links would otherwise have the host that a request names, which its sender can choose: the link of a new password would
    // lead the owner of the account to a stranger's site.
    if settings.public_url.is_none() {
        return Err(ServerError::Broken(
            "TOAST_SMTP_URL needs TOAST_PUBLIC_URL, the site that links in mail lead to".to_owned(),
        ));
    }
    Smtp::new(url.secret(), from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cli;
    use clap::Parser;

    // The pool of connections needs a runtime.
    #[tokio::test]
    async fn mail_is_sent_with_a_sender_and_links_of_the_public_url_only() {
        let outcome = |arguments: &[&str]| {
            let all = ["toast", "--smtp-url=smtp://127.0.0.1:25"].iter().chain(arguments);
            configured(&Cli::try_parse_from(all).unwrap().settings).map(drop).map_err(|error| error.to_string())
        };
        let (from, site) = ("--mail-from=toast@toast.example", "--public-url=https://toast.example");
        assert!(outcome(&[site]).unwrap_err().contains("TOAST_MAIL_FROM"));
        assert!(outcome(&[from]).unwrap_err().contains("TOAST_PUBLIC_URL"));
        assert_eq!(outcome(&[from, site]), Ok(()));
    }
}
