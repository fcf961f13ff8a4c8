//! An order that tells by itself how far it is.

use leptos::prelude::*;

/// Follows the order of the page until nothing can happen to it any more.
#[island]
pub fn OrderTracker() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    live::begin();
    view! { <span hidden></span> }
}

#[cfg(feature = "hydrate")]
mod live {
    use crate::{
        client,
        components::board::connection::backoff,
        islands::{
            checkout::forget,
            dom::{document, find, say, take_over},
            stream::{self, sleep},
        },
    };
    use js_sys::{Date, Math};
    use leptos::task::spawn_local;
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
    };

    /// Milliseconds between two readings where there are no streams.
    const POLL: f64 = 15_000.0;
    /// After so many failures the page itself is read: it may arrive where a stream does not.
    const READ_ITSELF: u32 = 2;

    /// When the page was last known to be right, as the browser's clock writes it.
    type Known = Rc<RefCell<String>>;

    /// Why a stream was left.
    #[derive(Clone, Copy, PartialEq)]
    enum Left {
        /// It broke or fell silent.
        Lost,
        /// The order has moved on.
        Moved,
        /// There is nothing more to come.
        Ended,
    }

    pub fn begin() {
        // The order is placed: what was typed on the way is not needed any more.
        forget();
        let Some(address) = web_sys::window().and_then(|window| window.location().pathname().ok()) else { return };
        spawn_local(follow(address));
    }

    /// Listens, reads the page again when there is news, and connects again for as long as something may happen.
    async fn follow(address: String) {
        let known: Known = Rc::new(RefCell::new(now()));
        let mut failures = 0u32;
        loop {
            let (left, alive) = listen(&address, &known).await;
            failures = if alive { 0 } else { failures.saturating_add(1) };
            if left == Left::Lost {
                lose(&known);
            }
            if left != Left::Lost || failures >= READ_ITSELF {
                match read_again(&address, &known).await {
                    Some(settled) if settled || left == Left::Ended => return,
                    Some(_) => {}
                    None => failures = failures.saturating_add(1),
                }
            }
            sleep(backoff(failures, Math::random())).await;
        }
    }

    /// One life of the stream; answers why it was left, and whether anything came.
    async fn listen(address: &str, known: &Known) -> (Left, bool) {
        if !stream::exists() {
            sleep(POLL).await;
            return (Left::Moved, true);
        }
        let seq = find("#order").and_then(|order| order.get_attribute("data-seq")).unwrap_or_default();
        let left = Rc::new(Cell::new(Left::Lost));
        let (leaving, known) = (Rc::clone(&left), Rc::clone(known));
        let address = format!("{address}/events?after={seq}");
        let alive = stream::listen(&address, &["order", "beat", "trouble", "end"], move |name, _| {
            match name {
                "beat" => keep(&known),
                "trouble" => lose(&known),
                "order" => leaving.set(Left::Moved),
                _ => leaving.set(Left::Ended),
            }
            leaving.get() == Left::Lost
        });
        let alive = alive.await;
        (left.get(), alive)
    }

    /// The server says the same as on a visit, so it is asked for the page. Answers whether that was the last word; none when
    /// the page could not be read.
    async fn read_again(address: &str, known: &Known) -> Option<bool> {
        let shown = client::page(address).await.ok().and_then(|page| show(&page));
        match shown {
            Some(_) => keep(known),
            None => lose(known),
        }
        shown
    }

    /// Puts what the server says into the page, where it says something else; none when it was another page that came, such as
    /// one that says what is wrong. Answers whether nothing can happen to the order any more.
    fn show(page: &web_sys::Document) -> Option<bool> {
        let (ours, theirs) = (find("#order")?, page.get_element_by_id("order")?);
        let said = theirs.get_attribute("data-said");
        let settled = theirs.has_attribute("data-settled");
        let same = |name| ours.get_attribute(name) == theirs.get_attribute(name);
        if !same("data-said") || !same("data-seq") {
            for part in ["order", "agreed", "where"] {
                take_over(page, part);
            }
            if let Some(document) = document() {
                document.set_title(&page.title());
            }
            say("#order-status", &said.unwrap_or_default());
        }
        Some(settled)
    }

    /// The page is right as of now.
    fn keep(known: &Known) {
        tell("");
        known.replace(now());
    }

    fn lose(known: &Known) {
        tell(&format!("Your order is safe. Reconnecting; this is as of {}.", known.borrow()));
    }

    /// Screen readers hear what is said again, so nothing is said twice.
    fn tell(words: &str) {
        let told = find("#order-connection").and_then(|region| region.text_content());
        if told.as_deref() != Some(words) {
            say("#order-connection", words);
        }
    }

    fn now() -> String {
        Date::new_0().to_locale_time_string("en-GB").into()
    }
}
