//! A line between guests and server on which the answers to some orders are lost: done, and nobody hears of it.

use crate::failure::Failure;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Every so many orders, the answer is lost.
const EVERY: u64 = 3;

/// The line; it ends with its holder.
#[derive(Debug)]
pub struct Lossy {
    /// Where guests find it, on the loopback address.
    pub port: u16,
    listening: JoinHandle<()>,
}

impl Lossy {
    /// Listens, and hands on to a server on the loopback address.
    pub async fn start(server: u16) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failure::system("a port"))?;
        let port = listener.local_addr().map_err(Failure::system("a port"))?.port();
        let orders = Arc::new(AtomicU64::new(0));
        let listening = tokio::spawn(async move {
            let mut lines = tokio::task::JoinSet::new();
            while let Ok((guest, _)) = listener.accept().await {
                while lines.try_join_next().is_some() {}
                lines.spawn(relay(guest, server, orders.clone()));
            }
        });
        Ok(Self { port, listening })
    }
}

impl Drop for Lossy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// However it ends, both ends find the line closed.
async fn relay(mut guest: TcpStream, port: u16, orders: Arc<AtomicU64>) -> Option<()> {
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    let mut lost = false;
    loop {
        tokio::select! {
            length = guest.read(&mut asked) => {
                let bytes = asked.get(..length.ok()?).filter(|bytes| !bytes.is_empty())?;
                lost = lost || (is_order(bytes) && (orders.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(EVERY));
                server.write_all(bytes).await.ok()?;
            }
            length = server.read(&mut answered) => {
                let bytes = answered.get(..length.ok()?).filter(|bytes| !bytes.is_empty())?;
                // The answer has begun: what was asked for is done.
                if lost {
                    return None;
                }
                guest.write_all(bytes).await.ok()?;
            }
        }
    }
}

/// Whether bytes begin a request for an order; a browser sends one at a time on such a line.
fn is_order(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.starts_with("POST /api/v1/restaurants/") && line.contains("/orders ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_orders_are_counted() {
        assert!(is_order(b"POST /api/v1/restaurants/corner/orders HTTP/1.1\r\nhost: x\r\n\r\n{}"));
        assert!(!is_order(b"POST /api/v1/restaurants/corner/quotes HTTP/1.1\r\n\r\n"));
        assert!(!is_order(b"GET /api/v1/orders/token HTTP/1.1\r\n\r\n"));
        assert!(!is_order(b""));
    }
}
