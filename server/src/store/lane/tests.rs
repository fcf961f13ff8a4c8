//! A database that takes its time with `BEGIN`, and what becomes of its connections.

use super::begin_whole;
use crate::store::pools::{Size, standby};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Mutex,
    time::{sleep, timeout},
};

const SLOW: Duration = Duration::from_millis(200);

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

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_any_more_is_rolled_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://toast@{}/toast?sslmode=disable", listener.local_addr().unwrap());
    let heard = Heard::default();
    tokio::spawn({
        let heard = heard.clone();
        async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, heard.clone()));
            }
        }
    });
    let pool = standby(url.parse().unwrap(), Size { connections: 1, patience: Duration::from_secs(5) });
    assert!(timeout(SLOW / 4, begin_whole(pool.clone())).await.is_err());
    drop(pool.acquire().await.unwrap());
    let heard = heard.lock().await.clone();
    let place = |word: &str| heard.iter().position(|said| said == word);
    assert!(place("BEGIN").is_some(), "{heard:?}");
    assert!(place("ROLLBACK") > place("BEGIN"), "{heard:?}");
}
