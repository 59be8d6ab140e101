//! The function for `ContentBasedRouter`.

use super::{Object, get_string, member, text, transform, value, with};
use crate::REVIEW;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn set_string(text: *mut u8) -> Object;
    safe fn set_null() -> Object;
}

/// Answers with the topic of the record, or null for the same topic.
#[unsafe(no_mangle)]
extern "C" fn process(record: Object) -> Object {
    let review = transform()
        .and_then(|transform| value(record, |text, units| transform.is_for_review(text, units)))
        .unwrap_or(false);
    if !review {
        return set_null();
    }
    let Some(topic) = member(record, "topic") else { return set_null() };
    // SAFETY: a topic is a string.
    let name = with(unsafe { get_string(topic) }, |name, _| text(&[name, REVIEW.as_bytes()]));
    let Some(name) = name else { return set_null() };
    // SAFETY: the text ends with a zero byte, and the host frees it.
    unsafe { set_string(name) }
}
