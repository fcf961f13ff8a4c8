//! Passkeys through the pages: registration, sign-in, and the list on the account page.

mod account;
mod authenticator;
mod refusals;

use super::{ADA, CHOSEN, latest, location, mails, sign_in};
use crate::web::site::{Browser, TestServer};
use authenticator::Authenticator;
use reqwest::Response;
use serde_json::Value;

/// The public URL, which need not be where the test connects to.
const ORIGIN: &str = "http://localhost:3000";

async fn site() -> TestServer {
    TestServer::start_with(&[&format!("--public-url={ORIGIN}")]).await
}

/// A challenge of a path: its secret and the options of the browser.
async fn challenge(site: &TestServer, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> (String, Value) {
    let begun = browser.post_for_json(&site.url(path), fields).await;
    let (status, body) = (begun.status(), begun.text().await.unwrap());
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    (body["challenge"].as_str().unwrap().to_owned(), body["options"].clone())
}

async fn register(site: &TestServer, browser: &Browser, key: &mut Authenticator, email: &str) -> Response {
    let who = [("name", "Ada"), ("email", email)];
    let (challenge, options) =
        challenge(site, browser, "/passkeys", &[&who[..], &[("purpose", "register")]].concat()).await;
    let credential = key.create(&options);
    let form = [&who[..], &[("challenge", &challenge), ("credential", &credential)]].concat();
    browser.post(&site.url("/register"), &form).await
}

/// The address of the link in the latest mail, at the server of the test.
async fn link(site: &TestServer, email: &str, page: &str) -> String {
    let mail = latest(site, email).await;
    let start = format!("{ORIGIN}{page}/");
    let at = mail.text.find(&start).unwrap_or_else(|| panic!("no {start} in {}", mail.text));
    site.url(mail.text[at + ORIGIN.len()..].split_whitespace().next().unwrap())
}

/// Registers with a passkey and confirms; the browser is signed in.
async fn arrive(site: &TestServer, browser: &Browser, email: &str) -> Authenticator {
    let mut key = Authenticator::new();
    assert_eq!(register(site, browser, &mut key, email).await.status(), 303);
    assert_eq!(browser.post(&link(site, email, "/confirm").await, &[]).await.status(), 303);
    key
}

/// The response to a challenge of the sign-in page, as its form sends it.
async fn signed(site: &TestServer, browser: &Browser, key: &mut Authenticator) -> [(&'static str, String); 2] {
    let (challenge, options) = challenge(site, browser, "/passkeys", &[("purpose", "sign_in")]).await;
    [("challenge", challenge), ("credential", key.sign(&options))]
}

async fn send(url: &str, browser: &Browser, fields: &[(&'static str, String)]) -> Response {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(url, &fields).await
}

async fn sign_in_with(site: &TestServer, browser: &Browser, key: &mut Authenticator) -> Response {
    let form = signed(site, browser, key).await;
    send(&site.url("/sign-in/passkey"), browser, &form).await
}

async fn assert_refused(response: Response, status: u16, words: &str) {
    let (got, page) = (response.status().as_u16(), response.text().await.unwrap());
    assert!(got == status && page.contains(words), "{got}, not {status} with {words}: {page}");
}

#[tokio::test]
async fn an_account_without_a_password_signs_in_with_its_passkey() {
    let site = site().await;
    let browser = Browser::new();
    let page = browser.page(&site.url("/register")).await;
    assert!(
        page.contains("data-passkey=\"register\"") && page.contains("<noscript><p>Passkeys need scripts"),
        "{page}"
    );
    let mut key = Authenticator::new();
    let sent = register(&site, &browser, &mut key, " Ada@Kitchen.example ").await;
    assert_eq!((sent.status().as_u16(), location(&sent)), (303, "/mail-sent"));
    assert_eq!(site.app.count("staff_accounts").await + site.app.count("passkeys").await, 0, "nothing before the mail");
    let confirm = link(&site, ADA, "/confirm").await;
    assert_eq!(browser.post(&confirm, &[]).await.status(), 303);
    assert_eq!(browser.get(&site.url("/dashboard")).await.status(), 200);

    for password in ["", CHOSEN] {
        assert_eq!(sign_in(&site, &Browser::new(), ADA, password).await, 422, "no password fits");
    }
    let (elsewhere, second) = (Browser::new(), site.second(&[&format!("--public-url={ORIGIN}")]).await);
    let mut form = signed(&site, &elsewhere, &mut key).await.to_vec();
    form.push(("next", "/account".to_owned()));
    let opened = send(&format!("http://{}/sign-in/passkey", second.addr), &elsewhere, &form).await;
    assert_eq!((opened.status().as_u16(), location(&opened)), (303, "/account"), "another server takes the response");
    let page = elsewhere.page(&site.url("/account")).await;
    assert!(page.contains("last used just now") && page.contains("You have none. With one"), "{page}");
    second.stop().await;
}

#[tokio::test]
async fn registering_with_a_passkey_does_not_tell_who_has_an_account() {
    let site = site().await;
    site.employ("owner").await;
    let known = site.email("owner");
    let mut answers = Vec::new();
    for email in [known.as_str(), ADA] {
        let browser = Browser::new();
        let sent = register(&site, &browser, &mut Authenticator::new(), email).await;
        let names: Vec<_> = sent.cookies().map(|cookie| cookie.name().to_owned()).collect();
        let page = browser.page(&site.url("/mail-sent")).await.replace(email, "");
        answers.push((sent.status(), location(&sent).to_owned(), names, page));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(mails(&site, &known).await[0].kind, "already_registered");
    assert_eq!(mails(&site, ADA).await[0].kind, "register");
}

#[tokio::test]
async fn another_browser_than_the_one_that_registered_needs_the_passkey() {
    let site = site().await;
    let (browser, elsewhere) = (Browser::new(), Browser::new());
    let (mut key, mut other) = (Authenticator::new(), Authenticator::new());
    assert_eq!(register(&site, &browser, &mut key, ADA).await.status(), 303);
    let confirm = link(&site, ADA, "/confirm").await;
    let page = elsewhere.page(&confirm).await;
    assert!(page.contains("Confirm with the passkey") && !page.contains("type=\"password\""), "{page}");
    assert_refused(elsewhere.post(&confirm, &[]).await, 422, "A passkey was chosen with this link").await;
    let token = confirm.rsplit('/').next().unwrap();
    for (key, status) in [(&mut other, 422), (&mut key, 303)] {
        let fields = [("purpose", "confirm"), ("token", token)];
        let (challenge, options) = challenge(&site, &elsewhere, "/passkeys", &fields).await;
        let form = [("challenge", challenge), ("credential", key.sign(&options))];
        assert_eq!(send(&confirm, &elsewhere, &form).await.status(), status);
    }
    assert_eq!(elsewhere.get(&site.url("/dashboard")).await.status(), 200);
    assert_eq!(sign_in_with(&site, &Browser::new(), &mut key).await.status(), 303, "with the next counter");
}

#[tokio::test]
async fn a_reset_gives_an_account_with_a_passkey_its_first_password() {
    let site = site().await;
    let mut key = arrive(&site, &Browser::new(), ADA).await;
    Browser::new().post(&site.url("/forgot"), &[("email", ADA)]).await;
    let reset = link(&site, ADA, "/reset").await;
    assert_eq!(Browser::new().post(&reset, &[("password", CHOSEN)]).await.status(), 303);
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 303);
    assert_eq!(sign_in_with(&site, &Browser::new(), &mut key).await.status(), 303);
}

#[tokio::test]
async fn a_site_without_a_name_or_tls_has_no_passkeys() {
    for arguments in [&[][..], &["--public-url=http://127.0.0.1:3000"], &["--public-url=http://toast.example"]] {
        let site = TestServer::start_with(arguments).await;
        let browser = Browser::new();
        site.sign_in(&browser).await;
        for page in ["/sign-in", "/register", "/account"] {
            let page = browser.page(&site.url(page)).await;
            assert!(!page.contains("asskey") && !page.contains("webauthn"), "{page}");
        }
        for (path, purpose) in [("/passkeys", "sign_in"), ("/passkeys", "register"), ("/account/passkeys", "add")] {
            let form = [("purpose", purpose), ("name", "Ada"), ("email", ADA), ("passkey_password", CHOSEN)];
            let refused = browser.post_for_json(&site.url(path), &form).await;
            assert_refused(refused, 409, "Passkeys cannot be used at this address").await;
        }
        assert_eq!(site.app.count("account_tokens WHERE purpose LIKE 'passkey%'").await, 0);
    }
}
