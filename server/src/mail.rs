//! Mail to people with accounts: written by a template, stored, and delivered in the background.

use crate::{
    context::AppContext,
    error::ServerError,
    queries::mails::{self, NewMail},
};
use uuid::Uuid;

/// A mail of one link.
#[derive(Debug, Clone)]
pub(crate) struct LinkMail<'a> {
    /// In lower case.
    pub(crate) to: &'a str,
    /// A code such as `register`.
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    /// Paragraphs of plain text before the link.
    pub(crate) words: Vec<String>,
    /// Words on the link, such as `Confirm your address`; none for a mail without one.
    pub(crate) action: Option<(&'static str, String)>,
    /// Paragraphs after it.
    pub(crate) after: Vec<String>,
}

/// Stores a mail; it is delivered in the background, with retries.
pub(crate) async fn queue(context: &AppContext, mail: LinkMail<'_>) -> Result<(), ServerError> {
    let mail = NewMail {
        id: Uuid::now_v7(),
        email: mail.to.to_owned(),
        kind: mail.kind,
        text: plain(&mail),
        html: String::new(),
        subject: mail.subject,
    };
    mails::insert(&context.store, &mail, context.clock.now()).await
}

fn plain(mail: &LinkMail<'_>) -> String {
    let link = mail.action.iter().map(|(words, address)| format!("{words}:\n{address}"));
    let paragraphs: Vec<_> = mail.words.iter().cloned().chain(link).chain(mail.after.iter().cloned()).collect();
    paragraphs.join("\n\n")
}
