//! One connection of a live stream.

use crate::components::board::connection::SILENCE;
use js_sys::{Date, Function, Promise};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventSource, MessageEvent};

/// Milliseconds between two checks whether the stream has ended.
const PULSE: f64 = 250.0;

/// Whether the browser has `EventSource`.
pub fn exists() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("EventSource")).unwrap_or(false)
}

/// Passes each named event on until the stream breaks, is silent for too long, or `on_message` returns false.
/// Returns whether any event arrived.
///
/// Each connection has a new `EventSource`: the browser's reconnection ends after a response other than
/// 200, and does not detect a dead connection (HTML Standard, 9.2.3 and 9.2.6).
pub async fn listen(
    address: &str,
    names: &[&'static str],
    on_message: impl Fn(&'static str, String) -> bool + 'static,
) -> bool {
    let Ok(source) = EventSource::new(address) else { return false };
    let on_message = Rc::new(on_message);
    let (last, any, over) = (Rc::new(Cell::new(Date::now())), Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
    let messages = names.iter().map(|name| {
        let (name, on_message, last, any) = (*name, Rc::clone(&on_message), Rc::clone(&last), Rc::clone(&any));
        let over = Rc::clone(&over);
        let closure = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            last.set(Date::now());
            any.set(true);
            if !on_message(name, message.data().as_string().unwrap_or_default()) {
                over.set(true);
            }
        });
        // `addEventListener` does not fail for a new source.
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

/// Waits for a number of milliseconds.
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
