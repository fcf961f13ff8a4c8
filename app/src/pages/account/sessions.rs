//! The open sessions of the signed-in person.

use crate::{
    components::button::QUIET_CLASS,
    forms::{fields, routes},
    services::OpenSession,
};
use leptos::prelude::*;

/// The list, with a button at each other session and one for all of them.
#[component]
pub fn Sessions(sessions: Vec<OpenSession>) -> impl IntoView {
    let others = sessions.iter().filter(|session| !session.is_current).count();
    let entries = sessions.into_iter().map(|session| view! { <Session session=session/> }).collect_view();
    view! {
        <section class="rounded-card border border-line bg-card p-4">
            <h2 class="mb-1 text-lg font-semibold">"Signed in on"</h2>
            <p class="mb-3 text-muted">"A device is signed out by itself twelve hours after it was signed in."</p>
            <ul class="flex flex-col gap-3">{entries}</ul>
            {(others > 0)
                .then(|| {
                    view! {
                        <form method="post" action=routes::ACCOUNT class="mt-4">
                            <input type="hidden" name=fields::ACTION value=fields::ACCOUNT_END_OTHERS/>
                            <button type="submit" class=QUIET_CLASS>"Sign out everywhere else"</button>
                        </form>
                    }
                })}
        </section>
    }
}

#[component]
fn Session(session: OpenSession) -> impl IntoView {
    let OpenSession { id, device, opened, is_current } = session;
    let named = format!(" {device}, {opened}");
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-3">
            <p>
                <span class="font-medium">{device}</span>
                <span class="text-muted">", signed in " {opened}</span>
                {is_current.then(|| view! { <span class="font-medium text-basil">" · this one"</span> })}
            </p>
            {(!is_current)
                .then(|| {
                    view! {
                        <form method="post" action=routes::ACCOUNT>
                            <input type="hidden" name=fields::ACTION value=fields::ACCOUNT_END_SESSION/>
                            <input type="hidden" name=fields::SESSION value=id/>
                            <button type="submit" class=QUIET_CLASS>
                                "Sign out" <span class="sr-only">{named}</span>
                            </button>
                        </form>
                    }
                })}
        </li>
    }
}
