// The library: what is there in every state, found again, looked at, thrown away and had back.
import type { Page } from "@playwright/test";
import { ask, cancelled, ended, film, submit, tokenOf, type Job } from "./arrange";
import { expect, test } from "./stack";

const SENSITIVE = "a forbidden sight";
const tile = (page: Page, title: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

test("videos in every state are found, previewed, deleted and had back", async ({ signedIn: page, stack }) => {
  const token = await tokenOf(page);
  await stack.faults({ match: { prompt: SENSITIVE }, answers: [{ action: "sensitive" }], repeat: true } as never);
  const finished = await submit(stack, token, film("a lighthouse above breaking waves", { title: "The keeper" }));
  await page.goto(stack.run.app_url + "/library");

  // It comes along by itself, and is announced when it is there.
  await expect(tile(page, "The keeper").getByText("%")).toBeVisible();
  await cancelled(stack, token, film("rain on a tin roof", { title: "Never mind" }));
  const failed = await submit(stack, token, film(SENSITIVE, { title: "Not like this" }));
  await expect(page.getByRole("status").filter({ hasText: "The keeper: the video is finished." })).toBeAttached({ timeout: 150_000 });
  await ended(stack, token, failed.id);

  // Filters stand in the address, and what the API counts is what is shown.
  await page.goto(stack.run.app_url + "/library?show=failed");
  await expect(tile(page, "Not like this")).toContainText("scene 1 could not be made");
  await expect(page.getByRole("list", { name: "Videos" }).getByRole("listitem")).toHaveCount(1);
  await page.getByText("Cancelled", { exact: true }).first().click();
  await expect(tile(page, "Never mind")).toBeVisible();
  await expect(page).toHaveURL(/show=cancelled/);
  await page.getByText("In the making", { exact: true }).click();
  await expect(page.getByText("Nothing in the making")).toBeVisible();
  await page.getByRole("button", { name: "Show all videos" }).click();

  // The words of a prompt find what no title names.
  await page.getByRole("searchbox").fill("waves LIGHTHOUSE");
  await expect(page.getByText("1 video found")).toBeVisible();
  await expect(tile(page, "The keeper")).toBeVisible();
  await expect(page).toHaveURL(/q=waves/);
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("waves LIGHTHOUSE");

  // The poster gives way to the film while the pointer, or the focus, rests on it.
  const kept = tile(page, "The keeper");
  await expect.poll(() => kept.getByRole("presentation").first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await kept.hover();
  await plays(kept);
  await page.mouse.move(0, 0);
  await expect(kept.locator("video")).toHaveCount(0);
  await page.getByRole("searchbox").focus();
  await page.keyboard.press("Tab");
  while (!(await kept.getByRole("link").evaluate((link) => link === document.activeElement))) await page.keyboard.press("Tab");
  await plays(kept);

  // Deleted by key, undone by key: the focus goes along, and nobody has to hurry.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Deleted “The keeper”")).toBeVisible();
  await expect(page.getByText("Nothing with “waves LIGHTHOUSE”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(kept.getByRole("link")).toBeFocused();
  await expect(page.getByText("Deleted “The keeper”")).toHaveCount(0);
  expect((await ask<Job>(stack, token, "GET", `/jobs/${finished.id}`)).status).toBe("succeeded");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/jobs/${finished.id}$`));
});

test("a long library comes page by page, and a search goes through all of it", async ({ signedIn: page, stack }) => {
  const token = await tokenOf(page);
  // Cards in place of scenes: nothing is made, and nothing paid.
  const card = (n: number) => ({ ...film("", { title: `Take ${n}` }), scenes: [{ prompt: n === 0 ? "the very first of them" : `one of many, ${n}`, duration: 5, placeholder: true }] });
  for (const pair of [[0], [1, 2], [3, 4], [5, 6], [7]]) await Promise.all(pair.map((n) => cancelled(stack, token, card(n))));

  // The API's own pages, only smaller: what is to be seen needs few videos then, and a narrow window.
  let asked = 0;
  await page.route("**/api/v1/jobs?*", (route) => {
    asked += 1;
    return route.continue({ url: route.request().url().replace(/limit=\d+/, "limit=6") });
  });
  await page.setViewportSize({ width: 360, height: 500 });
  await page.goto(stack.run.app_url + "/library");
  const tiles = page.getByRole("list", { name: "Videos" }).getByRole("heading");
  await expect(tiles).toHaveCount(6);
  await expect(tiles.first()).toHaveText("Take 7");
  const more = page.getByRole("button", { name: "Load more" });
  await expect(more).toBeAttached();
  expect(asked).toBe(1);

  // By key first, which leads to what is new; from the top again it comes by itself.
  await more.evaluate((button) => button.focus({ preventScroll: true }));
  await page.keyboard.press("Enter");
  await expect(tiles).toHaveCount(8);
  await expect(tile(page, "Take 1").or(tile(page, "Take 2")).getByRole("link").and(page.locator(":focus"))).toBeVisible();
  await expect(more).toHaveCount(0);
  await page.reload();
  await expect(tiles).toHaveCount(6);
  await tiles.last().scrollIntoViewIfNeeded();
  await expect(tiles).toHaveCount(8);

  await page.goto(stack.run.app_url + "/library?q=very+first");
  await expect(page.getByText("1 video found", { exact: true })).toBeVisible();
  await expect(tiles).toHaveText(["Take 0"]);
});

async function plays(kept: ReturnType<typeof tile>): Promise<void> {
  const film = kept.locator("video");
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);
  await expect(film).toHaveAttribute("data-runs", "true");
}
