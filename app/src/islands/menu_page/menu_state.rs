//! The menu of the page's restaurant, read once for prices, and the opening of its items.

use crate::{
    client,
    domain::{error::AppError, menu::Menu, order::Due},
    forms::routes,
    islands::{
        dom::{closest, find, on_document, query},
        menu_page::{item_dialog::ItemDialog, item_form},
    },
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MouseEvent};

/// The page's restaurant, and the menu once it is read.
pub struct MenuState {
    /// The restaurant's slug.
    pub slug: String,
    /// The time that the page's menu is for.
    pub due: Due,
    menu: RefCell<Option<Rc<Menu>>>,
    dialog: ItemDialog,
}

impl MenuState {
    /// The state of a page that shows a menu or one of its items.
    pub fn of_page() -> Option<Rc<Self>> {
        let shop = find("[data-shop]")?;
        let slug = shop.get_attribute("data-shop")?;
        let due = shop.get_attribute("data-due").and_then(|due| Due::from_field(&due)).unwrap_or_default();
        Some(Rc::new(Self { slug, due, menu: RefCell::default(), dialog: ItemDialog::default() }))
    }

    /// Opens items in the dialog.
    pub fn listen(self: &Rc<Self>) {
        let state = Rc::clone(self);
        on_document("pointerover", move |event| {
            if closest(&event, "[data-dish]").is_some() {
                state.prefetch();
            }
        });
        let state = Rc::clone(self);
        on_document("click", move |event| state.open_on(&event));
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
}
