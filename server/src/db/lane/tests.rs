//! A database that answers `BEGIN` when the test lets it, and what becomes of its connections.

use super::leases::{Leased, begin, brought_to_its_end, connection};
use crate::db::{
    nodes::{Node, Nodes},
    pools::{Size, standby},
};
use futures::FutureExt as _;
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
    time::sleep,
};

/// For what cannot happen while the database is silent.
const BRIEFLY: Duration = Duration::from_millis(100);
/// For what happens at once, on a machine with much else to do.
const PATIENT: Duration = Duration::from_secs(30);
const CONNECTED: &str = "connected";

type Heard = Arc<Mutex<Vec<String>>>;

/// A database with room for one connection.
struct Silent {
    pool: PgPool,
    node: Arc<Node>,
    heard: Heard,
    /// One permit lets it answer one `BEGIN`.
    answers: Arc<Semaphore>,
}

/// Answers one client, and writes down what it was told as soon as it hears it.
async fn answer(mut client: TcpStream, heard: Heard, answers: Arc<Semaphore>) -> std::io::Result<()> {
    let length = client.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await?;
    client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await?;
    loop {
        let (_kind, length) = (client.read_u8().await?, client.read_u32().await?);
        let mut text = vec![0; length as usize - 4];
        client.read_exact(&mut text).await?;
        let said = String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned();
        let is_open = said == "BEGIN";
        heard.lock().await.push(said);
        if is_open {
            answers.acquire().await.unwrap().forget();
        }
        client.write_all(b"I\0\0\0\x04Z\0\0\0\x05").await?;
        client.write_all(if is_open { b"T" } else { b"I" }).await?;
    }
}

impl Silent {
    async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://toast@{}/toast?sslmode=disable", listener.local_addr().unwrap());
        let (heard, answers) = (Heard::default(), Arc::new(Semaphore::new(0)));
        tokio::spawn({
            let (heard, answers) = (heard.clone(), answers.clone());
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    heard.lock().await.push(CONNECTED.to_owned());
                    tokio::spawn(answer(client, heard.clone(), answers.clone()));
                }
            }
        });
        let size = Size { connections: 1, patience: PATIENT };
        let node = Nodes::standby(url.parse().unwrap(), 1);
        Self { pool: standby(url.parse().unwrap(), size), node, heard, answers }
    }

    async fn lend(&self) -> Leased {
        let slot = self.node.slot(PATIENT).await.unwrap();
        let connecting = connection(self.pool.clone(), PATIENT);
        let (connection, slot) = brought_to_its_end(slot, PATIENT, connecting).await.unwrap();
        Leased::new(connection, slot)
    }

    /// Asks on a connection for what is not answered, until the database has heard it so many times in all.
    async fn ask_in_silence(&self, leased: &mut Leased, times: usize) {
        let asking = leased.ask(|db| sqlx::raw_sql("BEGIN").execute(db).boxed());
        tokio::select! {
            _ = asking => panic!("the database was to be silent"),
            () = self.hears_begin(times) => {}
        }
    }

    async fn hears_begin(&self, times: usize) {
        while self.count("BEGIN").await < times {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn count(&self, word: &str) -> usize {
        self.heard.lock().await.iter().filter(|said| *said == word).count()
    }

    /// Whoever gets the only connection next finds no transaction open on it.
    async fn assert_rolled_back(&self) {
        drop(self.pool.acquire().await.unwrap());
        let heard = self.heard.lock().await.clone();
        let place = |word: &str| heard.iter().position(|said| said == word);
        assert!(place("BEGIN").is_some(), "{heard:?}");
        assert!(place("ROLLBACK") > place("BEGIN"), "{heard:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_any_more_is_rolled_back() {
    let database = Silent::listen().await;
    let slot = database.node.slot(PATIENT).await.unwrap();
    assert!(brought_to_its_end(slot, BRIEFLY, begin(database.pool.clone(), PATIENT)).await.is_err());
    database.hears_begin(1).await;
    database.answers.add_permits(1);
    database.assert_rolled_back().await;
}

#[tokio::test]
async fn a_transaction_whose_node_hangs_while_it_is_begun_is_rolled_back() {
    let database = Silent::listen().await;
    let slot = database.node.slot(PATIENT).await.unwrap();
    let beginning = brought_to_its_end(slot, PATIENT, begin(database.pool.clone(), PATIENT));
    let (begun, ()) = tokio::join!(beginning, async {
        database.hears_begin(1).await;
        database.node.circuit.hangs();
    });
    assert!(begun.is_err());
    // Its place is free, though the database has not answered yet.
    drop(database.node.slot(PATIENT).await.unwrap());
    database.answers.add_permits(1);
    database.assert_rolled_back().await;
}

#[tokio::test]
async fn a_connection_whose_answer_came_too_late_is_lent_again() {
    let database = Silent::listen().await;
    for times in 1..=3 {
        let mut leased = database.lend().await;
        database.ask_in_silence(&mut leased, times).await;
        drop(leased);
        // Until the answer has come, its place at the node is taken.
        assert!(database.node.slot(BRIEFLY).await.is_err());
        database.answers.add_permits(1);
    }
    let mut leased = database.lend().await;
    leased.ask(|db| sqlx::raw_sql("SHOW all").execute(db).boxed()).await.unwrap();
    assert_eq!(database.count(CONNECTED).await, 1);
    assert_eq!(database.heard.lock().await.last().map(String::as_str), Some("SHOW all"));
}

#[tokio::test]
async fn a_connection_whose_node_hangs_is_closed() {
    let database = Silent::listen().await;
    let mut leased = database.lend().await;
    database.ask_in_silence(&mut leased, 1).await;
    drop(leased);
    database.node.circuit.hangs();
    drop(database.node.slot(PATIENT).await.unwrap());
    database.node.circuit.answered();
    drop(database.lend().await);
    assert_eq!(database.count(CONNECTED).await, 2);
}
