//! The mail server that takes our mail: one message with text and HTML, and the meaning of its responses.

use crate::{error::ServerError, queries::mails::DueMail};
use app::domain::time::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{Error, PoolConfig},
};
use std::{
    error::Error as StdError,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

/// Limit of each command; servers respond to most within milliseconds, to the message itself after their checks.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// Limit of a whole delivery; shorter than the lease of its mail.
const SEND_TIMEOUT: Duration = Duration::from_secs(50);
/// Connections kept open.
const CONNECTIONS: u32 = 8;
/// Responses that refuse a message or its receiver for good (RFC 5321, 4.2.3). Others with 5 are about the sender's
/// commands or sign-in, which an operator can repair.
const REFUSALS: &[u16] = &[550, 551, 552, 553, 554, 555, 556];

/// A mail server and the sender of all mail.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Whether the last attempt failed because of the server, so that an outage is logged once.
    failing: Arc<AtomicBool>,
}

/// The outcome of one attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// Refused for good, in the server's words.
    Refused(String),
    /// To be tried again.
    Failed(String),
}

impl Smtp {
    /// `url` is `smtp://user:password@host:587?tls=required`, or `smtps://…`; connections are made when they are needed.
    pub fn new(url: &str, from: &str) -> Result<Self, ServerError> {
        // The library's error may quote the URL.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| ServerError::Broken("TOAST_SMTP_URL cannot be used".to_owned()))?;
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let from = from.parse().map_err(|error| ServerError::Broken(format!("TOAST_MAIL_FROM: {error}")))?;
        let transport = builder.timeout(Some(COMMAND_TIMEOUT)).pool_config(pool).build();
        Ok(Self { transport, from, failing: Arc::default() })
    }

    /// Sends a mail, once.
    pub(super) async fn send(&self, mail: &DueMail) -> Outcome {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(error) => return Outcome::Refused(error.to_string()),
        };
        match tokio::time::timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => {
                self.is_up();
                Outcome::Sent
            }
            Ok(Err(error)) => self.failure(&error).await,
            Err(_) => self.is_down("no response in time".to_owned()),
        }
    }

    async fn failure(&self, error: &Error) -> Outcome {
        let code = error.status().map(u16::from);
        if error.is_permanent() && code.is_some_and(|code| REFUSALS.contains(&code)) {
            // The same codes refuse a connection, which is not the fault of this mail.
            return match self.transport.test_connection().await {
                Ok(true) => Outcome::Refused(words(error)),
                Ok(false) => self.is_down(words(error)),
                Err(error) => self.is_down(words(&error)),
            };
        }
        if error.is_transient() && code != Some(421) {
            return Outcome::Failed(words(error));
        }
        self.is_down(words(error))
    }

    fn is_up(&self) {
        if self.failing.swap(false, Ordering::Relaxed) {
            tracing::info!("mail server takes mail again");
        }
    }

    fn is_down(&self, why: String) -> Outcome {
        if !self.failing.swap(true, Ordering::Relaxed) {
            tracing::warn!(error = why, "mail server does not take mail, will retry");
        }
        Outcome::Failed(why)
    }

    /// The same mail is the same message: receivers recognise one that came twice after a crash by its id.
    fn message(&self, mail: &DueMail) -> Result<Message, Box<dyn StdError + Send + Sync>> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.email.parse()?))
            .subject(mail.subject.clone())
            .date(system_time(mail.created_at))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // No out-of-office notices in return (RFC 3834).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))?;
        Ok(message)
    }
}

/// `Auto-Submitted: auto-generated`
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or_default())
}

fn words(error: &Error) -> String {
    error.to_string()
}
