//! One life of a live stream: from opening it until it breaks or falls silent.

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

/// Hands every named message on until the stream breaks or falls silent; answers whether any came.
pub async fn listen(address: &str, names: &[&'static str], heard: impl Fn(&'static str, String) + 'static) -> bool {
    let Ok(source) = EventSource::new(address) else { return false };
    let heard = Rc::new(heard);
    let (last, any, broken) = (Rc::new(Cell::new(Date::now())), Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
    let messages = names.iter().map(|name| {
        let (name, heard, last, any) = (*name, Rc::clone(&heard), Rc::clone(&last), Rc::clone(&any));
        let closure = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            last.set(Date::now());
            any.set(true);
            heard(name, message.data().as_string().unwrap_or_default());
        });
        // Listening to a source that was just made cannot fail.
        let _ = source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure
    });
    let messages: Vec<_> = messages.collect();
    let breaking = Rc::clone(&broken);
    let failure = Closure::<dyn Fn()>::new(move || breaking.set(true));
    source.set_onerror(Some(failure.as_ref().unchecked_ref()));

    while !broken.get() && Date::now() - last.get() < SILENCE {
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
