//! Takings: totals of business days, with the export of orders.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        problem::{FieldProblem, ProblemSummary},
    },
    domain::{
        error::AppError,
        locale::Locale,
        money::Money,
        takings::{DayTotals, Takings, Totals},
        tax::{TaxRow, TaxSummary},
        terms::ServiceMode,
    },
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in, staff_of,
        },
        param, set_status,
        title::PageTitle,
    },
    services::services,
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The range of the address; without one, the last thirty business days.
#[component]
pub fn TakingsPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let typed = |name| use_query_map().read_untracked().get(name).unwrap_or_default();
    let (from, to) = (typed(fields::FROM), typed(fields::TO));
    Suspend::new(async move {
        let here = routes::takings(&slug);
        let page = async {
            let (staff, services) = asked?;
            match services.records.takings(&staff, &slug, &from, &to).await {
                Ok(takings) => Ok(view! { <Shown slug=slug takings=takings/> }.into_any()),
                // The form again, with what is wrong.
                Err(error @ AppError::Invalid { .. }) => {
                    let name = staff.workplace(&slug)?.name.clone();
                    Ok(view! { <Refused slug=slug name=name from=from to=to error=error/> }.into_any())
                }
                Err(error) => Err(error),
            }
        };
        or_sign_in(page.await, &here)
    })
}

#[component]
fn Shown(slug: String, takings: Takings) -> impl IntoView {
    let Takings { name, locale, from, to, days, modes, sum, tax } = takings;
    let content = if days.is_empty() {
        view! { <Empty slug=slug.clone()/> }.into_any()
    } else {
        view! {
            <Sum sum=sum locale=locale.clone()/>
            <ByDay days=days.clone() sum=sum locale=locale.clone() slug=slug.clone()/>
            <ByMode modes=modes sum=sum locale=locale.clone()/>
            <ByTax days=days tax=tax locale=locale/>
        }
        .into_any()
    };
    view! {
        <PageTitle text=format!("Takings · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name screen=Screen::Takings>
            <div class="mx-auto flex max-w-5xl flex-col gap-6 pt-4">
                <RangeForm slug=slug from=from to=to problem=None/>
                {content}
                <p class="text-sm text-muted">
                    "An order counts on the business day on which it was placed; the hours after midnight belong to the day before. Orders that are still open are included, rejected and cancelled ones are not."
                </p>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Refused(slug: String, name: String, from: String, to: String, error: AppError) -> impl IntoView {
    set_status(&error);
    let problem = error.problems().first().map(|problem| (problem.field.clone(), problem.message.clone()));
    view! {
        <PageTitle text=format!("Takings · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name screen=Screen::Takings>
            <div class="mx-auto flex max-w-5xl flex-col gap-6 pt-4">
                <ProblemSummary error=error/>
                <RangeForm slug=slug from=from to=to problem=problem/>
            </div>
        </StaffFrame>
    }
}

#[component]
fn RangeForm(slug: String, from: String, to: String, problem: Option<(String, String)>) -> impl IntoView {
    let at = |name: &str| problem.as_ref().filter(|(field, _)| field == name).map(|(_, message)| message.clone());
    let (at_from, at_to) = (at(fields::FROM), at(fields::TO));
    view! {
        <form method="get" action=routes::takings(&slug) class="flex flex-wrap items-end gap-3">
            <DayField name=fields::FROM label="First business day" value=from problem=at_from/>
            <DayField name=fields::TO label="Last business day" value=to problem=at_to/>
            <button class=PRIMARY_CLASS>"Show"</button>
            <button class=QUIET_CLASS formaction=routes::takings_csv(&slug)>"Export orders (CSV)"</button>
        </form>
    }
}

#[component]
fn DayField(name: &'static str, label: &'static str, value: String, problem: Option<String>) -> impl IntoView {
    let described = problem.is_some().then(|| format!("{name}-problem"));
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="flex flex-col gap-1">
            <label for=name class="font-medium">{label}</label>
            <FieldProblem field=name.to_owned() message=problem/>
            <input type="date" id=name name=name value=value aria-invalid=invalid aria-describedby=described/>
        </div>
    }
}

/// The most important figures, readable on a phone.
#[component]
fn Sum(sum: Totals, locale: Locale) -> impl IntoView {
    let figure = |label: &'static str, value: String| {
        view! {
            <div class="min-w-32 flex-1 rounded-card border border-line bg-card p-4">
                <dt class="text-sm text-muted">{label}</dt>
                <dd class="text-xl font-bold tabular-nums">{value}</dd>
            </div>
        }
    };
    view! {
        <dl class="flex flex-wrap gap-3">
            {figure("Total", sum.total.text(&locale))}
            {figure("Orders", sum.orders.to_string())}
            {figure("Tips", sum.tips.text(&locale))}
            {figure("Rejected", sum.rejected.to_string())}
            {figure("Cancelled", sum.cancelled.to_string())}
            {figure("Not earned", sum.lost.text(&locale))}
        </dl>
    }
}

const HEAD_CLASS: &str = "p-2 text-end font-semibold whitespace-nowrap first:text-start";
const CELL_CLASS: &str = "p-2 text-end whitespace-nowrap tabular-nums";
const ROW_HEAD_CLASS: &str = "p-2 text-start font-medium whitespace-nowrap";

#[component]
fn ByDay(days: Vec<DayTotals>, sum: Totals, locale: Locale, slug: String) -> impl IntoView {
    let rows = days.into_iter().map(|day| {
        let address = format!("{}?{}={}", routes::history(&slug), fields::DAY, day.date);
        view! {
            <tr class="border-t border-line">
                <th scope="row" class=ROW_HEAD_CLASS>
                    <a class=LINK_CLASS href=address>{day.label}</a>
                </th>
                <Cells totals=day.totals sum=sum locale=locale.clone()/>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="flex flex-col gap-2">
            <h2 id="days" class="text-lg font-semibold">"By business day"</h2>
            <div role="region" aria-labelledby="days" tabindex="0" class="overflow-x-auto rounded-card border border-line bg-card">
                <table class="w-full">
                    <thead><Columns first="Business day" sum=sum/></thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr class="border-t-2 border-line font-semibold">
                            <th scope="row" class=ROW_HEAD_CLASS>"All days"</th>
                            <Cells totals=sum sum=sum locale=locale/>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </section>
    }
}

#[component]
fn ByMode(modes: Vec<(ServiceMode, Totals)>, sum: Totals, locale: Locale) -> impl IntoView {
    let rows = modes.into_iter().map(|(mode, totals)| {
        view! {
            <tr class="border-t border-line">
                <th scope="row" class=ROW_HEAD_CLASS>{mode.label()}</th>
                <Cells totals=totals sum=sum locale=locale.clone()/>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="flex flex-col gap-2">
            <h2 id="modes" class="text-lg font-semibold">"By service"</h2>
            <div role="region" aria-labelledby="modes" tabindex="0" class="overflow-x-auto rounded-card border border-line bg-card">
                <table class="w-full">
                    <thead><Columns first="Service" sum=sum/></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The column of added tax is there when some tax was added.
#[component]
fn Columns(first: &'static str, sum: Totals) -> impl IntoView {
    let added = (!sum.added_tax.is_zero()).then_some("Added tax");
    let names = [first, "Orders", "Items", "Charges", "Delivery", "Tips"].into_iter().chain(added);
    let names = names.chain(["Total", "Rejected", "Cancelled"]).map(|name| {
        view! { <th scope="col" class=HEAD_CLASS>{name}</th> }
    });
    view! { <tr>{names.collect_view()}</tr> }
}

/// `sum` decides which columns there are.
#[component]
fn Cells(totals: Totals, sum: Totals, locale: Locale) -> impl IntoView {
    let amount = |money: Money| money.text(&locale);
    let amounts = [totals.items, totals.charges, totals.delivery, totals.tips].map(amount);
    let added = (!sum.added_tax.is_zero()).then(|| amount(totals.added_tax));
    let values = std::iter::once(totals.orders.to_string()).chain(amounts).chain(added);
    let values = values.chain([amount(totals.total), totals.rejected.to_string(), totals.cancelled.to_string()]);
    values.map(|value| view! { <td class=CELL_CLASS>{value}</td> }).collect_view()
}

/// The tax of each business day by rate; nothing without tax.
#[component]
fn ByTax(days: Vec<DayTotals>, tax: TaxSummary, locale: Locale) -> impl IntoView {
    let row = |first: &str, row: &TaxRow| {
        view! {
            <tr class="border-t border-line">
                <th scope="row" class=ROW_HEAD_CLASS>{first.to_owned()}</th>
                <td class="p-2 whitespace-nowrap"><bdi>{row.name(&locale)}</bdi></td>
                <td class=CELL_CLASS>{row.net.text(&locale)}</td>
                <td class=CELL_CLASS>{row.tax.text(&locale)}</td>
                <td class=CELL_CLASS>{row.gross.text(&locale)}</td>
            </tr>
        }
    };
    let of_day = |day: &DayTotals| day.tax.rows.iter().map(|of| row(&day.label, of)).collect_view();
    let rows = days.iter().map(of_day).collect_view();
    let all = tax.rows.iter().map(|of| row("All days", of)).collect_view();
    (!all.is_empty()).then(|| {
        view! {
            <section class="flex flex-col gap-2">
                <h2 id="taxes" class="text-lg font-semibold">"By tax rate"</h2>
                <div role="region" aria-labelledby="taxes" tabindex="0" class="overflow-x-auto rounded-card border border-line bg-card">
                    <table class="w-full">
                        <thead>
                            <tr>
                                <th scope="col" class=HEAD_CLASS>"Business day"</th>
                                <th scope="col" class="p-2 text-start font-semibold">"Rate"</th>
                                <th scope="col" class=HEAD_CLASS>"Net"</th>
                                <th scope="col" class=HEAD_CLASS>"Tax"</th>
                                <th scope="col" class=HEAD_CLASS>"Gross"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                        <tfoot class="border-t-2 border-line font-semibold">{all}</tfoot>
                    </table>
                </div>
            </section>
        }
    })
}

#[component]
fn Empty(slug: String) -> impl IntoView {
    view! {
        <div class="flex flex-col items-start gap-3 rounded-card border border-dashed border-edge p-4">
            <p>"No orders on these days. Choose other days, or open the board to take the next order."</p>
            <a class=QUIET_CLASS href=routes::board(&slug)>"Open the board"</a>
        </div>
    }
}
