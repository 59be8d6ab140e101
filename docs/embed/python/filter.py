"""Filters the lines of standard input: drops the benign records, tags those to review."""

import sys

from wasmtime import Engine, Instance, Module, Store

store = Store(Engine())
# A missing or broken module ends the program here, before it reads any record.
exports = Instance(store, Module.from_file(store.engine, "crypt32_filter.wasm"), []).exports(store)
memory, malloc, free, drop = (exports[name] for name in ("memory", "malloc", "free", "crypt32_drop"))


def judge(record):
    """The record as it is or with a tag, or None if it is benign."""
    if not (at := malloc(store, len(record))):
        return record
    memory.write(store, record, at)
    answer = drop(store, 0, 0, 0, 0, at, len(record))
    free(store, at)
    if answer == at:
        return record
    return bytes(memory.read(store, answer, memory.data_len(store))).split(b"\0", 1)[0] or None


failed = False
for line in sys.stdin.buffer:
    record = line.rstrip(b"\n")
    kept = record
    if not failed:
        try:
            kept = judge(record)
        except Exception as error:
            failed = True
            print("crypt32: all further records pass:", error, file=sys.stderr)
    if kept is not None:
        sys.stdout.buffer.write(kept + line[len(record) :])
