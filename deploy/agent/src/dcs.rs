//! Patroni's distributed configuration store in etcd: deletes the keys of a removed group, so that a new group with the same
//! number does not inherit them.

use crate::{error::AgentError, inventory::Role, mesh::Mesh, node_config::NodeConfig};
use base64::{Engine as _, prelude::BASE64_STANDARD};

pub async fn delete_group(
    client: &reqwest::Client,
    mesh: &Mesh,
    own: &NodeConfig,
    group: u16,
) -> Result<(), AgentError> {
    let body = key_range(group);
    let mut last = AgentError::Waiting("a node with role etcd".to_owned());
    for member in mesh.all_with_role(Role::Etcd, own) {
        let url = format!("http://{}:2379/v3/kv/deleterange", member.address);
        let response = client.post(url).json(&body).send().await;
        match response.and_then(reqwest::Response::error_for_status) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

/// All keys with the prefix `/service/toast/<group>/`: the exclusive end is the prefix with its last byte increased.
fn key_range(group: u16) -> serde_json::Value {
    let key = |end: char| BASE64_STANDARD.encode(format!("/service/toast/{group}{end}"));
    serde_json::json!({ "key": key('/'), "range_end": key('0') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_one_group_only() {
        let body = key_range(3);
        let of = |name: &str| String::from_utf8(BASE64_STANDARD.decode(body[name].as_str().unwrap()).unwrap()).unwrap();
        let (from, to) = (of("key"), of("range_end"));
        let contains = |key: &str| from.as_str() <= key && key < to.as_str();
        assert!(contains("/service/toast/3/leader") && contains("/service/toast/3/members/a-db3"));
        assert!(!contains("/service/toast/2/leader") && !contains("/service/toast/30/leader"));
        assert!(!contains("/service/toast/4/x"));
    }
}
