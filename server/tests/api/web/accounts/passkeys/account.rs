//! Passkeys of a signed-in person: the list, and what a passkey proves.

use super::{
    ADA, Authenticator, CHOSEN, ORIGIN, arrive, assert_refused, challenge, latest, location, send, sign_in,
    sign_in_with, site,
};
use crate::web::site::{Browser, PASSWORD, TestServer};
use reqwest::Response;

const EVE: &str = "eve@kitchen.example";

/// Adds a passkey with a password, as the script does.
async fn add(site: &TestServer, browser: &Browser, name: &str) -> Authenticator {
    let fields = [("purpose", "add"), ("passkey_password", PASSWORD)];
    let (challenge, options) = challenge(site, browser, "/account/passkeys", &fields).await;
    let mut key = Authenticator::new();
    let form = [
        ("action", "add_passkey".to_owned()),
        ("passkey_name", name.to_owned()),
        ("challenge", challenge),
        ("credential", key.create(&options)),
    ];
    let added = send(&site.url("/account"), browser, &form).await;
    assert_eq!((added.status().as_u16(), location(&added)), (303, "/account?done=add_passkey"));
    key
}

/// A proof by a passkey, as fields of a form.
async fn proof(site: &TestServer, browser: &Browser, key: &mut Authenticator) -> Vec<(&'static str, String)> {
    let (challenge, options) = challenge(site, browser, "/account/passkeys", &[("purpose", "proof")]).await;
    vec![("challenge", challenge), ("credential", key.sign(&options))]
}

/// The paths of the passkeys in the list.
async fn listed(site: &TestServer, browser: &Browser) -> Vec<String> {
    let page = browser.page(&site.url("/account")).await;
    let paths = page.split("href=\"/account/passkeys/").skip(1).map(|rest| rest.split('"').next().unwrap());
    paths.map(|id| site.url(&format!("/account/passkeys/{id}"))).collect()
}

fn location_of(response: &Response) -> &str {
    response.headers().get("location").map_or("", |location| location.to_str().unwrap())
}

async fn is_signed_in(site: &TestServer, browser: &Browser) -> bool {
    browser.get(&site.url("/account")).await.status() == 200
}

#[tokio::test]
async fn a_passkey_is_added_with_the_password_and_ends_other_sessions() {
    let site = site().await;
    let (browser, phone) = (Browser::new(), Browser::new());
    site.sign_in(&browser).await;
    let email = site.email("owner");
    assert_eq!(sign_in(&site, &phone, &email, PASSWORD).await, 303);
    let begin = |password: &'static str| {
        let form = [("purpose", "add"), ("passkey_password", password)];
        let (site, browser) = (&site, &browser);
        async move { browser.post_for_json(&site.url("/account/passkeys"), &form).await }
    };
    assert_refused(begin("wrong").await, 422, "not your current password").await;
    let mut key = add(&site, &browser, " Kitchen <b>tablet</b> ").await;
    assert!(is_signed_in(&site, &browser).await && !is_signed_in(&site, &phone).await);
    let mail = latest(&site, &email).await;
    assert!(mail.kind == "passkey_added" && mail.text.contains(&format!("{ORIGIN}/forgot")), "{}", mail.text);
    let page = browser.page(&site.url("/account")).await;
    assert!(
        page.contains("Kitchen &lt;b&gt;tablet&lt;/b&gt;") && page.contains("added just now, not used yet"),
        "{page}"
    );
    assert_eq!(sign_in_with(&site, &phone, &mut key).await.status(), 303);
    assert_eq!(sign_in(&site, &Browser::new(), &email, PASSWORD).await, 303, "both ways work");
    // Without a name it gets that of the browser.
    add(&site, &browser, "  ").await;
    assert!(browser.page(&site.url("/account")).await.contains("An unknown device"));
}

#[tokio::test]
async fn a_challenge_belongs_to_its_session_and_person() {
    let site = site().await;
    let (browser, phone, eve) = (Browser::new(), Browser::new(), Browser::new());
    let mut key = arrive(&site, &browser, ADA).await;
    assert_eq!(sign_in_with(&site, &phone, &mut key).await.status(), 303);
    let mut other = arrive(&site, &eve, EVE).await;
    let gone = "took too long, or was sent before";
    let action = ("action", "password".to_owned());
    let new = ("password", CHOSEN.to_owned());
    for (from, to) in [(&browser, &phone), (&browser, &eve)] {
        let form = [proof(&site, from, &mut key).await, vec![action.clone(), new.clone()]].concat();
        assert_refused(send(&site.url("/account"), to, &form).await, 409, gone).await;
    }
    // Eve's own passkey proves nothing about Ada, whichever person it names.
    for user in [other.user.clone(), key.user.clone()] {
        other.user = user;
        let form = [proof(&site, &browser, &mut other).await, vec![action.clone(), new.clone()]].concat();
        assert_refused(send(&site.url("/account"), &browser, &form).await, 422, "could not be checked").await;
    }
    // A new passkey is stored for the session that asked.
    let mut fields = proof(&site, &browser, &mut key).await;
    fields.push(("purpose", "add".to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (challenge, options) = challenge(&site, &browser, "/account/passkeys", &fields).await;
    let form = [
        ("action", "add_passkey".to_owned()),
        ("challenge", challenge),
        ("credential", Authenticator::new().create(&options)),
    ];
    for stranger in [&eve, &phone] {
        assert_refused(send(&site.url("/account"), stranger, &form).await, 409, gone).await;
    }
    assert_eq!(send(&site.url("/account"), &browser, &form).await.status(), 303);
    assert_refused(send(&site.url("/account"), &browser, &form).await, 409, gone).await;
    assert_eq!(site.app.count("passkeys").await, 3);
    let stranger = Browser::new().post_for_json(&site.url("/account/passkeys"), &[("purpose", "proof")]).await;
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn a_passkey_proves_what_the_password_proves() {
    let site = site().await;
    let (browser, phone) = (Browser::new(), Browser::new());
    let mut key = arrive(&site, &browser, ADA).await;
    let page = browser.page(&site.url("/account")).await;
    assert!(!page.contains("name=\"current_password\"") && page.contains("Set the password with a passkey"), "{page}");
    let mut form = vec![("action", "email".to_owned()), ("email", EVE.to_owned())];
    assert_refused(send(&site.url("/account"), &browser, &form).await, 422, "not your current password").await;
    form.extend(proof(&site, &browser, &mut key).await);
    assert_eq!(send(&site.url("/account"), &browser, &form).await.status(), 303);
    assert_eq!(Browser::new().post(&super::link(&site, EVE, "/confirm-email").await, &[]).await.status(), 303);
    assert_eq!(sign_in_with(&site, &phone, &mut key).await.status(), 303, "with the new address");

    let mut form = vec![("action", "password".to_owned()), ("password", "short".to_owned())];
    form.extend(proof(&site, &browser, &mut key).await);
    assert_refused(send(&site.url("/account"), &browser, &form).await, 422, "at least 10 characters").await;
    let mut form = vec![("action", "password".to_owned()), ("password", CHOSEN.to_owned())];
    form.extend(proof(&site, &browser, &mut key).await);
    assert_eq!(send(&site.url("/account"), &browser, &form).await.status(), 303);
    assert!(is_signed_in(&site, &browser).await && !is_signed_in(&site, &phone).await);
    assert_eq!(sign_in(&site, &Browser::new(), EVE, CHOSEN).await, 303);
    assert_eq!(sign_in_with(&site, &phone, &mut key).await.status(), 303);
}

#[tokio::test]
async fn the_last_way_to_sign_in_stays() {
    let site = site().await;
    let browser = Browser::new();
    let mut key = arrive(&site, &browser, ADA).await;
    let only = listed(&site, &browser).await.pop().unwrap();
    let page = browser.page(&only).await;
    assert!(page.contains("your only way to sign in, so it cannot be removed") && !page.contains("remove_passkey"));
    let mut form = vec![("action", "remove_passkey".to_owned())];
    form.extend(proof(&site, &browser, &mut key).await);
    assert_refused(send(&only, &browser, &form).await, 409, "your only way to sign in").await;
    assert_eq!(site.app.count("passkeys").await, 1);

    // With a second one, either goes, but not both at once.
    let copy = "INSERT INTO passkeys SELECT staff_id, 'another', 'Spare', credential, created_at, NULL FROM passkeys";
    site.app.sql(copy).await;
    let paths = listed(&site, &browser).await;
    let mut forms = Vec::new();
    for path in paths {
        let mut form = vec![("action", "remove_passkey".to_owned())];
        form.extend(proof(&site, &browser, &mut key).await);
        forms.push((path, form));
    }
    let removals = futures::future::join_all(forms.iter().map(|(path, form)| send(path, &browser, form))).await;
    // The one that is late may find its session ended.
    let done = removals.iter().filter(|removal| location_of(removal) == "/account?done=remove_passkey");
    assert!(done.count() <= 1, "{removals:?}");
    assert!(site.app.count("passkeys").await >= 1);
}

#[tokio::test]
async fn a_passkey_is_renamed_and_removed_by_its_person() {
    let site = site().await;
    let (browser, eve, phone) = (Browser::new(), Browser::new(), Browser::new());
    site.sign_in(&browser).await;
    let mut key = add(&site, &browser, "Tablet").await;
    assert_eq!(sign_in_with(&site, &phone, &mut key).await.status(), 303);
    arrive(&site, &eve, EVE).await;
    let path = listed(&site, &browser).await.pop().unwrap();
    assert_refused(eve.get(&path).await, 404, "passkey does not exist").await;
    let rename = |name: &'static str| [("action", "rename_passkey"), ("passkey_name", name)];
    assert_eq!(eve.post(&path, &rename("Mine")).await.status(), 404);
    assert_refused(browser.post(&path, &rename(" ")).await, 422, "Enter a name").await;
    assert_eq!(browser.post(&path, &rename("Till")).await.status(), 303);
    assert!(browser.page(&site.url("/account")).await.contains("<bdi class=\"font-medium\">Till</bdi>"));

    let remove = |password: &'static str| [("action", "remove_passkey"), ("passkey_password", password)];
    assert_refused(browser.post(&path, &remove("wrong")).await, 422, "not your current password").await;
    let unknown = site.url("/account/passkeys/unknown");
    assert_eq!(browser.post(&unknown, &remove(PASSWORD)).await.status(), 404);
    let removed = browser.post(&path, &remove(PASSWORD)).await;
    assert_eq!((removed.status().as_u16(), location(&removed)), (303, "/account?done=remove_passkey"));
    assert!(is_signed_in(&site, &browser).await && !is_signed_in(&site, &phone).await);
    assert_eq!(latest(&site, &site.email("owner")).await.kind, "passkey_removed");
    assert_refused(sign_in_with(&site, &phone, &mut key).await, 422, "belongs to no account here").await;
}
