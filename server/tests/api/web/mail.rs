//! Mail by SMTP: both parts, once each, through outages and refusals, and kept mail in development.

use crate::{
    app::FRIDAY_EVENING,
    inbox::{Behaviour, Inbox, Received},
    web::{
        site::{Browser, TestServer},
        text_of,
    },
};
use mailparse::{MailHeaderMap, ParsedMail};
use server::mail::{self, LinkMail};
use std::{collections::BTreeSet, time::Duration};

async fn start(inbox: &Inbox) -> TestServer {
    let settings = inbox.settings();
    TestServer::start_with(&settings.each_ref().map(String::as_str)).await
}

async fn queue(site: &TestServer, to: &str) {
    let mail = LinkMail {
        to,
        kind: "invite",
        subject: "Café Napoli invites you".to_owned(),
        words: vec!["Ada invites you to <Café Napoli>.".to_owned()],
        action: Some(("Accept the invitation", "https://toast.example/invitation/a-b_c?x=1&y=2".to_owned())),
        after: vec!["The link works for 7 days.".to_owned()],
    };
    mail::queue(&site.server.context, mail).await.unwrap();
}

/// Waits until a number of mails is as expected.
async fn wait_for_count(site: &TestServer, of: &str, count: i64) {
    let waiting = async {
        while site.app.count(of).await != count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), waiting).await.is_ok(), "{of} never become {count}");
}

fn header(mail: &ParsedMail, name: &str) -> String {
    mail.headers.get_first_value(name).unwrap_or_else(|| panic!("no {name}"))
}

fn ids(received: &[Received]) -> BTreeSet<String> {
    received.iter().map(|mail| header(&mailparse::parse_mail(&mail.message).unwrap(), "Message-ID")).collect()
}

#[tokio::test]
async fn a_mail_arrives_with_text_and_html_and_leaves_no_secret_behind() {
    let inbox = Inbox::open();
    let site = start(&inbox).await;
    queue(&site, "rosa@napoli.example").await;
    let received = inbox.wait_for(1).await;
    assert_eq!(received[0].to, ["rosa@napoli.example"]);
    let mail = mailparse::parse_mail(&received[0].message).unwrap();
    assert_eq!(header(&mail, "From"), "Toast <toast@kitchen.example>");
    assert_eq!(header(&mail, "To"), "rosa@napoli.example");
    assert_eq!(header(&mail, "Subject"), "Café Napoli invites you");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert_eq!(mailparse::dateparse(&header(&mail, "Date")).unwrap(), FRIDAY_EVENING.millis() / 1000);
    let id = text_of(&site, "SELECT mail_id::text FROM mails").await.unwrap();
    assert_eq!(header(&mail, "Message-ID"), format!("<{id}@kitchen.example>"));
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let [plain, html] = mail.subparts.as_slice() else { panic!("{} parts", mail.subparts.len()) };
    assert_eq!((plain.ctype.mimetype.as_str(), html.ctype.mimetype.as_str()), ("text/plain", "text/html"));
    let (plain, html) = (plain.get_body().unwrap().replace("\r\n", "\n"), html.get_body().unwrap());
    assert!(plain.contains("Ada invites you to <Café Napoli>."), "{plain}");
    assert!(plain.contains("\nhttps://toast.example/invitation/a-b_c?x=1&y=2\n"), "{plain}");
    assert!(html.contains("Ada invites you to &lt;Café Napoli&gt;."), "{html}");
    assert!(html.contains("href=\"https://toast.example/invitation/a-b_c?x=1&amp;y=2\""), "{html}");
    wait_for_count(&site, "mails WHERE sent_at IS NOT NULL AND refusal IS NULL", 1).await;
    assert_eq!(text_of(&site, "SELECT text_body || html_body FROM mails").await.as_deref(), Some(""));
}

#[tokio::test]
async fn mails_of_an_outage_arrive_after_it() {
    let mut inbox = Inbox::closed();
    let site = start(&inbox).await;
    for number in 0..5 {
        queue(&site, &format!("cook{number}@napoli.example")).await;
    }
    wait_for_count(&site, "mails WHERE attempts > 0 AND run_at < created_at + interval '1 minute'", 5).await;
    inbox.listen();
    site.at(FRIDAY_EVENING.plus_minutes(10));
    assert_eq!(ids(&inbox.wait_for(5).await).len(), 5);
    wait_for_count(&site, "mails WHERE sent_at IS NOT NULL AND refusal IS NULL", 5).await;
    assert_eq!(inbox.wait_for(5).await.len(), 5);
}

#[tokio::test]
async fn two_servers_send_each_mail_once() {
    let inbox = Inbox::open();
    let (site, settings) = (start(&inbox).await, inbox.settings());
    let second = site.second(&settings.each_ref().map(String::as_str)).await;
    for number in 0..20 {
        queue(&site, &format!("cook{number}@napoli.example")).await;
        second.context.hub.send_mail_soon(&format!("cook{number}@napoli.example"));
    }
    wait_for_count(&site, "mails WHERE sent_at IS NOT NULL", 20).await;
    let received = inbox.wait_for(20).await;
    assert_eq!((received.len(), ids(&received).len()), (20, 20));
    assert_eq!(site.app.count("mails WHERE attempts = 1").await, 20);
}

#[tokio::test]
async fn a_receiver_that_is_refused_for_now_is_tried_again_and_one_refused_for_good_is_not() {
    let inbox = Inbox::open();
    let site = start(&inbox).await;
    inbox.set(Behaviour::Later);
    queue(&site, "greylisted@napoli.example").await;
    wait_for_count(&site, "mails WHERE attempts = 1 AND run_at < created_at + interval '1 minute'", 1).await;
    inbox.set(Behaviour::Takes);
    site.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(inbox.wait_for(1).await[0].to, ["greylisted@napoli.example"]);
    wait_for_count(&site, "mails WHERE sent_at IS NOT NULL", 1).await;

    inbox.set(Behaviour::Never);
    queue(&site, "unknown@napoli.example").await;
    wait_for_count(&site, "mails WHERE refusal LIKE '%550%' AND text_body = '' AND html_body = ''", 1).await;
    inbox.set(Behaviour::Takes);
    site.at(FRIDAY_EVENING.plus_minutes(120));
    queue(&site, "rosa@napoli.example").await;
    assert_eq!(inbox.wait_for(2).await[1].to, ["rosa@napoli.example"]);
    assert_eq!(inbox.attempts(), 4, "one of each, and one more of the greylisted");
}

#[tokio::test]
async fn a_server_that_refuses_us_does_not_end_a_mail() {
    let inbox = Inbox::open();
    let site = start(&inbox).await;
    inbox.set(Behaviour::RefusesClients);
    queue(&site, "rosa@napoli.example").await;
    wait_for_count(&site, "mails WHERE attempts = 1 AND run_at < created_at + interval '1 minute'", 1).await;
    assert_eq!(site.app.count("mails WHERE refusal IS NOT NULL").await, 0);
    inbox.set(Behaviour::Takes);
    site.at(FRIDAY_EVENING.plus_minutes(1));
    inbox.wait_for(1).await;
}

#[tokio::test]
async fn a_mail_that_comes_twice_has_the_same_id() {
    let inbox = Inbox::open();
    let site = start(&inbox).await;
    inbox.set(Behaviour::BreaksOff);
    queue(&site, "rosa@napoli.example").await;
    wait_for_count(&site, "mails WHERE attempts = 1 AND run_at < created_at + interval '1 minute'", 1).await;
    inbox.set(Behaviour::Takes);
    site.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(ids(&inbox.wait_for(2).await).len(), 1);
}

#[tokio::test]
async fn kept_mail_is_shown_in_development_only() {
    let site = TestServer::start_with(&["--dev-mail=true"]).await;
    let page = Browser::new().page(&site.url("/dev/mail")).await;
    assert!(page.contains("No mail yet"), "{page}");
    queue(&site, "rosa@napoli.example").await;
    let page = Browser::new().page(&site.url("/dev/mail")).await;
    for part in [
        "Café Napoli invites you",
        "rosa@napoli.example",
        "Ada invites you to &lt;Café Napoli&gt;.",
        "href=\"https://toast.example/invitation/a-b_c?x=1&amp;y=2\"",
        "noindex",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let site = TestServer::start().await;
    queue(&site, "rosa@napoli.example").await;
    let response = Browser::new().get(&site.url("/dev/mail")).await;
    assert_eq!(response.status(), 404);
    assert!(!response.text().await.unwrap().contains("invitation"));
}
