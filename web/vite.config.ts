import { fileURLToPath, URL } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { themeCss } from "./scripts/theme-css.ts";

const api = process.env.OMNIGEN_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), themeCss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows scripts and styles from its own origin only
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: true, // scripts/budget.mjs reads it
  },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": api, "/config.json": api } },
  test: { environment: "node", include: ["tests/unit/**/*.test.ts"] },
});
