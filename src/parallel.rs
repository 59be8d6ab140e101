//! Several threads over one stream, with the bytes and the ledger of one filter over all of it.
//!
//! The stream comes in blocks. A thread filters the whole lines within a block; what depends on the
//! order of the stream, the stream's own [`Filter`] does when the block's turn comes: the lines that
//! cross from one block into the next, and counting. It also takes all of the first block, all blocks of
//! what is no text, and those that begin inside a record that spans lines. Memory is bounded by a few
//! blocks a thread.

use std::{
    collections::VecDeque,
    io,
    ops::Range,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use crate::{
    filter::{Filter, Piece, is_blank},
    policy::{Action, Policy},
    reader::container::{HEAD, Kind},
};

/// How many blocks a thread has: one at work, and one waiting.
const WAITING: usize = 2;

/// A block of a stream; where its inner lines are, and what comes out of them.
struct Block {
    bytes: Vec<u8>,
    /// The line before the inner ones.
    before: Range<usize>,
    inner: Range<usize>,
    filter: Filter,
    pieces: Pieces,
}

/// Output that was not given out yet.
#[derive(Default)]
struct Pieces {
    /// Spans of the inner lines, or how many of the fresh bytes come next.
    list: Vec<Result<Range<usize>, usize>>,
    fresh: Vec<u8>,
}

impl Pieces {
    fn add(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Chunk(span) => self.list.push(Ok(span)),
            Piece::Bytes(bytes) => {
                self.fresh.extend_from_slice(bytes);
                self.list.push(Err(bytes.len()));
            }
        }
    }
}

impl Block {
    /// A block with nothing to do by itself: the stream's own filter takes all of it.
    fn whole(bytes: Vec<u8>, policy: &Policy) -> Self {
        let filter = Filter::part(policy.clone(), b"");
        Self { bytes, before: 0..0, inner: 0..0, filter, pieces: Pieces::default() }
    }

    /// A block in text. Its inner lines stand between two others that are not blank: on these depends
    /// what becomes of them.
    fn new(bytes: Vec<u8>, policy: &Policy) -> Self {
        let Some((before, end)) = ends(&bytes) else { return Self::whole(bytes, policy) };
        let filter = Filter::part(policy.clone(), &bytes[before.clone()]);
        Self { inner: before.end..end, before, bytes, filter, pieces: Pieces::default() }
    }

    /// Filters the inner lines.
    fn work(&mut self) {
        let Self { bytes, inner, filter, pieces, .. } = self;
        filter.push(&bytes[inner.clone()], &mut |piece| pieces.add(piece));
        // What was held back is no span of them any more.
        filter.followed_by(&bytes[inner.end..], &mut |piece| pieces.add(piece));
    }

    /// Gives everything out, with the filter of the stream; what is left is memory for another.
    fn give(self, stream: &mut Filter, out: &mut dyn FnMut(&[u8])) -> Vec<u8> {
        let Self { bytes, before, mut inner, filter, pieces } = self;
        push(stream, &bytes[..inner.start], out);
        if !inner.is_empty() {
            stream.followed_by(&bytes[inner.start..], &mut |piece| {
                if let Piece::Bytes(bytes) = piece {
                    out(bytes);
                }
            });
        }
        if !stream.agrees_behind(&bytes[before]) || !filter.is_settled() {
            inner.end = inner.start;
        }
        if !inner.is_empty() {
            stream.absorb(filter);
            let inner = &bytes[inner.clone()];
            let mut fresh = pieces.fresh.as_slice();
            for piece in pieces.list {
                match piece {
                    Ok(span) => out(&inner[span]),
                    Err(length) => {
                        let (now, later) = fresh.split_at(length);
                        out(now);
                        fresh = later;
                    }
                }
            }
        }
        push(stream, &bytes[inner.end..], out);
        bytes
    }
}

/// The first whole line of a block that is not blank, and where the last one begins that is not; `None`
/// where nothing is between them.
fn ends(bytes: &[u8]) -> Option<(Range<usize>, usize)> {
    let line = |at: usize| memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let first = memchr::memchr(b'\n', bytes)? + 1;
    let first = line(first + bytes[first..].iter().position(|byte| !is_blank(*byte))?);
    let end = first + memchr::memchr(b'\n', &bytes[first..])? + 1;
    let last = line(bytes.iter().rposition(|byte| !is_blank(*byte))?);
    (end < last).then_some((first..end, last))
}

fn push(filter: &mut Filter, chunk: &[u8], out: &mut dyn FnMut(&[u8])) {
    filter.push(chunk, &mut |piece| match piece {
        Piece::Chunk(span) => out(&chunk[span]),
        Piece::Bytes(bytes) => out(bytes),
    });
}

/// A thread: blocks go in, and come back in the same order.
struct Worker {
    work: SyncSender<Block>,
    done: Receiver<Block>,
}

impl Worker {
    fn start() -> io::Result<Self> {
        let (work, todo) = sync_channel::<Block>(WAITING);
        let (finished, done) = sync_channel(WAITING);
        thread::Builder::new().spawn(move || {
            for mut block in todo {
                block.work();
                if finished.send(block).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { work, done })
    }
}

/// Threads that filter the blocks of a stream.
pub struct Crew {
    policy: Policy,
    /// How the stream begins.
    head: Vec<u8>,
    kind: Option<Kind>,
    /// The first has the oldest block of those at work, if its turn came full circle.
    workers: VecDeque<Worker>,
    /// How many blocks are at work.
    waiting: usize,
    /// Memory of blocks that are done.
    spare: Vec<Vec<u8>>,
}

impl Crew {
    /// As many threads. `None` where they could not do what one does: which records
    /// [`Policy::keep_every`] keeps is only known from all that came before.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn new(policy: &Policy, threads: usize) -> io::Result<Option<Self>> {
        if threads < 2 || (policy.action == Action::Drop && policy.keep_every > 0) {
            return Ok(None);
        }
        let workers = (0..threads).map(|_| Worker::start()).collect::<io::Result<_>>()?;
        Ok(Some(Self {
            policy: policy.clone(),
            head: Vec::new(),
            kind: None,
            workers,
            waiting: 0,
            spare: Vec::new(),
        }))
    }

    /// Whether a block must be [taken](Self::take) before another can be [given](Self::give).
    pub fn is_full(&self) -> bool {
        self.waiting == self.workers.len() * WAITING
    }

    /// Memory for a block; empty.
    pub fn buffer(&mut self) -> Vec<u8> {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// Gives the next block of the stream to a thread.
    ///
    /// # Errors
    /// The thread has ended, which it does not do.
    pub fn give(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let at = self.waiting % self.workers.len();
        let block = if self.kind == Some(Kind::Text) {
            Block::new(bytes, &self.policy)
        } else {
            let most = bytes.len().min(HEAD - self.head.len());
            self.head.extend_from_slice(&bytes[..most]);
            self.kind = Kind::told(&self.head, false);
            Block::whole(bytes, &self.policy)
        };
        self.workers[at].work.send(block).map_err(|_| ended())?;
        self.waiting += 1;
        Ok(())
    }

    /// Takes the oldest block, which is waited for, and gives out what comes of it and of the lines
    /// around it, with the filter of the stream. `false` if there is no block.
    ///
    /// # Errors
    /// The thread has ended, which it does not do.
    pub fn take(&mut self, stream: &mut Filter, out: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        if self.waiting == 0 {
            return Ok(false);
        }
        let block = self.workers[0].done.recv().map_err(|_| ended())?;
        self.workers.rotate_left(1);
        self.waiting -= 1;
        self.spare.push(block.give(stream, out));
        Ok(true)
    }
}

fn ended() -> io::Error {
    io::Error::other("a thread has ended")
}
