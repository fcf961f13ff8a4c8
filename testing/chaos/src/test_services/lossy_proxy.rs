//! An HTTP proxy that drops the responses to some orders after the server has processed them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use support::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The response to every third order is dropped.
const EVERY: u64 = 3;

/// Stopped when dropped.
#[derive(Debug)]
pub struct LossyProxy {
    /// On the loopback address.
    pub port: u16,
    accept_task: JoinHandle<()>,
}

impl LossyProxy {
    /// Forwards to a server on the loopback address.
    pub async fn start(server: u16) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::io("a port"))?;
        let port = listener.local_addr().map_err(Error::io("a port"))?.port();
        let orders = Arc::new(AtomicU64::new(0));
        let accept_task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                connections.spawn(forward(client, server, orders.clone()));
            }
        });
        Ok(Self { port, accept_task })
    }
}

impl Drop for LossyProxy {
    fn drop(&mut self) {
        self.accept_task.abort();
    }
}

/// Closes both connections at its end.
async fn forward(mut client: TcpStream, port: u16, orders: Arc<AtomicU64>) -> Option<()> {
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let (mut request, mut response) = (vec![0; 65_536], vec![0; 65_536]);
    let mut drop_response = false;
    loop {
        tokio::select! {
            length = client.read(&mut request) => {
                let bytes = request.get(..length.ok()?).filter(|bytes| !bytes.is_empty())?;
                drop_response = drop_response
                    || (is_order(bytes) && (orders.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(EVERY));
                server.write_all(bytes).await.ok()?;
            }
            length = server.read(&mut response) => {
                let bytes = response.get(..length.ok()?).filter(|bytes| !bytes.is_empty())?;
                // The order has been committed when its response begins.
                if drop_response {
                    return None;
                }
                client.write_all(bytes).await.ok()?;
            }
        }
    }
}

/// HTTP/1.1 clients send one request at a time, so that its first line begins a read.
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
