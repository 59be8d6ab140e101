//! Runs the core module of the npm package in wasmtime, without Node. It makes the same calls as
//! `crates/npm/ts/filter.ts` and joins the output pieces.

use std::{fs, hint::black_box};

use wasmtime::{Engine, Linker, Memory, Module, Store, TypedFunc};

use crate::{Contestant, Done};

/// The module's `push` returns this if the chunk passes unchanged.
const WHOLE: u32 = u32::MAX;
/// In the module's table of pieces, this value replaces the start of a span, and a length in the
/// fresh bytes follows.
const FRESH: u32 = u32::MAX;
/// The maximum number of bytes per call of the module.
const WINDOW: usize = 256 * 1024;

/// Reads a module that `make build` has built.
pub fn module_file(path: &str) -> Vec<u8> {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; `make build` makes it"))
}

struct Core {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<(u32, u32), u32>,
    free: TypedFunc<(u32, u32, u32), ()>,
    new: TypedFunc<(u32, u32), (u32, u32, u32)>,
    push: TypedFunc<(u32, u32, u32), u32>,
    table: TypedFunc<u32, (u32, u32)>,
    fresh: TypedFunc<u32, (u32, u32)>,
    finish: TypedFunc<u32, (u32, u32)>,
    ledger: TypedFunc<u32, (u32, u32)>,
    drop: TypedFunc<(u32, u32), ()>,
}

impl Core {
    fn new() -> wasmtime::Result<Self> {
        let engine = Engine::default();
        let module = Module::new(&engine, module_file("pkg/crypt32_filter_bg.wasm"))?;
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        // The imports are only called for errors.
        linker.define_unknown_imports_as_traps(&module)?;
        let instance = linker.instantiate(&mut store, &module)?;
        let memory = instance.get_memory(&mut store, "memory").expect("an exported memory");
        let s = &mut store;
        Ok(Self {
            memory,
            malloc: instance.get_typed_func(&mut *s, "__wbindgen_malloc")?,
            free: instance.get_typed_func(&mut *s, "__wbindgen_free")?,
            new: instance.get_typed_func(&mut *s, "filtercore_new")?,
            push: instance.get_typed_func(&mut *s, "filtercore_push")?,
            table: instance.get_typed_func(&mut *s, "filtercore_table")?,
            fresh: instance.get_typed_func(&mut *s, "filtercore_fresh")?,
            finish: instance.get_typed_func(&mut *s, "filtercore_finish")?,
            ledger: instance.get_typed_func(&mut *s, "filtercore_ledger")?,
            drop: instance.get_typed_func(&mut *s, "__wbg_filtercore_free")?,
            store,
        })
    }

    /// Copies bytes into the module, which frees them later.
    fn give(&mut self, bytes: &[u8]) -> wasmtime::Result<(u32, u32)> {
        let length = u32::try_from(bytes.len())?;
        let at = self.malloc.call(&mut self.store, (length, 1))?;
        self.memory.write(&mut self.store, at as usize, bytes)?;
        Ok((at, length))
    }

    /// Copies and frees a returned array of `items` items with `size` bytes each.
    fn take(&mut self, (at, items): (u32, u32), size: u32) -> wasmtime::Result<Vec<u8>> {
        let length = items * size;
        let bytes = self.memory.data(&self.store)[at as usize..][..length as usize].to_vec();
        if length != 0 {
            self.free.call(&mut self.store, (at, length, size))?;
        }
        Ok(bytes)
    }

    /// Filters a chunk and appends the output to `out`.
    fn filter(&mut self, filter: u32, chunk: &[u8], out: &mut Vec<u8>) -> wasmtime::Result<()> {
        for window in chunk.chunks(WINDOW) {
            let (at, length) = self.give(window)?;
            let words = self.push.call(&mut self.store, (filter, at, length))?;
            if words == WHOLE {
                out.extend_from_slice(window);
            } else if words != 0 {
                let table = self.table.call(&mut self.store, filter)?;
                let table = self.take(table, 4)?;
                let fresh = self.fresh.call(&mut self.store, filter)?;
                let fresh = self.take(fresh, 1)?;
                let mut rest = fresh.as_slice();
                let words: Vec<u32> = table
                    .chunks_exact(4)
                    .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
                    .collect();
                for piece in words.chunks_exact(2) {
                    if piece[0] == FRESH {
                        let (now, later) = rest.split_at(piece[1] as usize);
                        out.extend_from_slice(now);
                        rest = later;
                    } else {
                        out.extend_from_slice(&window[piece[0] as usize..piece[1] as usize]);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The module with an action. The output of each chunk is joined in a buffer that is reused.
pub fn core_module(variant: &str) -> Contestant {
    let mut core = Core::new().expect("the core module");
    let options = format!("{{\"action\":\"{variant}\"}}");
    let mut out = Vec::new();
    Box::new(move |log| {
        let mut work = || -> wasmtime::Result<Done> {
            let options = core.give(options.as_bytes())?;
            let (filter, _, failed) = core.new.call(&mut core.store, options)?;
            assert_eq!(failed, 0, "the options are right");
            let mut done = Done::default();
            for chunk in log.chunks() {
                out.clear();
                core.filter(filter, chunk, &mut out)?;
                done.out += black_box(&out).len() as u64;
            }
            let rest = core.finish.call(&mut core.store, filter)?;
            done.out += core.take(rest, 1)?.len() as u64;
            let ledger = core.ledger.call(&mut core.store, filter)?;
            let ledger: serde_json::Value = serde_json::from_slice(&core.take(ledger, 1)?)?;
            done.hits = ledger["benign"].as_u64().unwrap_or_default();
            core.drop.call(&mut core.store, (filter, 0))?;
            Ok(done)
        };
        work().expect("the core module works")
    })
}
