//! Tests of pages of rejected and unreadable orders, and of sold-out items.

use crate::{
    document::{Page, get},
    samples::{
        CANCELLED, REJECTED, REJECTED_BY_CLOSED, SLUG, TOKEN, UNREADABLE, UNREADABLE_ENDED, UNREADABLE_STATE, pizza,
        sold_out_item,
    },
};
use app::domain::id::ItemId;

const CHECK: &str = "M4 10.5l4 4 8-9";
const CROSS: &str = "M5 5l10 10M15 5L5 15";

async fn order(token: &str) -> Page {
    get(&format!("/orders/{token}")).await
}

/// The current step.
fn current(page: &Page) -> &str {
    page.between("aria-current=\"step\"", "</li>")
}

#[tokio::test]
async fn an_order_that_came_to_nothing_has_a_cross_and_its_reason_once() {
    for (token, word) in [(REJECTED, "Turned down"), (CANCELLED, "Cancelled")] {
        let page = order(token).await;
        let step = current(&page);
        assert!(step.contains(CROSS) && step.contains("text-beet") && step.contains(word), "{step}");
        assert!(!step.contains(CHECK) && !step.contains("text-basil"), "{step}");
        let shown = page.html.replace(page.tag("data-said"), "");
        assert_eq!(shown.matches("no basil").count(), 1, "the reason is shown once");
        assert!(page.tag("data-said").contains("no basil"), "and said with the news");
    }
    assert!(current(&order(TOKEN).await).contains(CHECK));
}

#[tokio::test]
async fn the_same_again_is_offered_while_the_restaurant_takes_orders() {
    let again = |token: &str| format!("action=\"/orders/{token}/again\"");
    for token in [REJECTED, CANCELLED] {
        assert!(order(token).await.html.contains(&again(token)), "{token}");
    }
    let closed = order(REJECTED_BY_CLOSED).await;
    assert!(!closed.html.contains(&again(REJECTED_BY_CLOSED)));
    assert!(closed.html.contains(" takes no orders right now: ") && closed.html.contains("Paused until 21:30"));
    // No "Order this again" for open orders and unreadable items.
    for token in [TOKEN, UNREADABLE, UNREADABLE_ENDED, UNREADABLE_STATE] {
        let page = order(token).await;
        assert!(!page.html.contains("Order this again") && !page.html.contains("takes no orders"), "{token}");
    }
}

#[tokio::test]
async fn an_order_without_a_readable_bill_shows_the_rest_and_who_to_call() {
    let page = order(UNREADABLE).await;
    assert_eq!(page.status, 200);
    for shown in [">47</strong>", "Being prepared, ready about 18:45", "Placed 18:29", "18:31"] {
        assert!(page.html.contains(shown), "{shown}");
    }
    let words = page.between("The details of this order cannot be shown. ", "</p>");
    assert!(words.contains("The restaurant has it: call") && words.contains("href=\"tel:+442079460018\""), "{words}");
    assert!(!page.html.contains(">Total<"));
}

#[tokio::test]
async fn an_order_without_a_readable_state_shows_no_steps_but_who_to_call() {
    let page = order(UNREADABLE_STATE).await;
    assert_eq!(page.status, 200);
    let words = page.between("The restaurant has your order: call", "</p>");
    assert!(words.contains("href=\"tel:+442079460018\""), "{words}");
    assert!(page.html.contains(">47</strong>") && page.html.contains(">Total<"));
    assert!(!page.html.contains("aria-current=\"step\"") && !page.html.contains("Nothing to pay."));
}

#[tokio::test]
async fn the_cart_names_the_dishes_of_an_earlier_order_that_it_lacks() {
    let cart = format!("/restaurants/{SLUG}/cart");
    let page = get(&format!("{cart}?again={TOKEN}")).await;
    assert!(page.html.contains("Left out: these cannot be ordered now"));
    assert!(page.html.contains("<bdi>Marinara</bdi>: Sold out today."));
    for plain in [cart.clone(), format!("{cart}?again=unknown")] {
        assert!(!get(&plain).await.html.contains("Left out"), "{plain}");
    }
}

#[tokio::test]
async fn a_dish_that_cannot_be_had_has_no_price_in_its_button() {
    let address = |item: ItemId| format!("/restaurants/{SLUG}/items/{item}");
    let gone = get(&address(sold_out_item())).await;
    assert!(gone.html.contains("<span>Not available</span>"));
    assert!(!gone.html.contains("data-live-price"));
    assert!(get(&address(pizza().id)).await.html.contains("data-live-price"));
}
