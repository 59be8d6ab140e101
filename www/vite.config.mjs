import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
// The page passes the module to its worker, so the bindings must not look for the file.
const glue = {
  name: "glue",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith("crypt32_page.js")
      ? code.replace(/new URL\('[^']*_bg\.wasm', import\.meta\.url\)/, "undefined")
      : undefined,
};

export default defineConfig({
  root,
  base: "./",
  plugins: [glue],
  worker: { format: "iife", plugins: () => [glue] },
  resolve: { alias: { "#wasm": fileURLToPath(new URL("../target/npm/page", import.meta.url)) } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
