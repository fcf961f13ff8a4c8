//! The request of a page, from the context of the framework: visitor, staff member, rejected form.

use crate::{
    domain::{error::AppError, id::VisitorId},
    services::{AtScreen, Services, Staff},
};
use leptos::prelude::use_context;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{self, AtomicBool},
    },
};

/// The visitor and staff member of a request.
#[derive(Debug, Clone, Default)]
pub struct Viewer {
    pub visitor: Option<VisitorId>,
    pub staff: Option<Staff>,
    /// The shared screen that the browser is, while no person is signed in there.
    pub screen: Option<AtScreen>,
    pub secrets: ViewerSecrets,
}

/// Values of cookies that pages about accounts need.
#[derive(Clone, Default)]
pub struct ViewerSecrets {
    /// The secret of the session.
    pub session: Option<String>,
    /// The secret of the browser that registered.
    pub registration: Option<String>,
    /// The address that a mail was sent to a moment ago.
    pub mailed_to: Option<String>,
}

/// Without the values, which would sign in.
impl fmt::Debug for ViewerSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ViewerSecrets").finish_non_exhaustive()
    }
}

/// A rejected form: its page shows it again with the sent fields.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// The fields as sent, by name; a name sent more than once keeps all its values.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Why it was not done.
    pub error: Option<AppError>,
}

impl Submission {
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.first().map(String::as_str)
    }

    /// A field as sent; empty when it was not.
    pub fn text(&self, name: &str) -> String {
        self.value(name).unwrap_or_default().to_owned()
    }

    /// The problem at a field, for its component.
    pub fn problem_at(&self, field: &str) -> Option<String> {
        self.problem(field).map(ToOwned::to_owned)
    }

    /// Whether a field was sent with this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.get(name).is_some_and(|values| values.iter().any(|sent| sent == value))
    }

    /// The problem at a field, in a sentence.
    pub fn problem(&self, field: &str) -> Option<&str> {
        let problems = self.error.as_ref()?.problems();
        problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }
}

/// Marked by the cart page when it shows lines, so that the handler extends the visitor cookie.
#[derive(Debug, Clone, Default)]
pub struct CartShown(Arc<AtomicBool>);

impl CartShown {
    pub fn mark(&self) {
        self.0.store(true, atomic::Ordering::Relaxed);
    }

    pub fn is_marked(&self) -> bool {
        self.0.load(atomic::Ordering::Relaxed)
    }
}

/// Addresses of assets: content-hashed names at the CDN or the origin.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// URL prefix of `/pkg/…` and `/pictures/…`; empty for the origin.
    pub base: String,
    pub stylesheet: String,
    /// The path of `boot.js`, which loads the bundles.
    pub boot: String,
    /// The path of the script of guests' pages.
    pub guest: String,
    /// The path of the script of pages with passkeys.
    pub passkeys: String,
    /// Script and WebAssembly of the guests' menu.
    pub customer: Bundle,
    /// Script and WebAssembly of the dashboard's islands.
    pub dashboard: Bundle,
}

impl Assets {
    /// An address without the CDN's prefix: the origin serves all files too.
    pub fn at_origin<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(self.base.as_str()).unwrap_or(address)
    }
}

/// Scheme and host of the site (`https://toast.example`), for absolute addresses; empty when unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Origin(pub String);

/// Where browsers can use passkeys: the origin of the site. None without a public URL for which they have WebAuthn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PasskeySite(pub Option<String>);

/// A bundle of islands.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    pub script: String,
    pub wasm: String,
}

/// The services of this request. An error, not a panic, when the context has none.
pub fn services() -> Result<Services, AppError> {
    use_context().ok_or(AppError::Unavailable { retry_after: 1 })
}

pub fn viewer() -> Viewer {
    use_context().unwrap_or_default()
}

/// The signed-in staff member, or the error that leads to the sign-in page.
pub fn staff() -> Result<Staff, AppError> {
    viewer().staff.ok_or(AppError::Unauthenticated)
}

/// Who works at the restaurant of this page: the signed-in person, or the one at this shared screen.
pub fn at_work() -> Result<Staff, AppError> {
    let Viewer { staff, screen, .. } = viewer();
    staff.or_else(|| screen.map(|screen| screen.onlooker())).ok_or(AppError::Unauthenticated)
}

/// The rejected form that this page shows again; empty on a GET.
pub fn submission() -> Submission {
    use_context().unwrap_or_default()
}

/// The assets of the browser.
pub fn assets() -> Assets {
    use_context().unwrap_or_default()
}

/// The origin at which passkeys work, if there is one.
pub fn passkey_site() -> Option<String> {
    let PasskeySite(origin) = use_context().unwrap_or_default();
    origin
}

/// An absolute address of this site.
pub fn in_full(path: &str) -> String {
    let Origin(origin) = use_context().unwrap_or_default();
    format!("{origin}{path}")
}
