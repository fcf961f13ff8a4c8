//! The sound of a new order: two tones, made by the browser itself, once it has been allowed to.

use super::show_sound;
use crate::{components::board::layout::Sound, islands::board::signals::Desk};
use leptos::{prelude::*, task::spawn_local};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

/// Hertz, and seconds after the beginning, of each tone.
const TONES: [(f32, f64); 4] = [(880.0, 0.0), (1174.7, 0.18), (880.0, 0.5), (1174.7, 0.68)];
/// Seconds that a tone lasts.
const LENGTH: f64 = 0.16;
const LOUDNESS: f32 = 0.5;
/// Milliseconds of shaking and resting.
const SHAKE: [f64; 3] = [200.0, 100.0, 200.0];

thread_local! {
    static SPEAKER: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Asks whether sound is allowed already, as on a screen that is set up for it.
pub fn begin(desk: Desk) {
    SPEAKER.with_borrow_mut(|speaker| *speaker = AudioContext::new().ok());
    tell(desk);
}

/// Switches sound on: any touch or key is the permission the browser waits for.
pub fn wake(desk: Desk) {
    if desk.sound.get_untracked() == Sound::On {
        return;
    }
    let waking = SPEAKER.with_borrow(|speaker| speaker.as_ref().and_then(|speaker| speaker.resume().ok()));
    spawn_local(async move {
        if let Some(waking) = waking {
            // Refused means asleep, which is what is told then.
            let _ = JsFuture::from(waking).await;
        }
        tell(desk);
    });
}

/// Sounds once.
pub fn ring(desk: Desk) {
    tell(desk);
    if desk.sound.get_untracked() == Sound::On {
        // A speaker that fails now is asked again with the next ring.
        let _ = SPEAKER.with_borrow(|speaker| speaker.as_ref().map(play));
    }
}

/// Shakes the device where it can. Browsers block it before the first tap, with a message in the console.
pub fn vibrate() {
    let Some(window) = web_sys::window() else { return };
    let navigator = window.navigator();
    let has_been_tapped = property(&navigator, "userActivation")
        .and_then(|activation| property(&activation, "hasBeenActive"))
        .is_some_and(|active| active.is_truthy());
    if has_been_tapped && property(&navigator, "vibrate").is_some() {
        let pattern: js_sys::Array = SHAKE.into_iter().map(JsValue::from_f64).collect();
        navigator.vibrate_with_pattern(&pattern);
    }
}

/// A property that not every browser has.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined()).then_some(value)
}

fn tell(desk: Desk) {
    let state = SPEAKER.with_borrow(|speaker| speaker.as_ref().map(AudioContext::state));
    let sound = match state {
        None => Sound::Unknown,
        Some(AudioContextState::Running) => Sound::On,
        Some(_) => Sound::Asleep,
    };
    show_sound(desk, sound);
}

fn play(speaker: &AudioContext) -> Result<(), JsValue> {
    let begin = speaker.current_time();
    for (tone, after) in TONES {
        let (start, end) = (begin + after, begin + after + LENGTH);
        let volume = speaker.create_gain()?;
        // Swelling and fading, because a tone that is cut clicks.
        volume.gain().set_value_at_time(0.0, start)?;
        volume.gain().linear_ramp_to_value_at_time(LOUDNESS, start + 0.02)?;
        volume.gain().linear_ramp_to_value_at_time(0.0, end)?;
        volume.connect_with_audio_node(&speaker.destination())?;
        let string = speaker.create_oscillator()?;
        string.set_type(OscillatorType::Triangle);
        string.frequency().set_value(tone);
        string.connect_with_audio_node(&volume)?;
        string.start_with_when(start)?;
        string.stop_with_when(end)?;
    }
    Ok(())
}
