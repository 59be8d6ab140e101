//! A library that is preloaded into the command (`LD_PRELOAD`). It injects rare behaviour of a
//! kernel. `FAULT` names the faults, separated by commas:
//!
//! - `short`: reads and writes end early.
//! - `signals`: every third read or write is interrupted before it does anything.
//! - `later`: every fourth read or write of a pipe would block.
//! - `broken=N`: standard input cannot be read beyond N bytes.
//! - `full=N`: the disk has room for N bytes in all files together.
//! - `fast`: a second takes a hundredth of a second; a sleep of more than ten seconds aborts.
//! - `jumps`: clocks go back and forth.
#![allow(missing_docs, clippy::missing_safety_doc)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Time {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn __errno_location() -> *mut c_int;
    safe fn lseek(file: c_int, offset: i64, from: c_int) -> i64;
}

const INTERRUPTED: c_int = 4;
const BROKEN: c_int = 5;
const LATER: c_int = 11;
const FULL: c_int = 28;

struct Faults {
    short: bool,
    signals: bool,
    later: bool,
    fast: bool,
    jumps: bool,
    broken: Option<u64>,
    full: Option<u64>,
}

static FAULTS: LazyLock<Faults> = LazyLock::new(|| {
    let all = std::env::var("FAULT").unwrap_or_default();
    let has = |name| all.split(',').any(|fault| fault == name);
    let number = |name| {
        let fault = all.split(',').find_map(|fault: &str| fault.strip_prefix(name));
        fault.map(|n| n.parse().expect("a number"))
    };
    Faults {
        short: has("short"),
        signals: has("signals"),
        later: has("later"),
        fast: has("fast"),
        jumps: has("jumps"),
        broken: number("broken="),
        full: number("full="),
    }
});
static CALLS: AtomicU64 = AtomicU64::new(0);
static READ: AtomicU64 = AtomicU64::new(0);
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// The original function that this library replaces.
fn real<F: Copy>(name: &CStr) -> F {
    // SAFETY: this names a function of the C library with this type; -1 is `RTLD_NEXT`.
    unsafe {
        let found = dlsym(core::ptr::without_provenance_mut(usize::MAX), name.as_ptr());
        core::mem::transmute_copy(&found)
    }
}

fn fail(error: c_int) -> isize {
    // SAFETY: the value belongs to this thread.
    unsafe { *__errno_location() = error };
    -1
}

/// The result of the next read or write of this length: an error, or the number of bytes that it
/// may process.
fn next(file: c_int, length: usize) -> Result<usize, c_int> {
    let call = CALLS.fetch_add(1, Relaxed);
    if FAULTS.signals && call % 3 == 1 {
        return Err(INTERRUPTED);
    }
    if FAULTS.later && call % 4 == 2 && lseek(file, 0, 1) < 0 {
        return Err(LATER);
    }
    let most = if FAULTS.short { 1 + call * 7919 % 5000 } else { u64::MAX };
    Ok(length.min(usize::try_from(most).unwrap_or(usize::MAX)))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(file: c_int, bytes: *mut c_void, length: usize) -> isize {
    let read: extern "C" fn(c_int, *mut c_void, usize) -> isize = real(c"read");
    let mut length = match next(file, length) {
        Ok(length) => length,
        Err(error) => return fail(error),
    };
    if let (0, Some(most)) = (file, FAULTS.broken) {
        let left = most.saturating_sub(READ.load(Relaxed));
        if left == 0 {
            return fail(BROKEN);
        }
        length = length.min(left as usize);
    }
    let done = read(file, bytes, length);
    if file == 0 && done > 0 {
        READ.fetch_add(done as u64, Relaxed);
    }
    done
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(file: c_int, bytes: *const c_void, length: usize) -> isize {
    let write: extern "C" fn(c_int, *const c_void, usize) -> isize = real(c"write");
    if file == 2 {
        return write(file, bytes, length);
    }
    let mut length = match next(file, length) {
        Ok(length) => length,
        Err(error) => return fail(error),
    };
    if let Some(most) = FAULTS.full {
        let left = most.saturating_sub(WRITTEN.load(Relaxed));
        if left == 0 {
            return fail(FULL);
        }
        length = length.min(left as usize);
    }
    let done = write(file, bytes, length);
    if done > 0 {
        WRITTEN.fetch_add(done as u64, Relaxed);
    }
    done
}

/// A hundredth of the time to sleep.
fn hundredth(time: *const Time) -> Time {
    // SAFETY: the caller of `nanosleep` passes this pointer.
    let Time { seconds, nanoseconds } = unsafe { *time };
    if FAULTS.fast && (seconds > 10 || (seconds == 10 && nanoseconds > 0)) {
        eprintln!("sleeps for {seconds} seconds");
        std::process::abort();
    }
    let all = seconds * 10_000_000 + nanoseconds / 100;
    Time { seconds: all / 1_000_000_000, nanoseconds: all % 1_000_000_000 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn nanosleep(time: *const Time, rest: *mut Time) -> c_int {
    let sleep: extern "C" fn(*const Time, *mut Time) -> c_int = real(c"nanosleep");
    let short = hundredth(time);
    sleep(if FAULTS.fast { &raw const short } else { time }, rest)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_nanosleep(
    clock: c_int,
    flags: c_int,
    time: *const Time,
    rest: *mut Time,
) -> c_int {
    let sleep: extern "C" fn(c_int, c_int, *const Time, *mut Time) -> c_int =
        real(c"clock_nanosleep");
    // An absolute time stays unchanged.
    if flags != 0 || !FAULTS.fast {
        return sleep(clock, flags, time, rest);
    }
    let short = hundredth(time);
    sleep(clock, flags, &raw const short, rest)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    let get: extern "C" fn(c_int, *mut Time) -> c_int = real(c"clock_gettime");
    let done = get(clock, time);
    if FAULTS.jumps && done == 0 {
        let call = CALLS.fetch_add(1, Relaxed);
        // SAFETY: it was just written to.
        unsafe { (*time).seconds += [0, 1 << 31, -1_000_000_000, 86_400, -3][call as usize % 5] };
    }
    done
}
