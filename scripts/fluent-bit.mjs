// Runs the module for Fluent Bit in V8, with the same calls as Fluent Bit: record and tag are in
// blocks that the module allocated, and both are freed afterwards.
import { readFileSync } from "node:fs";

export class FluentBit {
  #exports;
  #tag;

  /** @param path the path of the module */
  static async load(path) {
    const { instance } = await WebAssembly.instantiate(readFileSync(path));
    return new FluentBit(instance.exports);
  }

  constructor(exports) {
    this.#exports = exports;
    this.memory = exports.memory;
    this.#tag = Buffer.from("win.application");
  }

  /** Copies bytes and a terminating NUL into the module. */
  #copy(bytes) {
    const at = this.#exports.malloc(bytes.length + 1);
    if (at === 0) throw new Error("the module has no memory");
    const memory = new Uint8Array(this.memory.buffer);
    memory.set(bytes, at);
    memory[at + bytes.length] = 0;
    return at;
  }

  /**
   * Calls a function with a record. Returns `undefined` if the record stays, otherwise its
   * replacement.
   */
  call(name, record, seconds = 0) {
    const tag = this.#copy(this.#tag);
    const block = this.#copy(record);
    const back = this.#exports[name](tag, this.#tag.length, seconds, 0, block, record.length);
    let result;
    if (back !== block) {
      const memory = Buffer.from(this.memory.buffer);
      result = Buffer.from(memory.subarray(back, memory.indexOf(0, back)));
    }
    this.#exports.free(tag);
    this.#exports.free(block);
    return result;
  }
}
