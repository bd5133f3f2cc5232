import { beforeAll, describe, expect, it } from "vitest";
import { safeReturn } from "@/lib/auth";
import { thumbAt, thumbsOf } from "@/features/jobs/sprites";
import { kept } from "@/features/storyboard/draft";

beforeAll(() => {
  Object.assign(globalThis, { window: { location: { origin: "https://omnigen.test" } } });
});

describe("the way back after signing in", () => {
  it.each([
    [{ back: "/jobs/job_1?revision=2#t" }, "/jobs/job_1?revision=2#t"],
    [{ back: "//evil.test" }, "/create"],
    [{ back: "https://evil.test/" }, "/create"],
    [{ back: "/\\evil.test" }, "/create"],
    [{ back: "javascript:alert(1)" }, "/create"],
    [{ back: "/.//evil.test" }, "/create"],
    [{ back: "/a/..//evil.test" }, "/create"],
    [{ back: "/\t/evil.test" }, "/create"],
    [{ back: "/%5C/evil.test" }, "/%5C/evil.test"],
    [{ back: "/callback?code=1" }, "/create"],
    [{ back: 7 }, "/create"],
    ["/library", "/create"],
    [null, "/create"],
  ])("of %j is %s", (state, expected) => {
    expect(safeReturn(state)).toBe(expected);
  });
});

describe("thumbnails", () => {
  const thumbs = thumbsOf("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nsprites.jpg#xywh=0,0,160,90\n\n00:00:02.000 --> 00:01:04.500\nsprites.jpg#xywh=160,0,160,90\n");

  it("are found by time", () => {
    expect([0, 1.99, 2, 64, 99].map((time) => thumbAt(thumbs, time)?.x)).toEqual([0, 0, 160, 160, 160]);
    expect(thumbAt([], 1)).toBeUndefined();
  });
});

describe("a draft that was kept", () => {
  it.each([null, "", "{", "[]", '"x"', '{"board":{}}'])("is begun anew where it is %j", (text) => {
    expect(kept({ getItem: () => text }, "me").board).toBeNull();
    expect(kept({ getItem: () => text }, "me").brief.duration).toBe(15);
  });
});
