//! The `wasm` processor of Redpanda Connect and of Bento, the successors of Benthos: one function
//! call per message, which reads the body and may set it and metadata.
//!
//! A module cannot drop a message here. It sets metadata, and a later mapping drops the message.
//!
//! Sources: `internal/impl/wasm` of Redpanda Connect 4.105.0 and of Bento 1.20.0.

use crypt32_filter::{engine::decide::Decision, policy::Action};
use crypt32_host::{
    edits::splice,
    stream_engine::{self, Messages, Named},
};

#[cfg(target_arch = "wasm32")]
mod abi;

/// The exported functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `process`, the engines' default: sets metadata, and a tag in the body.
    Process,
    /// `process_metadata`: sets metadata only.
    ProcessMetadata,
}

/// The changes to a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The metadata to set.
    pub metadata: Named,
    /// The body to set.
    pub body: Option<&'a [u8]>,
}

/// The cache and the buffers that a module keeps between calls. They never change an answer.
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
    /// Judges a message, and returns the changes to it.
    pub fn call(&mut self, function: Function, message: &[u8]) -> Answer<'_> {
        let judgement = self.messages.decide(message);
        let metadata = stream_engine::named(judgement.marks);
        let mut body = None;
        if let (Function::Process, Decision::Tag) = (function, judgement.decision) {
            self.out.clear();
            // If there is no memory for the new body, it stays unchanged. Metadata is set anyway.
            body = splice(&mut self.out, message, &judgement.edits).map(|()| self.out.as_slice());
        }
        Answer { metadata, body }
    }
}
