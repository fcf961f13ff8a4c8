//! Servers behind the ingress that fail in a chosen way.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// How a server responds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Healthy,
    Returns503,
    ClosesConnection,
    Hangs,
    IsSlow,
}

/// A server behind the ingress.
pub struct Upstream {
    pub address: Ipv4Addr,
    pub local: bool,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Upstream {
    pub fn start(last_byte: u8, local: bool) -> Self {
        let address = Ipv4Addr::new(100, 64, 0, last_byte);
        let listener = TcpListener::bind((address, 3000)).unwrap();
        let behaviour = Arc::new(Mutex::new(Behaviour::Healthy));
        let shared = behaviour.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let behaviour = *shared.lock().unwrap();
                thread::spawn(move || respond(stream, behaviour));
            }
        });
        Self { address, local, behaviour }
    }

    pub fn set(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }
}

fn respond(mut stream: TcpStream, behaviour: Behaviour) {
    let mut request = [0; 4096];
    if stream.read(&mut request).is_err() {
        return;
    }
    match behaviour {
        Behaviour::ClosesConnection => return,
        Behaviour::Hangs => thread::sleep(Duration::from_mins(1)),
        // Long enough for all requests to arrive on a slow machine, and shorter than the ingress' timeout.
        Behaviour::IsSlow => thread::sleep(Duration::from_secs(4)),
        Behaviour::Healthy | Behaviour::Returns503 => {}
    }
    let status = if behaviour == Behaviour::Returns503 { "503 Service Unavailable" } else { "200 OK" };
    let text = format!("HTTP/1.1 {status}\r\nContent-Length: 3\r\nRetry-After: 1\r\nConnection: close\r\n\r\nhi\n");
    drop(stream.write_all(text.as_bytes()));
}
