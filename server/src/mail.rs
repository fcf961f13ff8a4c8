//! Mail to people with accounts: written by a template, stored, and delivered in the background.

pub mod delivery;
mod smtp;
mod template;

pub use smtp::Smtp;

use crate::{
    context::AppContext,
    error::ServerError,
    queries::mails::{self, NewMail},
};
use app::services::KeptMail;
use template::Language;
use uuid::Uuid;

/// Kept mails that are shown.
const MOST_KEPT: i64 = 100;

/// A mail of one link.
#[derive(Debug, Clone)]
pub struct LinkMail<'a> {
    /// In lower case.
    pub to: &'a str,
    /// A code such as `register`.
    pub kind: &'static str,
    pub subject: String,
    /// Paragraphs of plain text before the link.
    pub words: Vec<String>,
    /// Words on the link, such as `Confirm your address`, and its address; none for a mail without one.
    pub action: Option<(&'static str, String)>,
    /// Paragraphs after it.
    pub after: Vec<String>,
}

/// Stores a mail; it is delivered in the background, with retries.
pub async fn queue(context: &AppContext, mail: LinkMail<'_>) -> Result<(), ServerError> {
    queue_as(context, Uuid::now_v7(), mail).await
}

/// The same under an id, by which [`refusal`] finds it.
pub async fn queue_as(context: &AppContext, id: Uuid, mail: LinkMail<'_>) -> Result<(), ServerError> {
    // The words of all mails are English so far.
    let language = Language::English;
    let stored = NewMail {
        id,
        email: mail.to.to_owned(),
        kind: mail.kind,
        text: template::plain(&mail),
        html: template::html(&mail, language),
        subject: template::one_line(&mail.subject),
    };
    mails::insert(&context.store, &stored, context.clock.now()).await?;
    context.hub.send_mail_soon(mail.to);
    Ok(())
}

/// Why a mail was refused for good, in the words of the mail server; none while it was not.
pub async fn refusal(context: &AppContext, email: &str, id: Uuid) -> Result<Option<String>, ServerError> {
    mails::refusal(&context.store, email, id).await
}

/// The newest mails that are stored with their text, newest first.
pub async fn kept(context: &AppContext) -> Result<Vec<KeptMail>, ServerError> {
    mails::kept(&context.store, MOST_KEPT).await
}
