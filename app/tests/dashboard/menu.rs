//! Tests of the menu editor without scripts: forms, and problems at rejected rows.

use crate::{
    kitchen::{Kitchen, cook, working_as},
    request::{Ask, Page, ask},
};
use app::{
    domain::{error::AppError, role::Role},
    services::{Staff, Submission},
};
use axum::http::StatusCode;
use std::collections::BTreeMap;
use uuid::Uuid;

async fn editor(sent: Option<Submission>) -> Page {
    editor_of(cook(), sent).await
}

async fn editor_of(staff: Staff, sent: Option<Submission>) -> Page {
    let path = "/dashboard/napoli/menu".to_owned();
    ask(Kitchen::default(), Ask { path, staff: Some(staff), sent }).await
}

fn sent(change: &str, target: &str, value: &str, error: AppError) -> Submission {
    let pairs = [("change", change), ("target", target), ("value", value)];
    let fields = pairs.into_iter().map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
    Submission { fields: fields.collect::<BTreeMap<_, _>>(), error: Some(error) }
}

#[tokio::test]
async fn everything_can_be_changed_by_a_form() {
    let page = editor(None).await;
    page.keep("menu.html");
    assert_eq!(page.status, StatusCode::OK);
    for change in [
        "rename_item",
        "describe_item",
        "rename_section",
        "price",
        "modifier_price",
        "modifier_size_price",
        "item_sold_out",
        "modifier_sold_out",
        "move_item",
        "move_section",
        "pause",
    ] {
        assert!(page.html.contains(&format!("name=\"change\" value=\"{change}\"")), "{change}");
    }
    assert!(page.html.contains("value=\"12,50\""));
    assert!(page.html.contains("Sold out until 20:00"));
    assert!(page.html.contains("Available again"));
}

#[tokio::test]
async fn staff_see_what_they_may_change_and_nothing_else() {
    let page = editor_of(working_as(Role::Floor), None).await;
    page.keep("menu-of-staff.html");
    assert_eq!(page.status, StatusCode::OK);
    let offered = |change: &str| page.html.contains(&format!("name=\"change\" value=\"{change}\""));
    for change in ["item_sold_out", "modifier_sold_out", "pause"] {
        assert!(offered(change), "{change}");
    }
    for change in [
        "rename_item",
        "describe_item",
        "rename_section",
        "price",
        "modifier_price",
        "move_item",
        "move_section",
        "add_item",
        "add_section",
        "delete_item",
    ] {
        assert!(!offered(change), "{change}");
    }
    assert!(page.html.contains("the owner’s to change"));
    assert!(!editor(None).await.html.contains("the owner’s to change"));
}

#[tokio::test]
async fn a_refused_row_is_open_with_the_typed_value_and_the_reason() {
    let variant = Uuid::from_u128(41).to_string();
    let error = AppError::invalid("value", "price", "Type a price such as 12.50.");
    let page = editor(Some(sent("price", &variant, "twelve\"><b>", error))).await;
    page.keep("menu-refused.html");
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.html.matches("Type a price such as 12.50.").count(), 1);
    assert!(page.html.contains("value=\"twelve&quot;&gt;&lt;b&gt;\""));
    assert_eq!(page.html.matches("<details open").count() + page.html.matches(" open class").count(), 1);
}

#[tokio::test]
async fn a_choice_has_a_price_for_each_size_that_is_on_a_bill() {
    let (plain, sized) = (Uuid::from_u128(30).to_string(), Uuid::from_u128(31).to_string());
    let large = format!("{sized}:32 cm");
    let error = AppError::invalid("value", "price", "Type a price such as 12.50.");
    let page = editor(Some(sent("modifier_size_price", &large, "cheap", error))).await;
    let fields = |target: &str| page.html.matches(&format!("name=\"target\" value=\"{target}\"")).count();
    // Two forms for each choice, in addition to availability.
    assert_eq!((fields(&plain), fields(&sized)), (3, 2));
    assert_eq!((fields(&format!("{sized}:26 cm")), fields(&large)), (1, 1));
    assert!(page.html.contains("Price, 32 cm") && page.html.contains("value=\"cheap\""));
    let problem = format!("id=\"modifier_size_price-{sized}:32_cm-problem\"");
    assert!(page.html.contains(&problem), "an id with a blank could not be referred to");
    assert_eq!(page.html.matches("Type a price such as 12.50.").count(), 1);
}

#[tokio::test]
async fn a_refusal_without_a_row_stands_at_the_top() {
    let gone = Uuid::from_u128(999).to_string();
    let page = editor(Some(sent("rename_item", &gone, "x", AppError::not_found("dish")))).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.html.contains("This dish does not exist"));
}
