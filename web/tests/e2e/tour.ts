// Every screen and state of the app, one after another: what must hold everywhere is looked at everywhere.
import { expect, type Page } from "@playwright/test";
import { film, submit, tokenOf } from "./arrange";
import type { Stack } from "./stack";

/** Called on each screen, once it shows what its name says. */
export type Look = (screen: string) => Promise<void>;

/** What there is without an account. */
export async function outside(page: Page, stack: Stack, look: Look): Promise<void> {
  for (const path of ["/", "/library", "/nothing/here"]) {
    await page.goto(stack.run.app_url + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look(`signed out, ${path}`);
  }
}

/** From an empty account to a storyboard and the question before anything is spent; the page is of somebody who has just signed in. */
export async function desk(page: Page, look: Look): Promise<void> {
  await expect(page.getByRole("textbox", { name: "Brief" })).toBeVisible();
  await look("create, empty");
  await rooms(page, look, ["Library", "Usage", "Account"]);
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await page.getByRole("textbox", { name: "Brief" }).fill("A lighthouse at dusk, a storm rolls in, the light comes on");
  await page.getByRole("switch", { name: "Narration" }).click();
  await page.getByRole("button", { name: /plan the storyboard/i }).click();
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await expect(generate).toBeEnabled();
  await look("storyboard");
  await page.getByRole("button", { name: "More for scene 1" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look("storyboard, a scene's menu");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Transition into scene 2/ }).click();
  await expect(page.getByRole("radio", { name: "Cut", exact: true })).toBeVisible();
  await look("storyboard, a transition");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Look and sound" }).click();
  await expect(page.getByRole("region", { name: "Look and sound" })).toBeVisible();
  await expect(page.getByRole("radio", { name: "Burned in, large" })).toBeVisible();
  await look("storyboard, look and sound");
  await page.getByRole("button", { name: "Look and sound" }).click();
  await generate.click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("storyboard, the question");
  await page.keyboard.press("Escape");
}

/** A video in the making, one that failed, one to watch, and where they are listed. */
export async function videos(page: Page, stack: Stack, look: Look): Promise<void> {
  const token = await tokenOf(page);
  const word = crypto.randomUUID().slice(0, 8);
  await stack.faults({ match: { prompt: `${word} refused` }, action: "sensitive" }, { match: { prompt: `${word} long` }, action: "never_finish" });
  const begun = async (title: string, ...prompts: string[]) => (await submit(stack, token, film(prompts, { title }))).id;
  const open = async (id: string) => {
    await page.goto(`${stack.run.app_url}/jobs/${id}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  };
  const made = await begun("A lighthouse at dusk", "the sea at dusk");
  await open(await begun("A street at night", `rain on a street, ${word} refused`));
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await look("job, failed");
  await open(await begun("A city wakes", `a bakery opens, ${word} long`));
  await expect(page.getByRole("progressbar").first()).toBeVisible();
  await look("job, in the making");
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("job, the question whether to cancel");
  await page.keyboard.press("Escape");
  await open(made);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible({ timeout: 150_000 });
  await look("job, made");
  for (const name of ["Edit scene 1", "Takes of scene 1"]) {
    await page.getByRole("button", { name }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(`job, ${name}`);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await rooms(page, look, ["Library", "Usage"]);
}

async function rooms(page: Page, look: Look, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator("[aria-busy=true], [aria-label=Loading]")).toHaveCount(0);
    await look(name);
  }
}
