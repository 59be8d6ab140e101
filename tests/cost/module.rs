//! Runs the library in an interpreter that counts its steps.

use wasmi::{CompilationMode, Config, Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

/// The command for an input. The value is its index in the module's `COMMANDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    Filter = 0,
    Report = 2,
    Explain = 4,
}

pub const SURFACES: [Surface; 3] = [Surface::Filter, Surface::Report, Surface::Explain];

/// The compiled module.
pub struct Code {
    engine: Engine,
    module: Module,
}

impl Code {
    pub fn new() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/cost.wasm");
        let bytes = std::fs::read(path)
            .unwrap_or_else(|error| panic!("{path}: {error}; `make target/cost.wasm` makes it"));
        let mut config = Config::default();
        config.consume_fuel(true);
        // Translating a function also needs fuel, so this happens before the measurement.
        config.compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, &*bytes).expect("the module is valid");
        Self { engine, module }
    }

    /// A new instance.
    pub fn start(&self) -> Counter {
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(u64::MAX).expect("fuel is on");
        let instance: Instance = Linker::new(&self.engine)
            .instantiate_and_start(&mut store, &self.module)
            .expect("the module needs nothing");
        let memory = instance.get_memory(&store, "memory").expect("a memory");
        let reserve = instance.get_typed_func(&store, "reserve").expect("reserve");
        let prepare = instance.get_typed_func(&store, "prepare").expect("prepare");
        let run = instance.get_typed_func(&store, "run").expect("run");
        Counter { store, memory, reserve, prepare, run }
    }
}

pub struct Counter {
    store: Store<()>,
    memory: Memory,
    reserve: TypedFunc<u32, u32>,
    prepare: TypedFunc<u32, ()>,
    run: TypedFunc<(), u32>,
}

impl Counter {
    /// The number of steps for an input.
    pub fn steps(&mut self, surface: Surface, input: &[u8]) -> u64 {
        let length = u32::try_from(input.len()).expect("32 bits");
        let at = self.reserve.call(&mut self.store, length).expect("memory");
        self.memory.write(&mut self.store, at as usize, input).expect("within memory");
        self.prepare.call(&mut self.store, surface as u32).expect("a command");
        let before = self.store.get_fuel().expect("fuel is on");
        self.run.call(&mut self.store, ()).expect("no trap");
        before - self.store.get_fuel().expect("fuel is on")
    }
}
