//! Responses of authenticators that sign no one in.

use super::{
    ADA, Authenticator, CHOSEN, arrive, assert_refused, challenge, register, send, sign_in, sign_in_with, signed, site,
};
use crate::{app::FRIDAY_EVENING, web::site::Browser};

const REFUSED: &str = "This passkey belongs to no account here, or it could not be checked.";
const GONE: &str = "took too long, or was sent before";
const EVE: &str = "eve@kitchen.example";

#[tokio::test]
async fn a_response_counts_once_in_its_browser_and_in_time() {
    let site = site().await;
    let mut key = arrive(&site, &Browser::new(), ADA).await;
    let (browser, sign_in) = (Browser::new(), site.url("/sign-in/passkey"));
    let form = signed(&site, &browser, &mut key).await;
    assert_refused(send(&sign_in, &Browser::new(), &form).await, 409, GONE).await;
    let answers = futures::future::join_all((0..4).map(|_| send(&sign_in, &browser, &form))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409]);
    assert_refused(send(&sign_in, &browser, &form).await, 409, GONE).await;

    let late = signed(&site, &browser, &mut key).await;
    site.at(FRIDAY_EVENING.plus_minutes(5));
    assert_refused(send(&sign_in, &browser, &late).await, 409, GONE).await;
    // That of another purpose, and the response to another challenge.
    let who = [("purpose", "register"), ("name", "Eve"), ("email", EVE)];
    let (foreign, options) = challenge(&site, &browser, "/passkeys", &who).await;
    let credential = key.sign(&serde_json::json!({ "challenge": options["challenge"], "rpId": "localhost" }));
    let mut form = [("challenge", foreign), ("credential", credential)];
    assert_refused(send(&sign_in, &browser, &form).await, 409, GONE).await;
    form[0] = signed(&site, &browser, &mut key).await[0].clone();
    assert_refused(send(&sign_in, &browser, &form).await, 422, REFUSED).await;
    assert_eq!(sign_in_with(&site, &browser, &mut key).await.status(), 303);
}

#[tokio::test]
async fn a_response_that_is_altered_or_of_another_site_is_refused() {
    let site = site().await;
    let (browser, first) = (Browser::new(), Browser::new());
    let key = arrive(&site, &first, ADA).await;
    let other = arrive(&site, &Browser::new(), EVE).await;
    let as_another = Authenticator { user: other.user.clone(), ..key.clone() };
    let no_one = Authenticator { user: uuid::Uuid::new_v4().into_bytes().to_vec(), ..key.clone() };
    let unnamed = Authenticator { user: Vec::new(), ..key.clone() };
    let another_key = Authenticator { id: key.id.clone(), user: key.user.clone(), ..Authenticator::new() };
    for (what, mut wrong) in [
        ("another origin", Authenticator { origin: "http://localhost:3001", ..key.clone() }),
        ("another host", Authenticator { origin: "https://toast.evil.example", ..key.clone() }),
        ("no user verification", Authenticator { verifies_user: false, ..key.clone() }),
        ("the account of another person", as_another),
    ] {
        let refused = sign_in_with(&site, &browser, &mut wrong).await;
        assert_eq!(refused.status(), 422, "{what}");
        assert_refused(refused, 422, REFUSED).await;
    }
    for (what, mut wrong) in [("no account", no_one), ("no user handle", unnamed), ("another key", another_key)] {
        let refused = sign_in_with(&site, &browser, &mut wrong).await;
        assert_eq!(refused.status(), 422, "{what}");
        assert_refused(refused, 422, REFUSED).await;
    }
    for garbage in ["", "{}", "null", "\u{0}", &format!("[{}]", "1,".repeat(4_000))] {
        let mut form = signed(&site, &browser, &mut key.clone()).await;
        form[1].1 = garbage.to_owned();
        assert_refused(send(&site.url("/sign-in/passkey"), &browser, &form).await, 422, "could not be read").await;
    }
    assert_eq!(site.app.count("sessions").await, 2, "those of the registrations");
    let mut unverified = Authenticator { verifies_user: false, ..Authenticator::new() };
    assert_refused(
        register(&site, &browser, &mut unverified, "joe@kitchen.example").await,
        422,
        "did not ask for a PIN",
    )
    .await;
    assert_eq!(sign_in_with(&site, &browser, &mut key.clone()).await.status(), 303);
}

#[tokio::test]
async fn a_counter_that_does_not_increase_is_refused() {
    let site = site().await;
    let browser = Browser::new();
    let mut key = arrive(&site, &browser, ADA).await;
    key.counter = 7;
    let mut copy = key.clone();
    assert_eq!(sign_in_with(&site, &browser, &mut key).await.status(), 303);
    assert_refused(sign_in_with(&site, &browser, &mut copy).await, 422, "there may be a copy of it").await;
    assert_eq!(sign_in_with(&site, &browser, &mut key).await.status(), 303);
    // Passkeys that are synchronised between devices have none.
    let mut synchronised = arrive(&site, &browser, EVE).await;
    synchronised.counts = false;
    for _ in 0..2 {
        assert_eq!(sign_in_with(&site, &browser, &mut synchronised).await.status(), 303);
    }
}

#[tokio::test]
async fn wrong_passkeys_and_wrong_passwords_count_together() {
    let site = site().await;
    let browser = Browser::new();
    let key = arrive(&site, &browser, ADA).await;
    let mut wrong = Authenticator { verifies_user: false, ..key.clone() };
    for _ in 0..3 {
        assert_eq!(sign_in_with(&site, &browser, &mut wrong).await.status(), 422);
    }
    for status in [422, 422, 429] {
        assert_eq!(sign_in(&site, &browser, ADA, CHOSEN).await, status);
    }
    let locked = sign_in_with(&site, &browser, &mut key.clone()).await;
    assert!(locked.headers().contains_key("retry-after"));
    assert_refused(locked, 429, "Too many attempts").await;
    site.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(sign_in_with(&site, &browser, &mut key.clone()).await.status(), 303);
    // The same for a passkey of no account.
    let mut unknown = Authenticator { user: uuid::Uuid::new_v4().into_bytes().to_vec(), ..key };
    for status in [422, 422, 422, 422, 422, 429] {
        assert_eq!(sign_in_with(&site, &browser, &mut unknown).await.status(), status);
    }
}

#[tokio::test]
async fn one_network_cannot_store_challenges_without_end() {
    let site = site().await;
    let browser = Browser::new();
    let begin = async || browser.post_for_json(&site.url("/passkeys"), &[("purpose", "sign_in")]).await;
    for _ in 0..200 {
        assert_eq!(begin().await.status(), 200);
    }
    assert_eq!(begin().await.status(), 429);
    assert_eq!(site.app.count("account_tokens").await, 200);
    site.at(FRIDAY_EVENING.plus_minutes(6));
    server::accounts::sweep(&site.app.context).await.unwrap();
    assert_eq!(site.app.count("account_tokens").await, 0, "removed with the links of mails");
}
