/**
 * A module that the package contains as text, gzipped and in base64. So a bundler needs no
 * configuration, and no server needs to know the MIME type of `.wasm`.
 */
export async function inflate(text: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const packed = new Blob([bytes]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
