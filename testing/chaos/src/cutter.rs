//! A relay between two ends of PostgreSQL's protocol that reads along, and cuts the line at one exact message.

mod frame;
mod watch;

pub use watch::{Point, Side};

use crate::failure::Failure;
use frame::{Frames, Message};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use watch::{Moment, Watch};

/// Where and how often to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// At which message.
    pub point: Point,
    /// Before it is handed on, or after its answer has come and before that is handed back.
    pub side: Side,
    /// Every so many times that the message comes by.
    pub every: u64,
}

/// A relay; it ends with its holder.
#[derive(Debug)]
pub struct Cutter {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    cut: Cut,
    armed: AtomicBool,
    seen: AtomicU64,
    cuts: AtomicU64,
}

impl Cutter {
    /// Listens and hands on; it does not cut before it is armed.
    pub async fn start(listen: &str, upstream: &str, cut: Cut) -> Result<Self, Failure> {
        let listener = TcpListener::bind(listen).await.map_err(Failure::system(listen))?;
        let address = listener.local_addr().map_err(Failure::system(listen))?;
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            cut,
            armed: AtomicBool::new(false),
            seen: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
        });
        let accepting = shared.clone();
        let listening = tokio::spawn(async move {
            let mut lines = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while lines.try_join_next().is_some() {}
                lines.spawn(Line::relay(client, accepting.clone()));
            }
        });
        Ok(Self { address, shared, listening })
    }

    /// Begins or ceases to cut.
    pub fn arm(&self, armed: bool) {
        self.shared.armed.store(armed, Ordering::Relaxed);
    }

    /// How often the message came by while armed, and how often the line was cut.
    pub fn counts(&self) -> (u64, u64) {
        (self.shared.seen.load(Ordering::Relaxed), self.shared.cuts.load(Ordering::Relaxed))
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Shared {
    /// Whether this one is to be cut.
    fn strikes(&self) -> bool {
        if !self.armed.load(Ordering::Relaxed) {
            return false;
        }
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        let strikes = seen.is_multiple_of(self.cut.every.max(1));
        if strikes {
            self.cuts.fetch_add(1, Ordering::Relaxed);
        }
        strikes
    }
}

/// One connection.
struct Line {
    client: TcpStream,
    server: TcpStream,
    shared: Arc<Shared>,
    from_client: Vec<u8>,
    from_server: Vec<u8>,
    asked: Frames,
    answered: Frames,
    watch: Watch,
    /// Answers that are still owed; the first is the one to the greeting.
    owed: u64,
    /// The message was handed on: nothing comes back any more.
    doomed: bool,
}

/// Whether a line goes on.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    On,
    Over,
}

impl Line {
    async fn relay(client: TcpStream, shared: Arc<Shared>) {
        let Ok(server) = TcpStream::connect(&shared.upstream).await else { return };
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let watch = Watch::new(shared.cut.point, shared.cut.side);
        let (asked, answered) = (Frames::from_client(), Frames::from_server());
        let (from_client, from_server) = (vec![0; 16_384], vec![0; 16_384]);
        let mut line =
            Self { client, server, shared, from_client, from_server, asked, answered, watch, owed: 1, doomed: false };
        // However it ends, both ends find the line closed.
        while line.step().await == Some(Next::On) {}
    }

    async fn step(&mut self) -> Option<Next> {
        tokio::select! {
            length = self.client.read(&mut self.from_client) => {
                let bytes = self.from_client.get(..length.ok()?)?;
                if bytes.is_empty() { return None; }
                self.asked.push(bytes);
                self.hand_on().await
            }
            length = self.server.read(&mut self.from_server) => {
                let length = length.ok()?;
                if length == 0 { return None; }
                self.hand_back(length).await
            }
        }
    }

    async fn hand_on(&mut self) -> Option<Next> {
        let mut out = Vec::new();
        while let Some(message) = self.asked.next() {
            match &message {
                // Encryption would hide the messages: declined, and the client asks again without.
                Message::Encryption => {
                    self.client.write_all(b"N").await.ok()?;
                    continue;
                }
                Message::Tagged { tag: b'Q' | b'S' | b'F', .. } => self.owed += 1,
                _ => {}
            }
            match self.watch.look(&message) {
                Moment::Before if self.shared.strikes() => {
                    self.server.write_all(&out).await.ok()?;
                    return Some(Next::Over);
                }
                Moment::After if self.shared.strikes() => self.doomed = true,
                _ => {}
            }
            message.write(&mut out);
        }
        self.server.write_all(&out).await.ok()?;
        Some(Next::On)
    }

    async fn hand_back(&mut self, length: usize) -> Option<Next> {
        let bytes = self.from_server.get(..length)?;
        self.answered.push(bytes);
        while let Some(message) = self.answered.next() {
            if matches!(message, Message::Tagged { tag: b'Z', .. }) {
                self.owed = self.owed.saturating_sub(1);
            }
        }
        if self.doomed {
            return Some(if self.owed == 0 { Next::Over } else { Next::On });
        }
        self.client.write_all(bytes).await.ok()?;
        Some(Next::On)
    }
}

#[cfg(test)]
#[path = "cutter/tests.rs"]
mod tests;
