//! The sound of a new order: two tones by Web Audio, once the browser allows sound.

use super::show_sound;
use crate::{components::board::layout::Sound, islands::board::signals::BoardSignals};
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
/// Milliseconds of vibration, pause and vibration.
const SHAKE: [f64; 3] = [200.0, 100.0, 200.0];

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Checks whether sound is allowed without a tap, as by a kiosk's settings.
pub fn begin(signals: BoardSignals) {
    AUDIO.with_borrow_mut(|audio| *audio = AudioContext::new().ok());
    update_sound(signals);
}

/// Turns sound on: the browser requires a touch or key press.
pub fn unlock(signals: BoardSignals) {
    if signals.sound.get_untracked() == Sound::On {
        return;
    }
    let resuming = AUDIO.with_borrow(|audio| audio.as_ref().and_then(|audio| audio.resume().ok()));
    spawn_local(async move {
        if let Some(resuming) = resuming {
            // A rejection leaves the context suspended, which is shown below.
            let _ = JsFuture::from(resuming).await;
        }
        update_sound(signals);
    });
}

/// Plays the alarm once.
pub fn ring(signals: BoardSignals) {
    update_sound(signals);
    if signals.sound.get_untracked() == Sound::On {
        // After a failure, the next ring tries again.
        let _ = AUDIO.with_borrow(|audio| audio.as_ref().map(play));
    }
}

/// Vibrates the device if it can. Before the first tap, browsers block this with a console message.
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

/// A property that not all browsers have.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined()).then_some(value)
}

fn update_sound(signals: BoardSignals) {
    let state = AUDIO.with_borrow(|audio| audio.as_ref().map(AudioContext::state));
    let sound = match state {
        None => Sound::Unknown,
        Some(AudioContextState::Running) => Sound::On,
        Some(_) => Sound::Blocked,
    };
    show_sound(signals, sound);
}

fn play(audio: &AudioContext) -> Result<(), JsValue> {
    let begin = audio.current_time();
    for (tone, after) in TONES {
        let (start, end) = (begin + after, begin + after + LENGTH);
        let volume = audio.create_gain()?;
        // Fades in and out, because a tone that is cut clicks.
        volume.gain().set_value_at_time(0.0, start)?;
        volume.gain().linear_ramp_to_value_at_time(LOUDNESS, start + 0.02)?;
        volume.gain().linear_ramp_to_value_at_time(0.0, end)?;
        volume.connect_with_audio_node(&audio.destination())?;
        let string = audio.create_oscillator()?;
        string.set_type(OscillatorType::Triangle);
        string.frequency().set_value(tone);
        string.connect_with_audio_node(&volume)?;
        string.start_with_when(start)?;
        string.stop_with_when(end)?;
    }
    Ok(())
}
