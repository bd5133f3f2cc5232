import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answered, isDown, onReach, PROBE, unanswered, untilAnswered } from "@/lib/reach";

const gone = new TypeError("Failed to fetch");
const now = async () => undefined;
const fine = new Response(null);
const ours = (status: number) => new Response("{}", { status, headers: { "Content-Type": "application/problem+json" } });
const gateways = (status: number) => new Response("<html>", { status, headers: { "Content-Type": "text/html" } });

describe("whether the API answers", () => {
  beforeEach(() => answered(fine));

  it("is told by requests: errors of its own are answers, a gateway's are not, nor is what was given up", () => {
    const seen = [gone, ours(500), gateways(504), ours(404), new DOMException("given up", "AbortError"), ours(503), gateways(502), fine, gateways(503)].map((what) => {
      if (what instanceof Response) answered(what);
      else unanswered(what);
      return isDown();
    });
    expect(seen).toEqual([true, false, true, false, false, false, true, false, true]);
  });

  it("is told once a change, and to nobody who has left", () => {
    let changes = 0;
    const leave = onReach(() => (changes += 1));
    unanswered(gone);
    unanswered(gone);
    expect(changes).toBe(1);
    leave();
    answered(fine);
    expect(changes).toBe(1);
  });

  it("is asked again, less and less often, until somebody answers", async () => {
    unanswered(gone);
    const waits: number[] = [];
    const answers = [null, 502, null, null, null, null, 200];
    const ask = async () => {
      const status = answers.shift();
      if (status === null) throw gone;
      return new Response(null, { status: status ?? 200 });
    };
    await untilAnswered(new AbortController().signal, ask, async (ms) => void waits.push(Math.round(ms)));
    expect(waits).toEqual([1500, 2400, 3840, 6144, 9830, 15000, 15000]);
    expect(isDown()).toBe(false);
  });

  it("is asked below /api, which the edge hands on; all else it answers by itself", () => {
    const edge = readFileSync("../infra/terraform/modules/edge/main.tf", "utf-8");
    const handed = JSON.parse(/api_paths = (\[.+\])/.exec(edge)?.[1] ?? "[]") as string[];
    expect(handed.some((pattern) => pattern.endsWith("/*") && PROBE.startsWith(pattern.slice(0, -1)))).toBe(true);
    expect(readFileSync("src/lib/api/schema.d.ts", "utf-8")).toContain(`"${PROBE}": {`);
  });

  it("is asked there where nobody says otherwise", async () => {
    unanswered(gone);
    const asked: unknown[] = [];
    vi.stubGlobal("fetch", async (where: unknown) => (asked.push(where), fine));
    await untilAnswered(new AbortController().signal, undefined, now);
    vi.unstubAllGlobals();
    expect(asked).toEqual([PROBE]);
  });

  it("is asked no more once it is called off", async () => {
    unanswered(gone);
    const calling = new AbortController();
    await untilAnswered(calling.signal, async () => (calling.abort(), Promise.reject(gone)), now);
    expect(isDown()).toBe(true);
  });
});
