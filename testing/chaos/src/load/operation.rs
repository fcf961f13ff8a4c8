//! One operation of the load: its requests, their records, and retries.

use super::{
    browser::Browser,
    generator::{Customer, LoadGenerator},
    http::{Exchange, HttpResponse, Request, RequestError},
};
use crate::{
    history::{Acknowledgement, Entry, Outcome, Record, RequestKind, Transition},
    menu::{Basket, Terms},
};
use rand::{Rng, rngs::StdRng};
use std::time::Duration;
use support::Timestamp;
use tokio::time::sleep;
use uuid::Uuid;

/// Longest `Retry-After` that is honoured.
const MAX_RETRY_AFTER: u64 = 3;

pub(super) struct Operation<'a> {
    pub(super) generator: &'a LoadGenerator,
    pub(super) number: u64,
    pub(super) scheduled: Timestamp,
    pub(super) random: StdRng,
}

/// The record of a request that is being sent.
pub(super) struct PendingRecord {
    kind: RequestKind,
    attempt: u32,
    restaurant: String,
    started: Timestamp,
    pub(super) key: Option<String>,
    pub(super) basket: Option<Basket>,
    pub(super) transition: Option<Transition>,
}

impl PendingRecord {
    pub(super) fn new(kind: RequestKind, attempt: u32, restaurant: &str) -> Self {
        let (restaurant, started) = (restaurant.to_owned(), Timestamp::now());
        Self { kind, attempt, restaurant, started, key: None, basket: None, transition: None }
    }

    pub(super) fn finish(
        self,
        operation: u64,
        scheduled: Timestamp,
        exchange: Option<&Exchange>,
        result: Outcome,
    ) -> Record {
        let response = exchange.and_then(|exchange| exchange.outcome.as_ref().ok());
        Record {
            kind: self.kind,
            operation,
            attempt: self.attempt,
            restaurant: self.restaurant,
            key: self.key,
            basket: self.basket,
            transition: self.transition,
            scheduled,
            started: self.started,
            ended: Timestamp::now(),
            address: exchange.and_then(|exchange| exchange.address).map(|address| address.to_string()),
            skipped_addresses: exchange.map_or(0, |exchange| exchange.skipped_addresses),
            region: response.and_then(|response| response.header("x-toast-region")).map(str::to_owned),
            retry_after: response.and_then(|response| response.header("retry-after")?.parse().ok()),
            result,
        }
    }
}

impl<'a> Operation<'a> {
    pub(super) fn customer(&mut self) -> Option<&'a Customer> {
        let customers = &self.generator.customers;
        customers.get(self.random.random_range(0..customers.len()))
    }

    pub(super) fn restaurant(&mut self) -> Option<&'a Terms> {
        let terms = &self.generator.terms;
        if terms.is_empty() { None } else { terms.get(self.random.random_range(0..terms.len())) }
    }

    /// Sends a request once: a read, or a write that may be lost or repeated.
    pub(super) async fn send(
        &self,
        kind: RequestKind,
        restaurant: &str,
        browser: &Browser,
        request: &Request,
    ) -> Option<HttpResponse> {
        let pending = PendingRecord::new(kind, 1, restaurant);
        let exchange = browser.send(request).await;
        self.record(pending, &exchange, read_outcome(&exchange));
        exchange.outcome.ok()
    }

    pub(super) fn record(&self, pending: PendingRecord, exchange: &Exchange, result: Outcome) {
        if pending.kind.places() && matches!(result, Outcome::Ok(_)) {
            self.generator.options.control.add_acknowledged();
        }
        let record = pending.finish(self.number, self.scheduled, Some(exchange), result);
        self.generator.record(Entry::Request(Box::new(record)));
    }

    /// Whether to send the request again; waits for `Retry-After` first.
    pub(super) async fn should_retry(&mut self, outcome: &Outcome, exchange: &Exchange) -> bool {
        let may_succeed = match outcome {
            Outcome::Unknown { .. } | Outcome::Failed { .. } => true,
            Outcome::Rejected { status, .. } => *status == 429,
            Outcome::Ok(_) | Outcome::Dropped => false,
        };
        let retry_timeout = Duration::from_secs(self.generator.options.retry_seconds);
        if !may_succeed || Timestamp::now().since(self.scheduled) > retry_timeout {
            return false;
        }
        let response = exchange.outcome.as_ref().ok();
        let retry_after = response.and_then(|response| response.header("retry-after")?.parse().ok());
        let retry_after = Duration::from_secs(retry_after.unwrap_or(0).min(MAX_RETRY_AFTER));
        let jitter = Duration::from_millis(self.random.random_range(200..500));
        sleep(retry_after.max(jitter)).await;
        true
    }

    /// An idempotency key: determined by the seed, and unique to the run.
    pub(super) fn key(&mut self) -> String {
        let random = Uuid::from_u128(self.random.random()).to_string();
        format!("{}{}", self.generator.run.marker, random.get(8..).unwrap_or_default())
    }

    /// The note of an order, by which the checker finds its operation.
    pub(super) fn note(&self) -> String {
        format!("chaos {} {}", self.generator.run.marker, self.number)
    }
}

fn read_outcome(exchange: &Exchange) -> Outcome {
    match &exchange.outcome {
        Ok(response) if response.status < 400 => {
            Outcome::Ok(Acknowledgement { status: response.status, ..Acknowledgement::default() })
        }
        Ok(response) if response.status < 500 => {
            Outcome::Rejected { status: response.status, code: response.problem_code() }
        }
        Ok(response) => Outcome::Failed { status: Some(response.status), why: response.problem_code() },
        Err(RequestError::NotSent(why) | RequestError::NoResponse(why)) => {
            Outcome::Failed { status: None, why: why.clone() }
        }
    }
}

/// `parse` reads the acknowledgement; none when the response does not contain one.
pub(super) fn write_outcome(exchange: &Exchange, parse: impl Fn(&HttpResponse) -> Option<Acknowledgement>) -> Outcome {
    match &exchange.outcome {
        Ok(response) if response.status < 400 => parse(response).map_or_else(
            || Outcome::Unknown { status: Some(response.status), why: "no acknowledgement in the response".to_owned() },
            Outcome::Ok,
        ),
        // Another request with the same key is in progress and may still succeed.
        Ok(response) if response.status == 409 && response.problem_code() == "in_progress" => {
            Outcome::Unknown { status: Some(409), why: "in_progress".to_owned() }
        }
        Ok(response) if response.status < 500 => {
            Outcome::Rejected { status: response.status, code: response.problem_code() }
        }
        Ok(response) => Outcome::Unknown { status: Some(response.status), why: response.problem_code() },
        Err(RequestError::NotSent(why)) => Outcome::Failed { status: None, why: why.clone() },
        Err(RequestError::NoResponse(why)) => Outcome::Unknown { status: None, why: why.clone() },
    }
}
