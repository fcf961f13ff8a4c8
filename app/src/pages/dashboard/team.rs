//! The team of a restaurant: people and their roles, invitations.

mod invited;

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        problem::ProblemSummary,
    },
    domain::{
        error::AppError,
        role::{Permission, Role},
    },
    forms::{fields, routes},
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in,
            team::invited::{InvitationRow, InviteForm},
        },
        param, set_status,
        title::PageTitle,
    },
    services::{Member, Submission, TeamView, services, staff, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_query_map;

/// The people, their roles and open invitations.
#[component]
pub fn TeamPage() -> impl IntoView {
    let slug = param("slug");
    let sent = submission();
    let correct = use_query_map().read_untracked().get(fields::CORRECT).unwrap_or_default();
    Suspend::new(async move {
        let here = routes::team(&slug);
        or_sign_in(read(&slug).await.map(|team| view! { <Team team=team sent=sent correct=correct/> }), &here)
    })
}

async fn read(slug: &str) -> Result<TeamView, AppError> {
    let staff = staff()?;
    staff.allowed(slug, Permission::ManageTeam)?;
    services()?.teams.team(&staff, slug).await
}

#[component]
fn Team(team: TeamView, sent: Submission, correct: String) -> impl IntoView {
    let TeamView { slug, name, members, invitations } = team;
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let rows = members.into_iter().map(|member| view! { <MemberRow member=member slug=slug.clone()/> }).collect_view();
    let correct = invitations.iter().find(|invitation| invitation.id.to_string() == correct).cloned();
    let open =
        invitations.into_iter().map(|invitation| view! { <InvitationRow invitation=invitation slug=slug.clone()/> });
    let open: Vec<_> = open.collect();
    view! {
        <PageTitle text=format!("{prefix}Team · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name screen=Screen::Team>
            <div class="mx-auto flex max-w-4xl flex-col gap-8 pt-4">
                {sent.error.clone().map(|error| view! { <ProblemSummary error=error/> })}
                <section class="flex flex-col gap-3" aria-labelledby="people">
                    <h2 id="people" class="text-xl font-bold">"People"</h2>
                    <ul class="flex flex-col gap-3">{rows}</ul>
                    <p>
                        "Several people use one tablet? "
                        <a href=routes::screens(&slug) class=LINK_CLASS>"Shared screens"</a>
                    </p>
                </section>
                {(!open.is_empty())
                    .then(|| {
                        view! {
                            <section class="flex flex-col gap-3" aria-labelledby="open">
                                <h2 id="open" class="text-xl font-bold">"Invited"</h2>
                                <ul class="flex flex-col gap-3">{open}</ul>
                            </section>
                        }
                    })}
                <InviteForm slug=slug sent=sent correct=correct/>
            </div>
        </StaffFrame>
    }
}

#[component]
fn MemberRow(member: Member, slug: String) -> impl IntoView {
    let Member { id, name, email, role, is_you, is_last_owner } = member;
    let field = format!("role-{id}");
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 rounded-card border border-line bg-card p-4">
            <div class="min-w-0">
                <p class="font-semibold break-words">
                    <bdi>{name.clone()}</bdi>
                    {is_you.then(|| view! { <span class="font-normal text-muted">" (you)"</span> })}
                </p>
                <p class="text-sm break-words text-muted"><bdi>{email}</bdi></p>
            </div>
            {if is_last_owner {
                view! {
                    <p class="text-sm text-muted">"Owner. To leave, or to take another role, give another person the role of owner first."</p>
                }
                    .into_any()
            } else {
                view! {
                    <div class="flex flex-wrap items-center gap-3">
                        <form method="post" action=routes::team(&slug) class="flex items-center gap-2">
                            <input type="hidden" name=fields::ACTION value=fields::TEAM_ROLE/>
                            <input type="hidden" name=fields::MEMBER value=id.to_string()/>
                            <label for=field.clone() class="sr-only">{format!("Role of {name}")}</label>
                            <select id=field name=fields::ROLE>{options(Some(role))}</select>
                            <button type="submit" class=QUIET_CLASS>
                                "Save" <span class="sr-only">{format!(" the role of {name}")}</span>
                            </button>
                        </form>
                        <a href=routes::team_removal(&slug, id) class=LINK_CLASS>
                            "Remove" <span class="sr-only">{format!(" {name}")}</span>
                        </a>
                    </div>
                }
                    .into_any()
            }}
        </li>
    }
}

fn options(chosen: Option<Role>) -> impl IntoView + use<> {
    let option = |role: Role| {
        view! {
            <option value=role.code() selected=chosen == Some(role)>
                {role.label()}
            </option>
        }
    };
    Role::ALL.map(option).collect_view()
}

/// Asks before a person is removed.
#[component]
pub fn RemovalPage() -> impl IntoView {
    let (slug, id) = (param("slug"), param("member"));
    Suspend::new(async move {
        let here = routes::team_removal(&slug, &id);
        let asked = read(&slug).await.and_then(|team| {
            let member = team.members.into_iter().find(|member| member.id.to_string() == id);
            Ok((team.slug, team.name, member.ok_or_else(|| AppError::not_found("person"))?))
        });
        or_sign_in(asked.map(|(slug, name, member)| view! { <Removal slug=slug name=name member=member/> }), &here)
    })
}

#[component]
fn Removal(slug: String, name: String, member: Member) -> impl IntoView {
    let who = member.name.clone();
    view! {
        <PageTitle text=format!("Remove {who} · {name}")/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=name.clone() screen=Screen::Team>
            <div class="mx-auto flex max-w-text flex-col gap-4 pt-6">
                <h2 class="text-xl font-bold">"Remove " <bdi>{who.clone()}</bdi> "?"</h2>
                <p>
                    <bdi>{who.clone()}</bdi> " (" <bdi>{member.email}</bdi> ") will not see " <bdi>{name}</bdi>
                    " any more, on no device. Their account stays, and you can invite them again."
                </p>
                <div class="flex flex-wrap gap-3">
                    <form method="post" action=routes::team(&slug)>
                        <input type="hidden" name=fields::ACTION value=fields::TEAM_REMOVE/>
                        <input type="hidden" name=fields::MEMBER value=member.id.to_string()/>
                        <button type="submit" class=PRIMARY_CLASS>"Remove " <bdi>{who}</bdi></button>
                    </form>
                    <a href=routes::team(&slug) class=QUIET_CLASS>"Keep"</a>
                </div>
            </div>
        </StaffFrame>
    }
}
