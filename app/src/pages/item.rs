//! The item page: the form of the item dialog, for browsers without scripts.

use crate::{
    components::{
        button::LINK_CLASS,
        dish::{DishFacts, labels, unavailable},
        icon::{self, Icon},
        layout::Frame,
        options::OptionsForm,
        problem::ProblemSummary,
        team_notice::TeamNotice,
        when::{TimeGone, time_words},
    },
    domain::{
        cart::{CartView, LineRequest},
        error::AppError,
        id::{CartLineId, ItemId},
        menu::{Item, Menu, Section},
        order::Due,
        restaurant::MenuTime,
    },
    forms::{fields, line_item, routes},
    pages::{asked_due, or_error_page, page_key, param, set_status, title::PageTitle},
    services::{Submission, assets, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The page of the item in the address; `?line=` changes a line of the cart.
#[component]
pub fn ItemPage() -> impl IntoView {
    let (slug, item) = (param("slug"), param("item"));
    let line = use_query_map().read_untracked().get(fields::LINE);
    let due = asked_due();
    Suspend::new(async move { or_error_page(page(slug, item, line, due).await) })
}

async fn page(slug: String, item: String, line: Option<String>, due: Due) -> Result<impl IntoView, AppError> {
    let services = services()?;
    let sent = submission();
    let cart = match viewer().visitor {
        Some(visitor) => services.ordering.cart(&slug, Some(visitor)).await.ok(),
        None => None,
    };
    let asked = sent.value(fields::DUE).and_then(Due::from_field).unwrap_or(due);
    let kept = cart.as_ref().map(|cart| cart.time.due).unwrap_or_default();
    let shown = services.menus.restaurant_for(&slug, if asked == Due::Asap { kept } else { asked }).await?;
    let id: ItemId = item.parse().map_err(|_| AppError::not_found("dish"))?;
    let (section, item) = shown.menu.item(id).ok_or_else(|| AppError::not_found("dish"))?;
    let line = sent.value(fields::LINE).map(ToOwned::to_owned).or(line).and_then(|line| line.parse().ok());
    let kept = cart.and_then(|cart| stored_selection(cart, line?));
    let line = if sent.fields.is_empty() { kept.as_ref().and(line) } else { line };
    let selection = sent_selection(&sent, id).or(kept).unwrap_or_else(|| fresh(&shown.menu, item));
    let restaurant = &shown.restaurant;
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let content = view! {
        <div data-shop=slug.clone() data-due=shown.time.due.field() class="mx-auto max-w-xl">
            <TeamNotice restaurant=restaurant />
            <a class=LINK_CLASS href=routes::wanted(routes::restaurant(&slug), shown.time.due)>
                <Icon path=icon::BACK />
                <span dir="auto">{restaurant.name.clone()}</span>
            </a>
            {sent.error.map(|error| {
                set_status(&error);
                view! { <ProblemSummary error=error /> }
            })}
            <Head menu=&shown.menu section=section item=item time=&shown.time />
            <OptionsForm
                slug=&slug
                menu=&shown.menu
                section=section
                item=item
                selection=&selection
                line=line
                due=shown.time.due
                key=Some(page_key())
            />
        </div>
    };
    Ok(view! {
        <PageTitle text=format!("{prefix}{} · {} · Toast", item.name, restaurant.name) />
        <Meta name="robots" content="noindex" />
        <Frame>{content}</Frame>
    })
}

#[component]
fn Head<'a>(menu: &'a Menu, section: &'a Section, item: &'a Item, time: &'a MenuTime) -> impl IntoView + use<> {
    let base = assets().base;
    let lang = menu.locale.tag().to_owned();
    let price = item.price_from().map(|price| price.text(&menu.locale));
    let price = price.map(|price| if item.has_sizes() { format!("from {price}") } else { price });
    let traces = (!item.may_contain.is_empty()).then(|| labels(&item.may_contain));
    view! {
        <header class="flex flex-col gap-2 pb-6">
            {item
                .picture
                .as_ref()
                .map(|picture| {
                    view! {
                        <img
                            class="aspect-video w-full rounded-card bg-brand-tint object-cover"
                            src=format!("{base}{picture}")
                            alt=""
                            width="640"
                            height="360"
                        />
                    }
                })}
            <h1 class="pt-2 text-2xl font-bold break-words" lang=lang.clone() dir="auto">{item.name.clone()}</h1>
            {item.name_en.clone().map(|name| view! { <p class="text-muted" lang="en" dir="ltr">{name}</p> })}
            <p class="text-lg font-semibold tabular-nums">{price}</p>
            <TimeGone time=time />
            {time_words(time).map(|words| view! { <p class="text-sm text-sky">{words}</p> })}
            {unavailable(section, item)
                .map(|words| {
                    view! { <p class="rounded-control bg-beet/10 px-3 py-2 font-medium text-beet">{words}</p> }
                })}
            <p class="max-w-text break-words" lang=lang dir="auto">{item.description.clone()}</p>
            <DishFacts item=item />
            {(!item.allergens.is_empty())
                .then(|| view! { <p class="text-sm text-muted">"Contains " {labels(&item.allergens)} "."</p> })}
            {traces.map(|traces| view! { <p class="text-sm text-muted">"May contain traces of " {traces} "."</p> })}
        </header>
    }
}

/// The selection of the rejected form.
fn sent_selection(sent: &Submission, item: ItemId) -> Option<LineRequest> {
    let fields = sent.fields.iter();
    let pairs = fields.flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())));
    (!sent.fields.is_empty()).then(|| line_item::from_fields(item, pairs))
}

/// The current selection of the cart's line.
fn stored_selection(cart: CartView, line: CartLineId) -> Option<LineRequest> {
    cart.lines.into_iter().find(|kept| kept.line.id == line).map(|kept| kept.line.request)
}

fn fresh(menu: &Menu, item: &Item) -> LineRequest {
    line_item::fresh(item, menu.groups_of(item).map(|(_, group)| group))
}
