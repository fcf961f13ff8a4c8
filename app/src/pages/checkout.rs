//! The checkout page.

mod contact;
mod form_state;
mod fulfilment;
mod location;
mod time;
mod tip;
mod total;

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS},
        icon::{self, Icon},
        layout::Frame,
        problem::ProblemSummary,
        team_notice::TeamNotice,
    },
    domain::{error::AppError, id::VisitorId},
    forms::{fields, routes},
    pages::{
        cart::{LatestOrder, latest_order},
        checkout::{
            contact::Contact, form_state::Entered, fulfilment::Fulfilment, time::HowAndWhen, tip::Tips, total::Total,
        },
        or_error_page, param, set_status,
        title::PageTitle,
    },
    services::{CheckoutOptions, CheckoutView, Ordering, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The checkout of the restaurant in the address.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    let slug = param("slug");
    Suspend::new(async move { or_error_page(page(slug).await) })
}

async fn page(slug: String) -> Result<impl IntoView, AppError> {
    let services = services()?;
    let sent = submission();
    let view = priced(&*services.ordering, &slug, viewer().visitor, &Entered::new(&sent, &[])).await?;
    let error = sent.error.clone();
    let prefix = if error.is_some() { "Problem: " } else { "" };
    let title = format!("{prefix}Checkout · {} · Toast", view.restaurant.name);
    let summary = error.map(|error| {
        set_status(&error);
        view! { <ProblemSummary error=error /> }
    });
    let body = if view.cart.lines.is_empty() {
        let latest = latest_order(&services).await;
        view! {
            <NothingToOrder slug=&slug />
            <LatestOrder order=latest />
        }
        .into_any()
    } else {
        let entered = Entered::new(&sent, &view.problems);
        view! { <Form slug=&slug view=&view entered=&entered /> }.into_any()
    };
    let content = view! {
        <div class="mx-auto max-w-2xl lg:max-w-5xl">
            <TeamNotice restaurant=&view.restaurant />
            <a class=LINK_CLASS href=routes::cart(&slug)>
                <Icon path=icon::BACK />
                "Your order at "
                <span dir="auto">{view.restaurant.name.clone()}</span>
            </a>
            <h1 class="pb-4 text-2xl font-bold">"Checkout"</h1>
            {summary}
            {body}
        </div>
    };
    Ok(view! {
        <PageTitle text=title />
        <Meta name="robots" content="noindex" />
        <Frame>{content}</Frame>
    })
}

/// The checkout with the bill for the entered choices. A tip in percent is of the items, so their sum is needed first.
async fn priced(
    ordering: &dyn Ordering,
    slug: &str,
    visitor: Option<VisitorId>,
    entered: &Entered,
) -> Result<CheckoutView, AppError> {
    let selection = CheckoutOptions { tip_minor: 0, ..entered.selection() };
    let view = ordering.checkout(slug, visitor, &selection).await?;
    let tip = entered.tip(view.bill.subtotal, &view.cart.locale).unwrap_or_default();
    if tip == 0 {
        return Ok(view);
    }
    let tipped = ordering.checkout(slug, visitor, &CheckoutOptions { tip_minor: tip, ..selection }).await;
    // An invalid tip is shown at its field; the page shows the bill without it.
    Ok(tipped.unwrap_or(view))
}

#[component]
fn NothingToOrder<'a>(slug: &'a str) -> impl IntoView + use<> {
    view! {
        <div class="flex flex-col items-start gap-4">
            <p>"Your cart is empty. Add a dish first."</p>
            <a class=PRIMARY_CLASS href=routes::restaurant(slug)>"See the menu"</a>
        </div>
    }
}

/// The form. CSS alone shows its parts for delivery and dine-in.
#[component]
fn Form<'a>(slug: &'a str, view: &'a CheckoutView, entered: &'a Entered) -> impl IntoView + use<> {
    let order = entered.order_id(view.order);
    let agreed = view.bill.before_tip().map_or_else(|_| String::new(), |total| total.minor().to_string());
    view! {
        <form
            id="checkout"
            method="post"
            action=routes::checkout(slug)
            novalidate
            data-slug=slug.to_owned()
            class="group/checkout flex flex-col gap-8 lg:grid lg:grid-cols-[minmax(0,1fr)_24rem] lg:items-start lg:gap-12"
        >
            <div class="flex flex-col gap-8">
                <input type="hidden" name=fields::ORDER value=order />
                <HowAndWhen view=view entered=entered />
                <Contact entered=entered />
                <Fulfilment view=view entered=entered />
                <Tips view=view entered=entered />
            </div>
            <Total view=view entered=entered agreed=agreed />
            <p id="checkout-status" role="status" class="sr-only"></p>
            <p
                id="checkout-problem"
                role="alert"
                class="rounded-card border-2 border-beet bg-card p-3 font-medium text-beet empty:hidden lg:col-span-2"
            ></p>
        </form>
    }
}
