//! The page of an invitation to a team, opened by the link of a mail.

use crate::{
    components::{
        button::{MAIN_CLASS, PRIMARY_CLASS, QUIET_CLASS},
        field::TextField,
        layout::Frame,
        password_field::PasswordField,
        problem::ProblemSummary,
    },
    domain::error::AppError,
    forms::{fields, routes},
    pages::{ErrorPage, dashboard::sign_in_address, param, set_status, title::PageTitle},
    services::{InvitationView, Invitee, Submission, services, submission, viewer},
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// The invitation, and how to accept it.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let secret = param("secret");
    let (sent, staff) = (submission(), viewer().staff);
    Suspend::new(async move {
        let read = async { services()?.teams.invitation(&secret, staff.as_ref()).await };
        match read.await {
            Ok(invitation) => view! { <Invitation invitation=invitation secret=secret sent=sent/> }.into_any(),
            Err(error @ AppError::Conflict { .. }) => {
                view! { <Gone error=error signed_in=staff.is_some()/> }.into_any()
            }
            Err(error) => view! { <ErrorPage error=error/> }.into_any(),
        }
    })
}

/// A link that does not work, with a way on.
#[component]
fn Gone(error: AppError, signed_in: bool) -> impl IntoView {
    set_status(&error);
    view! {
        <PageTitle text="Invitation · Toast"/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-text flex-col items-start gap-4 py-12">
                <h1 class="text-2xl font-bold">"This invitation does not work"</h1>
                <p>{error.to_string()}</p>
                {if signed_in {
                    view! { <a class=PRIMARY_CLASS href=routes::DASHBOARD>"Your restaurants"</a> }
                } else {
                    view! { <a class=PRIMARY_CLASS href=routes::SIGN_IN>"Sign in"</a> }
                }}
            </div>
        </Frame>
    }
}

#[component]
fn Invitation(invitation: InvitationView, secret: String, sent: Submission) -> impl IntoView {
    let InvitationView { restaurant, email, role, invited_by, expires, invitee } = invitation;
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let prefix = if sent.error.is_some() { "Problem: " } else { "" };
    let way = match invitee {
        Invitee::Invited { name } => view! { <Accept secret=secret name=name/> }.into_any(),
        Invitee::OtherPerson { name } => view! { <Switch secret=secret name=name email=email.clone()/> }.into_any(),
        Invitee::HasAccount => view! { <SignInFirst secret=secret email=email.clone()/> }.into_any(),
        Invitee::IsNew => view! { <Join secret=secret email=email.clone() sent=sent.clone()/> }.into_any(),
    };
    view! {
        <PageTitle text=format!("{prefix}Join the team of {restaurant} · Toast")/>
        <Meta name="robots" content="noindex"/>
        <Frame>
            <div class="mx-auto flex max-w-sm flex-col gap-6 py-8">
                {sent.error.map(|error| view! { <ProblemSummary error=error/> })}
                <div class="flex flex-col gap-2">
                    <h1 class="text-2xl font-bold break-words">"Join the team of " <bdi>{restaurant}</bdi></h1>
                    <p class="break-words">
                        <bdi>{invited_by}</bdi> " invites " <bdi>{email}</bdi> ". The role is "
                        <strong class="font-semibold">{role.label()}</strong> {format!(": {}.", role.summary())}
                    </p>
                    <p class="text-sm text-muted">{format!("It can be accepted until {expires}.")}</p>
                </div>
                {way}
            </div>
        </Frame>
    }
}

#[component]
fn Accept(secret: String, name: String) -> impl IntoView {
    view! {
        <form method="post" action=routes::invitation(&secret) class="flex flex-col gap-3">
            <input type="hidden" name=fields::ACTION value=fields::INVITATION_ACCEPT/>
            <p>"You are signed in as " <bdi>{name}</bdi> "."</p>
            <button type="submit" class=MAIN_CLASS>"Join the team"</button>
        </form>
    }
}

#[component]
fn Switch(secret: String, name: String, email: String) -> impl IntoView {
    view! {
        <form method="post" action=routes::invitation(&secret) class="flex flex-col gap-3">
            <input type="hidden" name=fields::ACTION value=fields::INVITATION_SWITCH/>
            <p class="break-words">
                "You are signed in as " <bdi>{name}</bdi> ", with another address. Sign out to go on as " <bdi>{email}</bdi>
                ", or ask for an invitation to the address that you use."
            </p>
            <button type="submit" class=QUIET_CLASS>"Sign out and go on"</button>
        </form>
    }
}

#[component]
fn SignInFirst(secret: String, email: String) -> impl IntoView {
    view! {
        <div class="flex flex-col gap-3">
            <p class="break-words"><bdi>{email}</bdi> " has an account. Sign in with it to join."</p>
            <a href=sign_in_address(&routes::invitation(&secret)) class=MAIN_CLASS>"Sign in"</a>
        </div>
    }
}

#[component]
fn Join(secret: String, email: String, sent: Submission) -> impl IntoView {
    view! {
        <form method="post" action=routes::invitation(&secret) novalidate class="flex flex-col gap-4">
            <input type="hidden" name=fields::ACTION value=fields::INVITATION_JOIN/>
            <p>"Create your account. You will sign in with this address and the password."</p>
            // Password managers store the address with the password.
            <input type="hidden" name="username" autocomplete="username" value=email/>
            <TextField
                name=fields::NAME
                label="Your name"
                autocomplete="name"
                required=true
                value=sent.value(fields::NAME).unwrap_or_default()
                problem=sent.problem(fields::NAME).map(str::to_owned)
            />
            <PasswordField
                name=fields::PASSWORD
                label="Password"
                autocomplete="new-password"
                hint="At least 10 characters. Several words are easy to remember."
                problem=sent.problem(fields::PASSWORD).map(str::to_owned)
            />
            <button type="submit" class=MAIN_CLASS>"Create the account and join"</button>
        </form>
    }
}
