// What goes wrong is said in a sentence that helps, and there is a way on.
import { ask, ended, film, submit, tokenFor, tokenOf } from "./arrange";
import { expect, test } from "./stack";

test.use({ limited: true });

test("without a network, without the API, and nothing written is lost", async ({ signedIn: page, context, stack }) => {
  const brief = page.getByRole("textbox", { name: "Brief" });
  const plan = page.getByRole("button", { name: /plan the storyboard/i });
  await brief.fill("A lighthouse at dusk, a storm rolls in");
  stack.kill("api");
  await plan.click();
  const notice = page.getByRole("alert").filter({ hasText: "OmniGen can't be reached" });
  await expect(notice).toBeVisible();
  const scene = page.getByRole("textbox", { name: "What scene 1 shows" });
  await expect(async () => {
    if (await notice.isVisible()) await notice.getByRole("button", { name: "Try again" }).click();
    await expect(scene).toBeVisible({ timeout: 2_000 });
  }).toPass();

  const offline = page.getByText(/^You are offline/);
  await context.setOffline(true);
  await expect(offline.first()).toBeVisible();
  await scene.fill("a lighthouse that nobody has turned on for years");
  await context.setOffline(false);
  await expect(offline).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await expect(scene).toHaveValue("a lighthouse that nobody has turned on for years");
});

test("what isn't there, what has changed, what is too much", async ({ signedIn: page, stack }) => {
  const token = await tokenOf(page);
  const other = await tokenFor(stack, await stack.newUser());
  const theirs = await submit(stack, other, film("somebody else's sea"));
  await stack.faults({ match: { prompt: "a wave that is refused" }, action: "sensitive", times: 1 });
  const mine = await submit(stack, token, film("a wave that is refused"));

  await page.goto(`${stack.run.app_url}/jobs/${theirs.id}`);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await page.goto(`${stack.run.app_url}/somewhere/else`);
  await page.getByRole("link", { name: /library/i }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Library" })).toBeVisible();

  await ended(stack, token, mine.id);
  await page.goto(`${stack.run.app_url}/jobs/${mine.id}`);
  const again = page.getByRole("button", { name: "Try again" });
  await page.route(`**/api/v1/jobs/${mine.id}`, (route) => (route.request().method() === "DELETE" ? route.fulfill({ status: 500 }) : route.continue()));
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("dialog", { name: "Delete" }).getByRole("alert")).toContainText("That is our fault");
  await page.keyboard.press("Escape");
  await expect(again).toBeEnabled();
  await stack.faults({ match: { prompt: "a wave that is refused" }, action: "never_finish" });
  await ask(stack, token, "POST", `/jobs/${mine.id}/retry`, { placeholders: false });
  await again.click();
  await expect(page.getByRole("region", { name: "In the making" })).toBeVisible();
  await expect(page.getByText("Version 2 of 2")).toBeVisible();
});

test("too many requests, and a fault of ours", async ({ signedIn: page, stack }) => {
  await page.getByRole("textbox", { name: "Brief" }).fill("A lighthouse at dusk, a storm rolls in");
  await page.getByRole("button", { name: /plan the storyboard/i }).click();
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await expect(generate).toBeEnabled();
  const token = await tokenOf(page);
  for (let left = true; left; ) left = await ask(stack, token, "POST", "/jobs", {}).then(Boolean, (refused: Error) => !refused.message.includes(" 429"));
  await generate.click();
  await page.getByRole("button", { name: /^generate for at most/i }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText(/A little slower.*Try again in \d+ (s|minutes)/);

  // The real API has no fault to be provoked: this answer alone is made up.
  await page.route("**/api/v1/usage*", (route) => route.fulfill({ status: 500, headers: { "X-Request-Id": "req_0123456789abcdef" }, body: "<h1>oops</h1>" }));
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Usage" }).click();
  await expect(page.getByRole("alert")).toContainText("req_0123456789abcdef");
  await page.unroute("**/api/v1/usage*");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: "Videos" })).toBeVisible();
});
