//! The dialog that shows an item on the menu page.

use crate::{
    components::{
        dish::{DishFacts, labels, unavailable},
        icon::{self, Icon},
        options::OptionsForm,
    },
    domain::menu::{Item, Menu, Section},
    forms::line_item,
    islands::{
        dom::{find, query, show_all},
        menu_page::menu_state::MenuState,
    },
};
use leptos::{mount::mount_to, prelude::*};
use std::{any::Any, cell::RefCell};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlFormElement};

/// The mounted content, kept until the next item.
#[derive(Default)]
pub struct ItemDialog(RefCell<Option<Box<dyn Any>>>);

impl ItemDialog {
    /// Shows an item; none when it is not on the menu.
    pub fn open(&self, state: &MenuState, menu: &Menu, dish: &str, picture: Option<String>) -> Option<HtmlFormElement> {
        let dialog = dialog()?;
        let (section, item) = menu.item(dish.parse().ok()?)?;
        let selection = line_item::fresh(item, menu.groups_of(item).map(|(_, group)| group));
        let content = view! {
            <Head menu=menu section=section item=item picture=picture />
            <div class="px-4">
                <p data-sheet-problem role="alert" class="mb-4 rounded-control bg-beet/10 p-3 text-beet empty:hidden"></p>
                <OptionsForm slug=&state.slug menu=menu section=section item=item selection=&selection line=None due=state.due key=None />
            </div>
        };
        self.0.replace(None);
        dialog.set_text_content(None);
        self.0.replace(Some(Box::new(mount_to(dialog.clone().into(), move || content))));
        // Set after the content, since the id must exist.
        let _ = dialog.set_attribute("aria-labelledby", "sheet-title");
        show_all(&dialog, "[data-step]");
        dialog.show_modal().ok()?;
        dialog.set_scroll_top(0);
        query(&dialog, "[data-options]")?.dyn_into().ok()
    }
}

fn dialog() -> Option<HtmlDialogElement> {
    find("[data-dish-sheet]")?.dyn_into().ok()
}

#[component]
fn Head<'a>(menu: &'a Menu, section: &'a Section, item: &'a Item, picture: Option<String>) -> impl IntoView + use<> {
    let lang = menu.locale.tag().to_owned();
    let traces = (!item.may_contain.is_empty()).then(|| labels(&item.may_contain));
    view! {
        <form method="dialog" class="sticky top-0 z-10 flex justify-end">
            <button
                class="m-2 inline-flex size-11 items-center justify-center rounded-full border border-line bg-card text-ink"
                aria-label="Close"
            >
                <Icon path=icon::CROSS />
            </button>
        </form>
        <header class="-mt-15 flex flex-col gap-1 pb-5 *:mx-4">
            {picture
                .map(|address| {
                    view! {
                        <img class="mx-0! mb-2 h-44 w-full bg-brand-tint object-cover" src=address alt="" width="400" height="176" />
                    }
                })}
            <h2 id="sheet-title" class="pe-10 pt-4 text-xl font-bold break-words" lang=lang.clone() dir="auto">
                {item.name.clone()}
            </h2>
            {item.name_en.clone().map(|name| view! { <p class="text-muted" lang="en" dir="ltr">{name}</p> })}
            {unavailable(section, item).map(|words| view! { <p class="font-medium text-beet">{words}</p> })}
            <p class="text-muted break-words" lang=lang dir="auto">{item.description.clone()}</p>
            <DishFacts item=item />
            {traces.map(|traces| view! { <p class="text-sm text-muted">"May contain traces of " {traces} "."</p> })}
        </header>
    }
}
