//! PINs: how they are set, and how guessing is limited.

use super::{OTHER_PIN, PIN, id, person, screen, set_pin, start, type_pin, with_pin, work, works};
use crate::{
    app::FRIDAY_EVENING,
    web::{
        site::{Browser, TestServer},
        text_of,
    },
};

#[tokio::test]
async fn a_pin_is_set_by_its_person_and_kept_as_a_hash() {
    let site = TestServer::start().await;
    let cook = person(&site, "kitchen", "Cem").await;
    for (pin, again, words) in [
        ("123", "123", "4 to 8 digits"),
        ("47a9", "47a9", "4 to 8 digits"),
        ("471902836", "471902836", "4 to 8 digits"),
        ("0000", "0000", "guessed first"),
        ("1234", "1234", "guessed first"),
        ("1984", "1984", "Years are guessed first"),
        (PIN, OTHER_PIN, "Type the same PIN again here"),
        (PIN, "", "Type the same PIN again here"),
    ] {
        let form = [("action", "set"), ("pin", pin), ("pin_again", again)];
        let refused = cook.post(&site.dashboard("/pin"), &form).await;
        assert_eq!(refused.status(), 422, "{pin}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(words) && !page.contains(&format!("value=\"{pin}\"")), "{pin}: {page}");
    }
    assert_eq!(site.app.count("pins").await, 0);
    assert_eq!(set_pin(&site, &cook, "٤٧١٩").await.status(), 303, "digits of any script");
    let hash = text_of(&site, "SELECT hash FROM pins").await.unwrap();
    assert!(hash.starts_with("$argon2id$") && !hash.contains(PIN), "{hash}");
    let page = cook.page(&site.dashboard("/pin?done=set")).await;
    assert!(page.contains("Your PIN is saved") && page.contains("You have a PIN since 18:00"), "{page}");
    site.sign_in_as(&Browser::new(), "owner").await;
    let tablet = screen(&site, "Kitchen tablet", "kitchen").await;
    work(&site, &tablet, "kitchen", PIN).await;
    // Another PIN: a person who works with the one before types it again.
    assert_eq!(set_pin(&site, &cook, OTHER_PIN).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    assert_eq!(type_pin(&site, &tablet, "kitchen", PIN).await.status(), 422);
    work(&site, &tablet, "kitchen", OTHER_PIN).await;
    assert_eq!(cook.post(&site.dashboard("/pin"), &[("action", "remove_pin")]).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    assert!(tablet.page(&site.dashboard("/who")).await.contains("No one has a PIN"));
    assert_eq!(site.app.count("pins").await, 0);
    let entries = "audit_log WHERE action IN ('pin.set', 'pin.removed') AND actor_name = 'Cem'";
    assert_eq!(site.app.count(entries).await, 3);
    for typed in [PIN, OTHER_PIN] {
        assert_eq!(site.app.count(&format!("audit_log WHERE audit_log::text LIKE '%{typed}%'")).await, 0);
    }
}

#[tokio::test]
async fn wrong_pins_lock_one_person_at_one_screen_for_some_minutes() {
    let site = TestServer::start().await;
    let owner = with_pin(&site, "owner", "Ada", PIN).await;
    drop(with_pin(&site, "kitchen", "Cem", OTHER_PIN).await);
    let (tablet, other) = (screen(&site, "Kitchen", "kitchen").await, screen(&site, "Counter", "floor").await);
    for wrong in ["9517", "9518", "9519", "9520", "9521"] {
        let refused = type_pin(&site, &tablet, "owner", wrong).await;
        assert_eq!(refused.status(), 422, "{wrong}");
        let page = refused.text().await.unwrap();
        assert!(page.contains("This is not the PIN of the chosen name") && !page.contains(wrong), "{page}");
    }
    // The right one, too; the page says for how long and that others can work.
    let locked = type_pin(&site, &tablet, "owner", PIN).await;
    assert_eq!(locked.status(), 429);
    assert!(locked.headers().contains_key("retry-after"));
    let page = locked.text().await.unwrap();
    assert!(page.contains("chosen again in 1 minute;") && page.contains("Choose another name"), "{page}");
    assert!(!works(&site, &tablet).await);
    // Not others at this screen, not the person at another one, and not their own session.
    work(&site, &tablet, "kitchen", OTHER_PIN).await;
    work(&site, &other, "owner", PIN).await;
    assert_eq!(owner.get(&site.dashboard("/team")).await.status(), 200);
    site.at(FRIDAY_EVENING.plus_minutes(1));
    work(&site, &tablet, "owner", PIN).await;
    assert_eq!(site.app.count("pin_tries").await, 0, "a right PIN ends the count");
}

#[tokio::test]
async fn parallel_guesses_count_like_sequential_ones() {
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    let tablet = screen(&site, "Kitchen", "kitchen").await;
    let member = id(&site, "owner").await;
    // On two servers, which share no memory.
    let second = site.second(&[]).await;
    let addresses = [site.dashboard("/who"), format!("http://{}/dashboard/{}/who", second.addr, site.app.slug)];
    let guesses = (0..24).map(|guess| {
        let (pin, address) = (format!("95{:02}", guess + 30), addresses[guess % 2].clone());
        let (tablet, member) = (&tablet, &member);
        async move {
            let form = [("action", "work"), ("member", member.as_str()), ("pin", &pin)];
            tablet.post(&address, &form).await.status().as_u16()
        }
    });
    let mut statuses = futures::future::join_all(guesses).await;
    statuses.sort_unstable();
    assert_eq!(statuses[..5], [422; 5]);
    assert_eq!(statuses[5..], [429; 19]);
    assert_eq!(type_pin(&site, &tablet, "owner", PIN).await.status(), 429);
}

#[tokio::test]
async fn only_members_with_a_pin_are_counted() {
    let site = TestServer::start().await;
    drop(person(&site, "kitchen", "Cem").await);
    site.sign_in_as(&Browser::new(), "owner").await;
    let tablet = screen(&site, "Kitchen", "kitchen").await;
    for member in [id(&site, "kitchen").await, uuid::Uuid::new_v4().to_string()] {
        let form = [("action", "work"), ("member", &*member), ("pin", PIN)];
        let refused = tablet.post(&site.dashboard("/who"), &form).await;
        assert_eq!(refused.status(), 422);
        assert!(refused.text().await.unwrap().contains("has no PIN here any more"));
    }
    assert_eq!(site.app.count("pin_tries").await, 0);
}

#[tokio::test]
async fn the_form_of_a_screen_says_what_to_change() {
    let site = TestServer::start().await;
    let (owner, manager) = (person(&site, "owner", "Ada").await, person(&site, "manager", "Bo").await);
    for (name, role, words) in [
        ("", "kitchen", "Enter a name"),
        ("Pass", "manager", "Choose kitchen or floor"),
        ("Pass", "", "Choose kitchen"),
    ] {
        let refused = start(&site, &owner, name, role).await;
        assert_eq!(refused.status(), 422, "{name} {role}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(words) && page.contains(&format!("value=\"{name}\"")), "{words}: {page}");
    }
    let form = [("action", "start"), ("name", "Pass"), ("role", "floor"), ("minutes", "soon")];
    assert_eq!(owner.post(&site.dashboard("/screens"), &form).await.status(), 422);
    assert_eq!(owner.get(&site.dashboard("/team")).await.status(), 200, "still signed in");
    assert_eq!(start(&site, &manager, "Pass", "floor").await.status(), 303, "managers, too");
    let taken = start(&site, &owner, "pass", "kitchen").await;
    assert_eq!(taken.status(), 422);
    assert!(taken.text().await.unwrap().contains("Another shared screen has this name"));
    for role in ["kitchen", "floor"] {
        let cook = person(&site, role, "Cem").await;
        assert_eq!(start(&site, &cook, "Mine", role).await.status(), 403, "{role}");
    }
    assert_eq!(site.app.count("shared_screens").await, 1);
}
