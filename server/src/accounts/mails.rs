//! Texts of the mails about accounts. None repeats what a stranger may have typed into a form.

use crate::mail::LinkMail;
use app::{forms::routes, services::Origin};

const IGNORE: &str = "If that was not you, ignore this mail: nothing happens without the link.";

pub(super) fn confirm<'a>(to: &'a str, Origin(site): &Origin, secret: &str) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "register",
        subject: "Confirm your address for Toast".to_owned(),
        words: words(&["An account at Toast was asked for with this address. Confirm that it is yours to begin."]),
        action: Some(("Confirm your address", format!("{site}{}", routes::confirm(secret)))),
        after: words(&["The link works once, for 24 hours.", IGNORE]),
    }
}

pub(super) fn already_registered<'a>(to: &'a str, Origin(site): &Origin, secret: &str) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "already_registered",
        subject: "You have an account at Toast already".to_owned(),
        words: vec![
            "An account at Toast was asked for with this address, which has one already.".to_owned(),
            format!("Sign in with the password or the passkey you have: {site}{}", routes::SIGN_IN),
            "Or choose a new password, if you do not remember it.".to_owned(),
        ],
        action: Some(("Choose a new password", format!("{site}{}", routes::reset(secret)))),
        after: words(&["The link works once, for one hour.", IGNORE]),
    }
}

pub(super) fn reset<'a>(to: &'a str, Origin(site): &Origin, secret: &str) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "reset",
        subject: "Choose a new password for Toast".to_owned(),
        words: words(&["A new password was asked for your account at Toast."]),
        action: Some(("Choose a new password", format!("{site}{}", routes::reset(secret)))),
        after: words(&["The link works once, for one hour.", IGNORE]),
    }
}

pub(super) fn no_account<'a>(to: &'a str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "no_account",
        subject: "No account at Toast with this address".to_owned(),
        words: words(&[
            "A new password was asked for this address, but it has no account at Toast.",
            "If that was you, try the other addresses you use, or open an account with this one.",
        ]),
        action: Some(("Open an account", format!("{site}{}", routes::REGISTER))),
        after: words(&["If that was not you, ignore this mail."]),
    }
}

pub(super) fn password_changed<'a>(to: &'a str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "password_changed",
        subject: "Your password for Toast was changed".to_owned(),
        words: words(&[
            "The password of your account at Toast was changed just now, and all other devices were signed out.",
            "If that was not you, choose a new password at once.",
        ]),
        action: Some(("Choose a new password", format!("{site}{}", routes::FORGOT))),
        after: Vec::new(),
    }
}

pub(super) fn passkey_added<'a>(to: &'a str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "passkey_added",
        subject: "A passkey was added to your account at Toast".to_owned(),
        words: words(&[
            "A passkey was added to your account at Toast just now, and all other devices were signed out.",
            "If that was not you, choose a new password at once, and remove the passkey on your account page.",
        ]),
        action: Some(("Choose a new password", format!("{site}{}", routes::FORGOT))),
        after: Vec::new(),
    }
}

pub(super) fn passkey_removed<'a>(to: &'a str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "passkey_removed",
        subject: "A passkey was removed from your account at Toast".to_owned(),
        words: words(&[
            "A passkey was removed from your account at Toast just now, and all other devices were signed out.",
            "If that was not you, choose a new password at once.",
        ]),
        action: Some(("Choose a new password", format!("{site}{}", routes::FORGOT))),
        after: Vec::new(),
    }
}

pub(super) fn confirm_new_address<'a>(to: &'a str, Origin(site): &Origin, secret: &str) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "change_email",
        subject: "Confirm your new address for Toast".to_owned(),
        words: words(&["Confirm that this address is yours. From then on you sign in at Toast with it."]),
        action: Some(("Confirm your new address", format!("{site}{}", routes::confirm_email(secret)))),
        after: words(&["The link works once, for 24 hours.", IGNORE]),
    }
}

pub(super) fn address_taken<'a>(to: &'a str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "address_taken",
        subject: "This address has an account at Toast already".to_owned(),
        words: words(&[
            "Another account at Toast was to get this address, which has an account of its own. Nothing was changed.",
        ]),
        action: Some(("Sign in", format!("{site}{}", routes::SIGN_IN))),
        after: Vec::new(),
    }
}

/// To the old address.
pub(super) fn address_changes<'a>(to: &'a str, new: &str, Origin(site): &Origin) -> LinkMail<'a> {
    LinkMail {
        to,
        kind: "address_changes",
        subject: "Your address for Toast is about to change".to_owned(),
        words: vec![
            format!("Your account at Toast will belong to {new} as soon as that address is confirmed."),
            "If that was not you, choose a new password at once: the change is stopped by it.".to_owned(),
        ],
        action: Some(("Choose a new password", format!("{site}{}", routes::FORGOT))),
        after: Vec::new(),
    }
}

fn words(paragraphs: &[&str]) -> Vec<String> {
    paragraphs.iter().map(|paragraph| (*paragraph).to_owned()).collect()
}
