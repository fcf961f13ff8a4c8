//! A database that takes its time with `BEGIN`, and what becomes of its connections.

use super::leases::{Leased, begin, brought_to_its_end, connection};
use crate::store::{
    nodes::{Node, Nodes},
    pools::{Size, standby},
};
use futures::FutureExt as _;
use sqlx::PgPool;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Mutex,
    time::{sleep, timeout},
};

const SLOW: Duration = Duration::from_millis(400);
const CONNECTED: &str = "connected";

type Heard = Arc<Mutex<Vec<String>>>;

/// Answers one client as a database does that is slow to begin, and writes down what it was told.
async fn answer(mut client: TcpStream, heard: Heard) -> std::io::Result<()> {
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
        if is_open {
            sleep(SLOW).await;
        }
        heard.lock().await.push(said);
        client.write_all(b"I\0\0\0\x04Z\0\0\0\x05").await?;
        client.write_all(if is_open { b"T" } else { b"I" }).await?;
    }
}

/// Such a database, with room for one connection.
async fn slow_database() -> (PgPool, Arc<Node>, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://toast@{}/toast?sslmode=disable", listener.local_addr().unwrap());
    let heard = Heard::default();
    tokio::spawn({
        let heard = heard.clone();
        async move {
            while let Ok((client, _)) = listener.accept().await {
                heard.lock().await.push(CONNECTED.to_owned());
                tokio::spawn(answer(client, heard.clone()));
            }
        }
    });
    let size = Size { connections: 1, patience: Duration::from_secs(5) };
    (standby(url.parse().unwrap(), size), Nodes::standby(url.parse().unwrap(), 1), heard)
}

async fn lend(pool: &PgPool, node: &Arc<Node>) -> Leased {
    let slot = node.slot(SLOW * 10).await.unwrap();
    let (connection, slot) = brought_to_its_end(slot, SLOW * 10, connection(pool.clone(), SLOW)).await.unwrap();
    Leased::new(connection, slot)
}

/// Whoever gets the only connection next finds no transaction open on it.
async fn assert_rolled_back(pool: &PgPool, heard: &Heard) {
    drop(pool.acquire().await.unwrap());
    let heard = heard.lock().await.clone();
    let place = |word: &str| heard.iter().position(|said| said == word);
    assert!(place("BEGIN").is_some(), "{heard:?}");
    assert!(place("ROLLBACK") > place("BEGIN"), "{heard:?}");
}

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_any_more_is_rolled_back() {
    let (pool, node, heard) = slow_database().await;
    let slot = node.slot(SLOW).await.unwrap();
    assert!(brought_to_its_end(slot, SLOW / 4, begin(pool.clone(), SLOW)).await.is_err());
    assert_rolled_back(&pool, &heard).await;
}

#[tokio::test]
async fn a_transaction_whose_node_hangs_while_it_is_begun_is_rolled_back() {
    let (pool, node, heard) = slow_database().await;
    let slot = node.slot(SLOW).await.unwrap();
    let beginning = brought_to_its_end(slot, SLOW * 10, begin(pool.clone(), SLOW));
    let (begun, ()) = tokio::join!(beginning, async {
        sleep(SLOW / 2).await;
        node.circuit.hangs();
    });
    assert!(begun.is_err());
    // Its place is free at once, though the database has not answered yet.
    drop(node.slot(SLOW / 10).await.unwrap());
    assert_rolled_back(&pool, &heard).await;
}

#[tokio::test]
async fn a_connection_whose_answer_came_too_late_is_lent_again() {
    let (pool, node, heard) = slow_database().await;
    for _ in 0..3 {
        let mut leased = lend(&pool, &node).await;
        let asking = leased.ask(|db| sqlx::raw_sql("BEGIN").execute(db).boxed());
        assert!(timeout(SLOW / 4, asking).await.is_err());
        drop(leased);
        // Until the answer has come, its place at the node is taken.
        assert!(node.slot(SLOW / 4).await.is_err());
    }
    let mut leased = lend(&pool, &node).await;
    leased.ask(|db| sqlx::raw_sql("SHOW all").execute(db).boxed()).await.unwrap();
    let heard = heard.lock().await.clone();
    assert_eq!(heard.iter().filter(|said| *said == CONNECTED).count(), 1, "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("SHOW all"));
}

#[tokio::test]
async fn a_connection_whose_node_hangs_is_closed() {
    let (pool, node, heard) = slow_database().await;
    let mut leased = lend(&pool, &node).await;
    let asking = leased.ask(|db| sqlx::raw_sql("BEGIN").execute(db).boxed());
    assert!(timeout(SLOW / 4, asking).await.is_err());
    drop(leased);
    node.circuit.hangs();
    drop(node.slot(SLOW / 4).await.unwrap());
    node.circuit.answered();
    drop(lend(&pool, &node).await);
    assert_eq!(heard.lock().await.iter().filter(|said| *said == CONNECTED).count(), 2);
}
