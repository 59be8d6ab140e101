//! The `wasm` processor of Redpanda Connect and Bento: compares messages with the native filter.
//! tests/hosts/streams tests the engines themselves.

use std::collections::BTreeMap;

use crypt32_filter::policy::{Accept, Action, Policy};
use serde_json::json;
use wasmi::{
    Caller, Config, Engine, Extern, Linker, Module, Store, StoreLimits, StoreLimitsBuilder,
};

use crate::{driver, messages, native, samples};

pub const ENGINES: [(&str, &str); 2] = [("connect", "benthos_wasm"), ("bento", "bento_wasm")];

/// The engine's data for the module.
struct Message {
    limits: StoreLimits,
    body: Vec<u8>,
    metadata: BTreeMap<String, String>,
    failed: bool,
}

/// An engine with one instance.
pub struct Host {
    store: Store<Message>,
    instance: wasmi::Instance,
}

/// Passes bytes in like `allocateBytesInbound`. Returns 0 if that fails, and the message fails too.
fn inbound(caller: &mut Caller<'_, Message>, bytes: &[u8]) -> u64 {
    let allocate = caller.get_export("allocate").and_then(Extern::into_func).expect("exported");
    let allocate = allocate.typed::<u32, u32>(&*caller).expect("its type");
    let length = u32::try_from(bytes.len()).expect("32 bits");
    let at = allocate.call(&mut *caller, length).expect("allocate must not trap");
    let memory = caller.get_export("memory").and_then(Extern::into_memory).expect("exported");
    if memory.write(&mut *caller, at as usize, bytes).is_err() {
        caller.data_mut().failed = true;
        return 0;
    }
    u64::from(at) << 32 | u64::from(length)
}

/// Reads bytes out.
fn outbound(caller: &Caller<'_, Message>, at: u32, length: u32) -> Vec<u8> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory).expect("exported");
    memory.data(caller)[at as usize..][..length as usize].to_vec()
}

impl Host {
    pub fn new(name: &str, import: &str, most: usize) -> Self {
        let engine = Engine::new(&Config::default());
        let module = Module::new(&engine, driver::file(name)).expect("the module is valid");
        let mut linker = Linker::<Message>::new(&engine);
        let text = |caller: &Caller<'_, Message>, at, length| {
            String::from_utf8(outbound(caller, at, length)).expect("text")
        };
        linker
            .func_wrap(import, "v0_msg_as_bytes", |mut caller: Caller<'_, Message>| {
                let body = caller.data().body.clone();
                inbound(&mut caller, &body)
            })
            .and_then(|linker| {
                linker.func_wrap(
                    import,
                    "v0_msg_set_bytes",
                    |mut caller: Caller<'_, Message>, at: u32, length: u32| {
                        caller.data_mut().body = outbound(&caller, at, length);
                    },
                )
            })
            .and_then(|linker| {
                linker.func_wrap(
                    import,
                    "v0_msg_get_meta",
                    move |mut caller: Caller<'_, Message>, at: u32, length: u32| {
                        let key = text(&caller, at, length);
                        let value = caller.data().metadata.get(&key).cloned().unwrap_or_default();
                        inbound(&mut caller, value.as_bytes())
                    },
                )
            })
            .and_then(|linker| {
                linker.func_wrap(
                    import,
                    "v0_msg_set_meta",
                    move |mut caller: Caller<'_, Message>, key, key_length, at, length| {
                        let key = text(&caller, key, key_length);
                        let value = text(&caller, at, length);
                        caller.data_mut().metadata.insert(key, value);
                    },
                )
            })
            .expect("four functions");
        let limits = StoreLimitsBuilder::new().memory_size(most).build();
        let message =
            Message { limits, body: Vec::new(), metadata: BTreeMap::new(), failed: false };
        let mut store = Store::new(&engine, message);
        store.limiter(|message| &mut message.limits);
        let instance =
            linker.instantiate_and_start(&mut store, &module).expect("it needs nothing else");
        Self { store, instance }
    }

    /// Processes one message, and returns its body and metadata.
    pub fn message(
        &mut self,
        function: &str,
        body: &[u8],
        marks: &[(&str, &str)],
    ) -> (Vec<u8>, Vec<(String, String)>) {
        let message = self.store.data_mut();
        message.body = body.to_vec();
        message.metadata = marks.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        message.failed = false;
        let function =
            self.instance.get_typed_func::<(), ()>(&self.store, function).expect(function);
        function.call(&mut self.store, ()).expect("it must not trap");
        let message = self.store.data();
        (message.body.clone(), message.metadata.clone().into_iter().collect())
    }

    fn memory_size(&self) -> usize {
        self.instance.get_memory(&self.store, "memory").expect("exported").data_size(&self.store)
    }
}

/// The effect of the configurations' mapping with these bases.
pub fn dropped(metadata: &[(String, String)], bases: &[&str]) -> bool {
    let get = |key| metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    get("kb_verdict") == Some("benign") && bases.contains(&get("kb_basis").unwrap_or_default())
}

#[test]
fn every_sample_gets_the_body_and_the_fate_of_the_native_filter() {
    let mut records = messages();
    let sample = String::from_utf8_lossy(&records[0]).into_owned();
    let framed = format!("<11>1 2010-03-15T11:27:57Z SERVER1 crypt32 - - - {sample}");
    let counted = format!("{} {framed}", framed.len());
    records.extend([framed.into_bytes(), counted.into_bytes(), vec![b'x'; 5 << 20]]);
    let all: Accept =
        ["listed", "sibling", "cause"].map(|b| b.parse().expect("a basis")).into_iter().collect();
    for (name, import) in ENGINES {
        let mut host = Host::new(name, import, 64 << 20);
        let (mut tagged, mut gone) = (0, 0);
        for record in &records {
            let shown = String::from_utf8_lossy(&record[..record.len().min(500)]).into_owned();
            let (body, metadata) = host.message("process", record, &[]);
            assert_eq!(Some(&body), native(Policy::default(), record).as_ref(), "{shown}");
            let drop = Policy { action: Action::Drop, ..Policy::default() };
            let all = Policy { accept: all, ..drop.clone() };
            let native_drop = native(drop, record).is_none();
            assert_eq!(dropped(&metadata, &["listed", "sibling"]), native_drop, "{shown}");
            let bases = ["listed", "sibling", "cause"];
            assert_eq!(dropped(&metadata, &bases), native(all, record).is_none(), "{shown}");
            let id = metadata.iter().any(|(key, value)| key == "kb_id" && value == "KB2253680");
            assert_eq!(id, !metadata.is_empty(), "{shown}");
            // With metadata only, the metadata are the same.
            assert_eq!(host.message("process_metadata", record, &[]), (record.clone(), metadata));
            // A line end stays unchanged.
            let line = [record, &b"\r\n"[..]].concat();
            assert_eq!(host.message("process", &line, &[]).0, [&body, &b"\r\n"[..]].concat());
            // Filtering twice equals filtering once.
            assert_eq!(host.message("process", &body, &[]).0, body, "{shown}");
            tagged += usize::from(body != *record);
            gone += usize::from(native_drop);
        }
        assert!(tagged > 25 && gone > 25, "{tagged} tagged, {gone} dropped");
    }
}

/// A sender may put any header on a record, which becomes metadata. None of them may survive, even
/// if the module cannot read the message.
#[test]
fn nobody_else_says_what_is_benign() {
    let sample = samples().swap_remove(0).1;
    let review = sample.replace("authrootseq.txt", "other.txt");
    let conflict = sample.replacen('{', "{\"kb\":1,", 1);
    let long = "x".repeat(5 << 20);
    for (name, import) in ENGINES {
        for most in [1 << 20, 64 << 20] {
            let mut host = Host::new(name, import, most);
            for function in ["process", "process_metadata"] {
                for record in ["disk failure", "", &long, &conflict, &review, &sample] {
                    let plain = host.message(function, record.as_bytes(), &[]);
                    for forged in [
                        &[("kb_verdict", "benign"), ("kb_basis", "listed"), ("kb_id", "KB1")][..],
                        &[("kb_verdict", "benign")],
                        &[("kb_basis", "listed")],
                        &[("kb_id", "KB2253680")],
                        &[("kb_verdict", &long), ("kb_basis", "listed")],
                    ] {
                        let mut made = host.message(function, record.as_bytes(), forged);
                        made.1.retain(|(_, value)| !value.is_empty());
                        let shown = &record[..record.len().min(100)];
                        assert!(made == plain, "{name}: {:?} of {forged:?} and {shown}", made.1);
                    }
                    assert_eq!(dropped(&plain.1, &["listed"]), record == sample);
                }
            }
        }
    }
}

#[test]
fn memory_is_flat_and_running_out_of_it_is_no_trap() {
    let mut host = Host::new("connect", "benthos_wasm", 64 << 20);
    let sample = samples().swap_remove(0).1;
    let long = json!({"SourceName": "crypt32", "EventID": 8, "x": "y".repeat(5 << 20)}).to_string();
    let mut sizes = Vec::new();
    for i in 0..3000 {
        let record = if i % 1000 == 7 { &long } else { &sample };
        let (body, _) = host.message("process", record.as_bytes(), &[]);
        assert_eq!(body.len() == record.len(), i % 1000 == 7);
        sizes.push(host.memory_size());
    }
    assert_eq!(sizes[1100], sizes[2999]);
    for most in [1 << 19, 1 << 20, 3 << 20] {
        let mut host = Host::new("connect", "benthos_wasm", most);
        for _ in 0..3 {
            let (body, metadata) = host.message("process", long.as_bytes(), &[]);
            assert!(body == long.as_bytes() && metadata.is_empty());
            assert!(host.store.data().failed, "{most} bytes were enough for 5 MB");
            host.message("process", sample.as_bytes(), &[]);
            assert!(!host.store.data().failed);
        }
    }
}
