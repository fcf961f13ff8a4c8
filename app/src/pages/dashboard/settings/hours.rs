//! The settings of opening hours: the week, dates with their own hours, and what guests read.

use crate::{
    components::{
        button::{MAIN_CLASS, QUIET_CLASS},
        problem::FieldProblem,
    },
    domain::settings::{DaySpan, OpeningHours},
    forms::{
        fields,
        hours::{COPY, DATE_SPANS, SPANS, clock, date_field, day_name, week_field},
        routes,
    },
    pages::{
        dashboard::{or_sign_in, settings::SettingsFrame, staff_of},
        param,
    },
    services::{HoursSettings, Submission, services, submission},
};
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Rows for new dates.
const NEW_DATES: usize = 3;

/// The page of the restaurant in the address.
#[component]
pub fn HoursPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let settings = async {
            let (staff, services) = asked?;
            services.owners.hours(&staff, &slug).await
        };
        let page = settings.await.map(|settings| view! { <Page settings=settings sent=sent/> });
        or_sign_in(page, &routes::settings(&slug, "hours"))
    })
}

#[component]
fn Page(settings: HoursSettings, sent: Submission) -> impl IntoView {
    let HoursSettings { slug, name, listing, .. } = settings.clone();
    let error = sent.error.clone();
    view! {
        <SettingsFrame slug=slug name=name listing=listing page="hours" error=error>
            <Guests settings=&settings/>
            <Form settings=settings sent=sent/>
        </SettingsFrame>
    }
}

/// The saved hours as guests read them.
#[component]
fn Guests<'a>(settings: &'a HoursSettings) -> impl IntoView + use<> {
    let lines = settings.shown.iter().map(|line| {
        view! {
            <div class="flex gap-4">
                <dt class="w-28 shrink-0">{line.days.clone()}</dt>
                <dd class="tabular-nums">{line.times.clone()}</dd>
            </div>
        }
    });
    let lines = lines.collect_view();
    view! {
        <section aria-labelledby="guests-heading" class="rounded-card border border-line bg-card p-4">
            <h3 id="guests-heading" class="font-semibold">"Guests read"</h3>
            <dl class="pt-1">{lines}</dl>
            <p class="pt-1 text-sm text-muted">"Times of " {settings.zone.clone()}</p>
        </section>
    }
}

/// The values of the form: as sent, else as stored.
struct Shown {
    values: BTreeMap<String, String>,
    sent: Submission,
}

impl Shown {
    fn of(hours: &OpeningHours, sent: Submission) -> Self {
        let mut values = BTreeMap::new();
        if sent.fields.is_empty() {
            for (day, spans) in hours.week.iter().enumerate() {
                insert(&mut values, spans, |span, end| week_field(day, span, end));
            }
            for (row, date) in hours.dates.iter().enumerate() {
                values.insert(date_field(row, "date"), date.date.clone());
                values.insert(date_field(row, "note"), date.note.clone());
                if date.spans.is_empty() {
                    values.insert(date_field(row, "closed"), "on".to_owned());
                }
                insert(&mut values, &date.spans, |span, end| date_field(row, &format!("{span}-{end}")));
            }
        } else {
            values = sent.fields.keys().map(|name| (name.clone(), sent.text(name))).collect();
        }
        Self { values, sent }
    }

    fn text(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }

    /// Rows of dates: those with values, and some for new ones.
    fn dates(&self) -> usize {
        let rows = self.values.iter().filter_map(|(name, value)| {
            let row = name.strip_prefix('x')?.split('-').next()?.parse::<usize>().ok()?;
            (!value.is_empty()).then_some(row + 1)
        });
        rows.max().unwrap_or_default() + NEW_DATES
    }
}

fn insert(values: &mut BTreeMap<String, String>, spans: &[DaySpan], name: impl Fn(usize, &str) -> String) {
    for (at, span) in spans.iter().enumerate() {
        values.insert(name(at, "from"), clock(span.opens));
        values.insert(name(at, "to"), clock(span.closes));
    }
}

#[component]
fn Form(settings: HoursSettings, sent: Submission) -> impl IntoView {
    let base = sent.value(fields::BASE).map_or(settings.base, ToOwned::to_owned);
    let is_copied = sent.error.is_none() && sent.has(fields::ACTION, COPY);
    let shown = Arc::new(Shown::of(&settings.hours, sent));
    let days = (0..7).map(|day| view! { <Day shown=shown.clone() day=day/> }).collect_view();
    let dates = (0..shown.dates()).map(|row| view! { <DateRow shown=shown.clone() row=row/> }).collect_view();
    view! {
        <form method="post" action=routes::settings(&settings.slug, "hours") novalidate class="flex flex-col gap-6">
            <input type="hidden" name=fields::BASE value=base/>
            // The first button of a form is that of the enter key.
            <button type="submit" class="sr-only" tabindex="-1" aria-hidden="true">"Save"</button>
            <section aria-labelledby="week-heading" class="flex flex-col gap-3">
                <h3 id="week-heading" class="text-lg font-semibold">"Every week"</h3>
                <p class="text-muted">
                    "A time of closing that is earlier than the time of opening is on the next day; the same time is 24 hours later. A day without times is closed."
                </p>
                {is_copied
                    .then(|| view! { <p role="status" class="text-sky">"Copied below. Save to keep it."</p> })}
                {days}
                <div>
                    <button type="submit" name=fields::ACTION value=COPY class=QUIET_CLASS>
                        "Copy Monday to Tuesday–Friday"
                    </button>
                </div>
            </section>
            <section aria-labelledby="dates-heading" class="flex flex-col gap-3">
                <h3 id="dates-heading" class="text-lg font-semibold">"Holidays and other dates"</h3>
                <p class="text-muted">"These hours replace those of the weekday. Save to get more rows."</p>
                {dates}
            </section>
            <button type="submit" class=MAIN_CLASS>"Save"</button>
        </form>
    }
}

#[component]
fn Day(shown: Arc<Shown>, day: usize) -> impl IntoView {
    let filled = (0..SPANS).filter(|span| !shown.text(&week_field(day, *span, "from")).is_empty()).count();
    let span = |span: usize| {
        let [from, to] = ["from", "to"].map(|end| week_field(day, span, end));
        view! { <SpanFields shown=shown.clone() from=from to=to of=format!("{}, span {}", day_name(day), span + 1)/> }
    };
    let first = (0..filled.clamp(2, SPANS)).map(span).collect_view();
    let more = (filled.clamp(2, SPANS)..SPANS).map(span).collect_view();
    let has_more = filled < SPANS;
    // Entries of a rejected form are shown where they are.
    let open = (filled.clamp(2, SPANS)..SPANS)
        .flat_map(|span| ["from", "to"].map(|end| week_field(day, span, end)))
        .any(|name| !shown.text(&name).is_empty());
    view! {
        <fieldset class="rounded-card border border-line bg-card p-4">
            <legend class="px-1 font-semibold">{day_name(day)}</legend>
            <div class="flex flex-col gap-2">{first}</div>
            {has_more
                .then(|| {
                    view! {
                        <details open=open>
                            <summary class="inline-flex min-h-11 cursor-pointer items-center text-sm font-medium text-brand underline">
                                "More times" <span class="sr-only">" on "{day_name(day)}</span>
                            </summary>
                            <div class="flex flex-col gap-2">{more}</div>
                        </details>
                    }
                })}
        </fieldset>
    }
}

/// From and to, with their problems.
#[component]
fn SpanFields(
    shown: Arc<Shown>,
    from: String,
    to: String,
    /// The day, for screen readers.
    of: String,
) -> impl IntoView {
    let field = |name: &str, label: &'static str| {
        let problem = shown.sent.problem_at(name);
        let invalid = problem.is_some().then_some("true");
        let described = problem.is_some().then(|| format!("{name}-problem"));
        view! {
            // Label and field stay in one line.
            <div class="flex items-center gap-2">
                <label for=name.to_owned() class="w-10 text-sm text-muted">
                    {label} <span class="sr-only">" on "{of.clone()}</span>
                </label>
                <input
                    id=name.to_owned()
                    name=name.to_owned()
                    type="time"
                    value=shown.text(name)
                    class="w-36 tabular-nums"
                    aria-invalid=invalid
                    aria-describedby=described
                />
            </div>
        }
    };
    let problems = [&from, &to].map(|name| {
        view! { <FieldProblem field=name.clone() message=shown.sent.problem_at(name)/> }
    });
    view! {
        <div>
            <div class="flex flex-wrap items-center gap-2">{field(&from, "from")} {field(&to, "to")}</div>
            {problems.into_iter().collect_view()}
        </div>
    }
}

#[component]
fn DateRow(shown: Arc<Shown>, row: usize) -> impl IntoView {
    let date = shown.text(&date_field(row, "date"));
    let legend = if date.is_empty() { "A new date".to_owned() } else { date.clone() };
    let name = |part: &str| date_field(row, part);
    let problem = |part: &str| shown.sent.problem_at(&name(part));
    let spans = (0..DATE_SPANS).map(|span| {
        let [from, to] = ["from", "to"].map(|end| name(&format!("{span}-{end}")));
        view! { <SpanFields shown=shown.clone() from=from to=to of=format!("{legend}, span {}", span + 1)/> }
    });
    let spans = spans.collect_view();
    let check = |part: &'static str, label: &'static str| {
        let checked = shown.values.contains_key(&name(part));
        view! {
            <label class="inline-flex min-h-11 items-center gap-2">
                <input type="checkbox" id=name(part) name=name(part) value="on" checked=checked/>
                {label}
            </label>
        }
    };
    let [closed, remove] = [check("closed", "Closed all day"), check("remove", "Remove this date")];
    let is_known = !date.is_empty();
    let text = |part: &'static str, label: &'static str, kind: &'static str, size: Option<&'static str>| {
        let problem = problem(part);
        let invalid = problem.is_some().then_some("true");
        let described = problem.is_some().then(|| format!("{}-problem", name(part)));
        view! {
            <div class="flex flex-col gap-1">
                <label for=name(part) class="text-sm font-medium">{label}</label>
                <FieldProblem field=name(part) message=problem/>
                <input
                    id=name(part)
                    name=name(part)
                    type=kind
                    value=shown.text(&name(part))
                    maxlength=size
                    aria-invalid=invalid
                    aria-describedby=described
                />
            </div>
        }
    };
    let [day, note] =
        [text("date", "Date", "date", None), text("note", "Reason for guests, such as Christmas", "text", Some("80"))];
    view! {
        <fieldset class="rounded-card border border-line bg-card p-4">
            <legend class="px-1 font-semibold">{legend}</legend>
            <div class="flex flex-col gap-3">
                <div class="flex flex-wrap gap-4">{day} {note}</div>
                <FieldProblem field=name("closed") message=problem("closed")/>
                {closed}
                {spans}
                {is_known.then_some(remove)}
            </div>
        </fieldset>
    }
}
