//! URLs in settings. Error messages leave out every part that could be a password, since they end in logs.

use clap::{
    Arg, Command,
    builder::TypedValueParser,
    error::{Error, ErrorKind},
};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use sqlx::postgres::PgConnectOptions;
use std::{ffi::OsStr, fmt, marker::PhantomData, str::FromStr};

const EXPECTED: &str =
    "expected postgres://user:password@host:port/database, with special characters of the password as %40";

/// The parameters that the driver knows. It logs the value of any other one, which may be a password under a mistyped
/// name (sqlx-postgres 0.9.0, `options/parse.rs`).
const PARAMETERS: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Parses a URL without clap's error message, which would repeat the whole value.
#[derive(Debug)]
pub struct Guarded<T>(PhantomData<fn() -> T>);

impl<T> Guarded<T> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Guarded<T> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<T: FromStr<Err = String> + Clone + Send + Sync + 'static> TypedValueParser for Guarded<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|why| {
            let (shown, name) = (shown(&text), arg.map(ToString::to_string).unwrap_or_default());
            let words = format!("invalid value '{shown}' for '{name}': {why}\n\nFor more information, try '--help'.\n");
            Error::raw(ErrorKind::ValueValidation, words).with_cmd(command)
        })
    }
}

/// The part of a URL that cannot contain a password.
fn shown(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => (format!("{scheme}://"), rest),
        _ => (String::new(), text),
    };
    let is_port = |text: &str| text.split('/').next().unwrap_or_default().parse::<u16>().is_ok();
    let harmless = |letter: char| letter.is_ascii_alphanumeric() || "./-_[]".contains(letter);
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    if host.chars().all(harmless) && port.is_none_or(is_port) { text.to_owned() } else { format!("{scheme}…") }
}

/// A PostgreSQL URL whose password is never displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL with its password, for the driver.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(EXPECTED.to_owned());
        }
        let query = text.split_once('?').map_or("", |(_, query)| query);
        let names = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
        if names.clone().any(|name| !PARAMETERS.contains(&name) && !name.starts_with("options")) {
            return Err(format!("expected no parameters but {}", PARAMETERS.join(", ")));
        }
        // The driver's error may quote the URL.
        PgConnectOptions::from_str(text).map_err(|_| EXPECTED.to_owned())?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match PgConnectOptions::from_str(&self.0) {
            Ok(read) => write!(
                f,
                "postgres://…@{}:{}/{}",
                read.get_host(),
                read.get_port(),
                read.get_database().unwrap_or_default()
            ),
            Err(_) => f.write_str("postgres://…"),
        }
    }
}

/// A web URL without a path: scheme and host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl(String);

impl WebUrl {
    /// As browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// Whether the scheme is https.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for WebUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@', ';', ',', '\'', '"']) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("expected https://host or http://host:port, without a path".to_owned()),
        }
    }
}

const EXPECTED_SMTP: &str = "expected smtp://user:password@host:587?tls=required or smtps://user:password@host, with special \
                             characters of the password as %40";

/// The URL of a mail server whose password is never displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    /// The URL with its password, for the mail library.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for SmtpUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(EXPECTED_SMTP)?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !matches!(query, "" | "tls=required" | "tls=opportunistic") || !matches!(scheme, "smtp" | "smtps") {
            return Err(EXPECTED_SMTP.to_owned());
        }
        let server = address.split('/').next().unwrap_or_default();
        if let Some((_, host)) = server.rsplit_once('@') {
            let is_local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| host.starts_with(local));
            if scheme == "smtp" && query != "tls=required" && !is_local {
                return Err("a password is sent with TLS only; add ?tls=required".to_owned());
            }
        }
        // The library's error may quote the URL.
        AsyncSmtpTransport::<Tokio1Executor>::from_url(text).map_err(|_| EXPECTED_SMTP.to_owned())?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("smtp://…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for address in ["postgres://toast:secret@db/toast", "postgres://db/toast?password=secret&user=toast"] {
            let url: DatabaseUrl = address.parse().unwrap();
            assert_eq!(format!("{url:?}"), "postgres://…@db:5432/toast");
        }
    }

    #[test]
    fn a_mail_server_gets_a_password_with_tls_only() {
        for right in [
            "smtp://localhost:1025",
            "smtp://me:secret@127.0.0.1:1025",
            "smtp://relay.example:25",
            "smtp://me:secret@mail.example:587?tls=required",
            "smtps://me:sec%40ret@mail.example",
        ] {
            assert_eq!(format!("{:?}", right.parse::<SmtpUrl>().unwrap()), "smtp://…", "{right}");
        }
        for wrong in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://me:secret@mail.example",
            "smtp://me:secret@mail.example?tls=opportunistic",
            "smtp://me:secret@mail.example?tls=no",
            "smtp://me:secret@mail.example?tsl=required",
            "smtp://",
        ] {
            let refusal = wrong.parse::<SmtpUrl>().unwrap_err();
            assert!(refusal.contains("tls=required") && !refusal.contains("secret"), "{wrong}: {refusal}");
        }
    }

    #[test]
    fn what_cannot_be_a_password_is_shown() {
        for harmless in ["mysql://x", "cdn.example", "localhost:3000", "https://cdn.example/path", "http://[", ""] {
            assert_eq!(shown(harmless), harmless);
        }
        for (hidden, left) in
            [("postgres://a:b@c", "postgres://…"), ("a:b", "…"), ("x://a?b", "x://…"), ("x://a:65536", "x://…")]
        {
            assert_eq!(shown(hidden), left);
        }
    }
}
