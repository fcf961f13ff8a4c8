//! Idempotency ids of cart changes: a retried request has the id of the first one.

use crate::http::body::Form;
use app::{domain::id::ChangeId, forms::fields};
use http::HeaderMap;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes; longer than any key that a page makes.
const LONGEST: usize = 64;

/// The key in the form, else the request id: a load balancer retries at another server with the same request id.
pub fn key(headers: &HeaderMap, form: &Form) -> String {
    let sent = form.text(fields::KEY);
    if (1..=LONGEST).contains(&sent.len()) && sent.bytes().all(|byte| byte.is_ascii_graphic()) {
        return sent.to_owned();
    }
    let request = headers.get(super::trace::REQUEST_ID).and_then(|id| id.to_str().ok());
    request.map_or_else(|| Uuid::new_v4().to_string(), ToOwned::to_owned)
}

/// The id of a change, of its key and its content: a corrected form is another change.
pub fn change_id(key: &str, asked: &impl Serialize) -> ChangeId {
    let mut digest = Sha256::new();
    digest.update(key);
    digest.update([0]);
    // Content that cannot be serialized is identified by its key alone.
    digest.update(serde_json::to_vec(asked).unwrap_or_default());
    let mut id = [0; 16];
    id.copy_from_slice(digest.finalize().get(..16).unwrap_or(&[0; 16]));
    ChangeId::from_uuid(uuid::Builder::from_custom_bytes(id).into_uuid())
}
