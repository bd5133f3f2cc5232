// Everything that `make emulate` starts, for one worker of the tests: it ends with the worker, whatever happens.
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test as base, type Page } from "@playwright/test";

const ROOT = resolve(import.meta.dirname, "../../..");
const PATIENCE_MS = 60_000;
export const CLIENT = "omnigenlocalwebclient00001";

interface Run {
  api_url: string;
  app_url: string;
  replicate_url: string;
  login_url: string;
  user: string;
  password: string;
  access_token: string;
  children: Record<string, { pid: number | null }>;
}

export interface User {
  email: string;
  password: string;
}

/** A fault for the fake Replicate to act out; `emulator/replicate/` says which there are. */
export interface Fault {
  match: Record<string, unknown>;
  action: string;
  [more: string]: unknown;
}

export class Stack {
  constructor(readonly data: string) {}

  /** What runs, as it stands now: tokens and processes change. */
  get run(): Run {
    return JSON.parse(readFileSync(join(this.data, "run.json"), "utf8")) as Run;
  }

  /** Somebody new, of the free tier, who can sign in: nothing of other tests is theirs. */
  async newUser(): Promise<User> {
    const user = { email: `${randomUUID().slice(0, 8)}@example.com`, password: "Correct-horse-7" };
    const known = { ClientId: CLIENT, Username: user.email };
    await this.cognito("SignUp", { ...known, Password: user.password, UserAttributes: [{ Name: "email", Value: user.email }] });
    await this.cognito("ConfirmSignUp", { ...known, ConfirmationCode: "123456" });
    return user;
  }

  /** What the public may ask of Cognito, of its stand-in. */
  async cognito(action: string, request: Record<string, unknown>): Promise<Record<string, unknown>> {
    const response = await fetch(new URL("/", this.run.login_url), {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}` },
      body: JSON.stringify(request),
    });
    if (!response.ok) throw new Error(`${action} answers ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  /** What the fake Replicate is to do wrong; added to what it was told before. */
  async faults(...plan: Fault[]): Promise<void> {
    const response = await fetch(`${this.run.replicate_url}/_emulator/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(plan),
    });
    if (!response.ok) throw new Error(`faults: ${response.status} ${await response.text()}`);
  }

  /** Kill a process as a crash would; its supervisor starts it again. */
  kill(child: "api" | "worker"): void {
    const pid = this.run.children[child]?.pid;
    if (!pid) throw new Error(`no ${child} is running`);
    process.kill(pid, "SIGKILL");
  }
}

/** Through the hosted pages, as a person does. */
export async function signIn(page: Page, stack: Stack, user: User, at = "/create"): Promise<void> {
  await page.goto(stack.run.app_url + at);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel(/e-?mail|user/i).fill(user.email);
  await page.getByLabel(/password/i).fill(user.password);
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL(stack.run.app_url + at);
}

async function started(data: string, limited: boolean): Promise<ChildProcess> {
  const args = ["-m", "emulator", "--ephemeral", "--quiet", "--data", data, "--port", "auto", "--replicate-seconds", "2", ...(limited ? [] : ["--no-rate-limits"])];
  // The pipe is the leash: when this process ends, however it ends, so does the stack.
  const child = spawn(join(ROOT, ".venv/bin/python"), args, { cwd: ROOT, stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the stack did not start: ${said}`);
    if (Date.now() > deadline) throw new Error(`the stack is not ready after ${PATIENCE_MS / 1000} s: ${said}`);
    if (ready(data)) return child;
    await pause(100);
  }
}

function ready(data: string): boolean {
  try {
    return Boolean(new Stack(data).run.access_token);
  } catch {
    return false;
  }
}

interface Fixtures {
  user: User;
  /** A page of somebody who has signed in, on the way to a first video. */
  signedIn: Page;
}

export const test = base.extend<Fixtures, { limited: boolean; stack: Stack }>({
  /** Whether requests are counted, as they are in production; a stack of its own for those who say so. */
  limited: [false, { option: true, scope: "worker" }],
  stack: [
    async ({ limited }, use) => {
      const folder = mkdtempSync(join(tmpdir(), "omnigen-web-"));
      const data = join(folder, "data");
      const child = await started(data, limited);
      await use(new Stack(data));
      const ended = new Promise((done) => child.once("exit", done));
      child.stdin?.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: "worker", timeout: PATIENCE_MS + 30_000 },
  ],
  user: async ({ stack }, use) => use(await stack.newUser()),
  signedIn: async ({ page, stack, user }, use) => {
    await signIn(page, stack, user);
    await use(page);
  },
});

export { expect } from "@playwright/test";
