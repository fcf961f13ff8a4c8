//! Tests of the orders board without scripts, and of escaped input in it.

use crate::{
    kitchen::{Kitchen, cook, evening, line, ticket},
    request::{Ask, Page, ask},
};
use app::{
    domain::{
        board::Ticket,
        error::AppError,
        order::{Actor, OrderStatus, moves_of},
        terms::ServiceMode,
        unreadable::Unreadable,
    },
    services::Submission,
};
use axum::http::StatusCode;
use std::collections::BTreeSet;

async fn board(tickets: Vec<Ticket>) -> Page {
    let path = "/dashboard/napoli/orders".to_owned();
    ask(Kitchen::with(tickets), Ask { path, staff: Some(cook()), sent: None }).await
}

/// The values of a hidden field, in the order of the page.
fn values<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let mark = format!("name=\"{name}\" value=\"");
    html.split(&mark).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_move_of_the_table_is_a_form_and_no_other() {
    for status in OrderStatus::ALL {
        for mode in ServiceMode::ALL {
            let page = board(vec![ticket(1, *status, mode, 10)]).await;
            let offered: BTreeSet<_> = values(&page.html, "verb").into_iter().collect();
            let allowed: BTreeSet<_> = moves_of(*status, mode, Actor::Staff).map(|row| row.verb.code()).collect();
            assert_eq!(offered, allowed, "{status:?} {mode:?}");
        }
    }
}

#[tokio::test]
async fn every_form_has_a_key_of_its_own_and_the_version_it_was_decided_on() {
    let page = board(evening()).await;
    page.keep("board.html");
    assert_eq!(page.status, StatusCode::OK);
    let keys = values(&page.html, "key");
    let again = board(evening()).await;
    let distinct: BTreeSet<_> = keys.iter().chain(&values(&again.html, "key")).copied().collect();
    assert_eq!(distinct.len(), keys.len() * 2);
    assert!(keys.iter().all(|key| key.len() <= 255 && key.chars().all(|letter| letter.is_ascii_graphic())));
    assert!(values(&page.html, "version").iter().all(|version| *version == "3"));
    assert!(page.html.contains("http-equiv=\"refresh\""));
}

#[tokio::test]
async fn rejecting_asks_for_a_reason_and_accepting_for_a_time() {
    let page = board(vec![ticket(1, OrderStatus::Placed, ServiceMode::Pickup, 10)]).await;
    assert!(page.html.contains("name=\"reason\""));
    assert!(page.html.contains("value=\"too_busy\""));
    assert!(!page.html.contains("value=\"no_show\""));
    for minutes in ["10", "15", "20", "30", "45"] {
        assert!(page.html.contains(&format!("name=\"minutes\" value=\"{minutes}\"")), "{minutes}");
    }
}

#[tokio::test]
async fn a_new_time_counts_from_the_one_that_the_guest_chose() {
    let tomorrow = 18 * 60;
    let mut later = ticket(1, OrderStatus::Accepted, ServiceMode::Pickup, tomorrow);
    later.scheduled = true;
    let words = format!("Later than {}, by", later.due.text);
    let page = board(vec![later.clone()]).await;
    assert!(page.html.contains(&words) && !page.html.contains("Ready in, from now"), "{words}");
    for (scheduled, due) in [(true, -5), (false, 25)] {
        let soon = ticket(1, OrderStatus::InPreparation, ServiceMode::Pickup, due);
        let page = board(vec![Ticket { scheduled, ..soon }]).await;
        assert!(page.html.contains("Ready in, from now") && !page.html.contains("Later than"), "{due}");
    }
}

#[tokio::test]
async fn guests_put_nothing_but_words_on_the_board() {
    let attack = "<script>alert(1)</script>\" onfocus=\"x";
    let mut hostile = ticket(1, OrderStatus::Placed, ServiceMode::Delivery, 10);
    hostile.guest = attack.into();
    hostile.note = attack.into();
    hostile.place = attack.into();
    hostile.contact = attack.into();
    hostile.lines = vec![line(1, attack, attack, &[attack], attack)];
    let page = board(vec![hostile]).await;
    assert!(!page.html.contains("<script>alert"));
    let attributes = outside_quotes(&page.html);
    assert!(attributes.contains("<article"));
    assert!(!attributes.contains("onfocus"), "{attributes}");
}

/// The tags of a document without the values of their attributes.
fn outside_quotes(html: &str) -> String {
    let (mut kept, mut in_tag, mut in_value) = (String::new(), false, false);
    for letter in html.chars() {
        match letter {
            '"' if in_tag => in_value = !in_value,
            '<' if !in_value => in_tag = true,
            '>' if !in_value => in_tag = false,
            _ => {}
        }
        if in_tag && !in_value {
            kept.push(letter);
        }
    }
    kept
}

#[tokio::test]
async fn allergies_are_said_in_words() {
    let page = board(evening()).await;
    assert!(page.html.contains("Allergy: "));
    assert!(page.html.contains("Contains: "));
    assert!(page.html.contains("4 min late"));
    assert!(page.html.contains("in 18 min"));
}

#[tokio::test]
async fn a_refused_move_is_told_with_the_board_as_it_is() {
    let error = AppError::conflict("moved_on", "Another person has moved this order.");
    let sent = Submission { fields: std::collections::BTreeMap::new(), error: Some(error) };
    let path = "/dashboard/napoli/orders".to_owned();
    let page = ask(Kitchen::default(), Ask { path, staff: Some(cook()), sent: Some(sent) }).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.html.contains("Another person has moved this order."));
    assert!(page.html.contains("id=\"order-41\""));
}

#[tokio::test]
async fn what_cannot_be_read_is_there_with_its_number() {
    for (what, words, movable) in [
        (Unreadable::Bill, "The bill of this order cannot be read", true),
        (Unreadable::Dishes, "The dishes of this order cannot be read", true),
        (Unreadable::State, "This order cannot be read", false),
    ] {
        let mut torn = ticket(17, OrderStatus::Placed, ServiceMode::Pickup, 10);
        torn.unreadable = Some(what);
        let page = board(vec![torn]).await;
        page.keep("board-unreadable.html");
        assert!(page.html.contains("id=\"order-17\"") && page.html.contains("+49 30 5550101"), "{what:?}");
        assert!(page.html.contains(words), "{what:?}");
        assert_eq!(!values(&page.html, "verb").is_empty(), movable, "{what:?}");
    }
    // Without lines, the list and the rule above it are left out.
    let unknown = Ticket {
        lines: Vec::new(),
        note: String::new(),
        unreadable: Some(Unreadable::State),
        ..ticket(18, OrderStatus::Placed, ServiceMode::Pickup, 10)
    };
    let page = board(vec![unknown]).await;
    let card = page.html.split("<article").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(card.contains("id=\"order-18\"") && !card.contains("<ul"), "{card}");
    assert!(!board(evening()).await.html.contains("cannot be read"));
}

#[tokio::test]
async fn silencing_names_what_the_screen_shows() {
    let page = board(evening()).await;
    assert_eq!(values(&page.html, "seen"), ["120"]);
}
