//! A TCP listener that forwards connections to a database node until it is stopped.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A forwarder; dropped, it closes all its connections.
pub struct Forwarder {
    pub port: u16,
    task: JoinHandle<()>,
}

impl Forwarder {
    /// Listens on any port.
    pub async fn start(to: (String, i32)) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), to)
    }

    /// Listens for the node of each group at a first port + its group.
    pub async fn groups(nodes: &[(i32, (String, i32))]) -> (u16, Vec<Self>) {
        loop {
            let first = rand::random_range(20_000..32_000u16);
            let mut listeners = Vec::new();
            for (group, node) in nodes {
                let port = first + u16::try_from(*group).unwrap();
                if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
                    listeners.push(Self::on(listener, node.clone()));
                }
            }
            if listeners.len() == nodes.len() {
                return (first, listeners);
            }
        }
    }

    fn on(listener: TcpListener, (host, port): (String, i32)) -> Self {
        let own = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                let target = (host.clone(), u16::try_from(port).unwrap());
                connections.spawn(async move {
                    if let Ok(mut node) = TcpStream::connect(target).await {
                        drop(copy_bidirectional(&mut client, &mut node).await);
                    }
                });
            }
        });
        Self { port: own, task }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.task.abort();
    }
}
