// What a visitor's browser must fetch before a route is there, as it comes over the wire. `/` has a limit.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = join(import.meta.dirname, "../dist");
const FIRST_ROUTE_KB = 150;
const ENTRY = "index.html";
const ROUTES = {
  "/": ["src/features/landing/Landing.tsx"],
  "/create": ["src/app/Inside.tsx", "src/features/storyboard/Create.tsx"],
  "/jobs/:id": ["src/app/Inside.tsx", "src/features/jobs/JobPage.tsx"],
  "/library": ["src/app/Inside.tsx", "src/features/library/Library.tsx"],
  "/usage": ["src/app/Inside.tsx", "src/features/usage/Usage.tsx"],
  "/account": ["src/app/Inside.tsx", "src/features/account/Account.tsx"],
};

const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8"));
const sizes = new Map();

function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(DIST, file))).length);
  return sizes.get(file);
}

/** Every chunk that these need before they can run: what is imported lazily is not. */
function needed(keys, found = new Set()) {
  for (const key of keys) {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no chunk ${key}`);
    if (found.has(key)) continue;
    found.add(key);
    needed(chunk.imports ?? [], found);
  }
  return found;
}

function weigh(keys) {
  const chunks = [...needed([ENTRY, ...keys])].map((key) => manifest[key]);
  const total = (files) => [...new Set(files)].reduce((sum, file) => sum + size(file), 0) / 1000;
  return { js: total(chunks.map((chunk) => chunk.file)), css: total(chunks.flatMap((chunk) => chunk.css ?? [])), files: chunks.length };
}

const kb = (value) => `${value.toFixed(1)} kB`.padStart(10);
const base = weigh(ROUTES["/"]);
console.log(`${"route".padEnd(12)}${"js".padStart(10)}${"css".padStart(10)}${"files".padStart(7)}   (gz)`);
for (const [route, keys] of Object.entries(ROUTES)) {
  const { js, css, files } = weigh(keys);
  console.log(route.padEnd(12) + kb(js) + kb(css) + String(files).padStart(7));
}
if (process.argv.includes("--files")) {
  for (const key of needed([ENTRY, ...ROUTES["/"]])) console.log(kb(size(manifest[key].file) / 1000), key);
}
if (base.js > FIRST_ROUTE_KB) {
  console.error(`/ needs ${base.js.toFixed(1)} kB of JavaScript; ${FIRST_ROUTE_KB} kB is the budget`);
  process.exitCode = 1;
}
