//! Open invitations to a team, and the form of a new one.

use crate::{
    components::{
        button::{LINK_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        field::TextField,
        role_choice::RoleChoice,
    },
    domain::{id::InvitationId, role::Role},
    forms::{fields, routes},
    services::{OpenInvitation, Submission},
};
use leptos::prelude::*;

/// An invitation, with the way on when its mail was refused.
#[component]
pub(super) fn InvitationRow(invitation: OpenInvitation, slug: String) -> impl IntoView {
    let OpenInvitation { id, email, role, invited_by, expires, refused } = invitation;
    let is_refused = refused.is_some();
    let again = is_refused.then(|| view! { <Again slug=slug.clone() id=id email=email.clone() role=role/> });
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 rounded-card border border-dashed border-edge p-4">
            <div class="min-w-0">
                <p class="font-semibold break-words"><bdi>{email.clone()}</bdi></p>
                <p class="text-sm break-words text-muted">
                    {format!("{}, invited by ", role.label())} <bdi>{invited_by}</bdi>
                    {format!(". Can be accepted until {expires}.")}
                </p>
                {refused
                    .map(|words| {
                        view! {
                            <p class="text-sm font-medium break-words text-beet">
                                "The mail could not be delivered: " <bdi>{words}</bdi>
                            </p>
                        }
                    })}
            </div>
            <div class="flex flex-wrap items-center gap-3">
                {again}
                <form method="post" action=routes::team(&slug)>
                    <input type="hidden" name=fields::ACTION value=fields::TEAM_WITHDRAW/>
                    <input type="hidden" name=fields::INVITATION value=id.to_string()/>
                    <button type="submit" class=QUIET_CLASS>
                        "Withdraw" <span class="sr-only">{format!(" the invitation of {email}")}</span>
                    </button>
                </form>
            </div>
        </li>
    }
}

/// Sends the mail again, to the same address or to another one.
#[component]
fn Again(slug: String, id: InvitationId, email: String, role: Role) -> impl IntoView {
    view! {
        <a href=routes::team_correction(&slug, id) class=LINK_CLASS>
            "Correct the address" <span class="sr-only">{format!(" {email}")}</span>
        </a>
        <form method="post" action=routes::team(&slug)>
            <input type="hidden" name=fields::ACTION value=fields::TEAM_INVITE/>
            <input type="hidden" name=fields::EMAIL value=email.clone()/>
            <input type="hidden" name=fields::ROLE value=role.code()/>
            <button type="submit" class=QUIET_CLASS>
                "Send again" <span class="sr-only">{format!(" to {email}")}</span>
            </button>
        </form>
    }
}

/// The form of a new invitation; with `correct`, of one whose address is corrected.
#[component]
pub(super) fn InviteForm(slug: String, sent: Submission, correct: Option<OpenInvitation>) -> impl IntoView {
    let is_ours = sent.has(fields::ACTION, fields::TEAM_INVITE);
    let value = |name: &str| sent.value(name).filter(|_| is_ours).unwrap_or_default().to_owned();
    let problem = |name: &str| sent.problem(name).filter(|_| is_ours).map(str::to_owned);
    let before = correct.filter(|_| !is_ours);
    let email = before.as_ref().map_or_else(|| value(fields::EMAIL), |invitation| invitation.email.clone());
    let role =
        before.as_ref().map_or_else(|| Role::from_code(&value(fields::ROLE)), |invitation| Some(invitation.role));
    let replaces = before.map_or_else(|| value(fields::INVITATION), |invitation| invitation.id.to_string());
    let replaces = Some(replaces).filter(|id| !id.is_empty());
    let heading = if replaces.is_some() { "Correct the address of an invitation" } else { "Invite a person" };
    view! {
        <section class="flex flex-col gap-3" aria-labelledby="invite">
            <h2 id="invite" class="text-xl font-bold">{heading}</h2>
            <form
                method="post"
                action=routes::team(&slug)
                novalidate
                class="flex max-w-text flex-col gap-4 rounded-card border border-line bg-card p-4"
            >
                <input type="hidden" name=fields::ACTION value=fields::TEAM_INVITE/>
                {replaces.map(|id| view! { <input type="hidden" name=fields::INVITATION value=id/> })}
                <TextField
                    name=fields::EMAIL
                    label="E-mail"
                    kind="email"
                    required=true
                    value=email
                    hint="Gets a mail with a link, which works for 7 days."
                    problem=problem(fields::EMAIL)
                />
                <RoleChoice
                    legend="Role"
                    prefix="invite"
                    roles=&[Role::Kitchen, Role::Floor, Role::Manager, Role::Owner]
                    chosen=role.unwrap_or(Role::Kitchen)
                    problem=problem(fields::ROLE)
                />
                <div>
                    <button type="submit" class=PRIMARY_CLASS>"Send the invitation"</button>
                </div>
            </form>
        </section>
    }
}
