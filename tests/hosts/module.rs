//! The file for Fluent Bit and ClickHouse: its imports and exports.

use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::driver;

#[test]
fn imports_nothing_and_exports_what_the_hosts_call() {
    let mut exports = Vec::new();
    for payload in Parser::new(0).parse_all(&driver::bytes()) {
        match payload.expect("a valid module") {
            Payload::ImportSection(_) | Payload::StartSection { .. } => {
                panic!("the module has imports or a start function")
            }
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|e| e.expect("valid").name.to_owned()));
            }
            _ => {}
        }
    }
    exports.sort();
    // rustc adds the last two for hosts that need the position of the heap.
    let expected = [
        "__data_end",
        "__heap_base",
        "clickhouse_create_buffer",
        "clickhouse_destroy_buffer",
        "crypt32_benign",
        "crypt32_drop",
        "crypt32_drop_cause",
        "crypt32_drop_cause_ledger",
        "crypt32_drop_ledger",
        "crypt32_observe",
        "crypt32_tag",
        "crypt32_verdict",
        "free",
        "malloc",
        "memory",
    ];
    assert_eq!(exports, expected);
}

#[test]
fn needs_no_feature_that_fluent_bit_lacks() {
    let has = WasmFeatures::WASM1
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES;
    Validator::new_with_features(has).validate_all(&driver::bytes()).expect("only these features");
    // This verifies that the check rejects other features.
    let simd = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7b\x03\x02\x01\0\x0a\x16\x01\x14\0\xfd\x0c\
                 \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b";
    assert!(Validator::new_with_features(has).validate_all(simd).is_err());
    assert!(Validator::new_with_features(has | WasmFeatures::SIMD).validate_all(simd).is_ok());
}
