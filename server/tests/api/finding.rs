//! Search for restaurants: words with and without typos, filters, and order.

use crate::app::{FRIDAY_EVENING, TestApp};
use ::app::domain::{
    diet::{Allergen, Diet},
    restaurant::{HomePage, HomeQuery},
};
use server::restaurants;

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
async fn finds_without_the_extension() {
    let app = TestApp::start().await;
    app.sql("DROP EXTENSION pg_trgm CASCADE").await;
    assert_eq!(found(&app, "marinara").await[0].1, ["Marinara"]);
    assert_eq!(found(&app, "marinarra").await, []);
}

#[tokio::test]
async fn shows_at_most_sixty() {
    let app = TestApp::start().await;
    server::demo::generated(&app.context, 80, 3).await.unwrap();
    let page = home(&app, HomeQuery::default()).await;
    assert_eq!(page.restaurants.len(), 60);
    assert!(page.restaurants.is_sorted_by_key(|card| !card.open), "open ones first");
}
