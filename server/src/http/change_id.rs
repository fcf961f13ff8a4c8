//! Names of changes: one that is sent again, because its answer got lost, has the name that it had before.

use crate::http::body::Form;
use app::{domain::id::ChangeId, forms::fields};
use http::HeaderMap;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Longer than any key that a page makes.
const LONGEST: usize = 64;

/// The key that the page gave its form. Else the request's id: a balancer that sends a request to another server sends
/// it with the same id.
pub fn key(headers: &HeaderMap, form: &Form) -> String {
    let sent = form.text(fields::KEY);
    if (1..=LONGEST).contains(&sent.len()) && sent.bytes().all(|byte| byte.is_ascii_graphic()) {
        return sent.to_owned();
    }
    let request = headers.get(super::trace::REQUEST_ID).and_then(|id| id.to_str().ok());
    request.map_or_else(|| Uuid::new_v4().to_string(), ToOwned::to_owned)
}

/// The id of a change under a key. It is made of both: a form that was corrected asks for another change.
pub fn change_id(key: &str, asked: &impl Serialize) -> ChangeId {
    let mut digest = Sha256::new();
    digest.update(key);
    digest.update([0]);
    // What cannot be written is told apart by its key alone.
    digest.update(serde_json::to_vec(asked).unwrap_or_default());
    let mut id = [0; 16];
    id.copy_from_slice(digest.finalize().get(..16).unwrap_or(&[0; 16]));
    ChangeId::from_uuid(uuid::Builder::from_custom_bytes(id).into_uuid())
}
