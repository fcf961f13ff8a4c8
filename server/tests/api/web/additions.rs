//! Dishes and sections that owners add to a menu and delete from it, without scripts.

use crate::{
    guest,
    web::site::{Browser, TestServer, hidden},
};

#[tokio::test]
async fn an_empty_menu_is_filled_and_emptied_again() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let editor = site.dashboard("/menu");
    let key = hidden(&owner.page(&editor).await, "key");
    let section = [
        ("change", "add_section"),
        ("target", "new"),
        ("key", &key),
        ("section", "Desserts"),
        ("name", "Tiramisù"),
        ("value", "6,50"),
    ];
    // Twice, as after a lost response: it is added once.
    for _ in 0..2 {
        assert_eq!(owner.post(&editor, &section).await.status(), 303);
    }
    let now = crate::app::FRIDAY_EVENING;
    site.app.context.catalogue.refresh(site.app.restaurant).await.unwrap();
    let menu = site.app.snapshot().await.menu_at(now);
    let desserts: Vec<_> = menu.sections.iter().filter(|section| section.name == "Desserts").collect();
    assert_eq!((desserts.len(), desserts[0].items.len()), (1, 1));
    assert_eq!(desserts[0].items[0].price_from().unwrap().minor(), 650);
    assert_eq!(menu.sections.last().unwrap().name, "Desserts");
    let id = desserts[0].id.to_string();
    let item = [("change", "add_item"), ("target", id.as_str()), ("key", &key), ("name", "Cannoli"), ("value", "4")];
    assert_eq!(owner.post(&editor, &item).await.status(), 303);
    let page = Browser::new().page(&site.restaurant("")).await;
    assert!(page.contains("Tiramisù") && page.contains("Cannoli"), "{page}");
    for (field, value, words) in
        [("name", " ", "Enter a name."), ("value", "much", "Enter a price"), ("target", &editor, "out of date")]
    {
        let form: Vec<_> =
            item.iter().map(|(name, kept)| (*name, if *name == field { value } else { *kept })).collect();
        let refused = owner.post(&editor, &form).await;
        assert_eq!(refused.status(), 422, "{field}");
        let refused = refused.text().await.unwrap();
        assert!(refused.contains(words), "{field}: {refused}");
        assert!(field == "name" || field == "target" || refused.contains("value=\"Cannoli\""), "{field}: {refused}");
    }
    site.app.context.catalogue.refresh(site.app.restaurant).await.unwrap();
    let menu = site.app.snapshot().await.menu_at(now);
    let items = menu.sections.iter().flat_map(|section| &section.items).map(|item| item.id.to_string());
    for item in items {
        assert_eq!(owner.post(&editor, &[("change", "delete_item"), ("target", &item)]).await.status(), 303);
    }
    assert!(owner.page(&editor).await.contains("The menu is empty."));
    assert_eq!(guest::number(&site.app, "SELECT count(*) FROM sections WHERE restaurant_id = $1").await, 0);
    assert_eq!(owner.post(&editor, &section).await.status(), 303);
    let cook = Browser::new();
    site.sign_in_as(&cook, "floor").await;
    assert_eq!(cook.post(&editor, &section).await.status(), 403);
}
