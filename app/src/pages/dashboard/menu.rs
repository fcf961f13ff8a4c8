//! The menu editor. Each change is on the public menu at once.

use crate::{
    components::{
        board::pause::PauseForm,
        editor::{
            Attempt, Editing,
            addition::{AddItem, NEW},
            modifier::GroupRows,
            section::SectionRows,
            zones::ZoneRows,
        },
        problem::ProblemSummary,
    },
    domain::{
        error::AppError,
        menu::{Item, Menu},
        role::{Permission, Role},
    },
    forms::{fields, routes},
    islands::menu_editor::MenuEditor,
    pages::{
        dashboard::{
            layout::{Screen, StaffFrame},
            or_sign_in, staff_of,
        },
        page_key, param, set_status,
        title::PageTitle,
    },
    services::{EditableMenu, Submission, services, submission},
};
use leptos::prelude::*;
use leptos_meta::Meta;
use std::sync::Arc;

/// The menu of a restaurant.
#[component]
pub fn MenuEditorPage() -> impl IntoView {
    let slug = param("slug");
    let asked = staff_of(&slug).and_then(|staff| Ok((staff, services()?)));
    let sent = submission();
    Suspend::new(async move {
        let editable = async {
            let (staff, services) = asked?;
            let role = staff.workplace(&slug)?.role;
            Ok::<_, AppError>((role, services.boards.editable_menu(&staff, &slug).await?))
        };
        let here = routes::menu_editor(&slug);
        let page = editable.await.map(|(role, editable)| view! { <Editor role=role editable=editable sent=sent/> });
        or_sign_in(page, &here)
    })
}

#[component]
fn Editor(role: Role, editable: EditableMenu, sent: Submission) -> impl IntoView {
    let EditableMenu { restaurant, state, paused, menu } = editable;
    if let Some(error) = &sent.error {
        set_status(error);
    }
    let attempt = attempt(&sent);
    let summary = sent.error.filter(|_| attempt.is_none() || !is_on(&menu, attempt.as_ref()));
    let editing = Arc::new(Editing {
        slug: restaurant.slug.clone(),
        locale: menu.locale.clone(),
        role,
        tax_classes: restaurant.terms.tax.as_ref().map(|rules| rules.classes.clone()).unwrap_or_default(),
        key: page_key(),
        attempt,
    });
    let paused = Signal::stored(paused.then(|| state.text.clone()));
    let slug = restaurant.slug.clone();
    view! {
        <PageTitle text=format!("Menu · {}", restaurant.name)/>
        <Meta name="robots" content="noindex"/>
        <StaffFrame slug=slug.clone() name=restaurant.name.clone() screen=Screen::Menu>
            <MenuEditor>
                <div id="editor" class="mx-auto flex max-w-4xl flex-col gap-6 pt-2">
                    {summary.map(|error| view! { <ProblemSummary error=error/> })}
                    <div class="flex flex-wrap items-center justify-between gap-x-4">
                        <PauseForm slug=slug.clone() paused=paused back=routes::menu_editor(&slug)/>
                        <p class="text-sm text-muted">
                            {state.text} " · "
                            <a href=routes::restaurant(&slug) class="text-brand underline">"Public menu"</a>
                        </p>
                    </div>
                    {(!role.may(Permission::EditMenu))
                        .then(|| {
                            view! {
                                <p class="text-muted">
                                    "Mark here what is sold out. Names, prices and the order are the owner’s to change."
                                </p>
                            }
                        })}
                    <MenuRows menu=menu editing=editing/>
                    <ZoneRows restaurant=&restaurant/>
                </div>
            </MenuEditor>
        </StaffFrame>
    }
}

#[component]
fn MenuRows(menu: Arc<Menu>, editing: Arc<Editing>) -> impl IntoView {
    let last = menu.sections.len().saturating_sub(1);
    let sections = menu
        .sections
        .iter()
        .enumerate()
        .map(|(position, section)| {
            let lacks = |item: &&Item| item.sold_out.is_some() && item.sold_out == menu.lacking(item);
            let lacking = section.items.iter().filter(lacks).map(|item| item.id).collect();
            view! {
                <SectionRows lacking=lacking currency=menu.currency editing=editing.clone() section=section.clone() first=position == 0 last=position == last/>
            }
        })
        .collect_view();
    let groups = menu
        .groups
        .iter()
        .map(|group| {
            let sizes = menu.sizes_of(group.id).into_iter().cloned().collect();
            view! { <GroupRows editing=editing.clone() group=group.clone() sizes=sizes/> }
        })
        .collect_view();
    let may_edit = editing.role.may(Permission::EditMenu);
    let is_empty = menu.sections.is_empty();
    view! {
        {is_empty.then(|| view! { <p class="text-muted">"The menu is empty. Add the first dish here."</p> })}
        {sections}
        {may_edit.then(|| view! { <AddItem editing=editing currency=menu.currency section=None unfolded=is_empty/> })}
        {(!menu.groups.is_empty())
            .then(|| {
                view! {
                    <div class="flex flex-col gap-4">
                        <div>
                            <h2 class="text-xl font-bold">"Choices"</h2>
                            <p class="text-muted">"Shared by several dishes: a change here counts for all of them."</p>
                        </div>
                        {groups}
                    </div>
                }
            })}
    }
}

/// The change that was sent and rejected.
fn attempt(sent: &Submission) -> Option<Attempt> {
    let error = sent.error.as_ref()?;
    let field = |name: &str| sent.value(name).unwrap_or_default().to_owned();
    let attempt = Attempt {
        change: field(fields::CHANGE),
        target: field(fields::TARGET),
        value: field(fields::VALUE),
        until: field(fields::UNTIL),
        name: field(fields::NAME),
        section: field(fields::SECTION),
        message: sentence(error),
    };
    (!attempt.change.is_empty() && !attempt.target.is_empty()).then_some(attempt)
}

fn sentence(error: &AppError) -> String {
    let problems = error.problems();
    if problems.is_empty() {
        return error.to_string();
    }
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether the menu has a row for the attempt; an item that was removed has none.
fn is_on(menu: &Menu, attempt: Option<&Attempt>) -> bool {
    let Some(attempt) = attempt else { return false };
    let sections = menu.sections.iter().map(|section| section.id.to_string());
    let items = menu.sections.iter().flat_map(|section| &section.items);
    let dishes = items.clone().map(|item| item.id.to_string());
    let variants = items.flat_map(|item| &item.variants).map(|variant| variant.id.to_string());
    let modifiers = menu.groups.iter().flat_map(|group| &group.modifiers).map(|modifier| modifier.id.to_string());
    // The target of a modifier's price on a size begins with the modifier's id.
    let target = attempt.target.split(':').next().unwrap_or_default();
    let new = [NEW.to_owned()].into_iter();
    new.chain(sections).chain(dishes).chain(variants).chain(modifiers).any(|id| id == target)
}
