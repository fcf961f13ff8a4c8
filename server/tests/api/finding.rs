//! Search for restaurants: words with and without typos, filters, and order.

use crate::app::{FRIDAY_EVENING, TestApp};
use ::app::domain::{
    diet::{Allergen, Diet},
    restaurant::{HomePage, HomeQuery},
};
use server::restaurants;
use std::collections::BTreeSet;

/// The home page.
pub async fn home(app: &TestApp, query: HomeQuery) -> HomePage {
    restaurants::home(&app.context, &query).await.unwrap()
}

/// Names of the restaurants found by a text, with the dishes that match.
pub async fn found(app: &TestApp, text: &str) -> Vec<(String, Vec<String>)> {
    let page = home(app, HomeQuery { text: text.to_owned(), ..HomeQuery::default() }).await;
    page.restaurants.into_iter().map(|card| (card.name, card.dishes)).collect()
}

#[tokio::test]
async fn finds_by_every_word() {
    let app = TestApp::start().await;
    app.import(&TestApp::fixture("sushi-bar").replace("Corner Kitchen", "寿司 Crème").replace("Marinara", "ラーメン"))
        .await;
    assert_eq!(found(&app, "marinara").await, [("Corner Kitchen".to_owned(), vec!["Marinara".to_owned()])]);
    assert_eq!(found(&app, "CORNER marinara oregano").await.len(), 1);
    assert_eq!(found(&app, "marinara steak").await, []);
    assert_eq!(found(&app, "creme").await[0].0, "寿司 Crème");
    assert_eq!(found(&app, "寿司").await.len(), 1);
    assert_eq!(found(&app, "ラーメン").await[0].1, ["ラーメン"]);
    assert_eq!(found(&app, "pizza").await.len(), 2);
    assert_eq!(found(&app, "%").await.len(), 2);
    assert_eq!(found(&app, "marinarra").await[0].1, ["Marinara"]);
    assert_eq!(found(&app, "kitchne").await[0].0, "Corner Kitchen");
    assert_eq!(found(&app, "zzzzzz").await, []);
}

#[tokio::test]
async fn filters_and_sorts() {
    let app = TestApp::start().await;
    let night = TestApp::fixture("night-owl")
        .replace("Corner Kitchen", "A Night Owl")
        .replace("\"11:00\", to = \"22:30\"", "\"22:00\", to = \"04:00\"")
        .replace("\"pizza\", \"italian\"", "\"bar\"")
        .replace("latitude = 52.5403", "latitude = 48.1");
    app.import(&night).await;
    let names = |page: HomePage| page.restaurants.into_iter().map(|card| card.name).collect::<Vec<_>>();
    let all = home(&app, HomeQuery::default()).await;
    assert_eq!(all.cuisines, ["bar", "italian", "pizza"]);
    assert_eq!((all.restaurants[1].open, all.restaurants[1].state.as_str()), (false, "Opens 22:00"));
    let card = &all.restaurants[0];
    assert_eq!((card.lead_minutes, card.delivery_from.unwrap().minor()), (Some((10, 40)), 190));
    assert_eq!(names(all), ["Corner Kitchen", "A Night Owl"]);
    let query = HomeQuery::default;
    assert_eq!(names(home(&app, HomeQuery { open: true, ..query() }).await), ["Corner Kitchen"]);
    assert_eq!(names(home(&app, HomeQuery { cuisine: Some("bar".to_owned()), ..query() }).await), ["A Night Owl"]);
    app.at(FRIDAY_EVENING.plus_minutes(4 * 60 + 5));
    let near = HomeQuery { near: Some((48.0, 13.4)), ..query() };
    let page = home(&app, near).await;
    assert!(page.restaurants[0].distance_km.unwrap() < 20.0);
    assert_eq!(names(page), ["A Night Owl", "Corner Kitchen"]);
    let vegan = HomeQuery { diets: vec![Diet::Vegan, Diet::Halal], free_of: vec![Allergen::Gluten], ..query() };
    assert_eq!(home(&app, vegan).await.restaurants.len(), 2, "water is vegan and halal");
    let none = HomeQuery { diets: vec![Diet::Kosher], ..query() };
    assert_eq!(home(&app, none).await.restaurants.len(), 0);
}

#[tokio::test]
async fn finds_words_and_typos_without_the_database() {
    let app = TestApp::start().await;
    assert_eq!(found(&app, "").await.len(), 1);
    app.context.store.close().await;
    assert_eq!(found(&app, "marinara").await[0].1, ["Marinara"]);
    assert_eq!(found(&app, "marinarra").await[0].1, ["Marinara"]);
}

#[tokio::test]
async fn dishes_named_like_the_words_come_before_dishes_described_by_them() {
    let app = TestApp::start().await;
    let described = TestApp::fixture("a-kitchen").replace("Corner Kitchen", "A Kitchen").replace("Marinara", "Plain");
    app.import(&described.replace("oregano", "marinara sauce")).await;
    let names: Vec<_> = found(&app, "marinara").await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Corner Kitchen", "A Kitchen"]);
    assert_eq!(found(&app, "berlin").await.len(), 2, "by the location");
}

#[tokio::test]
async fn a_single_letter_is_no_word_except_where_it_is_one() {
    let app = TestApp::start().await;
    app.import(&TestApp::fixture("tea-house").replace("Marinara", "緑茶")).await;
    let page = async |text: &str| home(&app, HomeQuery { text: text.to_owned(), ..HomeQuery::default() }).await;
    for text in ["a", "?!", "é", " % "] {
        let page = page(text).await;
        assert!(page.no_words && page.total == 2, "{text}");
    }
    for (text, total) in [("", 2), ("茶", 1), ("marinara a", 1), ("corner's", 2), ("qq", 0)] {
        let page = page(text).await;
        assert_eq!((page.no_words, page.total), (false, total), "{text}");
    }
}

#[tokio::test]
async fn shows_one_page_at_a_time() {
    let app = TestApp::start().await;
    server::demo::generated(&app.context, 80, 3).await.unwrap();
    for near in [None, Some((48.1, 11.6))] {
        let mut cards = Vec::new();
        for page in 0..4 {
            let shown = home(&app, HomeQuery { page, near, ..HomeQuery::default() }).await;
            assert_eq!((shown.total, shown.page, shown.pages), (81, page, 4));
            cards.extend(shown.restaurants);
        }
        assert!(cards.is_sorted_by_key(|card| !card.open), "open ones first");
        if near.is_some() {
            assert!(cards.is_sorted_by(|one, next| one.open != next.open || one.distance_km <= next.distance_km));
        } else {
            assert!(cards.is_sorted_by(|one, next| one.open != next.open || one.name <= next.name));
        }
        let last = home(&app, HomeQuery { page: 99_999, near, ..HomeQuery::default() }).await;
        assert_eq!((last.page, last.restaurants.last()), (3, cards.last()));
        let slugs: BTreeSet<_> = cards.iter().map(|card| &card.slug).collect();
        assert_eq!((cards.len(), slugs.len()), (81, 81), "each once");
        assert!(cards[..72].chunks(restaurants::PER_PAGE).all(|page| page.len() == 24));
    }
    let none = home(&app, HomeQuery { text: "zzzzzz".to_owned(), page: 7, ..HomeQuery::default() }).await;
    assert_eq!((none.total, none.page, none.pages), (0, 0, 1));
}
