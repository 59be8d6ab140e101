//! The `wasm` processor of Redpanda Connect and of Bento, both of which were Benthos: one
//! function call per message, which asks for the body and may set it and metadata.
//!
//! A module cannot drop a message here. It sets metadata, and a mapping behind it drops.
//!
//! Sources: `internal/impl/wasm` of Redpanda Connect 4.105.0 and of Bento 1.20.0.

use crypt32_filter::{engine::decide::Decision, policy::Action};
use crypt32_host::{
    edits::splice,
    stream_engine::{self, Messages, Named},
};

#[cfg(target_arch = "wasm32")]
mod abi;

/// All that the module allocates.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: crypt32_host::heap::Heap<crypt32_host::heap::Pages> =
    crypt32_host::heap::Heap::new(crypt32_host::heap::Pages);

/// The exported functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `process`, the engines' default: metadata, and a tag in the body.
    Process,
    /// `process_metadata`: metadata alone.
    ProcessMetadata,
}

/// What becomes of a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The metadata to set.
    pub metadata: Named,
    /// The body to set.
    pub body: Option<&'a [u8]>,
}

/// What a module keeps between calls; nothing of it changes an answer.
#[derive(Debug)]
pub struct Processor {
    messages: Messages,
    out: Vec<u8>,
}

impl Default for Processor {
    fn default() -> Self {
        Self { messages: Messages::new(Action::Tag), out: Vec::new() }
    }
}

impl Processor {
    /// What becomes of a message.
    pub fn call(&mut self, function: Function, message: &[u8]) -> Answer<'_> {
        let judgement = self.messages.decide(message);
        let metadata = stream_engine::named(judgement.marks);
        let mut body = None;
        if let (Function::Process, Decision::Tag) = (function, judgement.decision) {
            self.out.clear();
            // Without memory for it, the body stays as it is, and the metadata says the same.
            body = splice(&mut self.out, message, &judgement.edits).map(|()| self.out.as_slice());
        }
        Answer { metadata, body }
    }
}
