//! The registry of leaders, which Patroni keeps in etcd: what it remembers of a group that is gone is deleted, for a new
//! group with the same number would be taken for the old one.

use crate::{error::Trouble, identity::Identity, inventory::Role, mesh::Mesh};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Deletes all that is remembered of a group.
pub async fn forget(client: &reqwest::Client, mesh: &Mesh, own: &Identity, group: u16) -> Result<(), Trouble> {
    let body = range(group);
    let mut last = Trouble::Waiting("a node with role etcd".to_owned());
    for voter in mesh.everyone(Role::Etcd, own) {
        let url = format!("http://{}:2379/v3/kv/deleterange", voter.address);
        let answer = client.post(url).json(&body).send().await;
        match answer.and_then(reqwest::Response::error_for_status) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

/// Everything that begins with the group's folder: up to, and without, the same with the next letter at its end.
fn range(group: u16) -> serde_json::Value {
    let key = |end: char| BASE64_STANDARD.encode(format!("/service/toast/{group}{end}"));
    serde_json::json!({ "key": key('/'), "range_end": key('0') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_one_group_and_no_other() {
        let body = range(3);
        let of = |name: &str| String::from_utf8(BASE64_STANDARD.decode(body[name].as_str().unwrap()).unwrap()).unwrap();
        let (from, to) = (of("key"), of("range_end"));
        let holds = |key: &str| from.as_str() <= key && key < to.as_str();
        assert!(holds("/service/toast/3/leader") && holds("/service/toast/3/members/a-db3"));
        assert!(
            !holds("/service/toast/2/leader") && !holds("/service/toast/30/leader") && !holds("/service/toast/4/x")
        );
    }
}
