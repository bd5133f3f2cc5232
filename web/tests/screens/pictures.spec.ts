// Pictures of every screen for the README and the docs, dark, light and on a phone: `make screenshots`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { ended, film, submit, tokenFor } from "../e2e/arrange";
import { expect, signIn, test, type Stack, type User } from "../e2e/stack";
import { BRIEF, FILMS, LIGHTHOUSE, MAKING, REFUSED } from "./films";

const FOLDER = resolve(import.meta.dirname, "../../../docs/pictures/app");
const PATIENCE_MS = 900_000;

const DESK = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const VARIANTS = { dark: { ...DESK, colorScheme: "dark" }, light: { ...DESK, colorScheme: "light" }, phone: { ...PHONE, colorScheme: "dark" } } as const;
type Variant = keyof typeof VARIANTS;

interface Made {
  user: User;
  lighthouse: string;
  making: string;
  failed: string;
}

/** A library that has been in use for a while. */
async function arranged(stack: Stack): Promise<Made> {
  const user = await stack.newUser();
  const token = await tokenFor(stack, user);
  await stack.faults({ match: { prompt: REFUSED.marked }, action: "sensitive" }, { match: { prompt: MAKING.marked }, action: "never_finish" });
  const whole = async (storyboard: ReturnType<typeof film>) => (await ended(stack, token, (await submit(stack, token, storyboard)).id)).id;
  for (const [title, prompt] of FILMS) await whole(film(prompt, { title }));
  const failed = await whole(film(REFUSED.prompts, { title: REFUSED.title }));
  const lighthouse = await whole(LIGHTHOUSE);
  const { id: making } = await submit(stack, token, film(MAKING.prompts, { title: MAKING.title }));
  return { user, lighthouse, making, failed };
}

async function walk(browser: Browser, stack: Stack, made: Made, variant: Variant): Promise<void> {
  const context = await browser.newContext({ ...VARIANTS[variant], reducedMotion: "reduce" });
  const page = await context.newPage();
  const see = async (path: string) => {
    await page.goto(stack.run.app_url + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  };
  const take = async (screen: string) => {
    // Not "networkidle": the line of events stays open while a video is made.
    await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.complete || new Promise((done) => ["load", "error"].map((name) => image.addEventListener(name, done))))]));
    await expect.poll(() => page.locator("video[src]").evaluateAll((all) => all.every((one) => !(one as HTMLVideoElement).preload.match(/metadata|auto/) || (one as HTMLVideoElement).readyState >= 2))).toBe(true);
    await page.screenshot({ path: join(FOLDER, `${screen}-${variant}.jpg`), type: "jpeg", quality: 80 });
  };
  await see("/");
  await take("landing");
  await signIn(page, stack, made.user);
  await page.getByRole("textbox", { name: "Brief" }).fill(BRIEF);
  await take("create");
  await page.getByRole("button", { name: /plan the storyboard/i }).click();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.mouse.move(0, 0);
  await take("storyboard");
  await see(`/jobs/${made.making}`);
  await expect(page.locator("video, li img").first()).toBeVisible();
  await take("making");
  await see(`/jobs/${made.failed}`);
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await take("failed");
  await see(`/jobs/${made.lighthouse}`);
  await playing(page, variant);
  await take("player");
  await see("/library");
  await expect(page.getByRole("link", { name: /lighthouse/i }).first()).toBeVisible();
  await take("library");
  await see("/usage");
  await expect(page.getByRole("row").nth(3)).toBeVisible();
  await take("usage");
  await see("/account");
  await take("account");
  await context.close();
}

/** Paused where there is something to see, with what the scrub bar says of another place. */
async function playing(page: Page, variant: Variant): Promise<void> {
  const play = page.getByRole("button", { name: "Play", exact: true });
  await expect(play).toBeVisible();
  const video = page.locator("video[poster]").first();
  await play.click();
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await video.evaluate((element: HTMLVideoElement) => {
    const there = new Promise((done) => element.addEventListener("seeked", done, { once: true }));
    element.currentTime = 2.5;
    return there;
  });
  const bar = await page.getByRole("slider", { name: "Seek" }).boundingBox();
  if (bar && variant !== "phone") await page.mouse.move(bar.x + bar.width * 0.7, bar.y + bar.height / 2);
}

test("every screen", async ({ browser, stack }) => {
  test.setTimeout(PATIENCE_MS);
  mkdirSync(FOLDER, { recursive: true });
  const made = await arranged(stack);
  for (const variant of Object.keys(VARIANTS) as Variant[]) await walk(browser, stack, made, variant);
});
