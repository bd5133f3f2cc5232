// The way from the sign-in to a video, without a mouse: one always sees where one is.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./stack";

const FURTHEST = 120;

/** Whether what has the focus shows it: by an outline, its own or of what it stands for, or by the border of a field. */
function focus(page: Page): Promise<{ what: string; shown: boolean }> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) return { what: "body", shown: false };
    const outlined = (element: Element | null) => {
      if (element === null) return false;
      const style = getComputedStyle(element);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
    };
    const field = at.matches("input, textarea") && parseFloat(getComputedStyle(at).borderTopWidth) >= 1;
    const shown = [at, at.parentElement, at.parentElement?.parentElement ?? null, at.nextElementSibling].some(outlined) || field;
    return { what: at.outerHTML.slice(0, 160), shown };
  });
}

/** Press Tab until there; every stop on the way shows that it has the focus. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let n = 0; n < FURTHEST; n++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const { what, shown } = await focus(page);
    if (what !== "body") expect.soft(shown, `focus can be seen on ${what}`).toBe(true);
  }
  throw new Error(`Tab never comes to ${String(target)}`);
}

/** Something has the focus: the next Tab goes on from there, not from the top of the page. */
async function kept(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
}

test("from the sign-in to a video by keys alone", async ({ page, stack, user }) => {
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
  await expect(page.getByRole("slider", { name: "Seek" })).toBeVisible({ timeout: 60_000 });
  await kept(page);
  await reach(page, page.getByRole("button", { name: "Play", exact: true }));
  await keyboard.press("Enter");
  await expect.poll(time).toBeGreaterThan(0.3);
  await reach(page, page.getByRole("slider", { name: "Seek" }));
  await keyboard.press("Home");
  await keyboard.press("PageUp");
  await expect.poll(time).toBeGreaterThan(2);
});
