//! Looking whether a node answers, on a connection of its own, so that nobody's work waits for it.

use crate::{
    db::circuit_breaker::{Circuit, State},
    error::{DbErrorKind, meaning},
};
use app::domain::id::RestaurantId;
use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// A node that has not answered for so long hangs, on a host that has time.
const PATIENCE: Duration = Duration::from_millis(900);
/// On a busy host a connection takes long as well, and the answer may take so many times as long as it did.
const TIMES: u32 = 6;
/// However busy: longer than this nobody waits.
const LONGEST: Duration = Duration::from_secs(3);
/// Who has not let us in for so long hangs himself.
const TO_CONNECT: Duration = Duration::from_secs(2);
/// How often it is looked whether a look is late.
const TICK: Duration = Duration::from_millis(50);
/// A look is not repeated while it waits: on a cluster each one that is left behind holds a backend of the coordinator
/// until the node wakes. After this time it is, since its connection may be what is dead.
const GIVEN_UP: Duration = Duration::from_secs(10);
/// The pause before the next look, and how much it may vary, in milliseconds.
const PAUSE_MS: u64 = 400;
const JITTER_MS: u64 = 200;

/// How to look at a node.
#[derive(Debug)]
pub struct Look {
    options: PgConnectOptions,
    question: RwLock<Question>,
    answered: Mutex<Option<Instant>>,
}

#[derive(Debug, Clone, Copy)]
enum Question {
    Itself,
    Restaurant(Uuid),
    EveryShard,
}

impl Look {
    /// At whoever takes the connection.
    pub const fn at_itself(options: PgConnectOptions) -> Self {
        Self { options, question: RwLock::new(Question::Itself), answered: Mutex::new(None) }
    }

    /// At the node that would hold this restaurant.
    pub const fn at_restaurant(options: PgConnectOptions, restaurant: RestaurantId) -> Self {
        let question = RwLock::new(Question::Restaurant(restaurant.uuid()));
        Self { options, question, answered: Mutex::new(None) }
    }

    /// At all nodes of a cluster.
    pub const fn at_every_shard(options: PgConnectOptions) -> Self {
        Self { options, question: RwLock::new(Question::EveryShard), answered: Mutex::new(None) }
    }

    /// From now on at the node that would hold this restaurant: the one asked for before may have moved to another.
    pub fn aim_at(&self, restaurant: Option<RestaurantId>) {
        let question = restaurant.map_or(Question::Itself, |restaurant| Question::Restaurant(restaurant.uuid()));
        *self.question.write().unwrap_or_else(PoisonError::into_inner) = question;
    }

    /// Whether the last look was answered, and not longer ago than this.
    pub fn has_answered_within(&self, age: Duration) -> bool {
        self.answered().is_some_and(|answered| answered.elapsed() < age)
    }

    fn answered(&self) -> MutexGuard<'_, Option<Instant>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks again and again, and turns the circuit by what it sees.
    pub async fn until_it_answers(&self, circuit: &Circuit) {
        loop {
            let (begun, connected) = (Instant::now(), OnceLock::new());
            let mut asking = pin!(self.ask(begun, &connected));
            let seen = tokio::select! {
                biased;
                answer = &mut asking => match answer {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::debug!(%error, "health probe failed");
                        circuit.refused();
                        false
                    }
                },
                () = until_late(begun, &connected) => {
                    circuit.hangs();
                    let late = tokio::time::timeout(GIVEN_UP.saturating_sub(begun.elapsed()), asking).await;
                    matches!(late, Ok(Ok(())))
                }
            };
            *self.answered() = seen.then(Instant::now);
            if seen {
                return circuit.answered();
            }
            tokio::time::sleep(Duration::from_millis(PAUSE_MS + rand::random_range(0..JITTER_MS))).await;
            if circuit.state() == State::Closed {
                return;
            }
        }
    }

    /// Whether there is an answer; one that says that the statement is wrong is an answer as well.
    async fn ask(&self, begun: Instant, connected: &OnceLock<Duration>) -> Result<(), sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let _ = connected.set(begun.elapsed());
        let question = *self.question.read().unwrap_or_else(PoisonError::into_inner);
        let answer = match question {
            Question::Itself => sqlx::raw_sql("SELECT 1").execute(&mut connection).await,
            Question::EveryShard => sqlx::raw_sql("SELECT 1 FROM restaurants LIMIT 1").execute(&mut connection).await,
            Question::Restaurant(id) => {
                sqlx::query("SELECT 1 FROM restaurants WHERE restaurant_id = $1")
                    .bind(id)
                    .execute(&mut connection)
                    .await
            }
        };
        match answer {
            Err(error) if matches!(meaning(&error), DbErrorKind::Unavailable | DbErrorKind::Unknown) => Err(error),
            _ => {
                drop(connection.close().await);
                Ok(())
            }
        }
    }
}

/// Waits until a look has taken longer than it would at a node that is well.
async fn until_late(begun: Instant, connected: &OnceLock<Duration>) {
    while begun.elapsed() < longest(connected.get().copied()) {
        tokio::time::sleep(TICK).await;
    }
}

/// How long a look may take, given how long it took to be connected, if it was.
fn longest(connected: Option<Duration>) -> Duration {
    connected.map_or(TO_CONNECT, |took| took + took.saturating_mul(TIMES).clamp(PATIENCE, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_host_is_told_from_a_node_that_hangs() {
        assert_eq!(longest(Some(Duration::from_millis(20))), Duration::from_millis(920));
        assert_eq!(longest(Some(Duration::from_millis(300))), Duration::from_millis(2_100));
        assert_eq!(longest(Some(Duration::from_secs(5))), Duration::from_secs(8));
        assert_eq!(longest(None), TO_CONNECT);
    }
}
