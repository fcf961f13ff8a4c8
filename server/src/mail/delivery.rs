//! Delivers stored mail by SMTP, with retries: a mail is claimed for a time, so that several servers do not send it twice.

use crate::{
    context::AppContext,
    error::ServerError,
    mail::smtp::{Outcome, Smtp},
    queries::mails::{self, DueMail},
};
use app::domain::time::Timestamp;
use futures::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Interval of the scan over all shards for mail that is due.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Mails sent at the same time.
const CONCURRENCY: usize = 8;
/// Receivers per scan; the next one takes the rest.
const RECEIVERS_PER_SCAN: i64 = 500;
/// A claim that is not completed in this time expires. Clocks of servers differ less than it is longer than a delivery.
const LEASE_MINUTES: i64 = 2;
/// A mail that could not be sent in this time is given up: its link has expired, or is not expected any more.
const GIVEN_UP_MINUTES: i64 = 3 * 24 * 60;
/// Longest delay between two attempts, in seconds: an hour long, people wait for the mail.
const SHORT_DELAY: i64 = 60;
/// The same from then on.
const LONG_DELAY: i64 = 15 * 60;
/// Attempts with the short delay.
const SHORT_DELAYS: i32 = 60;
/// Delays between attempts to store that a mail was sent, in milliseconds. All of them end before the lease.
const MARKING_DELAYS: [u64; 5] = [0, 200, 1_000, 5_000, 20_000];

/// Delivers until the server drains; without a mail server all mail stays stored.
pub fn start(context: AppContext, smtp: Option<Smtp>, shutdown: CancellationToken) -> JoinHandle<()> {
    let Some(smtp) = smtp else {
        return tokio::spawn(async move {
            shutdown.run_until_cancelled(ignore_wake_ups(&context)).await;
        });
    };
    tokio::spawn(async move {
        let scans = shutdown.run_until_cancelled(scan_loop(&context));
        let delivery = Delivery { context: context.clone(), smtp, shutdown: shutdown.clone(), permits: permits() };
        tokio::join!(scans, delivery.run());
    })
}

async fn ignore_wake_ups(context: &AppContext) {
    loop {
        context.hub.next_mail_receivers().await;
    }
}

fn permits() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(CONCURRENCY))
}

/// While a node is down the scan over all shards fails; the next one repeats it.
async fn scan_loop(context: &AppContext) {
    let mut poll = tokio::time::interval(POLL_INTERVAL);
    poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        poll.tick().await;
        match mails::receivers_with_due(&context.store, context.clock.now(), RECEIVERS_PER_SCAN).await {
            Ok((waiting, receivers)) => {
                #[expect(clippy::cast_precision_loss, reason = "a gauge")]
                metrics::gauge!("toast_mails_waiting").set(waiting as f64);
                for receiver in &receivers {
                    context.hub.send_mail_soon(receiver);
                }
            }
            Err(error) => tracing::warn!(%error, "scan for due mail failed, will retry"),
        }
    }
}

/// Delivery to all receivers.
#[derive(Clone)]
struct Delivery {
    context: AppContext,
    smtp: Smtp,
    shutdown: CancellationToken,
    permits: Arc<Semaphore>,
}

impl Delivery {
    /// One task a receiver. What was begun when the server drains is finished.
    async fn run(self) {
        let mut tasks = FuturesUnordered::new();
        // Receivers with a task, and whether there may be more mail for them since it began.
        let mut busy = HashMap::<String, bool>::new();
        let begin = |receiver: String| {
            let (delivery, to) = (self.clone(), receiver.clone());
            tokio::spawn(async move { delivery.deliver(&to).await }).map(move |_| receiver)
        };
        loop {
            tokio::select! {
                receivers = self.context.hub.next_mail_receivers(), if !self.shutdown.is_cancelled() => {
                    for receiver in receivers {
                        if let Some(again) = busy.get_mut(&receiver) {
                            *again = true;
                        } else {
                            busy.insert(receiver.clone(), false);
                            tasks.push(begin(receiver));
                        }
                    }
                }
                Some(receiver) = tasks.next() => {
                    if busy.remove(&receiver) == Some(true) && !self.shutdown.is_cancelled() {
                        busy.insert(receiver.clone(), false);
                        tasks.push(begin(receiver));
                    }
                }
                () = self.shutdown.cancelled(), if tasks.is_empty() => return,
            }
        }
    }

    async fn deliver(&self, receiver: &str) {
        let Ok(_permit) = self.permits.acquire().await else { return };
        if let Err(error) = self.deliver_due(receiver).await {
            tracing::warn!(%error, "mail delivery failed, will retry");
        }
    }

    async fn deliver_due(&self, receiver: &str) -> Result<(), ServerError> {
        let store = &self.context.store;
        while !self.shutdown.is_cancelled() {
            let now = self.context.clock.now();
            let lease = now.plus_minutes(LEASE_MINUTES);
            let Some(mail) = mails::claim(store, receiver, now, lease).await? else { break };
            let outcome = if mail.created_at.plus_minutes(GIVEN_UP_MINUTES) < now {
                Outcome::Refused("not taken by the mail server in three days".to_owned())
            } else {
                self.smtp.send(&mail).await
            };
            match outcome {
                Outcome::Sent => {
                    count("sent");
                    self.mark(&mail, None).await;
                }
                Outcome::Refused(words) => {
                    count("refused");
                    tracing::warn!(mail = %mail.id, kind = mail.kind, error = words, "mail refused for good");
                    self.mark(&mail, Some(&words)).await;
                }
                Outcome::Failed(error) => {
                    count("failed");
                    tracing::debug!(mail = %mail.id, kind = mail.kind, error, "mail not delivered, will retry");
                    let until = later(self.context.clock.now(), mail.attempts);
                    mails::reschedule(store, receiver, mail.id, until).await?;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Stores that a mail was sent or refused. Without it the mail would be sent again after its lease.
    async fn mark(&self, mail: &DueMail, refusal: Option<&str>) {
        for delay in MARKING_DELAYS {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            let now = self.context.clock.now();
            match mails::done(&self.context.store, &mail.email, mail.id, now, refusal).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(mail = %mail.id, %error, "sent mail could not be marked, will retry"),
            }
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("toast_mails_total", "outcome" => outcome).increment(1);
}

/// The time of the next attempt.
fn later(now: Timestamp, attempts: i32) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(delay_seconds(attempts) * 1_000))
}

/// Doubles with each attempt.
fn delay_seconds(attempts: i32) -> i64 {
    let longest = if attempts <= SHORT_DELAYS { SHORT_DELAY } else { LONG_DELAY };
    (1i64 << attempts.clamp(0, 12)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_minute_and_after_an_hour_to_a_quarter_of_one() {
        let delays: Vec<_> = [1, 2, 5, 6, 60, 61, i32::MAX, -1].map(delay_seconds).into();
        assert_eq!(delays, [2, 4, 32, 60, 60, 900, 900, 1]);
    }

    #[test]
    fn a_mail_is_marked_before_its_lease_ends() {
        let marking: u64 = MARKING_DELAYS.iter().sum();
        assert!(50_000 + marking < u64::try_from(LEASE_MINUTES).unwrap() * 60_000);
    }
}
