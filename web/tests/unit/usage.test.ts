import { describe, expect, it } from "vitest";
import { barsOf, meterOf, monthName, renewalOf, stepsTo, type Month } from "@/features/usage/figures";

const money = (micros: number) => ({ micros, usd: String(micros / 1_000_000) });
const month = (period: string, settled: number, held = 0): Month => ({ period, settled_videos: 3, held_videos: 1, settled: money(settled), held: money(held) });

describe("a year of months", () => {
  it("is drawn oldest first, by money or by videos", () => {
    const months = [month("2026-11", 1_517_000, 5), month("2026-10", 7)];
    expect(barsOf(months, "spend")).toEqual([
      { period: "2026-10", settled: 7, held: 0 },
      { period: "2026-11", settled: 1_517_000, held: 5 },
    ]);
    expect(barsOf(months, "videos").map(({ settled, held }) => [settled, held])).toEqual([[3, 1], [3, 1]]);
  });

  it("has a scale in round steps that nothing sticks out of", () => {
    expect(stepsTo(0, 1)).toEqual([0, 1]);
    expect(stepsTo(3, 1)).toEqual([0, 1, 2, 3]);
    expect(stepsTo(1_517_000, 500_000)).toEqual([0, 500_000, 1_000_000, 1_500_000, 2_000_000]);
    for (let most = 1; most < 1e10; most = Math.ceil(most * 1.7)) {
      const steps = stepsTo(most, 1);
      expect(steps.length).toBeLessThanOrEqual(5);
      expect(steps.at(-1)).toBeGreaterThanOrEqual(most);
      expect(steps.every(Number.isInteger)).toBe(true);
    }
  });

  it("is named in UTC, as it is counted", () => {
    expect([monthName("2026-11", "short"), monthName("2026-11", "long")]).toEqual(["Nov", "November 2026"]);
    expect([renewalOf("2026-11"), renewalOf("2026-12")]).toEqual(["December 1", "January 1"]);
  });
});

describe("a limit", () => {
  it.each([
    [0, 10, 0, "calm"],
    [7, 10, 0.7, "calm"],
    [8, 10, 0.8, "near"],
    [10, 10, 1, "full"],
    [12, 10, 1, "full"],
    [0, 0, 1, "full"],
  ])("of which %i of %i are used", (used, limit, share, level) => {
    expect(meterOf(used, limit)).toEqual({ share, level });
  });
});
