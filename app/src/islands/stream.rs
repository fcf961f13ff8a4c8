//! One life of a live stream: from opening it until it breaks, falls silent, or has said enough.

use crate::components::board::connection::SILENCE;
use js_sys::{Date, Function, Promise};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventSource, MessageEvent};

/// Milliseconds between two looks at whether the stream still lives.
const PULSE: f64 = 250.0;

/// Whether this browser knows streams at all.
pub fn exists() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("EventSource")).unwrap_or(false)
}

/// Hands every named message on until the stream breaks, falls silent, or a message was the last that is wanted, which
/// `heard` answers with false; answers whether any came.
///
/// Each life has an `EventSource` of its own: a browser's own reconnecting gives up for good after an answer that is not
/// 200, and does not notice a line that has gone dead (HTML Standard, 9.2.3 and 9.2.6).
pub async fn listen(
    address: &str,
    names: &[&'static str],
    heard: impl Fn(&'static str, String) -> bool + 'static,
) -> bool {
    let Ok(source) = EventSource::new(address) else { return false };
    let heard = Rc::new(heard);
    let (last, any, over) = (Rc::new(Cell::new(Date::now())), Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
    let messages = names.iter().map(|name| {
        let (name, heard, last, any) = (*name, Rc::clone(&heard), Rc::clone(&last), Rc::clone(&any));
        let over = Rc::clone(&over);
        let closure = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            last.set(Date::now());
            any.set(true);
            if !heard(name, message.data().as_string().unwrap_or_default()) {
                over.set(true);
            }
        });
        // Listening to a source that was just made cannot fail.
        let _ = source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure
    });
    let messages: Vec<_> = messages.collect();
    let breaking = Rc::clone(&over);
    let failure = Closure::<dyn Fn()>::new(move || breaking.set(true));
    source.set_onerror(Some(failure.as_ref().unchecked_ref()));

    while !over.get() && Date::now() - last.get() < SILENCE {
        sleep(PULSE).await;
    }
    source.set_onerror(None);
    source.close();
    drop((messages, failure));
    any.get()
}

/// Waits so many milliseconds.
pub async fn sleep(millis: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "waits are seconds")]
    let wait = millis as i32;
    let promise = Promise::new(&mut |done: Function, _: Function| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, wait);
        }
    });
    let _ = JsFuture::from(promise).await;
}
