//! The rows of a bill.

use crate::domain::{
    bill::{Bill, BillRow, BillRowKind},
    locale::Locale,
    money::Money,
};
use leptos::prelude::*;

/// The rows below the items, including the total: tax that is added is a row, tax in the prices is named below.
#[component]
pub fn BillRows(bill: Bill, locale: Locale, #[prop(default = "Total")] total_label: &'static str) -> impl IntoView {
    let is_tip = |row: &BillRow| row.kind == BillRowKind::Tip;
    let row = |row: &BillRow| row_view(row.label.clone(), row.reason.clone(), written(row.amount, &locale));
    let rows = bill.rows.iter().filter(|row| !is_tip(row)).map(row).collect_view();
    let tips = bill.rows.iter().filter(|row| is_tip(row)).map(row).collect_view();
    let taxes = bill.tax.rows.iter().map(|row| {
        let name = row.name(&locale);
        if bill.tax.inclusive {
            view! {
                <div class="flex items-baseline justify-between gap-4 text-sm text-muted">
                    <dt>"includes " {name}</dt>
                    <dd class="tabular-nums">{row.tax.text(&locale)}</dd>
                </div>
            }
            .into_any()
        } else {
            let reason = format!("of {}", row.net.text(&locale));
            row_view(name, reason, row.tax.text(&locale)).into_any()
        }
    });
    let taxes = taxes.collect_view();
    let (added, included) = if bill.tax.inclusive { (None, Some(taxes)) } else { (Some(taxes), None) };
    view! {
        <dl class="space-y-2">
            <div class="flex items-baseline justify-between gap-4">
                <dt>"Dishes"</dt>
                <dd class="tabular-nums">{bill.subtotal.text(&locale)}</dd>
            </div>
            {rows}
            {added}
            {tips}
            <div class="flex items-baseline justify-between gap-4 border-t border-line pt-2 text-lg font-semibold">
                <dt>{total_label}</dt>
                <dd class="tabular-nums">{bill.total.text(&locale)}</dd>
            </div>
            {included}
        </dl>
    }
}

fn row_view(label: String, reason: String, amount: String) -> impl IntoView {
    let reason = (!reason.is_empty()).then(|| view! { <span class="block text-sm text-muted">{reason}</span> });
    view! {
        <div class="flex items-baseline justify-between gap-4">
            <dt>{label} {reason}</dt>
            <dd class="tabular-nums">{amount}</dd>
        </div>
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
