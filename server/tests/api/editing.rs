//! Staff change menus, and guests see it: on their pages and in what they find.

use crate::app::{FRIDAY_EVENING, TestApp};
use ::app::domain::{
    board::{MenuChange, SoldOut},
    order::Due,
    restaurant::{HomeQuery, RestaurantCard},
    terms::ServiceMode,
};
use server::{menus, restaurants};

scenarios!(staff_change_what_guests_see, sections_move_and_are_renamed, a_pause_is_a_state_of_the_restaurant);

/// The test's restaurant as home shows it for a text.
async fn card(app: &TestApp, text: &str) -> RestaurantCard {
    let query = HomeQuery { text: text.to_owned(), ..HomeQuery::default() };
    let cards = restaurants::home(&app.context, &query).await.unwrap().restaurants;
    cards.into_iter().find(|card| card.slug == app.slug).unwrap()
}

async fn dishes_found(app: &TestApp, text: &str) -> Vec<String> {
    card(app, text).await.dishes
}

pub async fn staff_change_what_guests_see(app: &TestApp) {
    let (staff, slug) = (app.staff(), app.slug.clone());
    let version = app.snapshot().await.version();
    let changes = [
        MenuChange::RenameItem(app.item("marinara"), "  Pizza  Napoli ".to_owned()),
        MenuChange::DescribeItem(app.item("marinara"), "Anchovies".to_owned()),
        MenuChange::Price(app.variant("marinara", ""), 1_000),
        MenuChange::ModifierPrice(app.modifier("toppings", "olives"), 175),
        MenuChange::ItemSoldOut(app.item("water"), SoldOut::Today),
        MenuChange::ItemSoldOut(app.item("beer"), SoldOut::UntilStocked),
        MenuChange::ItemSoldOut(app.item("steak"), SoldOut::Until(FRIDAY_EVENING.plus_minutes(60))),
        MenuChange::ModifierSoldOut(app.modifier("side", "fries"), SoldOut::UntilStocked),
        MenuChange::MoveItem(app.item("marinara"), -1),
    ];
    for change in &changes {
        menus::change(&app.context, &staff, &slug, change).await.unwrap();
    }
    let menu = menus::restaurant(&app.context, &slug).await.unwrap().menu;
    assert_eq!(menu.version, version + i64::try_from(changes.len()).unwrap());
    let first = &menu.sections[0].items[0];
    assert_eq!((first.name.as_str(), first.description.as_str()), ("Pizza Napoli", "Anchovies"));
    assert_eq!(first.variants[0].price.minor(), 1_000);
    let words = |key: &str| menu.item(app.item(key)).unwrap().1.sold_out.clone();
    assert_eq!(words("water").as_deref(), Some("Sold out until Sat 18:00"));
    assert_eq!(words("beer").as_deref(), Some("Sold out"));
    assert_eq!(words("steak").as_deref(), Some("Sold out until 19:00"));
    let modifiers: Vec<_> = menu.groups.iter().flat_map(|group| &group.modifiers).collect();
    assert!(modifiers.iter().any(|modifier| modifier.name == "Fries" && modifier.sold_out));
    assert!(modifiers.iter().any(|modifier| modifier.name == "Olives" && modifier.price.minor() == 175));
    assert_eq!(dishes_found(app, "anchovies").await, ["Pizza Napoli"]);
    let later = app.snapshot().await.menu_at(FRIDAY_EVENING.plus_minutes(60));
    assert_eq!(later.item(app.item("steak")).unwrap().1.sold_out, None);
}

pub async fn sections_move_and_are_renamed(app: &TestApp) {
    let (staff, slug) = (app.staff(), app.slug.clone());
    let grill = app.snapshot().await.menu_at(FRIDAY_EVENING).sections[1].id;
    for change in [MenuChange::MoveSection(grill, -1), MenuChange::RenameSection(grill, "Charcoal".to_owned())] {
        menus::change(&app.context, &staff, &slug, &change).await.unwrap();
    }
    let menu = app.snapshot().await.menu_at(FRIDAY_EVENING);
    assert_eq!(menu.sections[0].name, "Charcoal");
    assert_eq!(dishes_found(app, "charcoal steak").await, ["Rump steak"]);
}

pub async fn a_pause_is_a_state_of_the_restaurant(app: &TestApp) {
    let (staff, slug) = (app.staff(), app.slug.clone());
    menus::change(&app.context, &staff, &slug, &MenuChange::Pause(30)).await.unwrap();
    let editable = menus::editable(&app.context, &staff, &slug).await.unwrap();
    assert_eq!((editable.paused, editable.state.text.as_str()), (true, "Paused until 18:30"));
    let refused = app.snapshot().await.promise(ServiceMode::Pickup, Due::Asap, FRIDAY_EVENING).unwrap_err();
    assert_eq!(refused.code(), "paused");
    assert!(!card(app, "corner").await.open);
    menus::change(&app.context, &staff, &slug, &MenuChange::Pause(0)).await.unwrap();
    assert!(!menus::editable(&app.context, &staff, &slug).await.unwrap().paused);
    assert!(card(app, "corner").await.open);
}
