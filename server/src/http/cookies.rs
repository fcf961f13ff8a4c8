//! Cookies: the visitor id, the secrets of a staff session and of a shared screen, and for a short time what registration
//! and passkeys need.

use app::domain::id::{RestaurantId, VisitorId};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use uuid::Uuid;

/// Names and attributes of cookies; with TLS the prefix `__Host-` binds them to the host.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    /// Whether guests use TLS.
    pub secure: bool,
}

const VISITOR_SECONDS: u32 = 90 * 24 * 3600;
const SESSION_SECONDS: u32 = 12 * 3600;
/// The longest that browsers keep a cookie.
const SCREEN_SECONDS: u32 = 400 * 24 * 3600;
/// As long as the link of the mail.
const REGISTRATION_SECONDS: u32 = 24 * 3600;
/// As long as a guest is taken to sit at a table.
const TABLE_SECONDS: u32 = 4 * 3600;
/// Longer than a challenge of a passkey is valid.
const PASSKEY_SECONDS: u32 = 3_600;
/// Until the page that names the address was shown.
const MAILED_TO_SECONDS: u32 = 600;

pub fn new_visitor() -> VisitorId {
    VisitorId::from_uuid(Uuid::new_v4())
}

impl Cookies {
    pub fn visitor(self, headers: &HeaderMap) -> Option<VisitorId> {
        self.read(headers, "toast_visitor")?.parse::<Uuid>().ok().map(VisitorId::from_uuid)
    }

    /// The secret of a staff session.
    pub fn session(self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "toast_session").map(str::to_owned)
    }

    /// Offers a visitor id as a session cookie. The server stores it only with the first cart.
    pub fn offer_visitor(self, response: &mut Response) {
        let cookie = self.write("toast_visitor", &new_visitor().to_string(), None);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }

    /// Sets the visitor cookie; its lifetime starts again.
    pub fn keep_visitor(self, visitor: VisitorId, response: &mut Response) {
        let cookie = self.write("toast_visitor", &visitor.to_string(), Some(VISITOR_SECONDS));
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }

    pub fn keep_session(self, secret: &str) -> HeaderValue {
        self.write("toast_session", secret, Some(SESSION_SECONDS))
    }

    pub fn drop_session(self) -> HeaderValue {
        self.write("toast_session", "", Some(0))
    }

    /// The secret of a device that is a shared screen.
    pub fn screen(self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "toast_screen").map(str::to_owned)
    }

    pub fn keep_screen(self, secret: &str) -> HeaderValue {
        self.write("toast_screen", secret, Some(SCREEN_SECONDS))
    }

    pub fn drop_screen(self) -> HeaderValue {
        self.write("toast_screen", "", Some(0))
    }

    /// The secret of a browser that registered.
    pub fn registration(self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "toast_registration").map(str::to_owned)
    }

    pub fn keep_registration(self, secret: &str) -> HeaderValue {
        self.write("toast_registration", secret, Some(REGISTRATION_SECONDS))
    }

    pub fn drop_registration(self) -> HeaderValue {
        self.write("toast_registration", "", Some(0))
    }

    /// The secret of a browser that asked for a challenge of a passkey.
    pub fn passkey(self, headers: &HeaderMap) -> Option<String> {
        self.read(headers, "toast_passkey").map(str::to_owned)
    }

    pub fn keep_passkey(self, secret: &str) -> HeaderValue {
        self.write("toast_passkey", secret, Some(PASSKEY_SECONDS))
    }

    /// The address that a mail was sent to.
    pub fn mailed_to(self, headers: &HeaderMap) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(self.read(headers, "toast_mailed_to")?).ok()?;
        String::from_utf8(bytes).ok()
    }

    pub fn keep_mailed_to(self, email: &str) -> HeaderValue {
        self.write("toast_mailed_to", &URL_SAFE_NO_PAD.encode(email), Some(MAILED_TO_SECONDS))
    }

    /// The table whose code a guest without a cart opened, and its restaurant.
    pub fn table(self, headers: &HeaderMap) -> Option<(RestaurantId, String)> {
        let bytes = URL_SAFE_NO_PAD.decode(self.read(headers, "toast_table")?).ok()?;
        let (restaurant, table) = bytes.split_at_checked(size_of::<Uuid>())?;
        let restaurant = RestaurantId::from_uuid(Uuid::from_slice(restaurant).ok()?);
        Some((restaurant, String::from_utf8(table.to_vec()).ok()?))
    }

    pub fn keep_table(self, restaurant: RestaurantId, table: &str) -> HeaderValue {
        let value = URL_SAFE_NO_PAD.encode([restaurant.uuid().as_bytes(), table.as_bytes()].concat());
        self.write("toast_table", &value, Some(TABLE_SECONDS))
    }

    pub fn drop_table(self) -> HeaderValue {
        self.write("toast_table", "", Some(0))
    }

    fn read<'a>(self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let name = self.full_name(name);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name && !value.is_empty()).then_some(value)
        })
    }

    fn write(self, name: &str, value: &str, seconds: Option<u32>) -> HeaderValue {
        let guard = if self.secure { "; Secure" } else { "" };
        let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let name = self.full_name(name);
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{guard}");
        HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    fn full_name(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }
}
