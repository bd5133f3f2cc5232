// A video in the making, as it is watched: live, through reloads, in two tabs, past a crash, to its end and on to the next version.
import type { Locator, Page } from "@playwright/test";
import { film, jobOf, submit, tokenOf, type Job } from "./arrange";
import { expect, test } from "./stack";

const scene = (page: Page, number: number): Locator => page.getByRole("list", { name: "Scenes" }).getByRole("listitem", { name: `Scene ${number}`, exact: true });
const clip = (page: Page, number: number): Locator => scene(page, number).getByLabel(`Clip of scene ${number}`);
const usedTakes = (job: Job) => job.scenes.map(({ takes }) => takes.filter(({ in_use }) => in_use).map(({ id }) => id));

test("scenes arrive live, whatever happens to page and server; afterwards one of them is filmed again", async ({ signedIn: page, stack }) => {
  test.setTimeout(180_000);
  const words = ["a harbour in the morning", "gulls over the harbour", "the slow ferry comes in"];
  await stack.faults({ match: { prompt: "slow ferry" }, action: "slow", factor: 6 });
  const token = await tokenOf(page);
  const { id } = await submit(stack, token, film(words));
  await page.goto(`${stack.run.app_url}/jobs/${id}`);

  await expect(scene(page, 1)).toContainText("a harbour in the morning");
  await expect(page.getByRole("progressbar", { name: "Progress", exact: true })).toBeVisible();
  await expect(clip(page, 1)).toBeVisible({ timeout: 150_000 });
  await expect.poll(() => clip(page, 1).evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0);

  await page.reload();
  await expect(clip(page, 1)).toBeVisible();
  const [second] = await Promise.all([page.waitForEvent("popup"), page.evaluate(() => void window.open(window.location.href))]);
  await expect(clip(second, 1)).toBeVisible();

  stack.kill("api");
  for (const tab of [page, second]) await expect(tab.getByRole("button", { name: "Play the video" })).toBeVisible({ timeout: 150_000 });
  await second.close();
  const before = await jobOf(stack, token, id);

  await page.getByRole("button", { name: "Takes of scene 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Scene 2: takes" });
  await expect(dialog.getByRole("status")).toContainText("Only scene 2 is paid for");
  await expect(dialog.getByRole("status")).toContainText("1 of 3 parts");
  await dialog.getByRole("button", { name: /^Film it again for at most/ }).click();
  await expect(page.getByRole("button", { name: "Version 2 of 2" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Play the video" })).toBeVisible({ timeout: 150_000 });
  const after = await jobOf(stack, token, id);
  expect(after.status).toBe("succeeded");
  expect(after.cost.micros).toBeLessThanOrEqual(Math.ceil(before.cost.micros / 3));
  const [old, fresh] = [usedTakes(before), usedTakes(after)];
  expect([fresh[0], fresh[2]]).toEqual([old[0], old[2]]);
  expect(fresh[1]).not.toEqual(old[1]);

  await page.getByRole("button", { name: "Edit scene 1" }).click();
  const edit = page.getByRole("dialog", { name: "Edit scene 1" });
  await edit.getByLabel("Length").fill("3");
  await expect(edit.getByRole("status")).toContainText(/Free: nothing is filmed anew\.\s*1 of 3 parts/);
  await edit.getByRole("button", { name: "Make it", exact: true }).click();
  await expect(page.getByRole("button", { name: "Version 3 of 3" })).toBeVisible();
  expect((await jobOf(stack, token, id)).storyboard?.scenes.map(({ duration }) => duration)).toEqual([3, 5, 5]);
});

/** Press a button that spends: what it says is the most that the next version holds. */
async function begin(page: Page, name: RegExp, job: () => Promise<Job>): Promise<void> {
  const button = page.getByRole("button", { name });
  await expect(button).toHaveText(/(, free|for at most \$[\d.]+)$/);
  const said = Number(/[\d.]+$/.exec((await button.textContent()) ?? "")?.[0] ?? 0);
  const { revision } = await job();
  await button.click();
  await expect(page.getByText(`Version ${revision + 1} of ${revision + 1}`)).toBeVisible();
  expect((await job()).estimate.at_most.micros).toBe(Math.round(said * 1e6));
}

test("a video is cancelled and gone on with; of another one a scene fails, with words, and is tried again, or done without", async ({ signedIn: page, stack }) => {
  const token = await tokenOf(page);
  await stack.faults({ match: { prompt: "endless road" }, action: "never_finish", times: 1 });
  const { id } = await submit(stack, token, film("an endless road"));
  await page.goto(`${stack.run.app_url}/jobs/${id}`);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel this video?" });
  await expect(dialog).toContainText(/charged/);
  await dialog.getByRole("button", { name: "Let it go on" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  // A price that has risen since it was asked for: what is on the button holds.
  const dry = "**/storyboard?dry_run=true";
  await page.route(dry, async (route) => {
    const response = await route.fetch();
    const told = (await response.json()) as { estimate: { at_most: Record<string, unknown> } };
    told.estimate.at_most = { micros: 10_000, usd: "0.01" };
    await route.fulfill({ response, json: told });
  }, { times: 1 });
  await dialog.getByRole("button", { name: "Cancel the video" }).click();
  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("The video is back in your quota.")).toBeVisible();
  const cheap = page.getByRole("button", { name: "Go on with it for at most $0.01" });
  await cheap.click();
  await expect(page.getByRole("alert")).toContainText("The price has risen");
  await expect(cheap).toHaveCount(0);
  await begin(page, /^Go on with it/, () => jobOf(stack, token, id));
  await expect(page.getByRole("button", { name: "Play the video" })).toBeVisible({ timeout: 150_000 });

  await stack.faults({ match: { prompt: "stubborn mule" }, action: "sensitive", times: 2 });
  const other = await submit(stack, token, film(["a meadow", "a stubborn mule"]));
  await page.goto(`${stack.run.app_url}/jobs/${other.id}`);
  await expect(scene(page, 2).getByRole("alert")).toContainText(/another way.*charged/);
  await expect(page.getByRole("heading", { name: "Scene 2 could not be made" })).toBeVisible();
  await begin(page, /^Try again/, () => jobOf(stack, token, other.id));
  await expect(page.getByRole("heading", { name: "Scene 2 could not be made" })).toBeVisible();
  await expect(page.getByText("back in your quota")).toHaveCount(0);
  await begin(page, /^Finish with a card in its place/, () => jobOf(stack, token, other.id));
  await expect(page.getByRole("button", { name: "Play the video" })).toBeVisible({ timeout: 150_000 });
  await expect(scene(page, 2).getByRole("alert")).toBeHidden();
});
