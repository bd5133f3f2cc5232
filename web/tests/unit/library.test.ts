import { describe, expect, it } from "vitest";
import { matches } from "@/features/library/matches";
import { Addresses, goodUntil } from "@/features/library/steady";

describe("searching", () => {
  const job = { title: "Été à Paris", prompt: null, storyboard: { scenes: [{ prompt: "a café at DAWN" }] } } as unknown as Parameters<typeof matches>[0];

  it("finds every word anywhere, whatever its case or accents", () => {
    expect(["ete", "PARIS dawn", "cafe", ""].map((words) => matches(job, words))).toEqual([true, true, true, true]);
    expect(["paris night", "x"].map((words) => matches(job, words))).toEqual([false, false]);
  });

  it("goes by the brief where there is no storyboard yet", () => {
    expect(matches({ title: "Untitled", prompt: "A fox in SNOW", storyboard: null }, "snow fox")).toBe(true);
  });
});

describe("signed addresses", () => {
  const signed = (when: string) => `https://store.test/a/video.mp4?X-Amz-Date=${when}&X-Amz-Expires=1200&X-Amz-Signature=${when}`;
  const noon = Date.UTC(2026, 10, 23, 12);
  const first = signed("20261123T120000Z");

  it("say until when they are good", () => {
    expect(goodUntil(first)).toBe(noon + 1_200_000);
    expect(goodUntil(`https://cdn.test/v.mp4?Expires=${noon / 1000}&Signature=s`)).toBe(noon);
    expect(goodUntil("https://cdn.test/v.mp4")).toBe(0);
  });

  it("stay the same for a file until shortly before they run out", () => {
    const addresses = new Addresses();
    const second = signed("20261123T121000Z");
    const third = signed("20261123T121900Z");
    expect([addresses.steady(first, noon), addresses.steady(second, noon + 600_000), addresses.steady(third, noon + 1_140_000)]).toEqual([first, first, third]);
  });

  it("are kept apart by file, and not kept where they never say when they end", () => {
    const addresses = new Addresses();
    addresses.steady(first, noon);
    expect(addresses.steady(first.replace("video", "poster"), noon)).toContain("poster");
    addresses.steady("https://store.test/x?one", noon);
    expect(addresses.steady("https://store.test/x?two", noon)).toBe("https://store.test/x?two");
  });
});
