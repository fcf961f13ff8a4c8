//! People who register, confirm their address and sign in while the database, or one worker of a cluster, is down.

use crate::{
    DEADLINE, RECOVERED, cluster, start_postgres,
    test_server::{TestServer, eventually},
    worker::{is_direct, postmaster},
};
use reqwest::{Client, Response, StatusCode, header, redirect};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use std::fmt::Write;
use support::process::PausedProcess;
use uuid::Uuid;

const PASSWORD: &str = "purple kettle sings at noon";
/// The server believes the network that a request names.
const TRUSTED: &str = "--trusted-proxies=127.0.0.1";
/// People whose sessions, links and rows are on any node.
const PEOPLE: usize = 6;

/// A person with a browser without scripts.
struct Person {
    email: String,
    network: String,
    browser: Client,
}

impl Person {
    fn new(email: String, network: String) -> Self {
        let browser = Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap();
        Self { email, network, browser }
    }

    async fn send(&self, url: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.browser.post(url).form(fields).header(header::ACCEPT, "text/html");
        request.header("sec-fetch-site", "same-origin").header("x-forwarded-for", &self.network).send().await.unwrap()
    }

    async fn register(&self, toast: &TestServer) -> Response {
        let form = [("name", "Ada"), ("email", &*self.email), ("password", PASSWORD)];
        self.send(&toast.url("/register"), &form).await
    }

    /// The link of the mail to this person.
    async fn link(&self, database: &str) -> String {
        let mut connection = PgConnection::connect(database).await.unwrap();
        let text: String = sqlx::query_scalar(
            "SELECT text_body FROM mails WHERE email = $1 AND kind = 'register' ORDER BY mail_id DESC LIMIT 1",
        )
        .bind(&self.email)
        .fetch_one(&mut connection)
        .await
        .unwrap();
        text.split_whitespace().find(|word| word.contains("/confirm/")).unwrap().to_owned()
    }

    async fn sign_in(&self, toast: &TestServer) -> Response {
        self.send(&toast.url("/sign-in"), &[("email", &*self.email), ("password", PASSWORD)]).await
    }
}

/// Asserts that the page of a form says in a sentence that it could not be done, and keeps what was typed.
async fn is_asked_to_try_again(response: Response, kept: &[&str]) {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key(header::RETRY_AFTER), "no Retry-After");
    let page = response.text().await.unwrap();
    assert!(page.contains("ry again"), "{page}");
    for kept in kept {
        assert!(page.contains(&format!("value=\"{kept}\"")), "{kept}: {page}");
    }
    assert!(!page.contains(PASSWORD), "{page}");
}

/// The number of accounts of a person, and of rows of the person.
async fn rows(database: &str, email: &str) -> (i64, i64) {
    let mut connection = PgConnection::connect(database).await.unwrap();
    let mut count = async |statement: &'static str| {
        sqlx::query_scalar::<_, i64>(statement).bind(email).fetch_one(&mut connection).await.unwrap()
    };
    let accounts = count("SELECT count(*) FROM staff_accounts WHERE email = $1").await;
    (accounts, count("SELECT count(*) FROM staff_people WHERE email = $1").await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_told_of_a_stopped_database_and_lose_nothing() {
    let postgres = start_postgres();
    let database = postgres.url("postgres");
    let mut connection = PgConnection::connect(&database).await.unwrap();
    sqlx::migrate!("./migrations").run(&mut connection).await.unwrap();
    drop(connection);
    let toast = TestServer::open(&[&format!("--database-url={database}"), DEADLINE, TRUSTED]).await;
    let [known, confirming, new] = ["known", "confirming", "new"]
        .map(|name| Person::new(format!("{name}@kitchen.example"), "192.0.2.1".to_owned()));
    for person in [&known, &confirming] {
        assert_eq!(person.register(&toast).await.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(known.send(&known.link(&database).await, &[]).await.status(), StatusCode::SEE_OTHER);
    let link = confirming.link(&database).await;

    postgres.stop().unwrap();
    for _ in 0..3 {
        is_asked_to_try_again(new.register(&toast).await, &["Ada", &new.email]).await;
        is_asked_to_try_again(known.sign_in(&toast).await, &[&known.email]).await;
        is_asked_to_try_again(confirming.send(&link, &[]).await, &[]).await;
    }
    postgres.start().unwrap();

    eventually(RECOVERED, async || known.sign_in(&toast).await.status() == StatusCode::SEE_OTHER).await;
    assert_eq!(confirming.send(&link, &[]).await.status(), StatusCode::SEE_OTHER, "the link still works");
    assert_eq!(new.register(&toast).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(new.send(&new.link(&database).await, &[]).await.status(), StatusCode::SEE_OTHER);
    for person in [&known, &confirming, &new] {
        assert_eq!(person.sign_in(&toast).await.status(), StatusCode::SEE_OTHER, "{}", person.email);
        assert_eq!(rows(&database, &person.email).await, (1, 1), "{}", person.email);
    }
}

/// The address of the worker that stores the rows of an e-mail address, or of the fingerprint of a network.
async fn worker_of(connection: &mut PgConnection, key: &str) -> String {
    let statement = "SELECT nodename || ':' || nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid)
         WHERE noderole = 'primary' AND shardid = get_shard_id_for_distribution_column('staff_accounts', $1)";
    sqlx::query_scalar(statement).bind(key).fetch_one(connection).await.unwrap()
}

/// An address, and a network, that are on this worker or not.
async fn email(connection: &mut PgConnection, worker: &str, there: bool) -> String {
    loop {
        let email = format!("{}@kitchen.example", Uuid::new_v4().simple());
        if (worker_of(connection, &email).await == worker) == there {
            return email;
        }
    }
}

async fn network(connection: &mut PgConnection, worker: &str) -> String {
    loop {
        let [a, b, c, ..] = Uuid::new_v4().into_bytes();
        let network = format!("10.{a}.{b}.{c}");
        let fingerprint = Sha256::digest(&network).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        if worker_of(connection, &fingerprint).await == worker {
            return network;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs TOAST_TEST_CLUSTER_URL"]
async fn a_paused_worker_keeps_only_people_with_their_account_there_waiting() {
    let database = cluster::database().await;
    let toast = TestServer::open(&[&format!("--database-url={database}"), DEADLINE, TRUSTED]).await;
    eventually(RECOVERED, async || is_direct(&toast)).await;
    let mut connection = PgConnection::connect(&database).await.unwrap();
    let worker = worker_of(&mut connection, "ada@kitchen.example").await;
    // Also the requests for mails of these networks are counted there.
    let mut people = Vec::new();
    for number in 0..PEOPLE + 2 {
        let email = email(&mut connection, &worker, number >= PEOPLE).await;
        people.push(Person::new(email, network(&mut connection, &worker).await));
    }
    let (elsewhere, there) = people.split_at(PEOPLE);
    let (known, new) = (&there[0], &there[1]);
    assert_eq!(known.register(&toast).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(known.send(&known.link(&database).await, &[]).await.status(), StatusCode::SEE_OTHER);

    let paused = PausedProcess::pause(postmaster(&database, &worker).await).unwrap();
    for person in elsewhere {
        assert_eq!(person.register(&toast).await.status(), StatusCode::SEE_OTHER, "{}", person.email);
        let link = person.link(&database).await;
        assert_eq!(person.send(&link, &[]).await.status(), StatusCode::SEE_OTHER, "{}", person.email);
        assert_eq!(person.sign_in(&toast).await.status(), StatusCode::SEE_OTHER, "{}", person.email);
    }
    is_asked_to_try_again(new.register(&toast).await, &["Ada", &new.email]).await;
    is_asked_to_try_again(known.sign_in(&toast).await, &[&known.email]).await;
    drop(paused);

    eventually(RECOVERED, async || new.register(&toast).await.status() == StatusCode::SEE_OTHER).await;
    assert_eq!(new.send(&new.link(&database).await, &[]).await.status(), StatusCode::SEE_OTHER);
    for person in &people {
        assert_eq!(person.sign_in(&toast).await.status(), StatusCode::SEE_OTHER, "{}", person.email);
        assert_eq!(rows(&database, &person.email).await, (1, 1), "{}", person.email);
        let page = person.browser.get(toast.url("/dashboard")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{}", person.email);
    }
}
