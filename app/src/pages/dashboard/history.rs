//! The history of a restaurant: its orders, newest first, with a search.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        problem::{FieldProblem, ProblemSummary},
    },
    domain::{
        error::AppError,
        history::{GuestName, HistoryPage, HistoryQuery, PastRow, PastState},
        locale::Locale,
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
    services::{Staff, services},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

/// Orders that match the query of the address.
#[component]
pub fn HistoryListPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let query = query_of(&use_query_map().read_untracked());
    Suspend::new(async move {
        let here = address(&slug, &query);
        let found = async {
            let (staff, services) = asked?;
            match services.records.history(&staff, &slug, &query).await {
                // The search form again, with what is wrong.
                Err(error @ AppError::Invalid { .. }) => Ok((nothing(&staff, &slug)?, Some(error))),
                found => found.map(|page| (page, None)),
            }
        };
        let view = found.await.map(|(page, error)| {
            view! { <History slug=slug query=query page=page error=error/> }
        });
        or_sign_in(view, &here)
    })
}

/// Decodes a query string; unknown values are ignored.
fn query_of(params: &ParamsMap) -> HistoryQuery {
    let text = |name| params.get(name).unwrap_or_default().trim().to_owned();
    HistoryQuery {
        text: text(fields::SEARCH),
        day: text(fields::DAY),
        state: PastState::from_code(&text(fields::STATE)),
        before: text(fields::BEFORE),
    }
}

fn address(slug: &str, query: &HistoryQuery) -> String {
    let mut params = ParamsMap::new();
    let state = query.state.map_or("", PastState::code);
    let values = [
        (fields::SEARCH, query.text.as_str()),
        (fields::DAY, &query.day),
        (fields::STATE, state),
        (fields::BEFORE, &query.before),
    ];
    for (name, value) in values.into_iter().filter(|(_, value)| !value.is_empty()) {
        params.insert_decoded(name, value.to_owned());
    }
    format!("{}{}", routes::history(slug), params.to_query_string())
}

fn nothing(staff: &Staff, slug: &str) -> Result<HistoryPage, AppError> {
    let name = staff.workplace(slug)?.name.clone();
    Ok(HistoryPage { name, locale: Locale::default(), orders: Vec::new(), older: None, searched_to: None })
}

#[component]
fn History(slug: String, query: HistoryQuery, page: HistoryPage, error: Option<AppError>) -> impl IntoView {
    let problem = error.as_ref().and_then(|error| error.problems().first()).map(|problem| problem.message.clone());
    if let Some(error) = &error {
        set_status(error);
    }
    let is_newest = query.before.is_empty();
    let newest = HistoryQuery { before: String::new(), ..query.clone() };
    let older = page.older.map(|before| address(&slug, &HistoryQuery { before, ..query.clone() }));
    let has_orders = !page.orders.is_empty();
    let rows =
        page.orders.into_iter().map(|order| view! { <Row slug=slug.clone() order=order locale=page.locale.clone()/> });
    let rows = rows.collect_view();
    let list = if has_orders {
        view! { <ul id="orders" class="divide-y divide-line rounded-card border border-line bg-card">{rows}</ul> }
            .into_any()
    } else if error.is_some() {
        ().into_any()
    } else {
        view! { <Empty slug=slug.clone() query=query.clone() more=older.is_some()/> }.into_any()
    };
    view! {
        <PageTitle text=format!("History · {}", page.name)/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=page.name screen=Screen::History>
            <div class="mx-auto flex max-w-4xl flex-col gap-4 pt-4">
                {error.map(|error| view! { <ProblemSummary error=error/> })}
                <Search slug=slug.clone() query=query.clone() problem=problem/>
                {list}
                {page
                    .searched_to
                    .map(|time| {
                        view! {
                            <p role="status" class="text-muted">
                                {format!("Searched back to {time}.")}
                            </p>
                        }
                    })}
                <nav aria-label="Pages" class="flex flex-wrap gap-3 empty:hidden">
                    {(!is_newest).then(|| view! { <a class=QUIET_CLASS href=address(&slug, &newest)>"Newest orders"</a> })}
                    {older.map(|older| view! { <a class=QUIET_CLASS href=older rel="next">"Older orders"</a> })}
                </nav>
            </div>
        </StaffFrame>
    }
}

#[component]
fn Search(slug: String, query: HistoryQuery, problem: Option<String>) -> impl IntoView {
    let is_search = query.is_search();
    let states = PastState::ALL.into_iter().map(|state| {
        view! { <option value=state.code() selected={query.state == Some(state)}>{state.label()}</option> }
    });
    let states = states.collect_view();
    let invalid = problem.is_some().then_some("true");
    let described = problem.is_some().then_some("day-problem");
    view! {
        <form
            role="search"
            method="get"
            action=routes::history(&slug)
            class="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4"
        >
            <div class="flex flex-col gap-1">
                <label for=fields::SEARCH class="font-medium">"Number, name or phone"</label>
                <input
                    class="w-full"
                    type="search"
                    id=fields::SEARCH
                    name=fields::SEARCH
                    value=query.text.clone()
                    maxlength="80"
                    autocomplete="off"
                    enterkeyhint="search"
                />
            </div>
            <div class="flex flex-col gap-1">
                <label for=fields::DAY class="font-medium">"Business day"</label>
                <FieldProblem field=fields::DAY.to_owned() message=problem/>
                <input
                    class="w-full"
                    type="date"
                    id=fields::DAY
                    name=fields::DAY
                    value=query.day.clone()
                    aria-invalid=invalid
                    aria-describedby=described
                />
            </div>
            <div class="flex flex-col gap-1">
                <label for=fields::STATE class="font-medium">"State"</label>
                <select id=fields::STATE name=fields::STATE class="w-full">
                    <option value="">"All"</option>
                    {states}
                </select>
            </div>
            <div class="flex flex-wrap items-center gap-3">
                <button class=PRIMARY_CLASS>"Search"</button>
                {is_search.then(|| view! { <a class=LINK_CLASS href=routes::history(&slug)>"Show all"</a> })}
            </div>
            <p class="text-sm text-muted sm:col-span-2 lg:col-span-4">
                "At least four digits also find a part of a phone number. The hours after midnight count to the day before."
            </p>
        </form>
    }
}

#[component]
fn Row(slug: String, order: PastRow, locale: Locale) -> impl IntoView {
    let total = order.total.map_or_else(|| "—".to_owned(), |total| total.text(&locale));
    let status = order.status.map_or("State cannot be read", |status| status.label());
    let mode = order.mode.map_or("", |mode| mode.label());
    view! {
        <li>
            <a
                href=routes::past_order(&slug, order.id)
                class="flex flex-wrap items-baseline gap-x-4 px-4 py-3 hover:bg-brand-tint"
            >
                <span class="w-16 shrink-0 font-semibold tabular-nums">"No. " {order.number}</span>
                <span class="min-w-0 grow basis-40 font-medium break-words"><Guest guest=order.guest/></span>
                <span class="text-end font-semibold tabular-nums">{total}</span>
                <span class="w-full text-sm text-muted tabular-nums">
                    {[&order.placed, mode, status].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")}
                </span>
            </a>
        </li>
    }
}

/// The guest's name, or that it was removed.
#[component]
pub fn Guest(guest: GuestName) -> impl IntoView {
    match guest {
        GuestName::Stored(name) if name.is_empty() => view! { <span class="text-muted">"No name"</span> }.into_any(),
        GuestName::Stored(name) => view! { <bdi>{name}</bdi> }.into_any(),
        GuestName::Removed(days) => {
            view! { <span class="font-normal text-muted">{format!("removed after {days} days")}</span> }.into_any()
        }
    }
}

/// The next step when nothing is shown.
#[component]
fn Empty(slug: String, query: HistoryQuery, more: bool) -> impl IntoView {
    let content = if query.is_search() {
        let words = if more {
            "No order matches so far. Look among older orders, or change the search."
        } else {
            "No order matches. Names and phone numbers are removed after some time: older orders are found by number, day and state."
        };
        view! {
            <p>{words}</p>
            <a class=LINK_CLASS href=routes::history(&slug)>"Show all orders"</a>
        }
        .into_any()
    } else if query.before.is_empty() {
        view! {
            <p>"No orders yet. Open the board to take the first one, or look at the menu as your guests see it."</p>
            <div class="flex flex-wrap gap-3">
                <a class=PRIMARY_CLASS href=routes::board(&slug)>"Open the board"</a>
                <a class=QUIET_CLASS href=routes::restaurant(&slug)>"Public menu"</a>
            </div>
        }
        .into_any()
    } else {
        view! { <p>"These were all orders."</p> }.into_any()
    };
    view! {
        <div class="flex flex-col items-start gap-3 rounded-card border border-dashed border-edge p-4">{content}</div>
    }
}
