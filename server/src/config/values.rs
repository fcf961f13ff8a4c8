//! Values of settings: each is parsed, or refused with the expected form.

use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000".to_owned())
}

pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "expected addresses or networks, such as 192.0.2.7 or 192.0.2.0/24".to_owned())
}

pub(super) fn region(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if plain && (1..=32).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err("expected 1 to 32 of a-z, 0-9 and -, such as eu-1".to_owned())
    }
}

pub(super) fn sender(text: &str) -> Result<String, String> {
    let parsed = text.parse::<lettre::message::Mailbox>();
    parsed.map(|_| text.to_owned()).map_err(|_| "expected an address such as Toast <toast@example.org>".to_owned())
}

/// The limit leaves ports for the groups.
pub(super) fn group_ports(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port| (1..=65_000).contains(port));
    port.ok_or_else(|| "expected a port between 1 and 65000, such as 5010 for group 1 at port 5011".to_owned())
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::builder()
        .parse(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("{error}; expected error, warn, info, debug, trace, or a list such as info,sqlx=warn"))
}
