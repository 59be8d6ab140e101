//! The module for the OpenTelemetry Collector and Apache Camel.

use crypt32_filter::{
    engine::filter::Filter,
    policy::{Action, Policy},
    verdict::Basis,
};
use serde_json::json;
use wasmi::{
    Engine, Instance, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, WasmParams,
    WasmResults,
};

use crate::{driver, engines, filtered::filtered, messages, native, samples};

struct Plain {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

impl Plain {
    /// An instance whose memory must not exceed that many bytes.
    fn with_memory(most: usize) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, driver::file("plain")).expect("the module is valid");
        let limits = StoreLimitsBuilder::new().memory_size(most).build();
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        let instance =
            Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("no imports");
        let memory = instance.get_memory(&store, "memory").expect("an exported memory");
        Self { store, instance, memory }
    }

    fn new(options: &serde_json::Value) -> Self {
        let mut plain = Self::with_memory(64 << 20);
        assert_eq!(plain.call("crypt32_options", options.to_string().as_bytes()), Ok(vec![]));
        plain
    }

    fn run<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name).expect(name);
        function.call(&mut self.store, params).unwrap_or_else(|trap| panic!("{name}: {trap}"))
    }

    /// Calls a function like Camel's `WasmFunction`. The error is the module's, or empty if there is
    /// no memory for the input.
    fn call(&mut self, name: &str, input: &[u8]) -> Result<Vec<u8>, String> {
        let size = u32::try_from(input.len()).expect("32 bits");
        let block: u32 = self.run("alloc", size);
        if self.memory.write(&mut self.store, block as usize, input).is_err() {
            return Err(String::new());
        }
        let answer: u64 = self.run(name, (block, size));
        let (at, size_out) = ((answer >> 32) as u32, answer as u32);
        let mut out = vec![0; (size_out & !(1 << 31)) as usize];
        self.memory.read(&self.store, at as usize, &mut out).expect("within memory");
        self.run::<_, ()>("dealloc", (block, size));
        self.run::<_, ()>("dealloc", (at, size_out));
        if size_out >> 31 == 1 { Err(String::from_utf8(out).expect("text")) } else { Ok(out) }
    }
}

fn column(records: &[Vec<u8>]) -> Vec<u8> {
    let each = |record: &Vec<u8>| {
        let length = u32::try_from(record.len()).expect("32 bits");
        [&length.to_le_bytes()[..], record].concat()
    };
    records.iter().flat_map(each).collect()
}

/// A message of Camel with this body.
fn message(body: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in body.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for i in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * i) & 63]);
            text.push(if i > three.len() { '=' } else { digit });
        }
    }
    json!({"headers": {"a": "crypt32", "body": "x"}, "body": text}).to_string().into_bytes()
}

/// The verdict, the basis and whether it is dropped, as the filter decides with one basis at a time.
fn expected(policy: &Policy, record: &[u8]) -> u8 {
    let mut filter = Filter::new(policy.clone());
    filtered(&mut filter, [record]);
    let ledger = filter.ledger();
    let verdict = u8::from(ledger.benign > 0) | u8::from(ledger.review > 0) << 1;
    let bases = [(Basis::Listed, 1), (Basis::Sibling, 2), (Basis::Cause, 3)];
    let basis = bases.into_iter().find(|(basis, _)| {
        let accept = [*basis].into_iter().collect();
        native(Policy { action: Action::Drop, accept, ..Policy::default() }, record).is_none()
    });
    verdict | basis.map_or(0, |(_, number)| number) << 2 | u8::from(ledger.dropped > 0) << 4
}

#[test]
fn imports_nothing_and_exports_what_the_hosts_call() {
    let (imports, exports) = engines::names(&driver::file("plain"));
    assert!(imports.is_empty());
    let expected = [
        "alloc",
        "camel_action",
        "camel_verdict",
        "crypt32_judge",
        "crypt32_options",
        "dealloc",
        "memory",
    ];
    assert_eq!(exports, expected);
}

#[test]
fn judges_a_column_like_the_filter_with_every_option() {
    let records = messages();
    for options in [
        json!({}),
        json!({"action": "drop"}),
        json!({"action": "drop", "accept": ["sibling", "cause"]}),
        json!({"action": "drop", "only_computers": ["server\\d", "x.*"]}),
        json!({"action": "drop", "only_computers": ["x.*"]}),
    ] {
        let policy = Policy::from_json(&options).expect("options");
        let answer = Plain::new(&options).call("crypt32_judge", &column(&records)).expect("bytes");
        assert_eq!(answer.len(), records.len());
        for (record, one) in records.iter().zip(answer) {
            let record = String::from_utf8_lossy(record);
            assert_eq!(one, expected(&policy, record.as_bytes()), "{options} {record:.500}");
        }
    }
}

#[test]
fn says_what_is_wrong_with_an_option() {
    let mut plain = Plain::with_memory(64 << 20);
    for (options, says) in [
        ("{", "EOF"),
        ("[]", "an object"),
        (r#"{"acton":"drop"}"#, "did you mean \"action\"?"),
        (r#"{"only_computers":[]}"#, "a list of regular expressions"),
        (r#"{"only_computers":["("]}"#, "\"(\" is not valid"),
    ] {
        let error = plain.call("crypt32_options", options.as_bytes()).expect_err(options);
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn answers_camel_like_the_filter() {
    let mut plain = Plain::with_memory(64 << 20);
    let policy = Policy { action: Action::Drop, ..Policy::default() };
    let mut dropped = 0;
    for record in messages().into_iter().chain([vec![0xFF; 1000]]) {
        let message = message(&record);
        let drop = native(policy.clone(), &record).is_none();
        let action = if drop { "drop" } else { "pass" };
        assert_eq!(plain.call("camel_action", &message).as_deref(), Ok(action.as_bytes()));
        let verdict =
            ["unrelated", "benign", "review"][usize::from(expected(&policy, &record) & 3)];
        assert_eq!(plain.call("camel_verdict", &message).as_deref(), Ok(verdict.as_bytes()));
        dropped += usize::from(drop);
    }
    assert!(dropped > 10);
}

#[test]
fn broken_input_passes() {
    let mut plain = Plain::with_memory(64 << 20);
    let benign = samples().swap_remove(0).1.into_bytes();
    let whole = message(&benign);
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    let odd = ["null", "{}", r#"{"body":null}"#, r#"{"body":"?"}"#, "[[[[", "\u{feff}{}"];
    for message in cut.chain(odd.map(|text| text.as_bytes().to_vec())) {
        assert_eq!(plain.call("camel_action", &message).as_deref(), Ok(&b"pass"[..]));
    }
    assert_eq!(plain.call("camel_action", &whole).as_deref(), Ok(&b"drop"[..]));
    let mut column = column(&[benign.clone(), benign]);
    assert_eq!(plain.call("crypt32_judge", &column).map(|answer| answer.len()), Ok(2));
    column.pop();
    assert_eq!(plain.call("crypt32_judge", &column).map(|answer| answer.len()), Ok(1));
    assert_eq!(plain.call("crypt32_judge", &[255; 9]), Ok(vec![]));
}

#[test]
fn without_memory_records_pass() {
    let mut plain = Plain::with_memory(2 << 20);
    let benign = samples().swap_remove(0).1.into_bytes();
    let message = message(&benign);
    assert_eq!(plain.call("camel_action", &message).as_deref(), Ok(&b"drop"[..]));
    for size in (1..40).map(|i| i * 40_000) {
        let long = [&message[..message.len() - 1], &vec![b' '; size], b"}"].concat();
        let answer = plain.call("camel_action", &long).unwrap_or_default();
        assert!(matches!(&*answer, b"drop" | b"pass" | b""), "{size}");
        let record = [&benign[..benign.len() - 1], &vec![b' '; size], b"}"].concat();
        let answer = plain.call("crypt32_judge", &column(&[record])).unwrap_or_default();
        assert!(answer.len() <= 1, "{size}");
    }
    assert_eq!(plain.call("camel_action", &message).as_deref(), Ok(&b"drop"[..]));
}
