//! An order that tells by itself how far it is.

use leptos::prelude::*;

/// Follows the order of the page until it has ended.
#[island]
pub fn OrderTracker() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::{
        api::fetch,
        islands::{
            checkout::forget,
            dom::{document, find, listen, say, take_over},
        },
    };
    use js_sys::Date;
    use leptos::task::spawn_local;
    use std::{cell::RefCell, rc::Rc};
    use web_sys::EventSource;

    /// When the page was last known to be right, as the browser's clock writes it.
    type Known = Rc<RefCell<String>>;

    pub fn begin() {
        // The order is placed: what was typed on the way is not needed any more.
        forget();
        let Some(address) = web_sys::window().and_then(|window| window.location().pathname().ok()) else { return };
        let seq = find("#order").and_then(|order| order.get_attribute("data-seq")).unwrap_or_default();
        let Ok(stream) = EventSource::new(&format!("{address}/events?after={seq}")) else { return };
        let known: Known = Rc::new(RefCell::new(now()));
        let news = Rc::clone(&known);
        let line = stream.clone();
        listen(&stream, "order", move |_| read_again(address.clone(), line.clone(), Rc::clone(&news)));
        let line = stream.clone();
        listen(&stream, "end", move |_| line.close());
        let since = Rc::clone(&known);
        listen(&stream, "error", move |_| lose(&since.borrow()));
        listen(&stream, "trouble", move |_| lose(&known.borrow()));
        listen(&stream, "open", |_| say("#order-connection", ""));
    }

    /// The server says the same as on a visit, so it is asked for the page.
    fn read_again(address: String, stream: EventSource, known: Known) {
        spawn_local(async move {
            match fetch::page(&address).await {
                Ok(page) => show(&page, &stream, &known),
                Err(_) => lose(&known.borrow()),
            }
        });
    }

    fn show(page: &web_sys::Document, stream: &EventSource, known: &Known) {
        let Some(order) = take_over(page, "order") else { return };
        take_over(page, "agreed");
        if let Some(ours) = document() {
            ours.set_title(&page.title());
        }
        say("#order-status", &order.get_attribute("data-said").unwrap_or_default());
        say("#order-connection", "");
        known.replace(now());
        if order.has_attribute("data-ended") {
            stream.close();
        }
    }

    fn lose(known: &str) {
        say("#order-connection", &format!("Your order is safe. Reconnecting; this is as of {known}."));
    }

    fn now() -> String {
        Date::new_0().to_locale_time_string("en-GB").into()
    }
}
