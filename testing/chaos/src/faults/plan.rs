//! The plan of a fault, and steps and expectations that several faults share.

use crate::{
    expectation::{Expectation, Observations},
    history::RequestKind,
    impact::{BlastRadius, Impact},
};
use std::{collections::BTreeMap, time::Duration};
use support::{Environment, Error};
use testbed::{Node, TestbedError};

/// Its observations are added to the report.
pub type Step = Box<dyn FnOnce(&mut Environment) -> Result<Observations, Error>>;
pub type Evaluate = fn(&Impact<'_>) -> Vec<Expectation>;

pub struct FaultPlan {
    pub blast_radius: BlastRadius,
    pub description: String,
    pub inject: Step,
    /// Runs after the injection; may end before [`FaultPlan::hold`].
    pub observe: Option<Step>,
    /// Time from the injection to the healing.
    pub hold: Duration,
    pub heal: Step,
    pub evaluate: Evaluate,
}

impl FaultPlan {
    /// A fault of all restaurants that heals itself and must not fail any request.
    pub(super) fn new(description: String, inject: Step, hold: Duration) -> Self {
        Self {
            blast_radius: BlastRadius::All,
            description,
            inject,
            observe: None,
            hold,
            heal: no_op(),
            evaluate: no_failed_requests,
        }
    }
}

/// Servers reach the groups that hold restaurants without the coordinator.
pub(super) fn blast_radius(environment: &Environment, group: u16) -> BlastRadius {
    match group {
        0 if environment.groups().contains(&0) => BlastRadius::All,
        0 => BlastRadius::Coordinator,
        _ => BlastRadius::Group(i32::from(group)),
    }
}

pub(super) fn no_op() -> Step {
    Box::new(|_| Ok(Observations::new()))
}

pub(super) fn on_node(name: &str, work: impl FnOnce(&Node) -> Result<(), TestbedError> + 'static) -> Step {
    let name = name.to_owned();
    Box::new(move |environment| {
        work(environment.testbed.node(&name)?)?;
        Ok(Observations::new())
    })
}

/// The `number`th item, modulo their count.
pub(super) fn nth<T>(items: Vec<T>, number: u64, what: &str) -> Result<T, Error> {
    let count = items.len().max(1);
    let at = usize::try_from(number).unwrap_or_default() % count;
    items.into_iter().nth(at).ok_or_else(|| Error::failed(what, "there are none in this testbed"))
}

pub(super) fn no_failed_requests(impact: &Impact<'_>) -> Vec<Expectation> {
    let (requests, errors) = impact.requests();
    vec![Expectation::new("0 failed requests", format!("{errors} of {requests}"), errors == 0)]
}

/// Every order succeeded at some attempt.
pub(super) fn no_order_abandoned(impact: &Impact<'_>) -> Expectation {
    let abandoned = impact.abandoned();
    Expectation::new("no order abandoned", abandoned.to_string(), abandoned == 0)
}

/// The same, with the number of failed requests, which may be above 0.
pub(super) fn no_order_abandoned_with_errors(impact: &Impact<'_>) -> Expectation {
    let (requests, errors) = impact.requests();
    let expectation = no_order_abandoned(impact);
    Expectation {
        measured: format!("{} ({errors} of {requests} requests failed)", expectation.measured),
        ..expectation
    }
}

pub(super) fn no_other_restaurant_affected(impact: &Impact<'_>) -> Expectation {
    let (requests, errors) = impact.others();
    let what = if impact.blast_radius == BlastRadius::Coordinator { "each restaurant" } else { "other restaurants" };
    Expectation::new(
        format!("{what}: 0 failed requests"),
        format!("{errors} of {requests} ({})", kinds(impact.others_by_kind())),
        errors == 0,
    )
}

/// `order 0 of 40, board 1 of 20`
pub(super) fn kinds(counts: BTreeMap<RequestKind, (u64, u64)>) -> String {
    let counts = counts.into_iter().map(|(kind, (all, failed))| format!("{} {failed} of {all}", kind.name()));
    counts.collect::<Vec<_>>().join(", ")
}

pub(super) fn p99_of_others_unchanged(impact: &Impact<'_>) -> Expectation {
    let (before, during) = impact.p99_of_others();
    let measured = format!("{:.0} ms before, {:.0} ms during", before * 1e3, during * 1e3);
    // The difference between two measurements without a fault.
    Expectation::new("other restaurants: p99 unchanged", measured, during <= before.mul_add(1.5, 0.05))
}

pub(super) fn own_restaurants_get_retry_after(impact: &Impact<'_>) -> Expectation {
    let (rejected, with_retry_after, slowest) = impact.rejected();
    let without_response = impact.without_response();
    Expectation::new(
        "own restaurants: 503 with Retry-After within 2 s",
        format!(
            "{with_retry_after} of {rejected} with it, slowest {slowest:.1} s, {without_response} without a response"
        ),
        rejected == with_retry_after && slowest <= 2.0 && without_response == 0,
    )
}
