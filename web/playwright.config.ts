// The app in Debian's Chromium, on everything that `make emulate` runs: each worker has a stack of its own.
import { defineConfig } from "@playwright/test";

const flags = ["--no-sandbox", "--disable-gpu", "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage"];

export default defineConfig({
  fullyParallel: true,
  workers: process.env.OMNIGEN_WEB_WORKERS ? Number(process.env.OMNIGEN_WEB_WORKERS) : 2,
  // Where everything else is tested at the same time, a video takes minutes.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  outputDir: "node_modules/.cache/playwright",
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags },
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
    screenshot: "only-on-failure",
    trace: "off",
  },
  projects: [
    { name: "e2e", testDir: "tests/e2e" },
    { name: "screens", testDir: "tests/screens" },
  ],
});
