//! The rows of a bill.

use crate::domain::{bill::Bill, locale::Locale, money::Money};
use leptos::prelude::*;

/// The rows below the items, including the total.
#[component]
pub fn BillRows(bill: Bill, locale: Locale, #[prop(default = "Total")] total_label: &'static str) -> impl IntoView {
    let rows = bill.rows.into_iter().map(|row| {
        let reason =
            (!row.reason.is_empty()).then(|| view! { <span class="block text-sm text-muted">{row.reason}</span> });
        view! {
            <div class="flex items-baseline justify-between gap-4">
                <dt>{row.label} {reason}</dt>
                <dd class="tabular-nums">{written(row.amount, &locale)}</dd>
            </div>
        }
    });
    let rows = rows.collect_view();
    view! {
        <dl class="space-y-2">
            <div class="flex items-baseline justify-between gap-4">
                <dt>"Dishes"</dt>
                <dd class="tabular-nums">{bill.subtotal.text(&locale)}</dd>
            </div>
            {rows}
            <div class="flex items-baseline justify-between gap-4 border-t border-line pt-2 text-lg font-semibold">
                <dt>{total_label}</dt>
                <dd class="tabular-nums">{bill.total.text(&locale)}</dd>
            </div>
        </dl>
    }
}

/// The lines of a bill, without controls to change them.
#[component]
pub fn BillLines(
    bill: Bill,
    /// Decides how amounts are formatted; the language of the items' names.
    locale: Locale,
) -> impl IntoView {
    let lines = bill.lines.into_iter().map(|line| {
        let details = line.details().join(", ");
        view! {
            <li class="flex items-baseline gap-3 py-2">
                <span class="w-8 shrink-0 font-semibold tabular-nums">{line.quantity} "×"</span>
                <div class="min-w-0 flex-1 break-words">
                    <span class="font-medium" lang=locale.tag().to_owned() dir="auto">{line.name}</span>
                    {(!details.is_empty())
                        .then(|| view! { <span class="block text-sm text-muted" dir="auto">{details}</span> })}
                    {(!line.note.is_empty())
                        .then(|| view! { <span class="block text-sm text-muted italic" dir="auto">{line.note}</span> })}
                </div>
                <span class="shrink-0 tabular-nums">{line.total.text(&locale)}</span>
            </li>
        }
    });
    view! { <ul class="divide-y divide-line">{lines.collect_view()}</ul> }
}

/// A formatted amount, or "free".
fn written(amount: Money, locale: &Locale) -> String {
    if amount.is_zero() { "free".to_owned() } else { amount.text(locale) }
}
