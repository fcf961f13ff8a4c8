//! Two taps on "Place order": the second gets the order of the first, however long that takes to be stored.

use crate::{
    app::TestApp,
    guest::{answer, key, number, pickup, place},
};
use server::orders;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::time::Duration;

/// The database gives up waiting for a lock much sooner than the first order is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tap_waits_for_the_first() {
    let app = TestApp::start().await;
    let order = pickup(&app);
    place(&app, &order).await.unwrap();
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut connection).await.unwrap();
    app.sql(&format!("ALTER DATABASE \"{name}\" SET lock_timeout = '100ms'")).await;
    let server = app.second();
    let counter = format!("SELECT 1 FROM order_counters WHERE restaurant_id = '{}' FOR UPDATE", app.restaurant);
    connection.execute("BEGIN").await.unwrap();
    connection.execute(AssertSqlSafe(counter)).await.unwrap();
    let key = key("tapped", &order);
    let tap = || async { answer(orders::place(&server, &app.slug, &key, None, &order).await) };
    let release = async {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        connection.execute("COMMIT").await.unwrap();
    };
    let (first, second, ()) = tokio::join!(tap(), tap(), release);
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.id, &first.token, first.number), (second.id, &second.token, 2));
    assert_eq!(usize::from(first.replayed) + usize::from(second.replayed), 1);
    assert_eq!(number(&app, "SELECT count(*) FROM orders WHERE restaurant_id = $1").await, 2);
}
