//! The data transforms: compares batches, passed as by a broker, with the native filter.
//! tests/hosts/streams tests Redpanda Connect, which runs the same files.

use crypt32_filter::policy::{Action, Policy};
use serde_json::json;
use wasmi::{
    Caller, Config, Engine, Extern, Linker, Module, Store, StoreLimits, StoreLimitsBuilder,
};

use crate::{driver, messages, native, samples};

/// The default memory of a function in a broker.
pub const BROKER: usize = 2 << 20;

/// A record: key, value and headers, each possibly null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

fn varint(out: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn sized(out: &mut Vec<u8>, bytes: Option<&Vec<u8>>) {
    varint(out, bytes.map_or(-1, |bytes| bytes.len() as i64));
    out.extend_from_slice(bytes.map_or(&[], Vec::as_slice));
}

fn take_varint(bytes: &mut &[u8]) -> i64 {
    let (mut number, mut shift) = (0_u64, 0);
    loop {
        let (&byte, rest) = bytes.split_first().expect("a number");
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            return (number >> 1) as i64 ^ -((number & 1) as i64);
        }
    }
}

fn take_sized(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(take_varint(bytes)).ok()?;
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    Some(taken.to_vec())
}

impl Record {
    pub fn of(value: &[u8]) -> Self {
        Self { value: Some(value.to_vec()), ..Self::default() }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        sized(&mut out, self.key.as_ref());
        sized(&mut out, self.value.as_ref());
        varint(&mut out, self.headers.len() as i64);
        for (name, value) in &self.headers {
            sized(&mut out, Some(name));
            sized(&mut out, value.as_ref());
        }
        out
    }

    /// Reads a module's output; panics if a broker would refuse it.
    pub fn read(mut bytes: &[u8]) -> Self {
        let (key, value) = (take_sized(&mut bytes), take_sized(&mut bytes));
        let headers = (0..take_varint(&mut bytes))
            .map(|_| (take_sized(&mut bytes).unwrap_or_default(), take_sized(&mut bytes)))
            .collect();
        assert!(bytes.is_empty(), "something follows");
        Self { key, value, headers }
    }

    fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().rev().find(|(key, _)| key == name.as_bytes())?;
        Some(String::from_utf8(value.clone()?).expect("text"))
    }
}

struct Host {
    limits: StoreLimits,
    batches: std::vec::IntoIter<Vec<Vec<u8>>>,
    batch: std::vec::IntoIter<Vec<u8>>,
    written: Vec<Vec<u8>>,
    pages: Vec<usize>,
}

fn memory(caller: &Caller<'_, Host>) -> wasmi::Memory {
    caller.get_export("memory").and_then(Extern::into_memory).expect("exported")
}

/// Runs a module on batches until it ends. Returns the output, and the size of its memory after
/// each batch.
pub fn run(
    name: &str,
    most: usize,
    batches: Vec<Vec<Vec<u8>>>,
) -> Result<(Vec<Vec<u8>>, Vec<usize>), wasmi::Error> {
    let engine = Engine::new(&Config::default());
    let module = Module::new(&engine, driver::file(name)).expect("the module is valid");
    let mut linker = Linker::<Host>::new(&engine);
    let import = "redpanda_transform";
    linker.func_wrap(import, "check_abi_version_2", || {}).expect("new");
    linker
        .func_wrap(
            import,
            "read_batch_header",
            |mut caller: Caller<'_, Host>,
             base: u32,
             count: u32,
             epoch: u32,
             attributes: u32,
             delta: u32,
             first: u32,
             last: u32,
             producer: u32,
             producer_epoch: u32,
             sequence: u32| {
                let memory = memory(&caller);
                let size = memory.data_size(&caller);
                let host = caller.data_mut();
                host.pages.push(size);
                let Some(batch) = host.batches.next() else { return -1 };
                let longest = batch.iter().map(Vec::len).max().unwrap_or_default();
                let records = i32::try_from(batch.len()).expect("few");
                host.batch = batch.into_iter();
                // Like a broker, this writes every output, the number of records first.
                memory.write(&mut caller, count as usize, &records.to_le_bytes()).expect("inside");
                for at in [base, first, last, producer] {
                    memory.write(&mut caller, at as usize, &[0xAB; 8]).expect("inside");
                }
                for at in [epoch, delta, sequence] {
                    memory.write(&mut caller, at as usize, &[0xAB; 4]).expect("inside");
                }
                for at in [attributes, producer_epoch] {
                    memory.write(&mut caller, at as usize, &[0xAB; 2]).expect("inside");
                }
                i32::try_from(longest).expect("32 bits")
            },
        )
        .expect("new");
    linker
        .func_wrap(
            import,
            "read_next_record",
            |mut caller: Caller<'_, Host>,
             attributes: u32,
             time: u32,
             offset: u32,
             at: u32,
             length: u32| {
                let memory = memory(&caller);
                let Some(record) = caller.data_mut().batch.next() else { return -1 };
                if record.len() > length as usize {
                    return -2;
                }
                for (at, length) in [(attributes, 1), (time, 8), (offset, 8)] {
                    memory.write(&mut caller, at as usize, &[0xAB; 8][..length]).expect("inside");
                }
                memory.write(&mut caller, at as usize, &record).expect("inside");
                i32::try_from(record.len()).expect("32 bits")
            },
        )
        .expect("new");
    linker
        .func_wrap(import, "write_record", |mut caller: Caller<'_, Host>, at: u32, length: u32| {
            let record = memory(&caller).data(&caller)[at as usize..][..length as usize].to_vec();
            caller.data_mut().written.push(record);
            length
        })
        .expect("new");
    let host = Host {
        limits: StoreLimitsBuilder::new().memory_size(most).build(),
        batches: batches.into_iter(),
        batch: Vec::new().into_iter(),
        written: Vec::new(),
        pages: Vec::new(),
    };
    let mut store = Store::new(&engine, host);
    store.limiter(|host| &mut host.limits);
    let instance = linker.instantiate_and_start(&mut store, &module).expect("nothing else");
    let start = instance.get_typed_func::<(), ()>(&store, "_start").expect("exported");
    start.call(&mut store, ())?;
    let host = store.into_data();
    Ok((host.written, host.pages))
}

/// The same for records.
fn records(name: &str, records: &[Record]) -> Vec<Record> {
    let batches = records.chunks(7).map(|batch| batch.iter().map(Record::bytes).collect());
    let (written, _) =
        run(name, BROKER, batches.collect()).expect("it ends when there are no more");
    written.iter().map(|bytes| Record::read(bytes)).collect()
}

#[test]
fn every_sample_gets_the_value_and_the_fate_of_the_native_filter() {
    let mut values = messages();
    values.push(b"not JSON".to_vec());
    let header = |name: &str| (name.as_bytes().to_vec(), Some(b"1".to_vec()));
    let input: Vec<Record> = values
        .iter()
        .enumerate()
        .map(|(i, value)| Record {
            key: (i % 3 > 0).then(|| i.to_string().into_bytes()),
            value: Some(value.clone()),
            headers: ["trace", "\u{e9}", "trace"][..i % 4]
                .iter()
                .map(|name| header(name))
                .collect(),
        })
        .collect();
    let tagged = records("redpanda_tag", &input);
    assert_eq!(tagged.len(), input.len());
    for (record, tagged) in input.iter().zip(&tagged) {
        let value = record.value.as_ref().expect("a value");
        let shown = String::from_utf8_lossy(value);
        assert_eq!(tagged.value, native(Policy::default(), value), "{shown}");
        assert_eq!(tagged.key, record.key);
        assert_eq!(tagged.headers[..record.headers.len()], record.headers);
        let verdict = tagged.header("kb_verdict");
        assert_eq!(verdict.is_some(), tagged.header("kb_id").is_some(), "{shown}");
        assert_eq!(verdict.as_deref() == Some("benign"), tagged.header("kb_basis").is_some());
        let drop = Policy { action: Action::Drop, ..Policy::default() };
        let goes = native(drop, value).is_none();
        let accepted = ["listed", "sibling"].map(|basis| Some(basis.to_owned()));
        assert_eq!(goes, accepted.contains(&tagged.header("kb_basis")), "{shown}");
    }
    // The other module must write these remaining records.
    let kept: Vec<Record> = tagged
        .iter()
        .filter(|record| {
            !["listed", "sibling"].map(|b| Some(b.to_owned())).contains(&record.header("kb_basis"))
        })
        .cloned()
        .collect();
    assert!(kept.len() > 15 && tagged.len() > kept.len() + 25);
    assert_eq!(records("redpanda_drop", &input), kept);
    // Filtering twice equals filtering once, and a tagged record can be dropped later.
    assert_eq!(records("redpanda_tag", &tagged), tagged);
    assert_eq!(records("redpanda_drop", &tagged), kept);
}

#[test]
fn what_is_no_record_of_the_event_passes_byte_for_byte() {
    let header = |name: &str, value: Option<&str>| {
        (name.as_bytes().to_vec(), value.map(|value| value.as_bytes().to_vec()))
    };
    let tombstone =
        Record { key: Some(b"k".to_vec()), value: None, headers: vec![header("a", None)] };
    let odd = Record { headers: vec![header("", Some("")); 300], ..Record::of(b"crypt32") };
    let mut input: Vec<Vec<u8>> = [
        tombstone,
        odd,
        Record::default(),
        Record::of(b""),
        Record::of(&vec![b'x'; 256 << 10]),
        Record::of("crypt32 ".repeat(32 << 10).as_bytes()),
        Record::of(
            &[b"{\"SourceName\":\"crypt32\",\"EventID\":8,\"x\":\"", &vec![b'y'; 256 << 10][..]]
                .concat(),
        ),
    ]
    .iter()
    .map(Record::bytes)
    .collect();
    // These are not valid payloads, and come back unchanged.
    input.extend([vec![], vec![0xFF; 30], b"\x01\x01\x7Fcrypt32".to_vec()]);
    for name in ["redpanda_tag", "redpanda_drop"] {
        let (written, _) =
            run(name, BROKER, vec![input.clone(), vec![], input.clone()]).expect("no trap");
        assert!(written == [input.clone(), input.clone()].concat(), "{name} changed a record");
    }
}

/// An input header would become an output header, so headers with our names are removed.
#[test]
fn nobody_else_says_what_is_benign() {
    let header = |name: &str, value: Option<&str>| {
        (name.as_bytes().to_vec(), value.map(|value| value.as_bytes().to_vec()))
    };
    let forged = [
        vec![header("kb_verdict", Some("benign")), header("kb_basis", Some("listed"))],
        vec![header("kb_basis", Some("listed")), header("trace", Some("1"))],
        vec![header("kb_id", None), header("trace", None), header("kb_id", Some("KB1"))],
        vec![header("kb_verdict", Some("benign")); 200],
    ];
    let sample = samples().swap_remove(0).1;
    let review = sample.replace("authrootseq.txt", "other.txt");
    let conflict = sample.replacen('{', "{\"kb\":1,", 1);
    // This also holds for a record that is too large to read.
    let megabyte = sample.replacen('{', &format!("{{\"x\":\"{}\",", "\\n".repeat(450 << 10)), 1);
    let values = ["disk failure", "", "{", &conflict, &review, &sample, &megabyte];
    for name in ["redpanda_tag", "redpanda_drop"] {
        for headers in &forged {
            let with = |headers: &[_]| -> Vec<Record> {
                let of = |value: &&str| Record {
                    headers: headers.to_vec(),
                    ..Record::of(value.as_bytes())
                };
                values.iter().map(of).collect()
            };
            let others: Vec<_> =
                headers.iter().filter(|(name, _)| name == b"trace").cloned().collect();
            let (made, plain) = (records(name, &with(headers)), records(name, &with(&others)));
            assert!(made == plain, "{name}: {:?}", headers[0]);
            assert_eq!(records(name, &made), made);
        }
    }
}

#[test]
fn records_of_256_kib_fit_into_a_brokers_default() {
    let sample = samples().swap_remove(0).1;
    let large = |fill: &str| {
        let written = json!(fill).to_string().len() - 2;
        let filler = json!(fill.repeat(((256 << 10) - sample.len() - 20) / written));
        sample.replacen('{', &format!("{{\"x\":{filler},"), 1)
    };
    let values = [large("x"), large("\n\""), large("crypt32 "), large("\u{1}"), sample.clone()];
    let input: Vec<Record> = values.iter().map(|value| Record::of(value.as_bytes())).collect();
    assert!(input.iter().all(|record| record.bytes().len() <= 256 << 10));
    let batch: Vec<Vec<u8>> = input.iter().map(Record::bytes).collect();
    let (written, sizes) = run("redpanda_tag", BROKER, vec![batch.clone(); 20]).expect("no trap");
    println!("{} bytes of memory at most", sizes[20]);
    assert_eq!(sizes[5], sizes[20]);
    for (record, value) in written.iter().zip(values.iter().cycle()) {
        let record = Record::read(record);
        assert!(record.value == native(Policy::default(), value.as_bytes()));
        assert_eq!(record.header("kb_verdict").as_deref(), Some("benign"));
    }
    let (written, _) = run("redpanda_drop", BROKER, vec![batch; 20]).expect("no trap");
    assert!(written.is_empty());
}

/// A broker accepts messages up to 1 MiB. Messages that leave too little memory to read them pass.
/// A message that does not fit into memory stops the program, because skipping it would lose it.
#[test]
fn what_is_too_large_to_read_passes_and_what_is_too_large_to_take_stops() {
    let sample = samples().swap_remove(0).1;
    let megabyte = sample.replacen('{', &format!("{{\"x\":\"{}\",", "\\n".repeat(500 << 10)), 1);
    let input =
        vec![vec![Record::of(megabyte.as_bytes()).bytes(), Record::of(sample.as_bytes()).bytes()]];
    let (written, _) = run("redpanda_drop", BROKER, input.clone()).expect("no trap");
    assert!(written == input[0][..1], "{} records", written.len());
    let huge = vec![vec![Record::of(&vec![b'x'; 5 << 20]).bytes()]];
    run("redpanda_drop", BROKER, huge.clone()).expect_err("it must stop");
    // Redpanda Connect provides 100 MiB.
    let (written, _) = run("redpanda_drop", 100 << 20, huge.clone()).expect("no trap");
    assert!(written == huge[0]);
}
