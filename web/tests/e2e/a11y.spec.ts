// axe finds nothing on any screen, in dark and in light.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./stack";
import { desk, outside, videos, type Look } from "./tour";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Everything in the dark; in the light what alone is another there: colours. */
function axe(page: Page): Look {
  return async (screen) => {
    await page.mouse.move(0, 0);
    const floating = (await page.getByRole("menu").or(page.getByRole("listbox")).count()) > 0;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
      const all = new AxeBuilder({ page }).setLegacyMode();
      const { violations } = await (colorScheme === "dark" ? all.withTags(RULES) : all.withRules("color-contrast")).analyze();
      // What opens beside its button, for as long as it is open, needs no landmark of its own.
      const found = violations.flatMap(({ id, nodes }) => (id === "region" && floating ? [] : nodes).map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
      expect.soft(found, `${screen}, ${colorScheme}`).toEqual([]);
    }
  };
}

test("screens without an account, and those before the first video", async ({ page, stack, user }) => {
  await outside(page, stack, axe(page));
  await signIn(page, stack, user);
  await desk(page, axe(page));
});

test("screens of videos", async ({ signedIn: page, stack }) => {
  await videos(page, stack, axe(page));
});
