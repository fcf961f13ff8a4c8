//! The receipt of an order, for one printed sheet.

use crate::{
    components::{bill::BillRows, button::LINK_CLASS},
    domain::{
        bill::{Bill, PricedLine},
        history::{GuestName, Issuer, PastOrder},
        locale::Locale,
        tax::TaxSummary,
    },
    forms::routes,
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in,
            past_order::{order_id, payment_words},
            staff_of,
        },
        param,
        title::PageTitle,
    },
    services::services,
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The receipt of the order whose id is in the address.
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let (slug, order) = (param("slug"), param("order"));
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    Suspend::new(async move {
        let here = format!("{}/{order}/receipt", routes::history(&slug));
        let read = async {
            let (staff, services) = asked?;
            services.records.past_order(&staff, &slug, order_id(&order)?).await
        };
        or_sign_in(read.await.map(|order| view! { <Receipt slug=slug order=order/> }), &here)
    })
}

#[component]
fn Receipt(slug: String, order: PastOrder) -> impl IntoView {
    let name = match order.guest.clone() {
        GuestName::Stored(name) if !name.is_empty() => Some(name),
        GuestName::Stored(_) | GuestName::Removed(_) => None,
    };
    let body = match order.bill.clone() {
        Some(bill) => view! { <Amounts bill=bill locale=order.locale.clone()/> }.into_any(),
        None => view! { <p>"The bill of this order cannot be shown."</p> }.into_any(),
    };
    view! {
        <PageTitle text=format!("Receipt no. {} · {}", order.number, order.restaurant.name)/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=order.restaurant.name.clone() screen=Screen::History>
            <div class="mx-auto flex max-w-md flex-col gap-4 pt-4 print:max-w-none print:gap-2 print:pt-0 print:text-sm">
                <p class="rounded-control bg-brand-tint px-3 py-2 print:hidden">
                    "Print this page with your browser: Ctrl+P, on a Mac ⌘P, on a phone Share and then Print. "
                    <a class=LINK_CLASS href=routes::past_order(&slug, order.id)>"Back to the order"</a>
                </p>
                <article
                    id="receipt"
                    class="flex flex-col gap-4 rounded-card border border-line bg-card p-4 print:gap-2 print:border-0 print:p-0"
                >
                    <Head issuer=order.restaurant/>
                    <dl class="flex flex-col tabular-nums">
                        <Fact label="Order" value=format!("No. {}", order.number)/>
                        <Fact label="Date" value=order.placed/>
                        {order.mode.map(|mode| view! { <Fact label="Service" value=mode.label().to_owned()/> })}
                        {name.map(|name| view! { <Fact label="For" value=name/> })}
                    </dl>
                    {body}
                    <p class="border-t border-line pt-3 print:pt-1">{payment_words(order.status, order.payment)}</p>
                </article>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Head(issuer: Issuer) -> impl IntoView {
    let legal = (!issuer.legal_name.is_empty()).then(|| view! { <p dir="auto">{issuer.legal_name}</p> });
    let tax = (!issuer.tax_number.is_empty())
        .then(|| view! { <p>"Tax number " <bdi class="tabular-nums">{issuer.tax_number}</bdi></p> });
    view! {
        <div class="text-center">
            <h2 class="text-xl font-bold print:text-base" dir="auto">{issuer.name}</h2>
            {legal}
            <p class="text-muted" dir="auto">{issuer.address}</p>
            <p class="text-muted" dir="ltr">{issuer.phone}</p>
            {tax}
        </div>
    }
}

#[component]
fn Fact(label: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="flex justify-between gap-4">
            <dt class="text-muted">{label}</dt>
            <dd class="text-end break-words" dir="auto">{value}</dd>
        </div>
    }
}

/// Lines with unit prices, then the rows of the bill. A line is not split between two sheets.
#[component]
fn Amounts(bill: Bill, locale: Locale) -> impl IntoView {
    let lines = bill.lines.iter().map(|line| view! { <Line line=line.clone() locale=locale.clone()/> }).collect_view();
    view! {
        <ul class="divide-y divide-line border-y border-line">{lines}</ul>
        <BillRows bill=bill.clone() locale=locale.clone()/>
        <TaxTable tax=bill.tax locale=locale/>
    }
}

/// Each rate with its amounts without tax, of tax and with tax; nothing for a bill without tax.
#[component]
fn TaxTable(tax: TaxSummary, locale: Locale) -> impl IntoView {
    const CELL: &str = "py-0.5 ps-3 text-end tabular-nums";
    let rows = tax.rows.iter().map(|row| {
        view! {
            <tr>
                <th scope="row" class="py-0.5 text-start font-normal"><bdi>{row.name(&locale)}</bdi></th>
                <td class=CELL>{row.net.text(&locale)}</td>
                <td class=CELL>{row.tax.text(&locale)}</td>
                <td class=CELL>{row.gross.text(&locale)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    (!rows.is_empty()).then(|| {
        view! {
            <table id="taxes" class="w-full border-t border-line text-sm break-inside-avoid">
                <caption class="sr-only">"Tax by rate"</caption>
                <thead>
                    <tr class="text-muted">
                        <th scope="col" class="py-0.5 text-start font-normal">"Rate"</th>
                        <th scope="col" class="py-0.5 ps-3 text-end font-normal">"Net"</th>
                        <th scope="col" class="py-0.5 ps-3 text-end font-normal">"Tax"</th>
                        <th scope="col" class="py-0.5 ps-3 text-end font-normal">"Gross"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}

#[component]
fn Line(line: PricedLine, locale: Locale) -> impl IntoView {
    let details = line.details().join(", ");
    view! {
        <li class="flex items-baseline gap-3 py-2 break-inside-avoid print:py-0.5">
            <span class="shrink-0 tabular-nums">{line.quantity} " ×"</span>
            <div class="min-w-0 flex-1 break-words">
                <span lang=locale.tag().to_owned() dir="auto">{line.name}</span>
                <span class="text-sm text-muted tabular-nums">" · " {line.unit.text(&locale)}</span>
                {(!details.is_empty()).then(|| view! { <span class="block text-sm text-muted" dir="auto">{details}</span> })}
            </div>
            <span class="shrink-0 tabular-nums">{line.total.text(&locale)}</span>
        </li>
    }
}
