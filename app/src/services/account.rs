//! Data of the pages about a person's own account.

use std::net::IpAddr;

/// The browser of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// In plain words, such as `Firefox on Android`.
    pub device: String,
}

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        Self { address, device: String::new() }
    }
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    pub name: String,
    pub email: String,
    pub has_password: bool,
    /// The oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// The newest first.
    pub sessions: Vec<OpenSession>,
}

/// A passkey of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyView {
    /// The credential id in base64url.
    pub id: String,
    pub name: String,
    /// In words, such as `3 days ago`.
    pub created: String,
    /// The last use; none before the first one.
    pub used: Option<String>,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Names it in forms; it opens nothing.
    pub id: String,
    /// In plain words, such as `Firefox on Android`.
    pub device: String,
    /// In words, such as `2 hours ago`.
    pub opened: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// Purpose of a link in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    Register,
    Reset,
    ChangeEmail,
}

/// A link of a mail that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    pub email: String,
    /// Empty where the page does not need it.
    pub name: String,
    pub asks: Asks,
}

/// Input that the form of a link asks for, besides its button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    Nothing,
    Password,
    Passkey,
}
