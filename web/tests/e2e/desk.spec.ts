// The storyboard on its desk: every edit by mouse and by keys, back and forth again, and what it does to the price.
import type { Page } from "@playwright/test";
import { expect, test } from "./stack";

const prompts = (page: Page) => page.getByRole("textbox", { name: /^What scene \d+ shows$/ });
const order = (page: Page) => prompts(page).evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value));
const at = (page: Page, number: number) => page.getByRole("slider", { name: `Length of scene ${number}` });

async function planned(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Brief" }).fill("A lighthouse at dusk, a storm rolls in, the light comes on");
  await page.getByRole("button", { name: "Plan the storyboard" }).click();
  await expect(prompts(page)).toHaveCount(3);
  for (const [n, words] of ["one", "two", "three"].entries()) await prompts(page).nth(n).fill(words);
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
}

async function menu(page: Page, number: number, item: string): Promise<void> {
  await page.getByRole("button", { name: `More for scene ${number}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
  // It fades away; the next one would stand beside it.
  await expect(page.getByRole("menuitem")).toHaveCount(0);
}

test("scenes are moved, cut, doubled and timed, by mouse and by keys", async ({ signedIn: page }) => {
  await planned(page);
  const undo = page.getByRole("button", { name: "Undo" });

  await test.step("dragged to another place, and back by Undo", async () => {
    const grip = await page.getByRole("button", { name: "Move scene 1" }).boundingBox();
    const target = await page.getByRole("article", { name: "Scene 3" }).boundingBox();
    if (!grip || !target) throw new Error("nothing to drag");
    await page.mouse.move(grip.x + 8, grip.y + 8);
    await page.mouse.down();
    await page.mouse.move(grip.x + 60, grip.y + 8, { steps: 4 });
    await page.mouse.move(target.x + target.width - 20, grip.y + 8, { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => order(page)).toEqual(["two", "three", "one"]);
    await undo.click();
    await expect.poll(() => order(page)).toEqual(["one", "two", "three"]);
  });

  await test.step("moved by keys, and said aloud", async () => {
    await page.getByRole("button", { name: "Move scene 1" }).focus();
    await page.keyboard.press("Space");
    await expect(page.getByText("Scene 1 is picked up.")).toBeAttached();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByText("Scene 1 is over place 2 of 3.")).toBeAttached();
    await page.keyboard.press("Space");
    await expect.poll(() => order(page)).toEqual(["two", "one", "three"]);
    await page.getByRole("button", { name: "More for scene 1" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Move later" }).press("Enter");
    await expect(page.getByText("Scene 1 is now scene 2 of 3")).toBeAttached();
    await expect(page.getByRole("button", { name: "More for scene 2" })).toBeFocused();
    await expect.poll(() => order(page)).toEqual(["one", "two", "three"]);
  });

  await test.step("split, duplicated, added and deleted; the keyboard follows", async () => {
    await menu(page, 2, "Split in two");
    await expect.poll(() => order(page)).toEqual(["one", "two", "two", "three"]);
    await expect(prompts(page).nth(2)).toBeFocused();
    await menu(page, 1, "Duplicate");
    await expect.poll(() => order(page)).toEqual(["one", "one", "two", "two", "three"]);
    await menu(page, 2, "Delete");
    await expect(prompts(page).nth(1)).toBeFocused();
    await menu(page, 3, "Delete");
    await page.getByRole("button", { name: "Add a scene" }).click();
    await expect(prompts(page).nth(3)).toBeFocused();
    await expect(page.getByRole("region", { name: "Price" })).toContainText("Scene 4 needs a few words.");
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeDisabled();
    await page.getByRole("article", { name: "Scene 4" }).getByRole("button", { name: "More for scene 4" }).focus();
    for (let steps = 5; steps > 0; steps--) await page.keyboard.press("Control+z");
    await expect.poll(() => order(page)).toEqual(["one", "two", "three"]);
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  });

  await test.step("lengths by keys and by the edge, to what the model makes; the price follows", async () => {
    const price = page.getByRole("region", { name: "Price" });
    const before = await price.textContent();
    await at(page, 1).focus();
    await page.keyboard.press("End");
    await expect(at(page, 1)).toHaveAttribute("aria-valuetext", "8 s");
    await expect.poll(() => price.textContent()).not.toBe(before);
    await page.keyboard.press("ArrowLeft");
    await expect(page.getByRole("article", { name: "Scene 1" })).toContainText("paid as 8 s");

    const edge = await at(page, 1).boundingBox();
    const card = await page.getByRole("article", { name: "Scene 1" }).boundingBox();
    if (!edge || !card) throw new Error("nothing to drag");
    const [x, y] = [edge.x + edge.width / 2, edge.y + edge.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - card.width / 5, y, { steps: 5 });
    await page.mouse.up();
    await expect(at(page, 1)).toHaveAttribute("aria-valuetext", "6 s");
    await page.keyboard.press("Control+z");
    await expect(at(page, 1)).toHaveAttribute("aria-valuetext", "7.5 s");
    await page.keyboard.press("Control+Shift+z");
    await expect(at(page, 1)).toHaveAttribute("aria-valuetext", "6 s");
    await page.getByRole("textbox", { name: "Seconds of scene 3" }).fill("4");
    await page.getByRole("button", { name: "Scene 3 longer" }).click();
    await expect(at(page, 3)).toHaveAttribute("aria-valuetext", "4.5 s");
  });
});

test("joins, the model, a new plan: each is pictured, priced and can be taken back", async ({ signedIn: page }) => {
  await planned(page);
  const price = page.getByRole("region", { name: "Price" });

  await test.step("a transition and its length", async () => {
    await page.getByRole("button", { name: /^Transition into scene 3/ }).click();
    await page.getByRole("radio", { name: "Iris opens" }).click();
    await page.getByRole("slider", { name: "Length of the transition" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    const button = page.getByRole("button", { name: "Transition into scene 3: Iris opens, 0.6 s" });
    await expect(button).toBeFocused();
    await page.keyboard.press("Control+z");
    await expect(page.getByRole("button", { name: "Transition into scene 3: Cut" })).toBeVisible();
    await page.getByRole("button", { name: "Redo" }).click();
    await expect(button).toBeVisible();
  });

  await test.step("in a text field, the keys undo the text", async () => {
    await prompts(page).first().focus();
    await page.keyboard.press("End");
    await page.keyboard.type(" more");
    await page.keyboard.press("Control+z");
    await expect(prompts(page).first()).not.toHaveValue("one more");
    await expect(page.getByRole("button", { name: /^Transition into scene 3: Iris opens/ })).toBeVisible();
  });

  await test.step("another model: its limits, its price", async () => {
    const before = await price.textContent();
    await page.getByRole("button", { name: "Look and sound" }).click();
    await page.getByRole("radio", { name: /^Kling/ }).click();
    await expect(at(page, 1)).toHaveAttribute("aria-valuemax", "15");
    await expect.poll(() => price.textContent()).not.toBe(before);
    await page.getByRole("switch", { name: "Music" }).click();
    await at(page, 1).focus();
    await page.keyboard.press("End");
    await page.getByRole("radio", { name: /^Veo 3.1 Fast/ }).click();
    await expect(price).toContainText("Veo 3.1 Fast films up to 8 s at a time.");
    await page.getByRole("button", { name: "Make it 8 s" }).click();
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  });

  await test.step("planned anew, and undone", async () => {
    await page.getByRole("button", { name: "Change the brief" }).click();
    await page.getByRole("textbox", { name: "Brief" }).fill("A fox crosses a frozen lake at dawn, then sleeps");
    await page.getByRole("button", { name: "Plan it anew" }).click();
    await expect(prompts(page).first()).toHaveValue(/fox/i);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(prompts(page).nth(1)).toHaveValue("two");
  });

  await test.step("started over only when it is meant", async () => {
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("button", { name: "Keep them" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(prompts(page).nth(1)).toHaveValue("two");
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start over" }).click();
    await expect(page.getByRole("textbox", { name: "Brief" })).toHaveValue("");
  });
});

test("on a phone the cards are stacked, and can all be reached", async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await planned(page);
  await menu(page, 3, "Move earlier");
  await expect.poll(() => order(page)).toEqual(["one", "three", "two"]);
  const [first, second] = await Promise.all([1, 2].map((number) => page.getByRole("article", { name: `Scene ${number}` }).boundingBox()));
  expect(second?.y).toBeGreaterThan((first?.y ?? 0) + (first?.height ?? 0) - 1);
  await page.getByRole("button", { name: "Scene 1 longer" }).click();
  await expect(page.getByRole("textbox", { name: "Seconds of scene 1" })).toHaveValue("4.5 s");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
