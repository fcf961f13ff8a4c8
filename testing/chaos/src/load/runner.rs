//! Starts the operations of a schedule when they are due.

use super::{
    generator::LoadGenerator,
    operation::{Operation, PendingRecord},
    options::LoadSummary,
    schedule::ScheduledOperation,
};
use crate::history::{Entry, Outcome, RequestKind};
use rand::{SeedableRng, rngs::StdRng};
use std::sync::Arc;
use support::Timestamp;
use tokio::{task::JoinSet, time::sleep};

/// Returns when all operations have ended.
pub(super) async fn run(generator: &Arc<LoadGenerator>, operations: &[ScheduledOperation]) -> LoadSummary {
    let mut summary = LoadSummary::default();
    let mut running = JoinSet::new();
    for operation in operations {
        let scheduled = generator.run.started.plus(operation.after);
        sleep(scheduled.since(Timestamp::now())).await;
        if generator.options.control.is_stopped() {
            break;
        }
        summary.operations += 1;
        while running.try_join_next().is_some() {}
        if running.len() >= generator.options.max_in_flight {
            summary.dropped += 1;
            record_dropped(generator, *operation, scheduled);
            continue;
        }
        let (generator, operation) = (generator.clone(), *operation);
        running.spawn(async move { Box::pin(run_operation(&generator, operation, scheduled)).await });
    }
    running.join_all().await;
    summary
}

async fn run_operation(generator: &LoadGenerator, operation: ScheduledOperation, scheduled: Timestamp) {
    let random = StdRng::seed_from_u64(operation.seed);
    let kind = if generator.options.orders_only { RequestKind::Order } else { operation.kind };
    let mut operation = Operation { generator, number: operation.number, scheduled, random };
    match kind {
        RequestKind::Home => operation.visit_home().await,
        RequestKind::Page => operation.visit_restaurant().await,
        RequestKind::Menu => operation.read_menu().await,
        RequestKind::Cart | RequestKind::Checkout => operation.change_cart().await,
        RequestKind::Order => operation.order_by_api().await,
        RequestKind::Form => operation.order_by_form().await,
        RequestKind::Board | RequestKind::Transition | RequestKind::SignIn => operation.work_on_board().await,
    }
}

fn record_dropped(generator: &LoadGenerator, operation: ScheduledOperation, scheduled: Timestamp) {
    let pending = PendingRecord::new(operation.kind, 1, "");
    let record = pending.finish(operation.number, scheduled, None, Outcome::Dropped);
    generator.record(Entry::Request(Box::new(record)));
}
