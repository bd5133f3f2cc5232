// Coming in, staying in, and getting out: against the real sign-in's stand-in and its real tokens.
import type { Page } from "@playwright/test";
import { expect, signIn, test, type User } from "./stack";

/** Change what the tab keeps of its session, as time or somebody's hand would. */
async function tamper(page: Page, change: Record<string, unknown>): Promise<void> {
  await page.evaluate((changed) => {
    const key = Object.keys(sessionStorage).find((name) => name.startsWith("oidc.user:"));
    if (key === undefined) throw new Error("nobody is signed in");
    sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key) ?? "{}"), ...changed }));
  }, change);
}

const PAST = 1_000_000_000;
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

/** Fill in the hosted form that is open, and come back. */
async function giveCredentials(page: Page, user: User): Promise<void> {
  await page.getByLabel(/e-?mail/i).fill(user.email);
  await page.getByLabel(/password/i).fill(user.password);
  await page.getByRole("button", { name: /sign in/i }).click();
}

test("a session outlives a reload and its access token, and ends with its refresh token", async ({ page, stack, user }) => {
  const at = "/usage?from=here#months";
  await signIn(page, stack, user, at);
  await expect(heading(page, "Usage")).toBeVisible();
  expect(await page.evaluate(() => localStorage.length + document.cookie.length)).toBe(0);

  const renewals: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/oauth2/token")) renewals.push(new URLSearchParams(request.postData() ?? "").get("grant_type") ?? "");
  });
  await page.reload();
  await expect(heading(page, "Usage")).toBeVisible();
  expect(renewals).toEqual([]);

  await test.step("a token that has run out is renewed silently", async () => {
    await tamper(page, { expires_at: PAST });
    await page.reload();
    await expect(heading(page, "Usage")).toBeVisible();
    expect(renewals).toEqual(["refresh_token"]);
  });

  await test.step("one that is refused in the middle, too: once for all requests", async () => {
    await tamper(page, { access_token: "no.such.token" });
    await page.getByRole("link", { name: "Library" }).click();
    await expect(heading(page, "Library")).toBeVisible();
    await expect(page.getByText("No videos yet")).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(renewals).toEqual(["refresh_token", "refresh_token"]);
  });

  await test.step("a sign-in that is down for a moment ends no session", async () => {
    await tamper(page, { expires_at: PAST });
    await page.route("**/oauth2/token", (route) => route.abort());
    await page.goto(stack.run.app_url + at);
    await expect(heading(page, "OmniGen can't be reached")).toBeVisible();
    await page.unroute("**/oauth2/token");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(heading(page, "Usage")).toBeVisible();
  });

  await test.step("what can't be renewed leads to the hosted pages, and back to where one was", async () => {
    await tamper(page, { expires_at: PAST, refresh_token: "no.such.token" });
    await page.goto(`${stack.run.app_url}${at}`);
    await page.reload();
    await expect(heading(page, "You are signed out")).toBeVisible();
    await page.getByRole("button", { name: "Sign in" }).click();
    await giveCredentials(page, user);
    await page.waitForURL(stack.run.app_url + at);
    await expect(heading(page, "Usage")).toBeVisible();
  });
});

test("signing up, and out: of this tab, then everywhere", async ({ page, browser, stack }) => {
  const user = { email: `${crypto.randomUUID().slice(0, 8)}@example.com`, password: "Correct-horse-7" };
  const { app_url } = stack.run;
  await page.goto(app_url);
  await page.getByRole("button", { name: "Make a video" }).first().click();
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByLabel("Confirmation code").fill("123456");
  await page.getByRole("button", { name: "Confirm" }).click();
  await giveCredentials(page, user);
  await page.waitForURL(`${app_url}/create`);

  const other = await (await browser.newContext()).newPage();
  await signIn(other, stack, user, "/account");
  await expect(other.getByText(user.email)).toBeVisible();
  await other.getByRole("button", { name: "Sign out", exact: true }).click();
  await other.waitForURL(`${app_url}/`);
  expect(await other.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith("oidc.")))).toEqual([]);
  await signIn(other, stack, user, "/account");

  await page.goto(`${app_url}/account`);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await page.waitForURL(`${app_url}/`);
  await tamper(other, { expires_at: PAST });
  await other.getByRole("link", { name: "Library" }).click();
  await expect(heading(other, "You are signed out")).toBeVisible();
  await other.context().close();
});

test("the callback leads nowhere but into the app", async ({ page, stack, user }) => {
  const { app_url } = stack.run;
  await page.goto(`${app_url}/callback?code=stolen&state=unknown`);
  await expect(heading(page, "Signing in didn't work")).toBeVisible();
  await page.goto(`${app_url}/callback?error=access_denied&state=unknown`);
  await expect(heading(page, "Signing in didn't work")).toBeVisible();

  // Even a state that somebody could change in the tab's store: the page that comes back is told to go elsewhere.
  await page.addInitScript(() => {
    if (window.location.pathname !== "/callback") return;
    for (const [key, kept] of Object.entries(sessionStorage)) {
      if (key.startsWith("oidc.") && !key.startsWith("oidc.user")) sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(kept), data: { back: "/.//evil.test/" } }));
    }
  });
  await page.goto(`${app_url}/library`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await giveCredentials(page, user);
  await page.waitForURL(`${app_url}/create`);

  // A link with a code and a state in it, to any other page, is no sign-in; nor is the used one an obstacle.
  await page.goto(`${app_url}/usage?code=1&state=2`);
  await expect(heading(page, "Usage")).toBeVisible();
  await page.goto(`${app_url}/callback?code=used&state=used`);
  await page.waitForURL(`${app_url}/create`);
});
