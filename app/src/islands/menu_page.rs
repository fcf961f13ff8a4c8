//! The menu page and the item page in the browser: the dialog of an item, and running prices. Their lists stay plain
//! HTML, and all that needs no prices is in the scripts of `frontend/guest`.

mod item_dialog;
mod item_form;
mod menu_state;

use menu_state::MenuState;

/// Adds the event handlers of the page.
pub fn begin() {
    if let Some(state) = MenuState::of_page() {
        item_form::begin(&state);
        state.listen();
    }
}
