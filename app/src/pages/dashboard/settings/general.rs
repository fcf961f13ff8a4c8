//! The settings of name, address, contact, language, zone and currency.

use crate::{
    components::{
        button::MAIN_CLASS,
        field::{Hint, TextField, described_by, textarea_content},
        problem::FieldProblem,
        settings_choices::{CurrencyField, LanguageField, ZoneField},
    },
    domain::settings::General,
    forms::{choices, fields, general::MAX_DESCRIPTION, routes},
    pages::{
        dashboard::{or_sign_in, settings::SettingsFrame, staff_of},
        param,
    },
    services::{GeneralSettings, Submission, services, submission},
};
use leptos::prelude::*;

/// The page of the restaurant in the address.
#[component]
pub fn GeneralPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let settings = async {
            let (staff, services) = asked?;
            services.owners.general(&staff, &slug).await
        };
        let page = settings.await.map(|settings| view! { <Page settings=settings sent=sent/> });
        or_sign_in(page, &routes::settings(&slug, "general"))
    })
}

#[component]
fn Page(settings: GeneralSettings, sent: Submission) -> impl IntoView {
    let General { name, slug, .. } = settings.values.clone();
    let (listing, error) = (settings.listing, sent.error.clone());
    view! {
        <SettingsFrame slug=slug name=name listing=listing page="general" error=error>
            <Form settings=settings sent=sent/>
        </SettingsFrame>
    }
}

/// The fields as sent, else as stored.
struct Shown {
    sent: Submission,
    stored: General,
}

impl Shown {
    fn text(&self, name: &str) -> String {
        if !self.sent.fields.is_empty() {
            return self.sent.text(name);
        }
        let stored = &self.stored;
        match name {
            fields::NAME => stored.name.clone(),
            fields::SLUG => stored.slug.clone(),
            fields::TAGLINE => stored.tagline.clone(),
            fields::DESCRIPTION => stored.description.clone(),
            fields::CUISINES => stored.cuisines.join(", "),
            fields::ADDRESS => stored.address.clone(),
            fields::PHONE => stored.phone.clone(),
            fields::EMAIL => stored.contact_email.clone(),
            fields::LANGUAGE => stored.language.clone(),
            fields::ZONE => stored.zone.clone(),
            fields::CURRENCY => stored.currency.clone(),
            fields::LOCATION => stored.location.map(|location| location.to_string()).unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// A text field of the form.
    fn field(
        &self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        kind: &'static str,
    ) -> impl IntoView + use<> {
        let required = matches!(name, fields::NAME | fields::SLUG | fields::ADDRESS);
        let (value, problem) = (self.text(name), self.sent.problem_at(name));
        view! { <TextField name=name label=label hint=hint kind=kind required=required value=value problem=problem/> }
    }
}

#[component]
fn Form(settings: GeneralSettings, sent: Submission) -> impl IntoView {
    let action = routes::settings(&settings.values.slug, "general");
    let base = sent.value(fields::BASE).map_or(settings.base, ToOwned::to_owned);
    let currency = settings.values.currency.clone();
    let shown = Shown { sent, stored: settings.values };
    let problem = |name: &str| shown.sent.problem_at(name);
    let currency = if settings.has_orders && problem(fields::CURRENCY).is_none() {
        view! { <FixedCurrency code=currency/> }.into_any()
    } else {
        view! { <CurrencyField value=shown.text(fields::CURRENCY) problem=problem(fields::CURRENCY)/> }.into_any()
    };
    let contact = [
        shown.field(fields::PHONE, "Phone", "For guests with a question about their order.", "tel"),
        shown.field(fields::EMAIL, "E-mail", "For guests, on their order’s page.", "email"),
    ];
    let contact = contact.into_iter().collect_view();
    view! {
        <form method="post" action=action novalidate class="flex flex-col gap-4">
            <input type="hidden" name=fields::BASE value=base/>
            {shown.field(fields::NAME, "Name of the restaurant", "", "text")}
            {shown.field(fields::TAGLINE, "In a few words", "Below the name, such as “Slow dough, fast oven”.", "text")}
            <Description value=shown.text(fields::DESCRIPTION) problem=problem(fields::DESCRIPTION)/>
            {shown.field(fields::CUISINES, "Cuisines", "Up to five words with commas, such as pizza, italian.", "text")}
            {shown.field(fields::ADDRESS, "Address", "In one line: street and number, postcode, city.", "text")}
            <div class="grid gap-4 sm:grid-cols-2">{contact}</div>
            {shown.field(
                fields::LOCATION,
                "Location on the map",
                "Latitude and longitude, such as 52.5403, 13.4127, or a plus code, such as 9F4MGCR7+43. To find them, hold your \
                 finger on the restaurant in the map of a phone, or right-click it on a computer, copy what is shown, and \
                 paste it here. Guests see their distance by it, and delivery zones on the map are drawn around it.",
                "text",
            )}
            {shown.field(
                fields::SLUG,
                "Address on this site",
                "The last part of the address of your pages. Links with the last five addresses before go on working; one that is older can be taken by another restaurant.",
                "text",
            )}
            <ZoneField value=shown.text(fields::ZONE) problem=problem(fields::ZONE)/>
            <LanguageField value=shown.text(fields::LANGUAGE) problem=problem(fields::LANGUAGE)/>
            {currency}
            <button type="submit" class=MAIN_CLASS>"Save"</button>
        </form>
    }
}

#[component]
fn Description(value: String, problem: Option<String>) -> impl IntoView {
    let described = described_by(fields::DESCRIPTION, true, problem.is_some());
    let invalid = problem.is_some().then_some("true");
    view! {
        <div class="flex flex-col gap-1">
            <label for=fields::DESCRIPTION class="font-medium">
                "Description" <span class="font-normal text-muted">" (optional)"</span>
            </label>
            <Hint field=fields::DESCRIPTION.to_owned() text="For guests who do not know you.".to_owned()/>
            <FieldProblem field=fields::DESCRIPTION.to_owned() message=problem/>
            <textarea
                id=fields::DESCRIPTION
                name=fields::DESCRIPTION
                rows="4"
                maxlength=MAX_DESCRIPTION.to_string()
                class="w-full"
                aria-invalid=invalid
                aria-describedby=described
            >
                {textarea_content(value)}
            </textarea>
        </div>
    }
}

/// The currency of a restaurant with orders.
#[component]
fn FixedCurrency(code: String) -> impl IntoView {
    let known = crate::domain::money::Currency::from_code(&code);
    let name = known.map_or("", choices::currency_name);
    view! {
        <div>
            <input type="hidden" name=fields::CURRENCY value=code.clone()/>
            <p class="font-medium">"Currency"</p>
            <p>{code} " · " {name}</p>
            <p class="text-sm text-muted">"There are orders in this currency, so it cannot be changed any more."</p>
        </div>
    }
}
