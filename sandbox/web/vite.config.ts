import { defineConfig } from "vite";

// Relative addresses, so that a proxy may serve the page below a path of its own.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    license: { fileName: "licenses.md" },
  },
});
