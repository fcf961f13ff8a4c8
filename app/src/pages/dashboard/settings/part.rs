//! A settings page of how a restaurant serves: its form with what is stored, or with what was sent and not saved.

use crate::{
    components::button::PRIMARY_CLASS,
    domain::{error::AppError, role::Permission, terms::settings::TermsPart},
    forms::settings::Fields,
    forms::{fields, routes},
    pages::{
        dashboard::{
            or_sign_in,
            settings::{SettingsFrame, entered::Entered},
        },
        param,
    },
    services::{ServingView, Staff, services, staff, submission},
};
use leptos::prelude::*;

/// The page of a part, by the last part of its address.
pub const fn settings_page(part: TermsPart) -> &'static str {
    match part {
        TermsPart::Service => "service",
        TermsPart::Delivery => "delivery",
        TermsPart::Charges => "charges",
        TermsPart::Tables => "tables",
        TermsPart::Tax => "tax",
    }
}

/// The page of a part, with the fields of its form; `after` is below the form.
pub(super) fn part_page(
    part: TermsPart,
    body: fn(&ServingView, &Entered) -> AnyView,
    after: impl FnOnce(&ServingView) -> AnyView + Send + 'static,
) -> impl IntoView {
    FilledPart { part, body, before: nothing, after }.page(|_| None)
}

/// A page whose form may begin with other values than the stored ones.
pub(super) struct FilledPart<After> {
    pub(super) part: TermsPart,
    pub(super) body: fn(&ServingView, &Entered) -> AnyView,
    /// Above the form.
    pub(super) before: fn(&ServingView) -> AnyView,
    /// Below it.
    pub(super) after: After,
}

impl<After: FnOnce(&ServingView) -> AnyView + Send + 'static> FilledPart<After> {
    /// The page. `filled` are the fields that it begins with, instead of the stored values.
    pub(super) fn page(self, filled: impl FnOnce(&ServingView) -> Option<Fields> + Send + 'static) -> impl IntoView {
        let Self { part, body, before, after } = self;
        let (slug, sent) = (param("slug"), submission());
        let asked = allowed(&slug).and_then(|staff| Ok((staff, services()?)));
        Suspend::new(async move {
            let page = settings_page(part);
            let here = routes::settings(&slug, page);
            let shown = async {
                let (staff, services) = asked?;
                let view = services.serving.serving(&staff, &slug).await?;
                let entered = Entered::new(part, &view, sent, filled(&view));
                let before = before(&view);
                let form = form(&here, &view, &entered, body);
                let after = after(&view);
                Ok(view! {
                    <SettingsFrame
                        slug=view.slug.clone()
                        name=view.name.clone()
                        listing=view.listing
                        page=page
                        error=entered.error().cloned()
                    >
                        {before}
                        {form}
                        {after}
                    </SettingsFrame>
                })
            };
            or_sign_in(shown.await, &here)
        })
    }
}

/// Nothing below the form.
pub(super) fn nothing(_: &ServingView) -> AnyView {
    ().into_any()
}

/// The signed-in person, when they may edit the settings of this restaurant.
pub(super) fn allowed(slug: &str) -> Result<Staff, AppError> {
    let staff = staff()?;
    staff.allowed(slug, Permission::EditSettings)?;
    Ok(staff)
}

fn form(
    here: &str,
    view: &ServingView,
    entered: &Entered,
    body: fn(&ServingView, &Entered) -> AnyView,
) -> impl IntoView + use<> {
    // The hidden button is the first of the form, and so the one that the Enter key presses.
    view! {
        <form method="post" action=here.to_owned() novalidate class="flex flex-col gap-6">
            <button type="submit" tabindex="-1" aria-hidden="true" class="sr-only">"Save"</button>
            <input type="hidden" name=fields::BASE value=entered.base()/>
            {body(view, entered)}
            <div>
                <button type="submit" class=PRIMARY_CLASS>"Save"</button>
            </div>
        </form>
    }
}
