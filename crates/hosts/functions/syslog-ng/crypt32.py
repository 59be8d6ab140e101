"""A parser for syslog-ng: sets kb_action (drop or pass) and kb_verdict of each message.

It reads RAWMSG, which a source has with flags(store-raw-message), or else MESSAGE. It needs the
package wasmtime, and crypt32_filter.wasm in the option "module".
"""

import struct

from syslogng import Logger
from wasmtime import Engine, Instance, Module, Store


def row(record):
    """A column of ClickHouse with one row: the length in groups of seven bits, and the bytes."""
    length, size = b"", len(record)
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return length + bytes([size]) + record


def received(message):
    """What the sender wrote: bytes in syslog-ng 3, and text in 4, where a missing name is an error."""
    for name in ("RAWMSG", "MESSAGE"):
        try:
            value = message[name]
        except KeyError:
            continue
        if value:
            return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    return b""


class Crypt32:
    def init(self, options):
        """Loads the module. syslog-ng does not start if this fails."""
        self.store = Store(Engine())
        module = Module.from_file(self.store.engine, options["module"])
        self.exports = Instance(self.store, module, []).exports(self.store)
        self.failed = False
        return True

    def call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def read(self, start, size):
        return self.exports["memory"].read(self.store, start, start + size)

    def ask(self, function, column):
        """The answer of a function for a column, or nothing without memory for it."""
        block = self.call("clickhouse_create_buffer", len(column))
        answer = 0
        if block:
            (data,) = struct.unpack("<I", self.read(block, 4))
            self.exports["memory"].write(self.store, column, data)
            answer = self.call(function, block, 1)
            self.call("clickhouse_destroy_buffer", block)
        if not answer:
            return b""
        data, size = struct.unpack("<II", self.read(answer, 8))
        text = bytes(self.read(data, size))
        self.call("clickhouse_destroy_buffer", answer)
        return text

    def judge(self, record):
        column = row(record)
        verdict = self.ask("crypt32_verdict", column)[1:].decode()
        drop = verdict == "benign" and self.ask("crypt32_benign", column) == b"\1"
        return "drop" if drop else "pass", verdict

    def parse(self, message):
        """Always returns True, because syslog-ng drops a message for which a parser fails."""
        action, verdict = "pass", ""
        try:
            if not self.failed:
                action, verdict = self.judge(received(message))
        except Exception as error:
            self.failed = True
            Logger().error(f"crypt32: all further messages pass: {error}")
        message["kb_action"], message["kb_verdict"] = action, verdict
        return True
