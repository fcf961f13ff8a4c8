//! Putting dishes into the cart, and the menu that tells what they cost.

use crate::{
    client::{self, tell},
    domain::{error::AppError, menu::Menu, order::Due},
    forms::{fields, routes},
    islands::{
        cart::live as cart,
        dom::{around, each, fields_of, find, listen, listen_everywhere, sent_form, within},
        menu_page::{item_dialog::Sheet, item_form, menu_nav},
    },
};
use leptos::task::spawn_local;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement, MouseEvent, UrlSearchParams};

/// Holds the key of what a form asks for.
const KEY: &str = "data-key";

/// What the page knows: its restaurant, and the menu once it is there.
pub struct Floor {
    /// The restaurant's slug.
    pub slug: String,
    /// The time that the page's menu is for.
    pub due: Due,
    menu: RefCell<Option<Rc<Menu>>>,
    /// Where dishes open.
    pub sheet: Sheet,
}

/// Listens to the page of a restaurant or of a dish.
pub fn begin() {
    let Some(slug) = cart::slug() else { return };
    let due =
        find("[data-shop]").and_then(|shop| Due::from_field(&shop.get_attribute("data-due")?)).unwrap_or_default();
    let floor = Rc::new(Floor { slug, due, menu: RefCell::default(), sheet: Sheet::default() });
    item_form::begin(&floor);
    if find("[data-dish-sheet]").is_some() {
        menu_nav::begin();
        cart::begin();
        cart::refresh(floor.slug.clone());
        floor.listen();
    }
}

impl Floor {
    fn listen(self: &Rc<Self>) {
        let floor = Rc::clone(self);
        listen_everywhere("pointerover", move |event| {
            if around(&event, "[data-dish]").is_some() {
                floor.foresee();
            }
        });
        let floor = Rc::clone(self);
        listen_everywhere("click", move |event| floor.open_on(&event));
        let floor = Rc::clone(self);
        listen_everywhere("submit", move |event| floor.add_on(&event));
        if let Some(window) = web_sys::window() {
            let floor = Rc::clone(self);
            // A page that comes back from the browser's memory shows the cart of then.
            listen(&window, "pageshow", move |event| {
                if event.unchecked_ref::<web_sys::PageTransitionEvent>().persisted() {
                    cart::refresh(floor.slug.clone());
                }
            });
        }
    }

    /// The menu, fetched once.
    pub async fn menu(&self) -> Result<Rc<Menu>, AppError> {
        if let Some(menu) = self.menu.borrow().as_ref() {
            return Ok(Rc::clone(menu));
        }
        let menu = Rc::new(client::menu::read(&routes::wanted(routes::api_menu(&self.slug), self.due)).await?);
        self.menu.replace(Some(Rc::clone(&menu)));
        Ok(menu)
    }

    /// Fetches the menu when somebody is about to need it.
    fn foresee(self: &Rc<Self>) {
        if self.menu.borrow().is_none() {
            let floor = Rc::clone(self);
            spawn_local(async move { drop(floor.menu().await) });
        }
    }

    /// Opens a dish above the menu; a click with a modifier key does what it does everywhere.
    fn open_on(self: &Rc<Self>, event: &Event) {
        let Some(link) = around(event, "[data-open-dish]") else { return };
        let with_key = event
            .dyn_ref::<MouseEvent>()
            .is_some_and(|click| click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key());
        if with_key {
            return;
        }
        event.prevent_default();
        let address = link.get_attribute("href").unwrap_or_default();
        let dish = link.get_attribute("data-open-dish").unwrap_or_default();
        let row = around(event, "[data-dish]");
        let picture = row.and_then(|row| within(&row, "img")?.get_attribute("src"));
        let floor = Rc::clone(self);
        spawn_local(async move {
            let menu = floor.menu().await.ok();
            let opened = menu.and_then(|menu| floor.sheet.open(&floor, &menu, &dish, picture));
            match opened {
                Some(form) => item_form::count(&floor, &form),
                // The dish has a page of its own for whenever the sheet cannot be filled.
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
        let floor = Rc::clone(self);
        // The key stays until the dish is known to be in the cart: pressed again, it is the same wish.
        let key = form.get_attribute(KEY).unwrap_or_else(client::key);
        let _ = form.set_attribute(KEY, &key);
        fields.set(fields::KEY, &key);
        hold(&form, true);
        cart::in_turn(None, async move {
            let done = tell(&routes::cart(&floor.slug), &fields).await;
            hold(&form, false);
            match done {
                Ok(()) => {
                    let _ = form.remove_attribute(KEY);
                    floor.sheet.close();
                }
                Err(error) if floor.sheet.is_open() => floor.sheet.complain(&error.to_string()),
                Err(error) => cart::complain(&error),
            }
            cart::refresh(floor.slug.clone());
        });
    }
}

/// One press is one dish, however long the answer takes.
fn hold(form: &HtmlFormElement, on: bool) {
    for button in each(form, "button:not([type=button])") {
        let _ = button.toggle_attribute_with_force("disabled", on);
    }
}
