//! Adds items to the cart, and holds the menu for prices.

use crate::{
    client::{self, post},
    domain::{error::AppError, menu::Menu, order::Due},
    forms::{fields, routes},
    islands::{
        cart::live as cart,
        dom::{closest, fields_of, find, listen, on_document, query, query_all, sent_form},
        menu_page::{item_dialog::ItemDialog, item_form, menu_nav},
    },
};
use leptos::task::spawn_local;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement, MouseEvent, UrlSearchParams};

/// Attribute with the idempotency key of a form's request.
const KEY: &str = "data-key";

/// The page's restaurant, and the menu once it is read.
pub struct MenuState {
    /// The restaurant's slug.
    pub slug: String,
    /// The time that the page's menu is for.
    pub due: Due,
    menu: RefCell<Option<Rc<Menu>>>,
    /// The dialog in which items open.
    pub dialog: ItemDialog,
}

/// Adds the event handlers of the menu page or item page.
pub fn begin() {
    let Some(slug) = cart::slug() else { return };
    let due =
        find("[data-shop]").and_then(|shop| Due::from_field(&shop.get_attribute("data-due")?)).unwrap_or_default();
    let state = Rc::new(MenuState { slug, due, menu: RefCell::default(), dialog: ItemDialog::default() });
    item_form::begin(&state);
    if find("[data-dish-sheet]").is_some() {
        menu_nav::begin();
        cart::begin();
        cart::refresh(state.slug.clone());
        state.listen();
    }
}

impl MenuState {
    fn listen(self: &Rc<Self>) {
        let state = Rc::clone(self);
        on_document("pointerover", move |event| {
            if closest(&event, "[data-dish]").is_some() {
                state.prefetch();
            }
        });
        let state = Rc::clone(self);
        on_document("click", move |event| state.open_on(&event));
        let state = Rc::clone(self);
        on_document("submit", move |event| state.add_on(&event));
        if let Some(window) = web_sys::window() {
            let state = Rc::clone(self);
            // A page restored from the back/forward cache shows an old cart.
            listen(&window, "pageshow", move |event| {
                if event.unchecked_ref::<web_sys::PageTransitionEvent>().persisted() {
                    cart::refresh(state.slug.clone());
                }
            });
        }
    }

    /// The menu, read once.
    pub async fn menu(&self) -> Result<Rc<Menu>, AppError> {
        if let Some(menu) = self.menu.borrow().as_ref() {
            return Ok(Rc::clone(menu));
        }
        let menu = Rc::new(client::menu::read(&routes::wanted(routes::api_menu(&self.slug), self.due)).await?);
        self.menu.replace(Some(Rc::clone(&menu)));
        Ok(menu)
    }

    /// Reads the menu when the pointer is over an item.
    fn prefetch(self: &Rc<Self>) {
        if self.menu.borrow().is_none() {
            let state = Rc::clone(self);
            spawn_local(async move { drop(state.menu().await) });
        }
    }

    /// Opens an item in the dialog; clicks with a modifier key are left to the browser.
    fn open_on(self: &Rc<Self>, event: &Event) {
        let Some(link) = closest(event, "[data-open-dish]") else { return };
        let with_key = event
            .dyn_ref::<MouseEvent>()
            .is_some_and(|click| click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key());
        if with_key {
            return;
        }
        event.prevent_default();
        let address = link.get_attribute("href").unwrap_or_default();
        let dish = link.get_attribute("data-open-dish").unwrap_or_default();
        let row = closest(event, "[data-dish]");
        let picture = row.and_then(|row| query(&row, "img")?.get_attribute("src"));
        let state = Rc::clone(self);
        spawn_local(async move {
            let menu = state.menu().await.ok();
            let opened = menu.and_then(|menu| state.dialog.open(&state, &menu, &dish, picture));
            match opened {
                Some(form) => item_form::count(&state, &form),
                // Without the menu, the item's page opens instead.
                None => drop(web_sys::window().map(|window| window.location().assign(&address))),
            }
        });
    }

    fn add_on(self: &Rc<Self>, event: &Event) {
        if let Some((form, button)) = sent_form(event, "[data-add-simple], dialog [data-options]") {
            event.prevent_default();
            let complete = item_form::is_complete(self, &form);
            if let Some(fields) = fields_of(&form, button.as_ref()).filter(|_| complete) {
                self.add(form, fields);
            }
        }
    }

    fn add(self: &Rc<Self>, form: HtmlFormElement, fields: UrlSearchParams) {
        let state = Rc::clone(self);
        // The key stays until the server confirms: a second press sends the same request.
        let key = form.get_attribute(KEY).unwrap_or_else(client::key);
        let _ = form.set_attribute(KEY, &key);
        fields.set(fields::KEY, &key);
        set_disabled(&form, true);
        cart::in_turn(None, async move {
            let done = post(&routes::cart(&state.slug), &fields).await;
            set_disabled(&form, false);
            match done {
                Ok(()) => {
                    let _ = form.remove_attribute(KEY);
                    state.dialog.close();
                }
                Err(error) if state.dialog.is_open() => state.dialog.show_error(&error.to_string()),
                Err(error) => cart::show_error(&error),
            }
            cart::refresh(state.slug.clone());
        });
    }
}

/// Disables the buttons during a request, so that one press adds one item.
fn set_disabled(form: &HtmlFormElement, on: bool) {
    for button in query_all(form, "button:not([type=button])") {
        let _ = button.toggle_attribute_with_force("disabled", on);
    }
}
