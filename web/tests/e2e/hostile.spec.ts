// Words that would like to be code stay words, wherever they are shown.
import type { Page } from "@playwright/test";
import { ended, film, submit, tokenOf } from "./arrange";
import { expect, test } from "./stack";

const IMAGE = `<img src=x onerror="window.__owned=1">`;
const SHAPE = `"><svg onload=window.__owned=2>`;
const ADDRESS = "javascript:window.__owned=3//";
const TEMPLATE = "${window.__owned=4}{{constructor.constructor('window.__owned=5')()}}";
const SCRIPT = `</title></textarea><script>window.__owned=6</script>`;
const BACKWARDS = "a film \u202egnp.exe\u202c";

/** What the page was refused or asked for that no page of ours does. */
function watched(page: Page): string[] {
  const seen: string[] = [];
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/content security policy|trusted ?type|refused to/i.test(message.text())) seen.push(message.text());
  });
  page.on("pageerror", (error) => seen.push(String(error)));
  return seen;
}

async function unharmed(page: Page): Promise<void> {
  const state = await page.evaluate(() => ({
    owned: "__owned" in window,
    made: document.querySelectorAll("img[src=x], svg[onload], #root script, a[href^='javascript:' i]").length,
  }));
  expect(state).toEqual({ owned: false, made: 0 });
}

test("hostile words are shown as words", async ({ signedIn: page, stack }) => {
  const seen = watched(page);
  const brief = page.getByRole("textbox", { name: "Brief" });
  await brief.fill(`${IMAGE} ${SHAPE} ${TEMPLATE} a lighthouse at dusk`);
  await page.getByRole("button", { name: /plan the storyboard/i }).click();
  const first = page.getByRole("textbox", { name: "What scene 1 shows" });
  await first.fill(`${SHAPE}${SCRIPT}`);
  await expect(first).toHaveValue(`${SHAPE}${SCRIPT}`);
  await page.getByRole("textbox", { name: "Title", exact: true }).fill(ADDRESS);
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await unharmed(page);

  const token = await tokenOf(page);
  await stack.faults({ match: { prompt: "hostile but refused" }, action: "fail", error: IMAGE });
  const scenes = [{ prompt: `${SCRIPT} ${TEMPLATE}`, narration: SHAPE, duration: 5 }];
  const made = await submit(stack, token, film([], { title: IMAGE, scenes }));
  const failed = await submit(stack, token, film(`${IMAGE} hostile but refused`, { title: BACKWARDS }));
  for (const [job, title] of [[made, IMAGE], [failed, BACKWARDS]] as const) {
    await ended(stack, token, job.id);
    await page.goto(`${stack.run.app_url}/jobs/${job.id}`);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(page).toHaveTitle(`${title} · OmniGen`);
    await unharmed(page);
  }
  await page.getByRole("link", { name: "Library" }).click();
  const tile = (name: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
  for (const title of [IMAGE, BACKWARDS]) await expect(tile(title)).toBeVisible();
  await page.getByRole("searchbox").fill(TEMPLATE);
  await expect(tile(BACKWARDS)).toHaveCount(0);
  await expect(tile(IMAGE)).toBeVisible();
  await unharmed(page);

  for (const address of [`/jobs/${encodeURIComponent(IMAGE)}`, `/${encodeURIComponent(SCRIPT)}`, `/library?q=${encodeURIComponent(SHAPE)}#${encodeURIComponent(IMAGE)}`, `/callback?error=${encodeURIComponent(SCRIPT)}&state=${encodeURIComponent(IMAGE)}`]) {
    await page.goto(stack.run.app_url + address);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await unharmed(page);
  }
  expect(seen).toEqual([]);
});
