//! The files for Redpanda, Redpanda Connect, Bento and Kafka Connect: their imports and exports.

use wasmparser::{
    CompositeInnerType, Operator, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures,
};

use crate::driver;

const MODULES: [&str; 4] = ["connect", "bento", "redpanda_tag", "redpanda_drop"];

/// The imports and the exports of a module.
pub fn names(module: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.expect("a valid module") {
            Payload::StartSection { .. } => panic!("a start function"),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.expect("valid");
                    assert!(matches!(import.ty, TypeRef::Func(_)));
                    imports.push(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|e| e.expect("valid").name.to_owned()));
            }
            _ => {}
        }
    }
    imports.sort();
    // rustc adds these for hosts that need the position of the heap.
    exports.retain(|name| !["__data_end", "__heap_base"].contains(&name.as_str()));
    exports.sort();
    (imports, exports)
}

/// There must be one allocator, because an engine that finds two calls both; no `deallocate`,
/// because it would be called with the addresses of constants; and nothing that Redpanda Connect
/// handles incorrectly.
#[test]
fn imports_and_exports_are_these_and_no_others() {
    for (name, import) in [("connect", "benthos_wasm"), ("bento", "bento_wasm")] {
        let (imports, exports) = names(&driver::file(name));
        let functions =
            ["v0_msg_as_bytes", "v0_msg_get_meta", "v0_msg_set_bytes", "v0_msg_set_meta"];
        assert_eq!(imports, functions.map(|function| format!("{import}.{function}")));
        assert_eq!(exports, ["allocate", "memory", "process", "process_metadata"]);
    }
    for name in ["redpanda_tag", "redpanda_drop"] {
        let (imports, exports) = names(&driver::file(name));
        let functions =
            ["check_abi_version_2", "read_batch_header", "read_next_record", "write_record"];
        assert_eq!(imports, functions.map(|function| format!("redpanda_transform.{function}")));
        assert_eq!(exports, ["_start", "memory"]);
    }
    let reads = ["get", "get_bytes", "get_schema_type", "get_string", "is_null"];
    let answers =
        [("debezium_drop", &["set_bool"][..]), ("debezium_review", &["set_null", "set_string"])];
    for (name, answers) in answers {
        let (imports, exports) = names(&driver::file(name));
        let functions = reads.iter().chain(answers);
        assert_eq!(imports, functions.map(|name| format!("env.{name}")).collect::<Vec<_>>());
        assert_eq!(exports, ["free", "malloc", "memory", "process"]);
    }
}

/// A host with imports calls its allocators while another call uses the stack, so they must leave the
/// stack pointer where it is.
#[test]
fn allocators_within_a_call_leave_its_stack() {
    for name in MODULES.into_iter().chain(["debezium_drop", "debezium_review"]) {
        let bytes = driver::file(name);
        let (mut imported, mut allocators, mut bodies) = (0, Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.expect("valid") {
                Payload::ImportSection(section) => imported = section.into_imports().count(),
                Payload::ExportSection(section) => {
                    let all = section.into_iter().map(|export| export.expect("valid"));
                    let named = ["allocate", "malloc", "free"];
                    allocators.extend(all.filter(|export| named.contains(&export.name)));
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        for export in allocators {
            let body = &bodies[export.index as usize - imported];
            let operators = body.get_operators_reader().expect("valid").into_iter();
            let operators: Vec<_> = operators.map(|operator| operator.expect("valid")).collect();
            let resets = |pair: &[Operator<'_>]| {
                matches!(pair, [Operator::I32Const { .. }, Operator::GlobalSet { .. }])
            };
            assert!(!operators.windows(2).any(resets), "{name}: {}", export.name);
        }
    }
}

/// The defaults of wazero and wasmtime. Before wasmtime, a broker reads the types itself, with a
/// list of value types that lacks `v128`.
#[test]
fn need_nothing_that_an_engine_lacks() {
    let has = WasmFeatures::WASM2;
    for name in MODULES {
        let bytes = driver::file(name);
        Validator::new_with_features(has).validate_all(&bytes).expect("only these features");
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.expect("valid") {
                Payload::TypeSection(section) => {
                    for group in section {
                        for sub in group.expect("valid").types() {
                            let CompositeInnerType::Func(function) = &sub.composite_type.inner
                            else {
                                panic!("no function")
                            };
                            let mut types = function.params().iter().chain(function.results());
                            assert!(
                                !types.any(|&ty| ty == ValType::V128),
                                "{name}: v128 in a type"
                            );
                        }
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        assert_eq!(global.expect("valid").ty.content_type, ValType::I32);
                    }
                }
                // A broker provides more memory than requested, and refuses a module that requests
                // less.
                Payload::MemorySection(section) => {
                    for memory in section {
                        let memory = memory.expect("valid");
                        assert_eq!(memory.maximum, None);
                        assert!(memory.initial * 65_536 < 512 << 10, "{name}: {}", memory.initial);
                    }
                }
                _ => {}
            }
        }
    }
}
