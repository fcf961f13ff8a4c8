//! Permissions of staff and owners at their restaurant, tested by requests without the pages.

use crate::web::site::{Browser, TestServer};
use app::domain::board::Board;

/// Every edit of the menu, and whether staff may make it.
fn changes(site: &TestServer) -> Vec<(&'static str, String, &'static str, bool)> {
    let (item, variant) = (site.app.item("marinara").to_string(), site.app.variant("marinara", "").to_string());
    let modifier = site.app.modifier("toppings", "olives").to_string();
    vec![
        ("rename_item", item.clone(), "Mine", false),
        ("describe_item", item.clone(), "Mine", false),
        ("price", variant, "0,01", false),
        ("modifier_price", modifier.clone(), "0,01", false),
        ("move_item", item.clone(), "1", false),
        ("item_sold_out", item, "today", true),
        ("modifier_sold_out", modifier, "until_stocked", true),
        ("pause", String::new(), "15", true),
    ]
}

#[tokio::test]
async fn staff_work_the_board_and_mark_sold_out_and_nothing_else() {
    let site = TestServer::start().await;
    let (staff, owner) = (Browser::new(), Browser::new());
    site.sign_in_as(&staff, "floor").await;
    site.sign_in_as(&owner, "owner").await;
    let editor = site.dashboard("/menu");
    for (change, target, value, allowed) in changes(&site) {
        let form = [("change", change), ("target", target.as_str()), ("value", value)];
        let page = staff.post(&editor, &form).await;
        assert_eq!(page.status(), if allowed { 303 } else { 403 }, "{change}");
        let program = staff.post_for_json(&editor, &form).await;
        assert_eq!(program.status(), if allowed { 200 } else { 403 }, "{change}");
        assert_eq!(owner.post(&editor, &form).await.status(), 303, "{change}");
    }
    let section = site.app.snapshot().await.menu_at(crate::app::FRIDAY_EVENING).sections[0].id.to_string();
    for (change, value) in [("rename_section", "Mine"), ("move_section", "1")] {
        let form = [("change", change), ("target", section.as_str()), ("value", value)];
        assert_eq!(staff.post(&editor, &form).await.status(), 403, "{change}");
        assert_eq!(owner.post(&editor, &form).await.status(), 303, "{change}");
    }
    let board: Board = staff.0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().json().await.unwrap();
    assert_eq!(board.slug, site.app.slug);
    assert_eq!(staff.get(&site.dashboard("/orders")).await.status(), 200);
    assert_eq!(staff.post(&site.dashboard("/orders/acknowledge"), &[("seen", "0")]).await.status(), 303);
}

#[tokio::test]
async fn pages_do_not_offer_what_is_not_allowed() {
    let site = TestServer::start().await;
    for (role, shown) in [("floor", false), ("owner", true)] {
        let browser = Browser::new();
        site.sign_in_as(&browser, role).await;
        let page = browser.page(&site.dashboard("/menu")).await;
        let offers = |change: &str| page.contains(&format!("name=\"change\" value=\"{change}\""));
        for (change, _, _, allowed) in changes(&site) {
            assert_eq!(offers(change), shown || allowed, "{role}: {change}");
        }
        assert_eq!(offers("rename_section"), shown);
        assert_eq!(page.contains("Change or move"), shown);
    }
}

#[tokio::test]
async fn the_board_offers_a_pause_to_those_who_may_pause() {
    let site = TestServer::start().await;
    for (role, shown) in [("kitchen", false), ("floor", true), ("owner", true)] {
        let browser = Browser::new();
        site.sign_in_as(&browser, role).await;
        let page = browser.page(&site.dashboard("/orders")).await;
        assert_eq!(page.contains("id=\"pause\""), shown, "{role}");
    }
}
