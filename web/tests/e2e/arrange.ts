// What a test needs to be there before it begins: jobs, submitted over HTTP with a user's own token.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import type { components } from "../../src/lib/api/schema";
import { CLIENT, type Stack, type User } from "./stack";

export type Schemas = components["schemas"];
export type Job = Schemas["JobView"];

const ENDED: readonly Job["status"][] = ["succeeded", "failed", "cancelled"];
const PATIENCE_MS = 75_000;

/** The access token of whoever is signed in on this page. */
export async function tokenOf(page: Page): Promise<string> {
  const kept = await page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.startsWith("oidc.user:"))?.[1]);
  if (typeof kept !== "string") throw new Error("nobody is signed in on this page");
  return (JSON.parse(kept) as { access_token: string }).access_token;
}

/** A token without a browser, by the password. */
export async function tokenFor(stack: Stack, user: User): Promise<string> {
  const { AuthenticationResult: result } = await stack.cognito("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: CLIENT,
    AuthParameters: { USERNAME: user.email, PASSWORD: user.password },
  });
  return (result as { AccessToken: string }).AccessToken;
}

/** One request to the API, as the app would make it; `path` begins after `/api/v1`. A busy server is asked again. */
export async function ask<T>(stack: Stack, token: string, method: string, path: string, body?: unknown): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
  for (;;) {
    const response = await fetch(`${stack.run.api_url}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
    const wait = 1000 * Number(response.headers.get("Retry-After"));
    if (response.status !== 503 || Date.now() + wait > deadline) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
    await pause(wait);
  }
}

/** The cheapest film there is, of one scene or several; `more` overrides what it says. */
export function film(prompts: string | readonly string[], more: Partial<Schemas["StoryboardBody"]> = {}): Schemas["StoryboardBody"] {
  const scenes = [prompts].flat().map((prompt) => ({ prompt, duration: 5 }));
  return { scenes, model: "bytedance/seedance-2.0", resolution: "480p", ...more };
}

export function submit(stack: Stack, token: string, storyboard: Schemas["StoryboardBody"]): Promise<Job> {
  return ask<Job>(stack, token, "POST", "/jobs", { storyboard });
}

export function jobOf(stack: Stack, token: string, id: string): Promise<Job> {
  return ask<Job>(stack, token, "GET", `/jobs/${id}`);
}

/** Wait until a job has come to its end, whichever it is. */
export async function ended(stack: Stack, token: string, id: string): Promise<Job> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const job = await jobOf(stack, token, id);
    if (ENDED.includes(job.status)) return job;
    if (Date.now() > deadline) throw new Error(`job ${id} is still ${job.status} (${job.stage})`);
    await pause(200);
  }
}

/** Submitted, then cancelled: an entry in the library that takes no time and gives its video back to the quota. */
export async function cancelled(stack: Stack, token: string, storyboard: Schemas["StoryboardBody"]): Promise<Job> {
  const { id } = await submit(stack, token, storyboard);
  await ask(stack, token, "POST", `/jobs/${id}/cancel`);
  return ended(stack, token, id);
}
