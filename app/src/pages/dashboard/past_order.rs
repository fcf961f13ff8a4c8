//! One past order: lines, bill, contact, and what happened when and by whom.

use crate::{
    components::{
        bill::{BillLines, BillRows},
        button::{LINK_CLASS, QUIET_CLASS},
    },
    domain::{
        error::AppError,
        history::{GuestName, PastEvent, PastOrder},
        id::OrderId,
        order::{OrderStatus, PaymentStatus},
        terms::ServiceMode,
        typed::dialled,
    },
    forms::routes,
    pages::{
        dashboard::{
            history::Guest,
            layout::{Screen, StaffFrame},
            or_sign_in, staff_of,
        },
        param,
        title::PageTitle,
    },
    services::services,
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The order whose id is in the address.
#[component]
pub fn PastOrderPage() -> impl IntoView {
    let (slug, order) = (param("slug"), param("order"));
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    Suspend::new(async move {
        let here = format!("{}/{order}", routes::history(&slug));
        let read = async {
            let (staff, services) = asked?;
            services.records.past_order(&staff, &slug, order_id(&order)?).await
        };
        or_sign_in(read.await.map(|order| view! { <Details slug=slug order=order/> }), &here)
    })
}

/// The id in an address.
pub fn order_id(text: &str) -> Result<OrderId, AppError> {
    text.parse().map_err(|_| AppError::not_found("order"))
}

#[component]
fn Details(slug: String, order: PastOrder) -> impl IntoView {
    let facts = [
        order.mode.map(|mode| mode.label().to_owned()),
        order.status.map(|status| status.label().to_owned()),
        order.payment.map(|payment| payment.label().to_owned()),
    ];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let times =
        [Some(format!("Placed {}", order.placed)), order.wanted.clone().map(|time| format!("Requested for {time}"))];
    let times = times.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let bill = match order.bill.clone() {
        Some(bill) => view! {
            <BillLines bill=bill.clone() locale=order.locale.clone()/>
            <div class="border-t border-line pt-3">
                <BillRows bill=bill locale=order.locale.clone()/>
            </div>
        }
        .into_any(),
        None => view! { <p class="text-saffron">"The bill of this order cannot be shown."</p> }.into_any(),
    };
    view! {
        <PageTitle text=format!("No. {} · {}", order.number, order.restaurant.name)/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=order.restaurant.name.clone() screen=Screen::History>
            <article class="mx-auto flex max-w-2xl flex-col gap-6 pt-4">
                <div class="flex flex-wrap items-start justify-between gap-3">
                    <div>
                        <h2 class="text-2xl font-bold tabular-nums">"Order no. " {order.number}</h2>
                        <p class="text-muted">{facts}</p>
                        <p class="text-sm text-muted tabular-nums">{times}</p>
                    </div>
                    <a class=QUIET_CLASS href=routes::receipt(&slug, order.id)>"Receipt"</a>
                </div>
                {order
                    .reason
                    .clone()
                    .map(|reason| view! { <p class="text-beet" dir="auto">{reason}</p> })}
                <section aria-labelledby="bill">
                    <h3 id="bill" class="pb-1 text-lg font-semibold">"Bill"</h3>
                    {bill}
                </section>
                <Contact order=&order/>
                <Events events=order.events/>
                <p>
                    <a class=LINK_CLASS href=routes::history(&slug)>"All orders"</a>
                </p>
            </article>
        </StaffFrame>
    }
}

#[component]
fn Contact<'a>(order: &'a PastOrder) -> impl IntoView + use<> {
    let (phone, email) = (order.phone.clone(), order.email.clone());
    let call = dialled(&phone);
    let removed = matches!(order.guest, GuestName::Removed(_));
    let place = match order.mode {
        Some(ServiceMode::DineIn) => "Table: ",
        _ => "Address: ",
    };
    view! {
        <section aria-labelledby="guest" class="flex flex-col gap-1">
            <h3 id="guest" class="text-lg font-semibold">"Guest"</h3>
            <p class="break-words">
                {removed.then_some("Name, contact, address and notes were ")} <Guest guest=order.guest.clone()/>
                {removed.then_some(".")}
            </p>
            {(!phone.is_empty())
                .then(|| view! { <p><a class=LINK_CLASS href=call>"Call " <span dir="ltr">{phone}</span></a></p> })}
            {(!email.is_empty()).then(|| view! { <p class="break-words">{email}</p> })}
            {(!order.place.is_empty())
                .then(|| {
                    view! {
                        <p class="break-words"><span class="text-muted">{place}</span><span dir="auto">{order.place.clone()}</span></p>
                    }
                })}
            {(!order.note.is_empty())
                .then(|| {
                    view! {
                        <p class="break-words"><span class="text-muted">"Note: "</span><span dir="auto">{order.note.clone()}</span></p>
                    }
                })}
        </section>
    }
}

#[component]
fn Events(events: Vec<PastEvent>) -> impl IntoView {
    let rows = events.into_iter().map(|event| {
        view! {
            <li class="py-2">
                <span class="font-medium">{event.happened}</span>
                " · " <bdi>{event.who}</bdi>
                <span class="block text-sm text-muted tabular-nums">{event.time}</span>
                {(!event.reason.is_empty()).then(|| view! { <span class="block text-sm break-words" dir="auto">{event.reason}</span> })}
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section aria-labelledby="events">
            <h3 id="events" class="pb-1 text-lg font-semibold">"What happened"</h3>
            <ol class="divide-y divide-line">{rows}</ol>
        </section>
    }
}

/// How an order stands with its payment, as a receipt states it.
pub const fn payment_words(status: Option<OrderStatus>, payment: Option<PaymentStatus>) -> &'static str {
    match (status, payment) {
        (Some(OrderStatus::Rejected), _) => "This order was rejected. Nothing was to be paid.",
        (Some(OrderStatus::Cancelled), _) => "This order was cancelled. Nothing was to be paid.",
        (_, Some(PaymentStatus::Collected)) => "Paid.",
        (_, Some(PaymentStatus::Void)) => "Nothing was to be paid.",
        (_, Some(PaymentStatus::Due)) => "Not paid yet.",
        (_, None) => "Its payment cannot be shown.",
    }
}
