//! Connections to a database that responds to `BEGIN` only when the test permits it.

use super::{acquire, begin, run};
use crate::db::pools::replica;
use futures::FutureExt as _;
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, Semaphore},
    time::sleep,
};

/// For waits that must time out.
const BRIEFLY: Duration = Duration::from_millis(100);
/// For waits that succeed, on a busy machine.
const PATIENT: Duration = Duration::from_secs(30);
const CONNECTED: &str = "connected";

type Log = Arc<Mutex<Vec<String>>>;

/// A database with a pool of one connection.
struct Silent {
    pool: PgPool,
    log: Log,
    /// Permits for responses to `BEGIN`.
    answers: Arc<Semaphore>,
}

/// Serves one client and logs its statements on arrival.
async fn answer(mut client: TcpStream, log: Log, answers: Arc<Semaphore>) -> std::io::Result<()> {
    let length = client.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await?;
    client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await?;
    loop {
        let (_kind, length) = (client.read_u8().await?, client.read_u32().await?);
        let mut text = vec![0; length as usize - 4];
        client.read_exact(&mut text).await?;
        let statement = String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned();
        let is_open = statement == "BEGIN";
        log.lock().await.push(statement);
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
        let (log, answers) = (Log::default(), Arc::new(Semaphore::new(0)));
        tokio::spawn({
            let (log, answers) = (log.clone(), answers.clone());
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    log.lock().await.push(CONNECTED.to_owned());
                    tokio::spawn(answer(client, log.clone(), answers.clone()));
                }
            }
        });
        Self { pool: replica(url.parse().unwrap(), 1), log, answers }
    }

    async fn execute(&self, statement: &'static str) {
        let connection = acquire(&self.pool, PATIENT).await.unwrap();
        run(connection, |db| sqlx::raw_sql(statement).execute(db).boxed()).await.unwrap();
    }

    async fn has_received_begin(&self, times: usize) {
        while self.count("BEGIN").await < times {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn count(&self, word: &str) -> usize {
        self.log.lock().await.iter().filter(|statement| *statement == word).count()
    }

    /// The next user of the only connection finds no open transaction.
    async fn assert_rolled_back(&self) {
        drop(self.pool.acquire().await.unwrap());
        let log = self.log.lock().await.clone();
        let place = |word: &str| log.iter().position(|statement| statement == word);
        assert!(place("BEGIN").is_some(), "{log:?}");
        assert!(place("ROLLBACK") > place("BEGIN"), "{log:?}");
    }
}

#[tokio::test]
async fn an_abandoned_transaction_is_rolled_back() {
    let database = Silent::listen().await;
    assert!(begin(&database.pool, BRIEFLY).await.is_err());
    database.has_received_begin(1).await;
    database.answers.add_permits(1);
    database.assert_rolled_back().await;
}

#[tokio::test]
async fn the_connection_of_an_abandoned_statement_is_used_again() {
    let database = Silent::listen().await;
    for times in 1..=3 {
        tokio::select! {
            () = database.execute("BEGIN") => panic!("the database was to be silent"),
            () = database.has_received_begin(times) => {}
        }
        // Before its response the connection is in use.
        assert!(acquire(&database.pool, BRIEFLY).await.is_err());
        database.answers.add_permits(1);
    }
    database.execute("SHOW all").await;
    assert_eq!(database.count(CONNECTED).await, 1);
    assert_eq!(database.log.lock().await.last().map(String::as_str), Some("SHOW all"));
}
