import { defineConfig } from "vite";

// Everything that the page loads comes from here and carries a hash in its name, so that a browser may keep it for good.
// Nothing is inlined: the server's Content-Security-Policy allows no inline script or style.
export default defineConfig({
    base: "/",
    publicDir: false,
    esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
    build: {
        target: "es2020",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        sourcemap: false,
        reportCompressedSize: false,
    },
});
