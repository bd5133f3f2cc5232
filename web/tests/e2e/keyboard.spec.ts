// The way from the sign-in to a video, without a mouse: one always sees where one is.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./stack";

const FURTHEST = 120;

interface Stop {
  what: string;
  /** How it looks, and what stands for it: its frame, the switch drawn beside a hidden field. */
  look: () => Promise<string | null>;
}

/** What has the focus now; null where nothing has, or a place of the page that a new view begins at. */
async function stop(page: Page): Promise<Stop | null> {
  const at = (await page.evaluateHandle(() => document.activeElement)).asElement();
  if (at === null || (await at.evaluate((element) => element === document.body || element.matches("[tabindex=\"-1\"]")))) return null;
  const look = () =>
    at.evaluate(async (element) => {
      // Colours change with the next frame.
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      if (!element.isConnected) return null;
      const drawn = [element, element.nextElementSibling];
      for (let frame = element.parentElement; frame && drawn.length < 8; frame = frame.parentElement) drawn.push(frame);
      return JSON.stringify(
        drawn.map((one) => {
          if (!one) return null;
          const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
          return [outlineStyle === "none" ? null : [outlineStyle, outlineWidth, outlineColor], boxShadow, borderColor, backgroundColor];
        }),
      );
    });
  return { what: await at.evaluate((element) => element.outerHTML.slice(0, 160)), look };
}

/** Press Tab until there; every stop on the way looks otherwise while it has the focus than when it has lost it. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let n = 0; n < FURTHEST; n++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    const before = await stop(page);
    const focused = await before?.look();
    await page.keyboard.press("Tab");
    const left = await before?.look();
    if (before && focused && left) expect.soft(left, `focus can be seen on ${before.what}`).not.toBe(focused);
  }
  throw new Error(`Tab never comes to ${String(target)}`);
}

/** Something has the focus: the next Tab goes on from there, not from the top of the page. */
async function kept(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
}

test("from the sign-in to a video by keys alone", async ({ page, stack, user }) => {
  await page.emulateMedia({ reducedMotion: "reduce" }); // no colour is on its way to another one
  const { keyboard } = page;
  await page.goto(`${stack.run.app_url}/create`);
  await reach(page, page.getByRole("button", { name: "Sign in" }));
  await keyboard.press("Enter");
  await page.getByLabel(/e-?mail|user/i).focus();
  await keyboard.type(user.email);
  await keyboard.press("Tab");
  await keyboard.type(user.password);
  await keyboard.press("Enter");

  const brief = page.getByRole("textbox", { name: "Brief" });
  await reach(page, brief);
  await keyboard.type("A lighthouse at dusk, a storm rolls in, the light comes on");
  await reach(page, page.getByRole("button", { name: /plan the storyboard/i }));
  await keyboard.press("Enter");

  const words = page.getByRole("textbox", { name: /^What scene \d+ shows$/ });
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await expect(generate).toBeEnabled();
  // Without motion too, which once had them measured too early.
  await expect.poll(() => words.evaluateAll((fields) => fields.every((one) => one.scrollHeight <= one.clientHeight + 1)), "prompts are shown whole").toBe(true);
  await kept(page);
  const before = await words.evaluateAll((all) => all.map((one) => (one as HTMLTextAreaElement).value));
  await reach(page, page.getByRole("button", { name: "Move scene 1" }));
  await keyboard.press("Space");
  await expect(page.getByText("Scene 1 is picked up.")).toBeAttached();
  await keyboard.press("ArrowRight");
  await expect(page.getByText("Scene 1 is over place 2 of 3.")).toBeAttached();
  await keyboard.press("Space");
  await expect(words.first()).toHaveValue(before[1] ?? "");
  await kept(page);

  const end = page.getByRole("slider", { name: "Length of scene 1" });
  await reach(page, end);
  const length = Number(await end.getAttribute("aria-valuenow"));
  await keyboard.press("ArrowLeft");
  await expect.poll(async () => Number(await end.getAttribute("aria-valuenow"))).toBeLessThan(length);

  const join = page.getByRole("button", { name: /^Transition into scene 2/ });
  await reach(page, join);
  await keyboard.press("Enter");
  await reach(page, page.getByRole("radio", { checked: true }).first());
  await keyboard.press("ArrowRight");
  await keyboard.press("Escape");
  await expect(join).toBeFocused();

  await reach(page, generate);
  await keyboard.press("Enter");
  const sure = page.getByRole("button", { name: /^generate for at most/i });
  await expect(sure).toBeFocused();
  await keyboard.press("Escape");
  await expect(generate).toBeFocused();
  await keyboard.press("Enter");
  await expect(sure).toBeFocused();
  await keyboard.press("Enter");
  await page.waitForURL(/\/jobs\//);
  await kept(page);

  const video = page.locator("video[poster]").first();
  const time = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect(page.getByRole("slider", { name: "Seek" })).toBeVisible({ timeout: 150_000 });
  await kept(page);
  await reach(page, page.getByRole("button", { name: "Play", exact: true }));
  await keyboard.press("Enter");
  await expect.poll(time).toBeGreaterThan(0.3);
  await reach(page, page.getByRole("slider", { name: "Seek" }));
  await keyboard.press("Home");
  await keyboard.press("PageUp");
  await expect.poll(time).toBeGreaterThan(2);
});
