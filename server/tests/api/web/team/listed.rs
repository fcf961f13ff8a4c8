//! The lists on the page of a team: people as their accounts name them, and invitations whose mail was refused.

use super::{invite, start};
use crate::{
    inbox::{Behaviour, Inbox},
    web::{
        site::{Browser, PASSWORD, TestServer, hidden},
        text_of,
    },
};
use std::time::Duration;

#[tokio::test]
async fn the_list_follows_a_new_name_and_address() {
    let site = TestServer::start().await;
    let (owner, cook) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&cook, "kitchen").await;
    let before = site.email("kitchen");
    assert!(owner.page(&site.dashboard("/team")).await.contains(&before));
    let form = [("action", "name"), ("name", "Cem Demir")];
    assert_eq!(cook.post(&site.url("/account"), &form).await.status(), 303);
    let form = [("action", "email"), ("email", "cem@kitchen.example"), ("email_password", PASSWORD)];
    assert_eq!(cook.post(&site.url("/account"), &form).await.status(), 303);
    let mail = "SELECT text_body FROM mails WHERE email = 'cem@kitchen.example'";
    let text = text_of(&site, mail).await.unwrap();
    let link = text.split_whitespace().find_map(|word| Some(&word[word.find("/confirm-email/")?..])).unwrap();
    assert_eq!(cook.post(&site.url(link), &[]).await.status(), 303);
    let stored = "team_members WHERE email = 'cem@kitchen.example' AND name = 'Cem Demir'";
    assert_eq!(site.app.count(stored).await, 1, "at once, not with the next view");
    let page = owner.page(&site.dashboard("/team")).await;
    assert!(page.contains("cem@kitchen.example") && page.contains("Cem Demir") && !page.contains(&before), "{page}");
    // An update that a node which was down did not get is completed by the next view.
    site.app.sql("UPDATE staff_people SET email = 'demir@kitchen.example' WHERE name = 'Cem Demir'").await;
    assert!(owner.page(&site.dashboard("/team")).await.contains("demir@kitchen.example"));
}

#[tokio::test]
async fn an_inviter_reads_why_a_mail_was_refused_and_corrects_the_address() {
    let inbox = Inbox::open();
    let (site, owner) = start(&inbox).await;
    let team = site.dashboard("/team");
    inbox.set(Behaviour::Never);
    assert_eq!(invite(&site, &owner, "cem@kitchn.example", "floor").await.status(), 303);
    let refused = async {
        while !owner.page(&team).await.contains("The mail could not be delivered: ") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), refused).await.is_ok(), "the refusal is not shown");
    let page = owner.page(&team).await;
    assert!(page.contains("550") && page.contains("Send again") && page.contains("Withdraw"), "{page}");
    // The address is corrected in the form, whose role is that of the invitation.
    let correction = page.split("href=\"").find_map(|rest| rest.split('"').next().filter(|to| to.contains("correct=")));
    let page = owner.page(&site.url(correction.unwrap())).await;
    let form = page.split("id=\"invite\"").nth(1).unwrap();
    assert!(form.contains("value=\"cem@kitchn.example\"") && form.contains("Correct the address"), "{form}");
    let floor = form.split("id=\"invite-floor\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(floor.contains("checked"), "{form}");
    inbox.set(Behaviour::Takes);
    let form = [
        ("action", "invite"),
        ("invitation", &*hidden(form, "invitation")),
        ("email", "cem@kitchen.example"),
        ("role", "floor"),
    ];
    assert_eq!(owner.post(&team, &form).await.status(), 303);
    let page = owner.page(&team).await;
    assert!(page.contains("cem@kitchen.example") && !page.contains("cem@kitchn.example"), "{page}");
    assert!(!page.contains("could not be delivered") && !page.contains("Send again"), "{page}");
    assert_eq!(inbox.wait_for(1).await[0].to, ["cem@kitchen.example"]);
    assert_eq!(site.app.count("invitations WHERE withdrawn_at IS NOT NULL").await, 1);
}
