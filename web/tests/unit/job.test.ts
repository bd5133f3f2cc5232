import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { againOf, anySeed, editOf, insertOf, paidWords, renderedWords, retakeOf, wantedOf } from "@/features/jobs/editing";
import { serial } from "@/features/jobs/serial";
import { leftInWords, timeLeft } from "@/features/jobs/timeLeft";
import { chargedWords, costLines, explained, givenBackWords, stageWords } from "@/features/jobs/words";
import type { Job, Schemas, Storyboard } from "@/lib/api";

describe("the time that is left", () => {
  it("follows from how far it has come, once that says something", () => {
    expect(timeLeft({ elapsed: 30, progress: 0.5 })).toBe(30);
    expect(timeLeft({ elapsed: 30, progress: 0.75 })).toBe(10);
    expect([timeLeft({ elapsed: 1, progress: 0.5 }), timeLeft({ elapsed: 30, progress: 0.01 }), timeLeft({ elapsed: 30, progress: 1 })]).toEqual([null, null, null]);
  });

  it("is said the coarser the longer it is", () => {
    expect([null, 3, 12, 41, 56, 200].map(leftInWords)).toEqual([null, "a few seconds left", "about 20 seconds left", "about 50 seconds left", "about a minute left", "about 3 minutes left"]);
  });
});

describe("an edit of one scene", () => {
  const board: Storyboard = { scenes: [{ prompt: "one", duration: 4 }, { prompt: "two", duration: 5, narration: "said" }, { prompt: "three", duration: 6 }] };
  const wanted = wantedOf(board.scenes[1] ?? { prompt: "", duration: 1 });

  it("names what is changed and nothing else", () => {
    expect(editOf(board, 2, { ...wanted, prompt: " other " })).toEqual({ scenes: [{ from: 1 }, { from: 2, prompt: "other" }, { from: 3 }] });
    expect(editOf(board, 2, { ...wanted, narration: "", duration: 4.5 })?.scenes?.[1]).toEqual({ from: 2, narration: null, duration: 4.5 });
    expect(editOf(board, 2, { ...wanted, removed: true })).toEqual({ scenes: [{ from: 1 }, { from: 3 }] });
  });

  it("is none where nothing changes, or a scene would say nothing", () => {
    expect([editOf(board, 2, wanted), editOf(board, 2, { ...wanted, prompt: "  " }), editOf(board, 9, wanted), editOf({ scenes: [{ prompt: "one", duration: 4 }] }, 1, { ...wanted, removed: true })]).toEqual([null, null, null, null]);
  });

  it("can be a new scene behind one", () => {
    expect(insertOf(board, 1, { ...wanted, prompt: " new ", narration: " " })).toEqual({ scenes: [{ from: 1 }, { prompt: "new", duration: 5 }, { from: 2 }, { from: 3 }] });
    expect(insertOf(board, 3, { ...wanted, prompt: "new" })?.scenes?.at(-1)).toEqual({ prompt: "new", duration: 5, narration: "said" });
    expect(insertOf(board, 1, { ...wanted, prompt: "" })).toBeNull();
  });

  it("is the same as another take where only the seed is another", () => {
    expect(retakeOf(board, 1, 7)).toEqual({ scenes: [{ from: 1, seed: 7 }, { from: 2 }, { from: 3 }] });
    expect(anySeed()).toBeLessThan(2 ** 31);
  });
});

function forecastOf(scenes: (number | null)[], micros: number, segments: Schemas["Outlook"][]): Schemas["ForecastView"] {
  const money = { micros, usd: String(micros / 1e6) };
  const lines = scenes.map((scene) => ({ kind: "video" as const, scene, model: "m", quantity: 1, unit: "second" as const, expected: money, at_most: money }));
  return {
    storyboard: { scenes: [] }, duration: 10, music: null, sound: "kept",
    estimate: { expected: money, at_most: money, paid_seconds: 4, used_seconds: 10, lines },
    scenes: segments.map((segment, n) => ({ number: n + 1, from: n + 1, duration: 4, takes: [], why: [], segment, placeholder: false })),
  };
}

describe("another try", () => {
  const board = { scenes: [{ prompt: "a" }, { prompt: "b" }, { prompt: "c" }] } as Storyboard;
  const scenes = [{ number: 1, status: "ready" }, { number: 2, status: "failed" }, { number: 3, status: "rejected" }] as const;

  it("is priced as the edit that changes nothing, or puts cards for what failed", () => {
    expect(againOf(board, scenes, false)).toEqual({});
    expect(againOf(board, scenes, true)).toEqual({ scenes: [{ from: 1 }, { from: 2, placeholder: true }, { from: 3, placeholder: true }] });
  });

  it("says that the video is back in the quota only where one was taken", () => {
    const cost = { micros: 1_200_000, usd: "1.20" };
    expect(givenBackWords({ cost, revision: 1 })).toBe("$1.20 was charged for what had been made; that is kept and not paid again. The video is back in your quota.");
    expect(givenBackWords({ cost: { micros: 0, usd: "0.00" }, revision: 2 })).toBe("Nothing was charged.");
  });
});

describe("what a change comes to", () => {
  it("says what is paid for", () => {
    expect(paidWords(forecastOf([2, 2], 600_000, []))).toBe("Only scene 2 is paid for: at most $0.60.");
    expect(paidWords(forecastOf([1, 3, 4], 600_000, []))).toBe("Only scenes 1, 3 and 4 are paid for: at most $0.60.");
    expect(paidWords(forecastOf([2, null], 600_000, []))).toBe("Only scene 2 and the music are paid for: at most $0.60.");
    expect(paidWords(forecastOf([null], 600_000, []))).toBe("Only the music is paid for: at most $0.60.");
    expect(paidWords(forecastOf([], 0, []))).toBe("Free: nothing is filmed anew.");
  });

  it("says what is rendered anew", () => {
    expect(renderedWords(forecastOf([], 0, ["kept", "new", "kept"]))).toMatch(/^1 of 3 parts rendered anew/);
    expect(renderedWords(forecastOf([], 0, ["new", "perhaps", "kept"]))).toMatch(/^1 to 2 of 3 parts/);
    expect(renderedWords(forecastOf([], 0, ["kept"]))).toBe("All that was rendered is kept.");
  });
});

describe("words for what went wrong", () => {
  it("leave out what is known, and say what may help", () => {
    const refused = explained({ code: "refused", message: "scene 2: the input was flagged as sensitive (E005)", retryable: false });
    expect(refused).toEqual({ what: "The input was flagged as sensitive (E005)", advice: expect.stringContaining("another way") });
    expect(explained({ code: "failed", message: "the model raised an error", retryable: true })).toEqual({ what: "The model raised an error.", advice: "Trying again may well work." });
    expect(explained({ code: "narration_too_long", message: "too long", retryable: false }).advice).toMatch(/Shorten/);
  });

  it("say whether it was charged", () => {
    expect([chargedWords(0), chargedWords(600_000)]).toEqual(["You were not charged for it.", "$0.60 was charged for it."]);
  });
});

describe("what a job says of itself", () => {
  const scene = (status: string) => ({ status, placeholder: false }) as Job["scenes"][number];

  it("is its stage, and the cut once all scenes are there", () => {
    expect(stageWords({ status: "generating", stage: "making scenes, 1 of 2 done", scenes: [scene("ready"), scene("generating")] })).toBe("Making scenes, 1 of 2 done");
    expect(stageWords({ status: "generating", stage: "making scenes, 2 of 2 done", scenes: [scene("ready"), scene("ready")] })).toMatch(/^All scenes are there/);
    expect(stageWords({ status: "generating", stage: "planning", scenes: [] })).toBe("Planning");
  });

  it("is what this revision paid for, each take once", () => {
    const take = (id: string, revision: number, micros: number, status = "stored", attempt = 1) => ({ id, revision, attempt, status, kind: "video", model: "m", cost: { micros, usd: "" } });
    const shared = take("b", 2, 600_000);
    const job = { revision: 2, takes: [{ ...take("m", 2, 20_000), kind: "music" }], scenes: [{ number: 1, takes: [take("a", 1, 600_000), shared] }, { number: 2, takes: [shared, take("c", 2, 0, "failed", 2)] }] } as unknown as Job;
    expect(costLines(job).map(({ what, micros, note }) => [what, micros, note])).toEqual([
      ["Music", 20_000, null],
      ["Scene 1, clip", 600_000, null],
      ["Scene 2, clip, try 2", 0, "not charged"],
    ]);
  });
});

describe("a call that is asked for often", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("runs once at a time, and once more for all that came meanwhile", async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const ask = serial(async () => {
      calls += 1;
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 1000));
      running -= 1;
      if (calls === 1) throw new Error("no answer");
    }, 300);
    for (let n = 0; n < 5; n++) ask();
    await vi.advanceTimersByTimeAsync(5000);
    expect([calls, most]).toEqual([2, 1]);
    ask();
    await vi.advanceTimersByTimeAsync(5000);
    expect(calls).toBe(3);
  });
});
