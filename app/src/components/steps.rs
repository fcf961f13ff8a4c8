//! The steps of an order, with the time of each.

use crate::{
    components::icon::{self, Icon},
    domain::{
        order::{OrderStatus, OrderStep},
        terms::ServiceMode,
    },
};
use leptos::prelude::*;

const DONE_CLASS: &str = "inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-basil/10 text-basil";
const FAILED_CLASS: &str = "inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-beet/10 text-beet";

/// Past and expected steps of an order.
#[component]
pub fn OrderSteps(
    status: OrderStatus,
    mode: ServiceMode,
    /// The statuses so far, with their times.
    history: Vec<OrderStep>,
) -> impl IntoView {
    let ahead = ahead_of(status, mode);
    let last = history.len().saturating_sub(1);
    let done = history.into_iter().enumerate().map(|(position, step)| {
        let current = (position == last).then_some("step");
        let failed = matches!(step.status, OrderStatus::Rejected | OrderStatus::Cancelled);
        let (sign, sign_class) = if failed { (icon::CROSS, FAILED_CLASS) } else { (icon::CHECK, DONE_CLASS) };
        view! {
            <li class="flex items-center gap-3 py-1.5 aria-[current=step]:font-semibold" aria-current=current>
                <span class=sign_class>
                    <Icon path=sign />
                </span>
                <span class="flex-1">{step_word(step.status, mode)}</span>
                <span class="text-muted tabular-nums">{step.time.text}</span>
            </li>
        }
    });
    let done = done.collect_view();
    let next = ahead.iter().map(|status| {
        view! {
            <li class="flex items-center gap-3 py-1.5 text-muted">
                <span class="inline-flex size-7 shrink-0 rounded-full border-2 border-dashed border-edge"></span>
                <span class="flex-1">{step_word(*status, mode)}</span>
            </li>
        }
    });
    view! { <ol class="flex flex-col">{done} {next.collect_view()}</ol> }
}

/// Label of a status on the guest's page.
const fn step_word(status: OrderStatus, mode: ServiceMode) -> &'static str {
    match (status, mode) {
        (OrderStatus::Placed, _) => "Order received",
        (OrderStatus::Accepted, _) => "Accepted",
        (OrderStatus::InPreparation, _) => "Being prepared",
        (OrderStatus::Ready, ServiceMode::Pickup) => "Ready to pick up",
        (OrderStatus::Ready, ServiceMode::Delivery) => "Packed",
        (OrderStatus::Ready, ServiceMode::DineIn) => "Ready to be served",
        (OrderStatus::OutForDelivery, _) => "On its way",
        (OrderStatus::Completed, ServiceMode::Pickup) => "Picked up",
        (OrderStatus::Completed, ServiceMode::Delivery) => "Delivered",
        (OrderStatus::Completed, ServiceMode::DineIn) => "Served",
        (OrderStatus::Rejected, _) => "Turned down",
        (OrderStatus::Cancelled, _) => "Cancelled",
    }
}

/// The expected statuses after this one.
const fn ahead_of(status: OrderStatus, mode: ServiceMode) -> &'static [OrderStatus] {
    use OrderStatus::{Completed, InPreparation, OutForDelivery, Ready};
    match (status, mode) {
        (OrderStatus::Placed | OrderStatus::Accepted, ServiceMode::Delivery) => {
            &[InPreparation, Ready, OutForDelivery, Completed]
        }
        (OrderStatus::Placed | OrderStatus::Accepted, _) => &[InPreparation, Ready, Completed],
        (InPreparation, ServiceMode::Delivery) => &[Ready, OutForDelivery, Completed],
        (InPreparation, _) => &[Ready, Completed],
        (Ready, ServiceMode::Delivery) => &[OutForDelivery, Completed],
        (Ready | OutForDelivery, _) => &[Completed],
        (Completed | OrderStatus::Rejected | OrderStatus::Cancelled, _) => &[],
    }
}
