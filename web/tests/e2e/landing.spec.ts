// What strangers see, and what every page keeps to: nothing refused by its policy, nothing that moves as it loads.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./stack";

declare global {
  interface Window {
    watched: { shift: number; refused: string[] };
  }
}

/** Note layout shifts, and whatever the page's policy refuses, from before anything is loaded. */
async function watch(page: Page): Promise<string[]> {
  const said: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.addInitScript(() => {
    window.watched = { shift: 0, refused: [] };
    document.addEventListener("securitypolicyviolation", (event) => window.watched.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) window.watched.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  return said;
}

const STEADY = 0.02;

test("the landing page plays its sample, and stops it when told", async ({ page, stack }) => {
  const said = await watch(page);
  const response = await page.goto(stack.run.app_url);
  expect(response?.headers()["content-security-policy"]).toContain("require-trusted-types-for 'script'");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Write it. Watch it.");
  const video = page.locator("video");
  const at = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect.poll(at).toBeGreaterThan(0.2);

  await page.getByRole("button", { name: "Pause the sample" }).click();
  await expect(page.getByRole("button", { name: "Play the sample" })).toBeVisible();
  await page.getByRole("button", { name: /^Scene 3/ }).click();
  await expect.poll(at).toBe(10);
  await expect(page.getByRole("button", { name: /^Scene 3/ })).toHaveAttribute("aria-current", "step");
  await page.getByRole("button", { name: "Turn its sound on" }).click();
  await expect(page.getByRole("button", { name: "Turn its sound off" })).toBeVisible();

  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.reload();
    await expect(page.getByRole("button", { name: "Play the sample" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join()}`)).toEqual([]);
  }
  expect(await at()).toBe(0);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(video).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await page.evaluate(() => window.watched)).toEqual({ shift: expect.any(Number), refused: [] });
  expect(await page.evaluate(() => window.watched.shift)).toBeLessThan(STEADY);
  expect(said).toEqual([]);
});

test("no page asks for what its policy refuses, and none moves as it loads", async ({ signedIn: page, stack }) => {
  const said = await watch(page);
  for (const path of ["/create", "/library", "/usage", "/account", "/callback", "/nowhere"]) {
    await page.goto(stack.run.app_url + path);
    await expect(page.getByRole("heading", { level: 1 }).or(page.getByRole("textbox").first()).first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    const { shift, refused } = await page.evaluate(() => window.watched);
    expect.soft(refused, path).toEqual([]);
    expect.soft(shift, path).toBeLessThan(path === "/usage" ? 0.05 : STEADY); // how long its history is, is not known before
  }
  expect(said).toEqual([]);

  await test.step("an address that nobody knows leads on", async () => {
    await page.goto(`${stack.run.app_url}/nowhere`);
    await page.getByRole("link", { name: "To the library" }).click();
    await page.waitForURL(`${stack.run.app_url}/library`);
  });

  await test.step("an API that is gone is said to be, and the page goes on by itself once it is back", async () => {
    const gone = page.getByText("OmniGen can't be reached just now");
    await page.route(/\/api\b/, (route) => route.abort());
    await page.getByRole("link", { name: "Usage" }).click();
    await expect(gone).toBeVisible();
    await page.unroute(/\/api\b/);
    await expect(gone).toBeHidden();
    await expect(page.getByRole("region", { name: "Videos" })).toBeVisible();
  });
});
