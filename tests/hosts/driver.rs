//! Runs the module in an interpreter, with the host's actions around each call.

use wasmi::{
    Config, Engine, Instance, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder,
    TypedFunc, WasmParams, WasmResults,
};

/// The tested file.
pub fn bytes() -> Vec<u8> {
    file("filter")
}

/// One of the files of `make build`.
pub fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/dist/crypt32_{name}.wasm", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; `make build` makes it"))
}

/// The same module with a check at every growth of its stack.
fn checked() -> Vec<u8> {
    let built = concat!(env!("CARGO_TARGET_TMPDIR"), "/../wasm32-unknown-unknown/host");
    let path = format!("{built}/checked.wasm");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; `make build` makes it"))
}

pub struct Host {
    pub store: Store<StoreLimits>,
    pub instance: Instance,
    pub memory: Memory,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
}

/// The arguments and the result of the six functions.
type Call = (u32, u32, u32, u32, u32, u32);

/// The result for a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Back {
    /// The same pointer as the argument.
    Same,
    /// A string.
    Text(Vec<u8>),
}

impl Host {
    pub fn new() -> Self {
        Self::with_memory(64 << 20)
    }

    /// An instance whose memory must not exceed that many bytes.
    pub fn with_memory(most: usize) -> Self {
        Self::of(&bytes(), most, 3600)
    }

    /// An instance that traps if its stack exceeds one part in `parts`.
    pub fn with_stack_in(parts: usize) -> Self {
        let mut host = Self::of(&checked(), 64 << 20, 8 << 10);
        let stack = host.stack_size();
        let limit = |at: usize| u32::try_from(at).expect("32 bits");
        host.run::<_, ()>("__set_stack_limits", (limit(stack), limit(stack - stack / parts)));
        host
    }

    fn of(module: &[u8], most: usize, height: usize) -> Self {
        let mut config = Config::default();
        // WAMR's operand stack in Fluent Bit is 8 KiB. Its frames are larger than the ones here: a
        // call that needs more than 3.7 KB here overflowed there (measured with Fluent Bit 5.1.1).
        config.set_min_stack_height(1000);
        config.set_max_stack_height(height);
        config.set_max_recursion_depth(64);
        // The features of WAMR in Fluent Bit.
        config.wasm_simd(false).wasm_relaxed_simd(false);
        config.wasm_tail_call(false).wasm_extended_const(false).wasm_multi_memory(false);
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, module).expect("the module is valid");
        let limits = StoreLimitsBuilder::new().memory_size(most).build();
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        store.set_fuel(u64::MAX).expect("fuel is on");
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .expect("the module needs nothing");
        let memory = instance.get_memory(&store, "memory").expect("an exported memory");
        let malloc = instance.get_typed_func(&store, "malloc").expect("malloc");
        let free = instance.get_typed_func(&store, "free").expect("free");
        Self { store, instance, memory, malloc, free }
    }

    /// Calls any function; panics on a trap.
    pub fn run<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name).expect(name);
        function.call(&mut self.store, params).unwrap_or_else(|trap| panic!("{name}: {trap}"))
    }

    pub fn malloc(&mut self, size: u32) -> u32 {
        self.malloc.call(&mut self.store, size).expect("malloc must not trap")
    }

    pub fn free(&mut self, block: u32) {
        self.free.call(&mut self.store, block).expect("free must not trap");
    }

    /// Copies bytes and a NUL into the module, like `wasm_runtime_module_dup_data`. Returns 0 if
    /// there is too little memory.
    pub fn duplicate(&mut self, bytes: &[u8]) -> u32 {
        let block = self.malloc(u32::try_from(bytes.len() + 1).expect("32 bits"));
        if block != 0 {
            self.memory.write(&mut self.store, block as usize, bytes).expect("within memory");
            let end = block as usize + bytes.len();
            self.memory.write(&mut self.store, end, &[0]).expect("within memory");
        }
        block
    }

    /// Processes one record like `flb_wasm_call_function_format_json`.
    pub fn record(&mut self, function: &str, seconds: u32, record: &[u8]) -> Back {
        let length = u32::try_from(record.len()).expect("32 bits");
        self.record_of_length(function, seconds, record, length)
    }

    /// The same with a length that may be wrong.
    pub fn record_of_length(
        &mut self,
        function: &str,
        seconds: u32,
        record: &[u8],
        length: u32,
    ) -> Back {
        let tag = self.duplicate(b"win.application");
        let block = self.duplicate(record);
        let call: Call = (tag, 15, seconds, 0, block, length);
        let result = self.run(function, call);
        let back = if result == block && block != 0 {
            // The host reads the record up to its first NUL.
            let end = record.iter().position(|&byte| byte == 0).unwrap_or(record.len());
            assert_eq!(self.string(result), record[..end], "{function} changed a record in place");
            Back::Same
        } else {
            Back::Text(self.string(result))
        };
        self.free(tag);
        self.free(block);
        back
    }

    /// Processes one record with a limit on the steps, and returns whether the call was aborted.
    pub fn ended_after(&mut self, steps: u64, function: &str, record: &[u8]) -> bool {
        let length = u32::try_from(record.len()).expect("32 bits");
        let (tag, block) = (self.duplicate(b"win.application"), self.duplicate(record));
        let called = self.instance.get_typed_func::<Call, u32>(&self.store, function);
        self.store.set_fuel(steps).expect("fuel is on");
        let call: Call = (tag, 15, 0, 0, block, length);
        let ended = called.expect(function).call(&mut self.store, call).is_err();
        self.store.set_fuel(u64::MAX).expect("fuel is on");
        self.free(tag);
        self.free(block);
        ended
    }

    /// The string at an address, with the checks of `wasm_runtime_validate_app_str_addr`.
    fn string(&self, at: u32) -> Vec<u8> {
        assert_ne!(at, 0, "null was returned");
        let memory = self.memory.data(&self.store);
        let rest = memory.get(at as usize..).expect("an address within memory");
        let end = rest.iter().position(|&byte| byte == 0).expect("a NUL at the end");
        rest[..end].to_vec()
    }

    /// The size of the module's stack: the initial value of the stack pointer, its first global.
    pub fn stack_size(&self) -> usize {
        for payload in wasmparser::Parser::new(0).parse_all(&bytes()) {
            if let Ok(wasmparser::Payload::GlobalSection(section)) = payload {
                let global = section.into_iter().next().expect("a global").expect("valid");
                let mut init = global.init_expr.get_operators_reader();
                if let Ok(wasmparser::Operator::I32Const { value }) = init.read() {
                    return usize::try_from(value).expect("an address");
                }
            }
        }
        panic!("no stack pointer")
    }

    pub fn memory_size(&self) -> usize {
        self.memory.data_size(&self.store)
    }
}
