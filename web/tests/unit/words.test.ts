import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ago, bytes, clock, money } from "@/lib/format";
import { Problem, problemOf, wordsFor, wordsForBroken } from "@/lib/problems";

const problem = (status: number, code = "x", retryAfter: number | null = null) => new Problem({ status, code, detail: "the detail", retryAfter, requestId: "req_1" });

describe("what people are told", () => {
  it.each([
    [401, "signed out"],
    [403, "The detail."],
    [404, "deleted"],
    [409, "changed"],
    [413, "too large"],
    [422, "The detail."],
    [429, "slower"],
    [500, "req_1"],
    [503, "Nothing was lost"],
  ])("of a %i", (status, part) => {
    const { title, text } = wordsFor(problem(status), true);
    expect(`${title} ${text}`).toContain(part);
  });

  it("names the wait", () => {
    expect(wordsFor(problem(429, "rate_limited", 7), true).text).toContain("in 7 s");
    expect(wordsFor(problem(503, "overloaded", 600), true).text).toContain("in 10 minutes");
    expect(wordsFor(new Problem({ status: 503, code: "overloaded", detail: "", spends: true }), true).text).toContain("Nothing was lost");
  });

  it.each([500, 502, 503, 504])("of a %i knows nothing of what spends, and says nothing of money for what doesn't", async (status) => {
    const answer = () => new Response("<html>", { status });
    const spending = new Request("https://omnigen.test/api/v1/jobs", { method: "POST", headers: { "Idempotency-Key": "one" } });
    expect(wordsFor(await problemOf(answer(), spending), true).text).toContain("We don't know whether it went through; trying again is safe.");
    expect(wordsFor(await problemOf(answer(), new Request("https://omnigen.test/api/v1/jobs")), true).text).not.toMatch(/charged|went through/);
  });

  it("names the limit that is reached, and no wait where none was told", () => {
    // As the domain says it.
    const details = {
      quota_duration: "duration is 65 s; your tier allows 60 s",
      quota_videos: "10 of 10 videos of 2026-11 are used",
      quota_spend: "this may cost $3.20; $1.00 of $50.00 of 2026-11 is left",
      quota_concurrent: "2 of 2 concurrent jobs are on their way",
    };
    const words = Object.entries(details).map(([code, detail]) => wordsFor(new Problem({ status: 429, code, detail }), true));
    expect(words.map(({ text }) => text)).toEqual([
      "Duration is 65 s; your tier allows 60 s. Shorter or fewer scenes help.",
      "10 of 10 videos of 2026-11 are used. There are new ones next month; drafts are kept.",
      "This may cost $3.20; $1.00 of $50.00 of 2026-11 is left. A cheaper model or fewer seconds help.",
      "2 of 2 concurrent jobs are on their way. It can begin once one of them has ended.",
    ]);
    const domain = ["feasibility", "quota", "succession"].map((name) => readFileSync(`../src/omnigen/domain/${name}.py`, "utf-8")).join();
    expect(Object.keys(details).sort()).toEqual([...domain.matchAll(/code="(quota_\w+)"/g)].map(([, code]) => code).sort());
    expect(new Set(words.map(({ title }) => title)).size).toBe(4);
    expect(words.map(({ title }) => title)).not.toContain("A little slower");
  });

  it("says of a video that it is no longer kept, not that there never was one", () => {
    expect(wordsFor(new Problem({ status: 404, code: "video_expired", detail: "the video is no longer kept" }), true)).toEqual({ title: "No longer kept", text: "The video is no longer kept. Its storyboard still is." });
  });

  it("says that a price has risen", () => {
    expect(wordsFor(problem(422, "max_cost_exceeded"), true)).toEqual({ title: "The price has risen", text: "It may cost more than was said, so nothing was begun and nothing charged." });
  });

  it("tells being offline from a server that doesn't answer", () => {
    const down = new TypeError("Failed to fetch");
    expect(wordsFor(down, false).title).toBe("You are offline");
    expect(wordsFor(down, true).title).toContain("can't be reached");
  });

  it("tells a bug of ours from a network that is gone, and shows nobody its message", () => {
    const bug = new TypeError("Cannot read properties of undefined (reading 'x')");
    expect(wordsForBroken(bug, true).text).toContain("The fault is ours");
    expect(JSON.stringify(wordsForBroken(bug, true))).not.toContain("undefined");
    for (const message of ["Failed to fetch dynamically imported module: /assets/a.js", "Importing a module script failed.", "Unable to preload CSS for /a.css"]) {
      expect(wordsForBroken(new TypeError(message), true).text).toContain("Load the page again");
      expect(wordsForBroken(new TypeError(message), false).title).toBe("You are offline");
    }
    expect(["NetworkError when attempting to fetch resource.", "Load failed"].map((message) => wordsFor(new TypeError(message), true).title)).toEqual(Array(2).fill("OmniGen can't be reached"));
  });

  it("makes a problem of any answer", async () => {
    const page = await problemOf(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    expect([page.status, page.code, page.message]).toEqual([502, "http_502", "Bad Gateway"]);
    const ours = await problemOf(new Response(JSON.stringify({ code: "rate_limited", detail: "no more", field: "brief" }), { status: 429, headers: { "Retry-After": "12" } }));
    expect([ours.code, ours.message, ours.field, ours.retryAfter]).toEqual(["rate_limited", "no more", "brief", 12]);
  });
});

describe("figures", () => {
  it("shows money exactly, and no longer than that takes", () => {
    expect([0, 1_200_000, 12_500, 150, 1_234_567_890].map(money)).toEqual(["$0.00", "$1.20", "$0.0125", "$0.00015", "$1,234.56789"]);
  });

  it("shows times", () => {
    expect([0, 7.4, 65, 720].map((seconds) => clock(seconds))).toEqual(["0:00", "0:07", "1:05", "12:00"]);
    expect([0, 4.5, 59.96, 61.25].map((seconds) => clock(seconds, true))).toEqual(["0:00.0", "0:04.5", "0:59.9", "1:01.2"]);
    const now = new Date("2026-11-23T12:00:00Z");
    expect(["2026-11-23T11:59:30Z", "2026-11-23T09:00:00Z", "2026-11-22T11:00:00Z", "2026-09-01T00:00:00Z"].map((iso) => ago(iso, now))).toEqual(["30 seconds ago", "3 hours ago", "yesterday", "Sep 1, 2026"]);
  });

  it("shows sizes", () => {
    expect([0, 999, 1_500, 2_300_000].map(bytes)).toEqual(["0 B", "999 B", "1.5 kB", "2.3 MB"]);
  });
});
