//! The order page: status as a sentence and as steps, with the bill.

use crate::{
    components::{
        bill::{BillLines, BillRows},
        button::{LINK_CLASS, QUIET_CLASS},
        key::KeyField,
        layout::Frame,
        mode::payment_sentence,
        problem::ProblemSummary,
        steps::OrderSteps,
    },
    domain::{
        error::AppError,
        order::{Due, OrderStatus, OrderView, PaymentStatus},
        typed::dialled,
        unreadable::Unreadable,
    },
    forms::routes,
    pages::{or_error_page, page_key, param, set_status, title::PageTitle},
    services::{Services, services, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The order whose token is in the address.
#[component]
pub fn OrderPage() -> impl IntoView {
    let token = param("token");
    Suspend::new(async move { or_error_page(page(token).await) })
}

async fn page(token: String) -> Result<impl IntoView, AppError> {
    let services = services()?;
    let order = services.ordering.order(&token).await?;
    let repeat = repeat(&services, &order).await;
    let error = submission().error;
    let title = format!("No. {} · {} · {} · Toast", order.number, order.headline, order.restaurant_name);
    let open = !order.settled;
    let content = view! {
        {open.then(|| view! { <noscript><meta http-equiv="refresh" content="20" /></noscript> })}
        <div data-order-live=open.then_some("true") class="mx-auto max-w-2xl">
            {error.map(|error| {
                set_status(&error);
                view! { <ProblemSummary error=error /> }
            })}
            <p id="order-status" role="status" class="sr-only"></p>
            <p
                id="order-connection"
                role="status"
                class="mb-3 rounded-control bg-saffron/10 px-3 py-2 text-saffron empty:hidden"
            ></p>
            <OrderStatusCard order=&order repeat=repeat />
            <OrderSummary order=&order />
            <OrderContact order=&order />
        </div>
    };
    Ok(view! {
        <PageTitle text=title />
        <Meta name="robots" content="noindex" />
        <Meta name="referrer" content="no-referrer" />
        <Frame>{content}</Frame>
    })
}

/// Whether the same items can be ordered again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Repeat {
    /// The order is not final, its items cannot be read, or the restaurant's data is not available.
    No,
    /// They can be ordered now.
    Now,
    /// The restaurant is closed and takes orders for later; with the reason as text.
    Later(String),
    /// The restaurant takes no orders; with the reason as text.
    Closed(String),
}

async fn repeat(services: &Services, order: &OrderView) -> Repeat {
    if !order.status.is_final() || order.unreadable.is_some() {
        return Repeat::No;
    }
    match services.menus.restaurant_for(&order.restaurant_slug, Due::Asap).await {
        Ok(shown) if shown.state.open => Repeat::Now,
        Ok(shown) if !shown.times.is_empty() => Repeat::Later(shown.state.text),
        Ok(shown) => Repeat::Closed(shown.state.text),
        Err(_) => Repeat::No,
    }
}

/// The part that changes: status, number, steps and actions.
#[component]
fn OrderStatusCard<'a>(order: &'a OrderView, repeat: Repeat) -> impl IntoView + use<> {
    let settled = order.settled.then_some("true");
    let said = order.reason.as_ref().map_or_else(|| order.headline.clone(), |why| format!("{}: {why}", order.headline));
    let is_known = order.unreadable != Some(Unreadable::State);
    view! {
        <section
            id="order"
            data-settled=settled
            data-seq=order.seq.to_string()
            data-said=said
            aria-labelledby="headline"
            class="flex flex-col gap-5 pt-2"
        >
            <div class="flex flex-col gap-1">
                <p class="text-muted">
                    <span dir="auto">{order.restaurant_name.clone()}</span>
                    {is_known.then(|| view! { " · " {order.mode.label()} })}
                </p>
                <h1 id="headline" class="text-2xl font-bold break-words md:text-3xl">{order.headline.clone()}</h1>
                {order.reason.clone().map(|reason| view! { <p class="text-beet" dir="auto">{reason}</p> })}
            </div>
            <p class="flex items-baseline gap-3 rounded-card bg-brand-tint px-4 py-3">
                <span class="text-muted">"Your number"</span>
                <strong class="text-4xl font-bold tabular-nums">{order.number}</strong>
            </p>
            {if is_known {
                view! {
                    <div class="rounded-card border border-line bg-card p-4">
                        <OrderSteps status=order.status mode=order.mode history=order.history.clone() />
                    </div>
                }
                .into_any()
            } else {
                view! { <CallRestaurant order=order>"The restaurant has your order: call "</CallRestaurant> }.into_any()
            }}
            <OrderActions order=order repeat=repeat />
        </section>
    }
}

/// The actions that the guest may take.
#[component]
fn OrderActions<'a>(order: &'a OrderView, repeat: Repeat) -> impl IntoView + use<> {
    let token = order.token.clone();
    let cancel = order.can_cancel.then(|| {
        view! {
            <details class="rounded-card border border-line bg-card">
                <summary class="min-h-11 cursor-pointer px-4 py-2.5 font-medium">"Cancel this order"</summary>
                <form method="post" action=routes::order_cancel(&token) class="flex flex-col items-start gap-3 px-4 pb-4">
                    <p>"The kitchen will be told at once. You pay nothing."</p>
                    <button class="inline-flex min-h-11 items-center rounded-control border border-beet px-4 font-semibold text-beet hover:bg-beet/10">
                        "Yes, cancel my order"
                    </button>
                </form>
            </details>
        }
    });
    let again = || {
        view! {
            <form method="post" action=routes::order_again(&order.token)>
                <KeyField key=Some(page_key()) />
                <button class=QUIET_CLASS>"Order this again"</button>
            </form>
        }
    };
    let again = match repeat {
        Repeat::No => ().into_any(),
        Repeat::Now => again().into_any(),
        Repeat::Later(why) => view! {
            <p class="text-muted">{why} ". You can order for a later time."</p>
            {again()}
        }
        .into_any(),
        Repeat::Closed(why) => view! {
            <p class="text-muted">
                <span dir="auto">{order.restaurant_name.clone()}</span> " takes no orders right now: " {why} "."
            </p>
        }
        .into_any(),
    };
    view! { {cancel} {again} }
}

/// The bill, the times and the payment.
#[component]
fn OrderSummary<'a>(order: &'a OrderView) -> impl IntoView + use<> {
    let paid = match order.payment {
        PaymentStatus::Due => payment_sentence(order.mode),
        PaymentStatus::Collected => "Paid. Thank you.",
        PaymentStatus::Void => "Nothing to pay.",
    };
    let is_known = order.unreadable != Some(Unreadable::State);
    let wanted = order.wanted.clone().map(|time| format!("Requested for {}", time.text));
    let words = [wanted, Some(format!("Placed {}", order.placed.text))];
    let words = words.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let bill = if let Some(bill) = order.bill.clone() {
        view! {
            <BillLines bill=bill.clone() locale=order.locale.clone() />
            <div class="border-t border-line pt-3">
                <BillRows bill=bill locale=order.locale.clone() />
            </div>
        }
        .into_any()
    } else {
        let words = "The details of this order cannot be shown. The restaurant has it: call ";
        view! { <CallRestaurant order=order>{words}</CallRestaurant> }.into_any()
    };
    view! {
        <section id="agreed" aria-labelledby="bill" class="pt-8">
            <h2 id="bill" class="pb-1 text-lg font-semibold">"Your order"</h2>
            <p class="pb-2 text-sm text-muted tabular-nums">{words}</p>
            {bill}
            {(!order.note.is_empty())
                .then(|| {
                    view! {
                        <p class="pt-3 break-words"><span class="text-muted">"Your note: "</span><span dir="auto">{order.note.clone()}</span></p>
                    }
                })}
            {is_known.then(|| view! { <p class="pt-3">{paid}</p> })}
        </section>
    }
}

/// Says which part of the order cannot be shown, with the number to call.
#[component]
fn CallRestaurant<'a>(order: &'a OrderView, children: Children) -> impl IntoView + use<> {
    view! {
        <p class="rounded-control bg-saffron/10 px-3 py-2 text-saffron">
            {children()}
            <a class="font-medium whitespace-nowrap underline" href=dialled(&order.restaurant_phone) dir="ltr">
                {order.restaurant_phone.clone()}
            </a>
            "."
        </p>
    }
}

/// The guest's name and location, and the restaurant's contact.
#[component]
fn OrderContact<'a>(order: &'a OrderView) -> impl IntoView + use<> {
    let call = dialled(&order.restaurant_phone);
    let place = (!order.place.is_empty()).then(|| order.place.clone());
    let ended = matches!(order.status, OrderStatus::Rejected | OrderStatus::Cancelled)
        || order.unreadable == Some(Unreadable::State);
    view! {
        <section id="where" aria-labelledby="place" class="flex flex-col gap-2 pt-8">
            <h2 id="place" class="text-lg font-semibold">{if ended { "Questions" } else { "Where" }}</h2>
            {match order.removed_after_days {
                Some(days) => view! {
                    <p class="text-muted">{format!("Your name, contact and address were removed after {days} days.")}</p>
                }
                .into_any(),
                None => view! {
                    <p class="break-words">
                        <span class="text-muted">"For "</span>
                        <span dir="auto">{order.guest.clone()}</span>
                        {place.map(|place| view! { ", " <span dir="auto">{place}</span> })}
                    </p>
                }
                .into_any(),
            }}
            <address class="break-words not-italic">
                <a class="font-medium underline" href=routes::restaurant(&order.restaurant_slug) dir="auto">
                    {order.restaurant_name.clone()}
                </a>
                <span class="block text-muted" dir="auto">{order.restaurant_address.clone()}</span>
                <a class=LINK_CLASS href=call>"Call " <span dir="ltr">{order.restaurant_phone.clone()}</span></a>
            </address>
            <p class="text-sm text-muted">"Keep this page's address: it is your receipt, and opens your order on any device."</p>
        </section>
    }
}
