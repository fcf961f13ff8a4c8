//! A restaurant as operators see it, with the changes of its listing.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        field::{described_by, textarea_content},
        layout::Frame,
        problem::{FieldProblem, ProblemSummary},
    },
    domain::listing::ListingStatus,
    forms::{fields, routes},
    pages::{or_error_page, param, set_status, title::PageTitle},
    services::{RestaurantFile, Submission, services, staff, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The restaurant whose slug is in the address.
#[component]
pub fn OperatorRestaurantPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff().and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let read = async {
            let (staff, services) = asked?;
            services.operators.file(&staff, &slug).await
        };
        or_error_page(read.await.map(|file| view! { <File file=file sent=sent/> }))
    })
}

#[component]
fn File(file: RestaurantFile, sent: Submission) -> impl IntoView {
    let RestaurantFile { restaurant, owners, reason } = file;
    let typed = sent.value(fields::REASON).unwrap_or_default().to_owned();
    let problem = sent.problem(fields::REASON).map(ToOwned::to_owned);
    let error = sent.error.inspect(set_status);
    let state = restaurant.listing.label();
    let may = |allowed: fn(ListingStatus) -> bool| allowed(restaurant.listing);
    let slug = restaurant.slug.clone();
    let approve = may(ListingStatus::can_be_approved).then(|| {
        view! { <Button slug=slug.clone() change=fields::APPROVE words="Approve" class=PRIMARY_CLASS/> }
    });
    let lift = may(ListingStatus::can_be_lifted).then(|| {
        view! { <Button slug=slug.clone() change=fields::LIFT words="Lift the suspension" class=PRIMARY_CLASS/> }
    });
    let suspend = may(ListingStatus::can_be_suspended)
        .then(|| view! { <Suspension slug=slug.clone() typed=typed problem=problem/> });
    let owners = owners.into_iter().map(|(name, email)| {
        view! { <li class="break-words"><bdi>{name}</bdi> " · " {email}</li> }
    });
    let owners = owners.collect_view();
    view! {
        <PageTitle text=format!("{} · Operator · Toast", restaurant.name)/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-2xl flex-col gap-4 pt-4">
                {error.map(|error| view! { <ProblemSummary error=error/> })}
                <div>
                    <h1 class="text-2xl font-bold break-words"><bdi>{restaurant.name}</bdi></h1>
                    <p class="font-semibold">{state}</p>
                    {(!reason.is_empty()).then(|| view! { <p class="break-words" dir="auto">{reason}</p> })}
                </div>
                <p class="break-words text-muted">
                    {restaurant.slug.clone()} <span class="block" dir="auto">{restaurant.address}</span>
                    <span class="block" dir="ltr">{restaurant.phone}</span>
                    <span class="block">{restaurant.contact_email}</span>
                </p>
                <section aria-labelledby="owners">
                    <h2 id="owners" class="font-semibold">"Owners"</h2>
                    <ul>{owners}</ul>
                </section>
                {approve}
                {lift}
                {suspend}
                <p class="text-sm text-muted">
                    "Each change is an entry in the restaurant’s audit log, with your name."
                </p>
                <p class="flex flex-wrap gap-4">
                    <a class=LINK_CLASS href=routes::OPERATOR>"All restaurants"</a>
                    <a class=LINK_CLASS href=routes::restaurant(&restaurant.slug)>"Public menu"</a>
                </p>
            </div>
        </Frame>
    }
}

#[component]
fn Button(slug: String, change: &'static str, words: &'static str, class: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=routes::operator_restaurant(&slug)>
            <button class=class name=fields::CHANGE value=change>{words}</button>
        </form>
    }
}

/// The form to suspend, with the reason for the owner.
#[component]
fn Suspension(slug: String, typed: String, problem: Option<String>) -> impl IntoView {
    let described = described_by(fields::REASON, true, problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <form
            method="post"
            action=routes::operator_restaurant(&slug)
            class="flex flex-col items-start gap-3 rounded-card border border-line bg-card p-4"
        >
            <input type="hidden" name=fields::CHANGE value=fields::SUSPEND/>
            <label for=fields::REASON class="font-medium">"Reason"</label>
            <p id="reason-hint" class="text-sm text-muted">
                "The owner reads it in the audit log. Guests do not find the restaurant while it is suspended."
            </p>
            <FieldProblem field=fields::REASON.to_owned() message=problem/>
            <textarea
                id=fields::REASON
                name=fields::REASON
                class="w-full"
                required=true
                maxlength="500"
                aria-invalid=invalid
                aria-describedby=described
            >
                {textarea_content(typed)}
            </textarea>
            <button class=QUIET_CLASS>"Suspend"</button>
        </form>
    }
}
