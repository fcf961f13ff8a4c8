//! The page of the orders board: complete without scripts, live after hydration.

use crate::{
    components::problem::ProblemSummary,
    domain::{
        board::{Board, DutyUpdate},
        error::AppError,
        role::Permission,
    },
    forms::routes,
    islands::board::OrdersBoard,
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in, staff_of,
        },
        param, set_status,
        title::PageTitle,
    },
    services::{Submission, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use uuid::Uuid;

/// The orders of a restaurant.
#[component]
pub fn BoardPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let board = async {
            let (staff, services) = asked?;
            let may_pause = staff.allowed(&slug, Permission::Pause).is_ok();
            Ok((services.boards.board(&staff, &slug).await?, may_pause))
        };
        let here = routes::board(&slug);
        let shown = |(board, may_pause)| view! { <Orders board=board may_pause=may_pause sent=sent/> };
        or_sign_in(board.await.map(shown), &here)
    })
}

#[component]
fn Orders(board: Board, may_pause: bool, sent: Submission) -> impl IntoView {
    let slug = board.slug.clone();
    let name = board.name.clone();
    let on_duty = viewer().screen.map(|at| DutyUpdate { name: at.on_duty.map(|on_duty| on_duty.name) });
    let refused = sent.error.inspect(set_status);
    view! {
        <PageTitle text=format!("Orders · {name}")/>
        <Meta name="robots" content="noindex"/>
        <Refresh/>
        <StaffFrame slug=slug name=name screen=Screen::Orders>
            {refused.map(|error| view! { <Refused error=error/> })}
            <OrdersBoard
                board=board
                may_pause=may_pause
                on_duty=on_duty
                page_key=Uuid::new_v4().simple().to_string()
            />
        </StaffFrame>
    }
}

/// Without scripts, the page reloads itself.
#[component]
fn Refresh() -> impl IntoView {
    view! {
        <noscript>
            <meta http-equiv="refresh" content="15"/>
        </noscript>
    }
}

#[component]
fn Refused(error: AppError) -> impl IntoView {
    view! {
        <div class="pt-3">
            <ProblemSummary error=error/>
        </div>
    }
}
