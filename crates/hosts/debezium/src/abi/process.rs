//! The function for `Filter`.

use super::{Object, text, transform, value};

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn set_bool(value: *mut u8) -> Object;
}

/// Answers true to keep the record.
#[unsafe(no_mangle)]
extern "C" fn process(record: Object) -> Object {
    let keeps = transform()
        .and_then(|transform| value(record, |text, units| transform.keeps(text, units)))
        .unwrap_or(true);
    let answer =
        text(&[&[u8::from(keeps)]]).unwrap_or(core::ptr::without_provenance_mut(usize::MAX));
    // SAFETY: the host reads one byte, and frees it.
    unsafe { set_bool(answer) }
}
