// Everything again on a phone: nothing wider than the screen, nothing too small for a thumb.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./stack";
import { desk, outside, videos, type Look } from "./tour";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });

function fits(page: Page): Look {
  return async (screen) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(wide, `${screen}: pixels to the right of the screen`).toBe(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withRules("target-size").analyze();
    expect.soft(violations.flatMap(({ nodes }) => nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`)), `${screen}: targets`).toEqual([]);
  };
}

test("on a phone, from the landing page to a video", async ({ page, stack, user }) => {
  await outside(page, stack, fits(page));
  await signIn(page, stack, user);
  await desk(page, fits(page));
  await page.getByRole("button", { name: "Generate", exact: true }).tap();
  await page.getByRole("button", { name: /^generate for at most/i }).tap();
  await page.waitForURL(/\/jobs\//);
});

test("videos on a phone", async ({ signedIn: page, stack }) => {
  await videos(page, stack, fits(page));
});
