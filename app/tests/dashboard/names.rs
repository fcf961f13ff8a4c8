//! Names that staff and guests wrote stay text on the restaurant's screens.

use crate::{
    hostile,
    kitchen::{Kitchen, cook},
    request::{Ask, ask},
};
use app::{
    domain::error::AppError,
    services::{Staff, Submission},
};
use std::collections::BTreeMap;

/// A restaurant and its staff with markup in all texts; the slug is that of the request.
fn hostile_kitchen() -> (Kitchen, Staff) {
    let kitchen = Kitchen::default();
    let kitchen = Kitchen {
        board: hostile::named(&kitchen.board),
        menu: hostile::named(&kitchen.menu),
        restaurant: hostile::named(&kitchen.restaurant),
    };
    let mut staff = cook();
    hostile::NAME.clone_into(&mut staff.name);
    hostile::NAME.clone_into(&mut staff.restaurants[0].name);
    (kitchen, staff)
}

#[tokio::test]
async fn no_text_becomes_markup_and_every_screen_has_one_title() {
    let fields = [
        "change",
        "target",
        "value",
        "until",
        "next",
        "email",
        "reason",
        "minutes",
        "name",
        "section",
        "description",
        "tagline",
        "zone",
        "language",
        "template",
        "x0-note",
        "x0-date",
        "d1-0-from",
    ];
    let fields = fields.map(|name| (name.to_owned(), vec![hostile::NAME.to_owned()]));
    let error = Some(AppError::invalid("email", "refused", hostile::NAME));
    let refused = Submission { fields: BTreeMap::from(fields), error };
    let settings = [
        "/restaurants/new",
        "/dashboard/napoli/setup",
        "/dashboard/napoli/settings/general",
        "/dashboard/napoli/settings/hours",
    ];
    let screens = ["/sign-in", "/dashboard", "/dashboard/napoli/orders", "/dashboard/napoli/menu"];
    for path in screens.into_iter().chain(settings) {
        for sent in [None, Some(refused.clone())] {
            let (kitchen, staff) = hostile_kitchen();
            let page = ask(kitchen, Ask { path: path.to_owned(), staff: Some(staff), sent }).await;
            assert_eq!(hostile::escapes(&page.html), Vec::<String>::new(), "{path}");
        }
    }
}
