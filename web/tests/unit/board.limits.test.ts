import { describe, expect, it } from "vitest";
import { boardOf, type Board } from "@/features/storyboard/board";
import { EMPTY, keep, kept } from "@/features/storyboard/draft";
import { faultsOf, longestOf, paidFor, refusal, scaleOf, snapped, spokenSeconds } from "@/features/storyboard/limits";
import { price } from "@/features/storyboard/price";
import type { Model } from "@/lib/api";

const veo: Model = {
  id: "google/veo-3.1-fast",
  title: "Veo",
  kind: "video",
  default: true,
  price: { amount: { micros: 150_000, usd: "0.15" }, unit: "second" },
  clip_seconds: [4, 6, 8],
  aspect_ratios: ["16:9", "9:16"],
  resolutions: ["720p"],
  takes_reference: true,
  sound: true,
  max_prompt: 20,
  typical_seconds: 75,
};
const flux: Model = { ...veo, title: "Flux", kind: "still", price: { ...veo.price, unit: "run" }, clip_seconds: [], takes_reference: false };

function board(...durations: number[]): Board {
  let keys = 0;
  return boardOf({ scenes: durations.map((duration) => ({ prompt: "a lighthouse", duration })) }, () => `k${++keys}`);
}

describe("a length that is dragged", () => {
  it.each([
    [4.3, 4],
    [4.4, 4.5],
    [5.7, 6],
    [0.2, 1],
    [99, 8],
    [6.8, 7],
  ])("to %f s becomes %f s", (to, expected) => {
    expect(snapped(to, veo)).toBe(expected);
  });

  it("may be anything for stills", () => {
    expect([longestOf(flux), snapped(33.3, flux), paidFor(5, flux)]).toEqual([60, 33.5, null]);
  });

  it("is paid by the clip that covers it", () => {
    expect([paidFor(3, veo), paidFor(4, veo), paidFor(4.1, veo), paidFor(9, veo)]).toEqual([4, 4, 6, null]);
  });
});

describe("what is wrong with a storyboard", () => {
  const said = (of: Board, model = veo, longest = 60) => faultsOf(of, model, longest).map(({ text }) => text);

  it("is nothing, mostly", () => {
    expect(said(board(4, 6))).toEqual([]);
  });

  it("is said of the scene that it is about", () => {
    const [fault] = faultsOf(board(4, 9), veo, 60);
    expect(fault).toEqual({ key: "k2", text: "Veo films up to 8 s at a time.", remedy: 8 });
  });

  it("is said in words", () => {
    const { scenes, ...rest } = board(4, 4);
    const spoiled = { ...rest, scenes: scenes.map((scene, n) => ({ ...scene, prompt: n === 0 ? " " : "x".repeat(21), referenceImage: n === 0 ? null : "upl_1" })) };
    expect(said(spoiled, { ...veo, takes_reference: false })).toEqual(["Scene 1 needs a few words.", "Veo reads up to 20 letters; scene 2 has 21.", "Veo can't start from a picture."]);
  });

  it("may be the whole", () => {
    expect(said(board(2))).toEqual(["A video lasts 5 seconds at least; this one 2 s."]);
    expect(said(board(8, 8, 8), veo, 20)[0]).toContain("up to 0:20");
  });
});

describe("the timeline's scale", () => {
  it("shows all of it where there is room, and leaves room to write in where there isn't", () => {
    expect(scaleOf([4, 6, 5], 1500, 200)).toBe(100);
    expect(scaleOf(Array.from({ length: 12 }, () => 5), 1200, 200)).toBe(40);
    expect(scaleOf([1, 15, 15], 600, 200)).toBe(90);
    expect(scaleOf([], 600, 200)).toBe(200);
  });
});

describe("a price", () => {
  it("is in cents, and never too little", () => {
    expect([price(2_553_420), price(2_550_000), price(1_260), price(0)]).toEqual(["$2.56", "$2.55", "< $0.01", "$0.00"]);
  });
});

describe("a picture", () => {
  it.each([
    ["image/png", 1000, null],
    ["image/gif", 1000, "Use a PNG, JPEG or WebP picture."],
    ["image/png", 0, "That file is empty."],
    ["image/jpeg", 30_000_000, "That picture has 30 MB; up to 25 MB can be sent."],
  ])("of %s and %i bytes", (type, size, expected) => {
    expect(refusal({ type, size })).toBe(expected);
  });
});

describe("a narration", () => {
  it("takes its time to be said", () => {
    expect(spokenSeconds("  ")).toBe(0);
    expect(spokenSeconds("one two three four five six")).toBeCloseTo(2.8);
  });
});

describe("a draft", () => {
  it("is its owner's alone, and comes back whole", () => {
    const store = new Map<string, string>();
    const storage = { getItem: (name: string) => store.get(name) ?? null, setItem: (name: string, value: string) => void store.set(name, value) };
    const draft = { brief: { ...EMPTY.brief, prompt: "a storm" }, board: board(4, 6) };
    keep(storage, "me", draft);
    expect(kept(storage, "me")).toEqual(draft);
    expect(kept(storage, "somebody else")).toEqual(EMPTY);
  });

  it("is dropped where it makes no sense", () => {
    const spoiled = JSON.stringify({ brief: {}, board: { title: "", rest: {}, scenes: [{ key: "k1", prompt: null }] } });
    expect(kept({ getItem: () => spoiled }, "me").board).toBeNull();
  });
});
