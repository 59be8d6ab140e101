//! Runs the host module like Fluent Bit does: one call per record, with the record copied in before
//! the call and freed after it. The engines are wasmi, an interpreter like that of Fluent Bit, and
//! wasmtime, a compiler like that of ClickHouse.

use std::hint::black_box;

use crate::{
    Contestant, Done,
    engine::module_file,
    log::{Log, lines},
};

/// How many bytes of a log the interpreter reads. Its work per record does not depend on the length
/// of the log.
const HEAD: usize = 4_000_000;
const MODULE: &str = "dist/crypt32_filter.wasm";

/// The arguments of a function for Fluent Bit: tag, its length, seconds, nanoseconds, record, its
/// length.
type Call = (u32, u32, u32, u32, u32, u32);

/// An instance of the module.
trait Guest {
    fn malloc(&mut self, size: u32) -> u32;
    fn free(&mut self, block: u32);
    fn filter(&mut self, call: Call) -> u32;
    fn memory(&mut self) -> &mut [u8];

    /// Copies bytes and a NUL into the module.
    fn duplicate(&mut self, bytes: &[u8]) -> u32 {
        let block = self.malloc(u32::try_from(bytes.len() + 1).expect("32 bits"));
        let place = &mut self.memory()[block as usize..][..=bytes.len()];
        place[..bytes.len()].copy_from_slice(bytes);
        place[bytes.len()] = 0;
        block
    }

    /// Filters one record. Returns the length of the result, and whether it is not the record
    /// itself.
    fn record(&mut self, record: &[u8]) -> (usize, bool) {
        let tag = self.duplicate(b"win.application");
        let block = self.duplicate(record);
        let length = u32::try_from(record.len()).expect("32 bits");
        let result = self.filter((tag, 15, 1_268_652_477, 0, block, length));
        let text = &self.memory()[result as usize..];
        let length = memchr::memchr(0, text).expect("a NUL at the end");
        // The host copies the result.
        black_box(text[..length].to_vec());
        self.free(tag);
        self.free(block);
        (length, result != block)
    }
}

fn run(guest: &mut impl Guest, log: &Log, head: usize) -> Done {
    let bytes = log.head(head);
    let mut done = Done { read: Some(bytes.len()), ..Done::default() };
    for line in lines(bytes) {
        let (length, other) = guest.record(line);
        done.out += length as u64;
        done.hits += u64::from(other);
    }
    done
}

macro_rules! guest {
    ($name:ident, $engine:ident) => {
        struct $name {
            store: $engine::Store<()>,
            memory: $engine::Memory,
            malloc: $engine::TypedFunc<u32, u32>,
            free: $engine::TypedFunc<u32, ()>,
            filter: $engine::TypedFunc<Call, u32>,
        }

        impl $name {
            fn new(store: $engine::Store<()>, instance: $engine::Instance, name: &str) -> Self {
                let mut store = store;
                let memory = instance.get_memory(&mut store, "memory").expect("a memory");
                let malloc = instance.get_typed_func(&mut store, "malloc").expect("malloc");
                let free = instance.get_typed_func(&mut store, "free").expect("free");
                let filter = instance.get_typed_func(&mut store, name).expect(name);
                Self { store, memory, malloc, free, filter }
            }
        }

        impl Guest for $name {
            fn malloc(&mut self, size: u32) -> u32 {
                self.malloc.call(&mut self.store, size).expect("malloc does not trap")
            }
            fn free(&mut self, block: u32) {
                self.free.call(&mut self.store, block).expect("free does not trap");
            }
            fn filter(&mut self, call: Call) -> u32 {
                self.filter.call(&mut self.store, call).expect("no function traps")
            }
            fn memory(&mut self) -> &mut [u8] {
                self.memory.data_mut(&mut self.store)
            }
        }
    };
}

guest!(Interpreted, wasmi);
guest!(Compiled, wasmtime);

/// The first records of the log, interpreted.
pub fn in_wasmi(variant: &str) -> Contestant {
    let engine = wasmi::Engine::default();
    let module = wasmi::Module::new(&engine, module_file(MODULE)).expect("a module");
    let mut store = wasmi::Store::new(&engine, ());
    let instance = wasmi::Linker::new(&engine)
        .instantiate_and_start(&mut store, &module)
        .expect("the module needs nothing");
    let mut guest = Interpreted::new(store, instance, &format!("crypt32_{variant}"));
    Box::new(move |log| run(&mut guest, log, HEAD))
}

/// The whole log, compiled.
pub fn in_wasmtime(variant: &str) -> Contestant {
    let engine = wasmtime::Engine::default();
    let module = wasmtime::Module::new(&engine, module_file(MODULE)).expect("a module");
    let mut store = wasmtime::Store::new(&engine, ());
    let instance = wasmtime::Instance::new(&mut store, &module, &[]).expect("it needs nothing");
    let mut guest = Compiled::new(store, instance, &format!("crypt32_{variant}"));
    Box::new(move |log| run(&mut guest, log, usize::MAX))
}
