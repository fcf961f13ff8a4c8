//! A PostgreSQL proxy that follows the protocol and cuts connections at one exact message.

mod framing;
mod statement_matcher;

pub use statement_matcher::{Point, Side};

use framing::{Frames, Message};
use statement_matcher::{Action, StatementMatcher};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use support::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub point: Point,
    pub side: Side,
    /// Every Nth such message.
    pub every: u64,
}

/// Stopped when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accept_task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    cut: Cut,
    armed: AtomicBool,
    seen: AtomicU64,
    cuts: AtomicU64,
}

impl FaultProxy {
    /// Starts to forward; it cuts only while armed.
    pub async fn start(listen: &str, upstream: &str, cut: Cut) -> Result<Self, Error> {
        let listener = TcpListener::bind(listen).await.map_err(Error::io(listen))?;
        let address = listener.local_addr().map_err(Error::io(listen))?;
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            cut,
            armed: AtomicBool::new(false),
            seen: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
        });
        let accepting = shared.clone();
        let accept_task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                connections.spawn(ProxiedConnection::run(client, accepting.clone()));
            }
        });
        Ok(Self { address, shared, accept_task })
    }

    pub fn arm(&self, armed: bool) {
        self.shared.armed.store(armed, Ordering::Relaxed);
    }

    /// How many such messages were seen while armed, and how many connections were cut.
    pub fn counts(&self) -> (u64, u64) {
        (self.shared.seen.load(Ordering::Relaxed), self.shared.cuts.load(Ordering::Relaxed))
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accept_task.abort();
    }
}

impl Shared {
    fn should_cut(&self) -> bool {
        if !self.armed.load(Ordering::Relaxed) {
            return false;
        }
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        let should_cut = seen.is_multiple_of(self.cut.every.max(1));
        if should_cut {
            self.cuts.fetch_add(1, Ordering::Relaxed);
        }
        should_cut
    }
}

struct ProxiedConnection {
    client: TcpStream,
    server: TcpStream,
    shared: Arc<Shared>,
    from_client: Vec<u8>,
    from_server: Vec<u8>,
    requests: Frames,
    responses: Frames,
    matcher: StatementMatcher,
    /// `ReadyForQuery` messages still expected; the first ends the startup.
    pending_responses: u64,
    /// The message was forwarded: its response is dropped.
    cut_after_response: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    Continue,
    Close,
}

impl ProxiedConnection {
    /// Closes both connections at its end.
    async fn run(client: TcpStream, shared: Arc<Shared>) {
        let Ok(server) = TcpStream::connect(&shared.upstream).await else { return };
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let mut connection = Self {
            client,
            server,
            matcher: StatementMatcher::new(shared.cut.point, shared.cut.side),
            shared,
            from_client: vec![0; 16_384],
            from_server: vec![0; 16_384],
            requests: Frames::from_client(),
            responses: Frames::from_server(),
            pending_responses: 1,
            cut_after_response: false,
        };
        while connection.step().await == Some(Next::Continue) {}
    }

    async fn step(&mut self) -> Option<Next> {
        tokio::select! {
            length = self.client.read(&mut self.from_client) => {
                let bytes = self.from_client.get(..length.ok()?)?;
                if bytes.is_empty() { return None; }
                self.requests.push(bytes);
                self.forward_requests().await
            }
            length = self.server.read(&mut self.from_server) => {
                let length = length.ok()?;
                if length == 0 { return None; }
                self.forward_responses(length).await
            }
        }
    }

    async fn forward_requests(&mut self) -> Option<Next> {
        let mut out = Vec::new();
        while let Some(message) = self.requests.next() {
            match &message {
                // Declined, as encrypted messages cannot be matched; the client continues in plaintext.
                Message::EncryptionRequest => {
                    self.client.write_all(b"N").await.ok()?;
                    continue;
                }
                Message::Tagged { tag: b'Q' | b'S' | b'F', .. } => self.pending_responses += 1,
                _ => {}
            }
            match self.matcher.classify(&message) {
                Action::CutBefore if self.shared.should_cut() => {
                    self.server.write_all(&out).await.ok()?;
                    return Some(Next::Close);
                }
                Action::CutAfter if self.shared.should_cut() => self.cut_after_response = true,
                _ => {}
            }
            message.write(&mut out);
        }
        self.server.write_all(&out).await.ok()?;
        Some(Next::Continue)
    }

    async fn forward_responses(&mut self, length: usize) -> Option<Next> {
        let bytes = self.from_server.get(..length)?;
        self.responses.push(bytes);
        while let Some(message) = self.responses.next() {
            if matches!(message, Message::Tagged { tag: b'Z', .. }) {
                self.pending_responses = self.pending_responses.saturating_sub(1);
            }
        }
        if self.cut_after_response {
            return Some(if self.pending_responses == 0 { Next::Close } else { Next::Continue });
        }
        self.client.write_all(bytes).await.ok()?;
        Some(Next::Continue)
    }
}

#[cfg(test)]
#[path = "fault_proxy/tests.rs"]
mod tests;
