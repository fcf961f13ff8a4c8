//! Reads the final state.

use super::{FinalState, nodes, reader::Reader, terms};
use std::time::Duration;
use support::{Error, Timestamp};

impl FinalState {
    /// Waits until neither messages nor prepared transactions are pending, then reads everything. Of several URLs, the
    /// leader's is used.
    pub async fn read(urls: &[String], timeout: Duration) -> Result<Self, Error> {
        let deadline = Timestamp::now().plus(timeout);
        let mut reader = Reader::open(urls, deadline).await?;
        let first = reader.outbox_size().await?;
        let mut last = first;
        loop {
            let mut pending = last > 0;
            for (leader, connection) in &mut reader.leaders {
                leader.prepared = nodes::prepared(connection).await?;
                pending |= leader.prepared > 0;
            }
            if !pending || Timestamp::now() > deadline {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            last = reader.outbox_size().await?;
        }
        for (leader, connection) in &mut reader.leaders {
            leader.standbys = nodes::standbys(connection).await?;
        }
        reader.begin_snapshots().await?;
        let mut state = Self {
            terms: terms::read(&mut reader).await?,
            orders: reader
                .rows(
                    "orders",
                    "restaurant_id, order_id, number, version, status, subtotal_minor, total_minor, menu_version, note",
                    "",
                )
                .await?,
            lines: reader
                .rows(
                    "order_lines",
                    "restaurant_id, order_id, sum(total_minor)::bigint AS total_minor",
                    "GROUP BY restaurant_id, order_id",
                )
                .await?,
            keys: reader.rows("idempotency_keys", "restaurant_id, scope, key, order_id", "").await?,
            events: reader
                .rows("order_events", "restaurant_id, seq, order_id, version, verb, from_status, to_status, actor", "")
                .await?,
            counters: reader.rows("order_counters", "restaurant_id, last_number, last_seq", "").await?,
            outbox: (first, last),
            leaders: Vec::new(),
            shards: reader.shard_count(),
        };
        state.leaders = reader.leaders.into_iter().map(|(leader, _)| leader).collect();
        Ok(state)
    }
}
