//! Names of form fields. Forms are `application/x-www-form-urlencoded`; a handler returns JSON instead of a redirect for
//! `Accept: application/json`.

/// Action of a cart form: one of the `CART_…` constants.
pub const ACTION: &str = "action";
/// Adds [`ITEM`] with [`VARIANT`], choices, [`QUANTITY`] and [`NOTE`].
pub const CART_ADD: &str = "add";
/// Replaces [`LINE`] by the same fields as adding.
pub const CART_REPLACE: &str = "replace";
/// Sets [`QUANTITY`] of [`LINE`]; 0 removes it.
pub const CART_QUANTITY: &str = "quantity";
/// Sets [`MODE`].
pub const CART_MODE: &str = "mode";
/// Sets [`DUE`].
pub const CART_DUE: &str = "due";
pub const CART_CLEAR: &str = "clear";

pub const ITEM: &str = "item";
pub const VARIANT: &str = "variant";
/// A modifier's id that is chosen once; may be repeated (radio button or checkbox).
pub const MODIFIER: &str = "modifier";
/// `count-{modifier id}`: how many of a modifier that may be chosen more than once; 0 is none.
pub const COUNT_PREFIX: &str = "count-";
/// `pick-{group id}`: the id of the one modifier chosen from a group, empty for none. Radio buttons need a name per group.
pub const PICK_PREFIX: &str = "pick-";
pub const QUANTITY: &str = "quantity";
pub const NOTE: &str = "note";
pub const LINE: &str = "line";

pub const MODE: &str = "mode";
/// `asap`, or an instant in milliseconds; also in the address of a menu for that time.
pub const DUE: &str = "due";
pub const NAME: &str = "name";
pub const PHONE: &str = "phone";
/// The guest's (or staff's) e-mail.
pub const EMAIL: &str = "email";
pub const STREET: &str = "street";
pub const POSTCODE: &str = "postcode";
pub const CITY: &str = "city";
/// Where on earth, as [`location`](crate::forms::location) reads it: of the guest, or of the restaurant.
pub const LOCATION: &str = "location";
/// Floor, bell, gate.
pub const DIRECTIONS: &str = "directions";
pub const TABLE: &str = "table";
/// A percentage of the items, or `other`.
pub const TIP: &str = "tip";
/// The tip in major units as typed (`2.50`), with [`TIP`] = `other`.
pub const TIP_OTHER: &str = "tip_other";
/// The order's id, made by the page: the idempotency key.
pub const ORDER: &str = "order";
/// The shown total without the tip, in minor units. Without the tip, since it may be chosen after the page was made.
pub const EXPECTED_TOTAL: &str = "agreed";
/// `wait-{mode}`: the shown minutes until as soon as possible in a mode.
pub const WAIT_PREFIX: &str = "wait-";
/// Set on the checkout form's secondary button: show the page again with the new fee instead of ordering.
pub const UPDATE: &str = "update";

/// [`ACTION`] of the team page: invites [`EMAIL`] as [`ROLE`], instead of [`INVITATION`] if that is sent.
pub const TEAM_INVITE: &str = "invite";
/// In the address of the team page: the invitation whose address is to be corrected.
pub const CORRECT: &str = "correct";
/// Withdraws [`INVITATION`].
pub const TEAM_WITHDRAW: &str = "withdraw";
/// Gives [`MEMBER`] [`ROLE`].
pub const TEAM_ROLE: &str = "role";
/// Removes [`MEMBER`].
pub const TEAM_REMOVE: &str = "remove";
pub const ROLE: &str = "role";
pub const MEMBER: &str = "member";
pub const INVITATION: &str = "invitation";
/// [`ACTION`] of an invitation: accepts it as the signed-in person.
pub const INVITATION_ACCEPT: &str = "accept";
/// Creates an account with [`NAME`] and [`PASSWORD`] and accepts.
pub const INVITATION_JOIN: &str = "join";
/// Signs out and shows the invitation again.
pub const INVITATION_SWITCH: &str = "switch";

/// [`ACTION`] of the shared screens: makes the device one, with [`NAME`], [`ROLE`] and [`MINUTES`].
pub const SCREEN_START: &str = "start";
/// Ends [`SCREEN`]; at a screen itself, this one.
pub const SCREEN_END: &str = "end";
/// At a shared screen: [`MEMBER`] with [`PIN`] works there.
pub const SCREEN_WORK: &str = "work";
/// No one works there any more.
pub const SCREEN_LEAVE: &str = "leave";
/// Sets [`PIN`] of the signed-in person, which [`PIN_AGAIN`] repeats.
pub const PIN_SET: &str = "set";
pub const PIN_REMOVE: &str = "remove_pin";
pub const SCREEN: &str = "screen";
pub const PIN: &str = "pin";
pub const PIN_AGAIN: &str = "pin_again";

pub const PASSWORD: &str = "password";
/// The password before, in the form that changes it.
pub const CURRENT_PASSWORD: &str = "current_password";
/// The password, in the form that changes the address.
pub const EMAIL_PASSWORD: &str = "email_password";
/// The password, in the forms that add and remove a passkey.
pub const PASSKEY_PASSWORD: &str = "passkey_password";
/// The secret of a challenge of a passkey, with [`CREDENTIAL`].
pub const CHALLENGE: &str = "challenge";
/// The response of an authenticator to a challenge: a `PublicKeyCredential` of WebAuthn as JSON.
pub const CREDENTIAL: &str = "credential";
/// Purpose of a challenge: one of the `PASSKEY_…` constants below.
pub const PURPOSE: &str = "purpose";
pub const PASSKEY_SIGN_IN: &str = "sign_in";
/// A passkey instead of a password, for [`NAME`] and [`EMAIL`].
pub const PASSKEY_REGISTER: &str = "register";
/// The passkey that was chosen with the link of [`TOKEN`].
pub const PASSKEY_CONFIRM: &str = "confirm";
/// A passkey instead of the current password.
pub const PASSKEY_PROOF: &str = "proof";
/// A new passkey of the signed-in person.
pub const PASSKEY_ADD: &str = "add";
/// The secret of a link.
pub const TOKEN: &str = "token";
/// Name of a passkey.
pub const PASSKEY_NAME: &str = "passkey_name";
/// Id of a session of the signed-in person.
pub const SESSION: &str = "session";
/// [`ACTION`] of the account page: sets [`NAME`].
pub const ACCOUNT_NAME: &str = "name";
/// Asks for [`EMAIL`] as the new address, with [`EMAIL_PASSWORD`].
pub const ACCOUNT_EMAIL: &str = "email";
/// Replaces [`CURRENT_PASSWORD`] by [`PASSWORD`].
pub const ACCOUNT_PASSWORD: &str = "password";
/// Adds the passkey of [`CHALLENGE`] as [`PASSKEY_NAME`].
pub const ACCOUNT_ADD_PASSKEY: &str = "add_passkey";
/// Sets [`PASSKEY_NAME`].
pub const ACCOUNT_RENAME_PASSKEY: &str = "rename_passkey";
pub const ACCOUNT_REMOVE_PASSKEY: &str = "remove_passkey";
/// Ends [`SESSION`].
pub const ACCOUNT_END_SESSION: &str = "end_session";
/// Ends all sessions but this one.
pub const ACCOUNT_END_OTHERS: &str = "end_others";
/// In the address of the account page: the action that was done.
pub const DONE: &str = "done";
/// Where to go after signing in: a path of this site.
pub const NEXT: &str = "next";

/// The token of an earlier order whose items were added to the cart again.
pub const AGAIN: &str = "again";

pub const VERB: &str = "verb";
pub const VERSION: &str = "version";
/// The position in the event log of the board that was on the screen.
pub const SEEN: &str = "seen";
/// Minutes until ready.
pub const MINUTES: &str = "minutes";
pub const REASON: &str = "reason";
/// The reason as free text.
pub const REASON_TEXT: &str = "words";
pub const KEY: &str = "key";

/// The restaurant's address in one line.
pub const ADDRESS: &str = "address";
pub const SLUG: &str = "slug";
/// One line about the restaurant.
pub const TAGLINE: &str = "tagline";
pub const DESCRIPTION: &str = "description";
/// Words with commas between them.
pub const CUISINES: &str = "cuisines";
/// An IANA time zone.
pub const ZONE: &str = "zone";
/// An ISO 4217 code.
pub const CURRENCY: &str = "currency";
/// A BCP 47 tag.
pub const LANGUAGE: &str = "language";
/// The menu that a new restaurant begins with.
pub const TEMPLATE: &str = "template";
/// On the checklist: `publish` or `offline`.
pub const PUBLISH: &str = "publish";
pub const OFFLINE: &str = "offline";
/// In the address of a settings page after it was saved.
pub const SAVED: &str = "saved";
/// Identifies the values that a settings page showed.
pub const BASE: &str = "base";

/// Kind of change in the menu editor: `rename_item`, `describe_item`, `rename_section`, `price`, `modifier_price`, `modifier_size_price`,
/// `item_sold_out`, `modifier_sold_out`, `move_item`, `move_section`, `add_item`, `add_section`, `delete_item`, `pause`.
pub const CHANGE: &str = "change";
/// Kinds of change of a listing.
pub const APPROVE: &str = "approve";
pub const SUSPEND: &str = "suspend";
pub const LIFT: &str = "lift";
/// The id of the changed thing; for a modifier's price on a size, `{modifier}:{size}`.
pub const TARGET: &str = "target";
/// The new value: text; a price in major units as typed; `no`, `today`, `until_stocked` or `until`; `-1` or `1`; minutes.
pub const VALUE: &str = "value";
/// The name of a new section, with [`NAME`] and price of its first item.
pub const SECTION: &str = "section";
/// With `until`: a local time `HH:MM` of the restaurant, today or tomorrow, whichever is next.
pub const UNTIL: &str = "until";

/// The search of the history: an order's number, or part of a guest's name or phone.
pub const SEARCH: &str = "q";
/// A date, `2026-11-20`.
pub const DAY: &str = "day";
/// A code of [`PastState`](crate::domain::history::PastState); empty for all.
pub const STATE: &str = "state";
/// The history before this position.
pub const BEFORE: &str = "before";
/// The first business day of a range, and its last one.
pub const FROM: &str = "from";
pub const TO: &str = "to";
/// A number of days.
pub const DAYS: &str = "days";
