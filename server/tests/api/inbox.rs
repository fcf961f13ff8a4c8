//! A mail server that keeps what it gets, and can be told to refuse.

use mailin::{Handler, Response, SessionBuilder, response};
use parking_lot::Mutex;
use std::{
    io::{self, BufRead, BufReader, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpSocket, sync::Notify};

/// A limit for what hangs; deliveries take milliseconds.
const PATIENT: Duration = Duration::from_mins(1);

/// The server's response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes all mail.
    Takes,
    /// 451 to every receiver.
    Later,
    /// 550 to every receiver.
    Never,
    /// 554 to every client, before it can name a receiver.
    RefusesClients,
    /// Takes the message, and closes the connection without a response to it.
    BreaksOff,
}

/// A received message.
#[derive(Debug, Clone)]
pub struct Received {
    pub to: Vec<String>,
    pub message: Vec<u8>,
}

/// The server, at a port of its own.
pub struct Inbox {
    addr: SocketAddr,
    state: Arc<State>,
    /// The port is taken, but nothing listens.
    closed: Option<TcpSocket>,
}

struct State {
    behaviour: Mutex<Behaviour>,
    received: Mutex<Vec<Received>>,
    /// Receivers that were named, also refused ones.
    asked: Mutex<Vec<String>>,
    news: Notify,
}

impl Inbox {
    /// A server that takes all mail.
    pub fn open() -> Self {
        let mut inbox = Self::closed();
        inbox.listen();
        inbox
    }

    /// A server that cannot be connected to before [`Inbox::listen`].
    pub fn closed() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let state = State {
            behaviour: Mutex::new(Behaviour::Takes),
            received: Mutex::default(),
            asked: Mutex::default(),
            news: Notify::new(),
        };
        Self { addr: socket.local_addr().unwrap(), state: Arc::new(state), closed: Some(socket) }
    }

    pub fn listen(&mut self) {
        let Some(socket) = self.closed.take() else { return };
        let listener = socket.listen(64).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        let state = self.state.clone();
        std::thread::spawn(move || accept(&listener, &state));
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Settings of a server that sends its mail here.
    pub fn settings(&self) -> [String; 3] {
        [
            format!("--smtp-url=smtp://{}", self.addr()),
            "--mail-from=Toast <toast@kitchen.example>".to_owned(),
            "--public-url=http://toast.example".to_owned(),
        ]
    }

    pub fn set(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock() = behaviour;
    }

    /// Waits for this many messages, and returns all.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        self.wait(|state| state.received.lock().len() >= count).await;
        self.state.received.lock().clone()
    }

    /// The number of receivers that were named.
    pub fn attempts(&self) -> usize {
        self.state.asked.lock().len()
    }

    async fn wait(&self, reached: impl Fn(&State) -> bool) {
        let waiting = async {
            loop {
                let news = self.state.news.notified();
                if reached(&self.state) {
                    return;
                }
                news.await;
            }
        };
        let in_time = tokio::time::timeout(PATIENT, waiting).await.is_ok();
        assert!(in_time, "no mail: {:?}", self.state.received.lock());
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming().map_while(Result::ok) {
        let state = state.clone();
        std::thread::spawn(move || drop(session(&stream, &state)));
    }
}

fn session(stream: &TcpStream, state: &Arc<State>) -> io::Result<()> {
    let peer = stream.peer_addr()?.ip();
    let handler = Talk { state: state.clone(), to: Vec::new(), message: Vec::new() };
    let mut session = SessionBuilder::new("inbox.example").build(peer, handler);
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    writer.write_all(&session.greeting().buffer()?)?;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let ends_message = line == b".\r\n";
        let response = session.process(&line);
        if ends_message && *state.behaviour.lock() == Behaviour::BreaksOff {
            return Ok(());
        }
        if response.action != mailin::Action::NoReply {
            writer.write_all(&response.buffer()?)?;
        }
        if response.action == mailin::Action::Close {
            return Ok(());
        }
    }
}

struct Talk {
    state: Arc<State>,
    to: Vec<String>,
    message: Vec<u8>,
}

impl Handler for Talk {
    fn helo(&mut self, _: IpAddr, _: &str) -> Response {
        if *self.state.behaviour.lock() == Behaviour::RefusesClients {
            response::TRANSACTION_FAILED
        } else {
            response::OK
        }
    }

    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        self.to.clear();
        self.message.clear();
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.state.asked.lock().push(to.to_owned());
        self.state.news.notify_waiters();
        self.to.push(to.to_owned());
        match *self.state.behaviour.lock() {
            Behaviour::Later => response::INTERNAL_ERROR,
            Behaviour::Never => response::NO_MAILBOX,
            _ => response::OK,
        }
    }

    fn data(&mut self, buffer: &[u8]) -> io::Result<()> {
        self.message.extend_from_slice(buffer);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let received = Received { to: self.to.clone(), message: std::mem::take(&mut self.message) };
        self.state.received.lock().push(received);
        self.state.news.notify_waiters();
        response::OK
    }
}
