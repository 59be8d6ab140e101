/**
 * A module that the package carries as text, gzipped and in base64. So a bundler has nothing to
 * find, copy or configure, and no server has to know what `.wasm` is.
 */
export async function inflate(text: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const packed = new Blob([bytes]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
