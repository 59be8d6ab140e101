//! Filters the lines of standard input: drops the benign records, tags those to review.

use std::io::{BufRead, Write, stdin, stdout};

use wasmtime::{Engine, Error, Instance, Memory, Module, Store, TypedFunc};

struct Filter {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    drop: TypedFunc<(u32, u32, u32, u32, u32, u32), u32>,
}

impl Filter {
    fn load(path: &str) -> Result<Self, Error> {
        let module = Module::from_file(&Engine::default(), path)?;
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[])?;
        let memory = instance.get_memory(&mut store, "memory").ok_or(Error::msg("no memory"))?;
        let malloc = instance.get_typed_func(&mut store, "malloc")?;
        let free = instance.get_typed_func(&mut store, "free")?;
        let drop = instance.get_typed_func(&mut store, "crypt32_drop")?;
        Ok(Self { store, memory, malloc, free, drop })
    }

    /// Returns the record as it is or with a tag, or `None` if it is benign.
    fn judge(&mut self, record: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let size = u32::try_from(record.len())?;
        let at = self.malloc.call(&mut self.store, size)?;
        if at == 0 {
            return Ok(Some(record.to_vec()));
        }
        self.memory.write(&mut self.store, at as usize, record)?;
        let answer = self.drop.call(&mut self.store, (0, 0, 0, 0, at, size))?;
        self.free.call(&mut self.store, at)?;
        if answer == at {
            return Ok(Some(record.to_vec()));
        }
        let text = self.memory.data(&self.store).get(answer as usize..).unwrap_or_default();
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok((!text.is_empty()).then(|| text.to_vec()))
    }
}

fn main() -> Result<(), Error> {
    // A missing or broken module ends the program here, before it reads any record.
    let mut filter = Some(Filter::load("crypt32_filter.wasm")?);
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let record = line.strip_suffix(b"\n").unwrap_or(&line);
        let mut kept = Some(record.to_vec());
        if let Some(judge) = &mut filter {
            match judge.judge(record) {
                Ok(answer) => kept = answer,
                Err(error) => {
                    eprintln!("crypt32: all further records pass: {error:#}");
                    filter = None;
                }
            }
        }
        if let Some(kept) = kept {
            output.write_all(&kept)?;
            output.write_all(&line[record.len()..])?;
        }
        line.clear();
    }
    Ok(())
}
