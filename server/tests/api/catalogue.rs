//! Restaurants and menus: read, search, edits by staff, and stale reads without the database.

use crate::{
    app::{FRIDAY_EVENING, TestApp},
    finding::home,
};
use ::app::domain::{
    board::{MenuChange, SoldOut},
    error::AppError,
    id::{ItemId, VariantId},
    order::Due,
    restaurant::HomeQuery,
    terms::ServiceMode,
    time::Timestamp,
};
use server::{error::ServerError, menus};
use std::time::Duration;
use uuid::Uuid;

fn refusal<T: std::fmt::Debug>(result: Result<T, ServerError>) -> AppError {
    match result {
        Err(ServerError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn shows_a_restaurant_as_it_is_now() {
    let app = TestApp::start().await;
    let page = menus::restaurant(&app.context, &app.slug).await.unwrap();
    assert_eq!(page.state.text, "Open until 22:30");
    assert_eq!(page.state.earliest[0].time.text, "18:15");
    assert_eq!(page.menu.sections.len(), 4);
    let lunch = page.menu.sections.iter().find(|section| section.name == "Lunch").unwrap();
    assert_eq!((lunch.available, lunch.hours.as_deref()), (false, Some("Mon–Fri 11:30–14:30")));
    let hours: Vec<_> = page.restaurant.hours.iter().map(|line| format!("{} {}", line.days, line.times)).collect();
    assert_eq!(
        hours,
        ["Mon–Fri 11:00–22:30", "Sat–Sun 18:00–03:00", "Thu 24 Dec closed", "Thu 31 Dec, New Year's Eve 17:00–02:00"]
    );
    let noon = FRIDAY_EVENING.plus_minutes(-6 * 60);
    app.at(noon);
    let menu = app.snapshot().await.menu_at(noon);
    assert!(menu.sections.iter().all(|section| section.available));
    assert_eq!(app.snapshot().await.menu_until(noon), Some(noon.plus_minutes(150)));
    assert_eq!(app.snapshot().await.kitchen_name(app.item("margherita")), "MARG");
}

#[tokio::test]
async fn printed_dates_come_and_go_with_the_days() {
    let app = TestApp::start().await;
    let dates = || async {
        let page = menus::restaurant(&app.context, &app.slug).await.unwrap();
        page.restaurant.hours.iter().skip(2).map(|line| line.days.clone()).collect::<Vec<_>>()
    };
    let (eve, new_year) = ("Thu 24 Dec".to_owned(), "Thu 31 Dec, New Year's Eve".to_owned());
    let days = |days: i64| FRIDAY_EVENING.plus_minutes(days * 24 * 60);
    for (day, expected) in [
        (-30, vec![]),
        (-21, vec![eve.clone()]),
        (0, vec![eve.clone(), new_year.clone()]),
        (34, vec![eve, new_year.clone()]),
        (35, vec![new_year]),
        (42, vec![]),
    ] {
        app.at(days(day));
        assert_eq!(dates().await, expected, "{day}");
    }
}

#[tokio::test]
async fn older_names_of_zones_are_read_and_todays_are_kept() {
    let app = TestApp::start().await;
    let abroad = TestApp::fixture("abroad").replace("Europe/Berlin", "US/Eastern");
    let abroad = app.import(&abroad).await;
    let page = menus::restaurant(&app.context, "abroad").await.unwrap();
    assert_eq!((page.restaurant.zone.as_str(), page.state.text.as_str()), ("America/New_York", "Open until 22:30"));
    app.sql(&format!("UPDATE restaurants SET zone = 'Asia/Calcutta' WHERE restaurant_id = '{abroad}'")).await;
    let snapshot = app.context.catalogue.refresh(abroad).await.unwrap();
    assert_eq!(snapshot.local(FRIDAY_EVENING, FRIDAY_EVENING).text, "22:30");
    let unknown = TestApp::fixture("nowhere").replace("Europe/Berlin", "Mars/Olympus");
    let refused = server::demo::fixture(&app.context, &unknown).await.unwrap_err();
    assert!(refused.to_string().contains("zone: Mars/Olympus is not known"), "{refused}");
}

#[tokio::test]
async fn refuses_unknown_restaurants() {
    let app = TestApp::start().await;
    for slug in ["nowhere", "", "../etc/passwd", "UPPER", &"x".repeat(300), "ä"] {
        let refused = refusal(menus::restaurant(&app.context, slug).await);
        assert_eq!(refused, AppError::not_found("restaurant"), "{slug}");
    }
}

#[tokio::test]
async fn promises_what_the_kitchen_can_keep() {
    let app = TestApp::start().await;
    let (snapshot, now) = (app.snapshot().await, FRIDAY_EVENING);
    let promise = snapshot.promise(ServiceMode::Pickup, Due::Asap, now).unwrap();
    assert_eq!((promise.estimated_at, promise.slot_at), (now.plus_minutes(15), now.plus_minutes(15)));
    let slots = snapshot.slots(ServiceMode::Delivery, now);
    assert_eq!((slots[0].text.as_str(), slots.last().unwrap().text.as_str()), ("18:45", "Sun 03:00"));
    assert!(slots.len() <= 40 && slots.is_sorted_by_key(|slot| slot.at));
    for slot in &slots {
        let promise = snapshot.promise(ServiceMode::Delivery, Due::At(slot.at), now).unwrap();
        assert_eq!((promise.wanted_at, promise.slot_limit), (Some(slot.at), Some(2)));
    }
    for wrong in [now, now.plus_minutes(46), now.plus_minutes(7 * 24 * 60), Timestamp::from_millis(i64::MAX)] {
        let refused = snapshot.promise(ServiceMode::Delivery, Due::At(wrong), now).unwrap_err();
        assert_eq!((refused.status(), refused.problems()[0].field.as_str()), (422, "due"));
    }
    let closed = now.plus_minutes(5 * 60);
    let refused = snapshot.promise(ServiceMode::Pickup, Due::Asap, closed).unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("closed", 409));
    assert!(refused.to_string().contains("opens Sat 18:00"), "{refused}");
    let tomorrow = snapshot.slots(ServiceMode::Pickup, closed)[0].clone();
    assert_eq!(tomorrow.text, "Sat 18:15");
    assert!(snapshot.promise(ServiceMode::Pickup, Due::At(tomorrow.at), closed).is_ok());
}

#[tokio::test]
async fn refuses_wrong_changes_and_keeps_the_version() {
    let app = TestApp::start().await;
    let (staff, slug) = (app.staff(), app.slug.clone());
    let other = app.import(&TestApp::fixture("other-kitchen")).await;
    let others_item = server::demo::item_id("other-kitchen", "marinara");
    let others_size = server::demo::variant_id("other-kitchen", "marinara", "");
    assert_ne!(other, app.restaurant);
    let version = app.snapshot().await.version();
    let wrong = [
        (MenuChange::RenameItem(app.item("marinara"), "  ".to_owned()), 422),
        (MenuChange::RenameItem(others_item, "Mine".to_owned()), 404),
        (MenuChange::RenameItem(ItemId::from_uuid(Uuid::new_v4()), "Gone".to_owned()), 404),
        (MenuChange::DescribeItem(app.item("marinara"), "x".repeat(601)), 422),
        (MenuChange::Price(others_size, 1), 404),
        (MenuChange::Price(VariantId::from_uuid(Uuid::new_v4()), 1), 404),
        (MenuChange::Price(app.variant("marinara", ""), -1), 422),
        (MenuChange::Price(app.variant("marinara", ""), 1_000_000_001), 422),
        (MenuChange::ModifierPrice(app.modifier("side", "nothing"), 1), 404),
        (MenuChange::ItemSoldOut(others_item, SoldOut::Today), 404),
        (MenuChange::ItemSoldOut(app.item("water"), SoldOut::Until(FRIDAY_EVENING)), 422),
        (MenuChange::MoveItem(others_item, 1), 404),
        (MenuChange::MoveItem(app.item("marinara"), 2), 422),
        (MenuChange::Pause(24 * 60 + 1), 422),
    ];
    for (change, status) in wrong {
        let refused = refusal(menus::change(&app.context, &staff, &slug, &change).await);
        assert_eq!(refused.status(), status, "{change:?}");
    }
    assert_eq!(app.context.catalogue.refresh(app.restaurant).await.unwrap().version(), version);
    let pause = MenuChange::Pause(5);
    assert_eq!(refusal(menus::change(&app.context, &staff, "other-kitchen", &pause).await), AppError::Forbidden);
    assert_eq!(refusal(menus::editable(&app.context, &staff, "nowhere").await), AppError::Forbidden);
}

#[tokio::test]
async fn another_server_notices_within_a_second() {
    let app = TestApp::start().await;
    let second = app.second();
    let before = second.catalogue.snapshot(&app.slug).await.unwrap().version();
    let price = MenuChange::Price(app.variant("marinara", ""), 5);
    menus::change(&app.context, &app.staff(), &app.slug, &price).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(second.catalogue.snapshot(&app.slug).await.unwrap().version(), before + 1);
    menus::change(&app.context, &app.staff(), &app.slug, &price).await.unwrap();
    second.catalogue.invalidate(app.restaurant);
    assert_eq!(second.catalogue.snapshot(&app.slug).await.unwrap().version(), before + 2);
}

#[tokio::test]
async fn menus_and_lists_outlive_the_database() {
    let app = TestApp::start().await;
    let page = menus::restaurant(&app.context, &app.slug).await.unwrap();
    assert!(!home(&app, HomeQuery::default()).await.partial);
    app.context.store.close().await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(menus::restaurant(&app.context, &app.slug).await.unwrap(), page);
    app.context.catalogue.invalidate(app.restaurant);
    let list = home(&app, HomeQuery::default()).await;
    assert_eq!((list.restaurants.len(), list.partial), (1, true));
    let by_name = home(&app, HomeQuery { text: "corner".to_owned(), ..HomeQuery::default() }).await;
    assert_eq!((by_name.restaurants.len(), by_name.partial), (1, true));
    assert!(menus::restaurant(&app.context, "another").await.is_err_and(|error| error.is_unavailable()));
}

#[tokio::test]
async fn many_readers_cost_one_reading() {
    let app = TestApp::start().await;
    let readers = (0..50).map(|_| {
        let (context, slug) = (app.context.clone(), app.slug.clone());
        tokio::spawn(async move { menus::restaurant(&context, &slug).await.unwrap() })
    });
    let readers: Vec<_> = readers.collect();
    let mut menus = Vec::new();
    for reader in readers {
        menus.push(reader.await.unwrap().menu);
    }
    assert!(menus.iter().all(|menu| std::sync::Arc::ptr_eq(menu, &menus[0])));
}

/// Opening the editor reads one restaurant; the directory is read again only when its version changed.
#[tokio::test]
async fn only_news_outdates_the_list_of_all_restaurants() {
    for (news, partial) in [(None, false), (Some("hint"), true), (Some("lost"), true)] {
        let app = TestApp::start().await;
        app.snapshot().await;
        assert!(!home(&app, HomeQuery::default()).await.partial);
        match news {
            Some("hint") => {
                let price = MenuChange::Price(app.variant("marinara", ""), 5);
                menus::change(&app.context, &app.staff(), &app.slug, &price).await.unwrap();
            }
            // Changed through another server, whose hint was lost.
            Some(_) => app.sql("UPDATE restaurants SET menu_version = menu_version + 1").await,
            None => {}
        }
        menus::editable(&app.context, &app.staff(), &app.slug).await.unwrap();
        app.context.store.close().await;
        // A stale directory would be read now, which fails.
        assert_eq!(home(&app, HomeQuery::default()).await.partial, partial, "{news:?}");
    }
}
