// How the finished video comes out: what is chosen, what is sent, and what is said of it.
import { describe, expect, it } from "vitest";
import { after, begun, boardOf, bodyOf, undone } from "@/features/storyboard/board";
import { EMPTY, keep, kept } from "@/features/storyboard/draft";
import { captionsOf, choiceOf, narrated, outputOf, refusedFor, scaling, sizeOf, wishOf, type CaptionChoice } from "@/features/storyboard/output";
import type { Model, Schemas } from "@/lib/api";
import { Problem } from "@/lib/problems";

function model(kind: Model["kind"], ...resolutions: Schemas["Resolution"][]): Model {
  return { id: "a/b", title: "Veo", kind, default: true, price: { amount: { micros: 1, usd: "0" }, unit: "second" }, clip_seconds: [4, 8], aspect_ratios: ["16:9"], resolutions, takes_reference: true, sound: true, max_prompt: 20, typical_seconds: 75 };
}

const board = (more: Partial<Schemas["StoryboardBody"]> = {}) => boardOf({ scenes: [{ prompt: "a lighthouse", duration: 6 }], ...more }, () => "k1");

describe("the picture's size", () => {
  it.each([
    ["480p", "16:9", [854, 480]],
    ["720p", "9:16", [720, 1280]],
    ["1080p", "16:9", [1920, 1080]],
    ["1080p", "1:1", [1080, 1080]],
    ["720p", "4:5", [720, 900]],
  ] as const)("of %s in %s", (resolution, ratio, size) => {
    expect(sizeOf(resolution, ratio)).toEqual(size);
  });

  it("is said to be made of another where the model doesn't film it", () => {
    expect(scaling("1080p", model("video", "720p", "1080p"))).toBeUndefined();
    expect(scaling("1080p", model("video", "480p", "720p"))).toBe("Veo films in 720p; the picture is enlarged from it.");
    expect(scaling("480p", model("video", "1080p", "720p"))).toBe("Veo films in 720p; the picture is made smaller.");
    expect([scaling("480p", model("still", "1080p")), scaling("480p", undefined)]).toEqual([undefined, undefined]);
  });
});

describe("captions", () => {
  it.each<CaptionChoice>(["off", "sidecar", "outline", "boxed", "large"])("are %s after they were chosen so", (choice) => {
    expect(choiceOf(outputOf(captionsOf(choice)))).toBe(choice);
  });

  it("keep their look while there are none in the picture", () => {
    let history = begun(board({ captions: "burned", caption_style: "large" }));
    history = after(history, { do: "rest", to: captionsOf("off") });
    expect(bodyOf(history.now)).toMatchObject({ captions: "off", caption_style: "large" });
    expect(choiceOf(outputOf(undone(history).now.rest))).toBe("large");
  });

  it("have nothing to show where nothing is said", () => {
    expect(narrated(board())).toBe(false);
    expect(narrated(board({ scenes: [{ prompt: "a", duration: 6 }, { prompt: "b", duration: 6, narration: "Once" }] }))).toBe(true);
    expect(narrated(board({ scenes: [{ prompt: "a", duration: 6, narration: "  " }] }))).toBe(false);
  });
});

describe("a choice", () => {
  it("that is so already is no step back", () => {
    const history = begun(board({ resolution: "480p" }));
    expect(after(history, { do: "rest", to: { resolution: "480p" } })).toBe(history);
  });

  it("survives a reload, in the brief and on the storyboard", () => {
    const store = new Map<string, string>();
    const storage = { getItem: (name: string) => store.get(name) ?? null, setItem: (name: string, value: string) => void store.set(name, value) };
    const chosen = { resolution: "1080p", captions: "burned", caption_style: "boxed" } as const;
    keep(storage, "me", { brief: { ...EMPTY.brief, ...chosen }, board: board(chosen) });
    const { brief, board: found } = kept(storage, "me");
    expect([outputOf(brief), outputOf(found?.rest ?? {})]).toEqual([chosen, chosen]);
  });

  it("on the storyboard goes on in a new plan", () => {
    const brief = { ...EMPTY.brief, prompt: "another storm", style: "noir" } as const;
    expect(wishOf(brief, undefined)).toBe(brief);
    expect(wishOf(brief, board({ resolution: "1080p", captions: "off", aspect_ratio: "1:1", music: "calm", model: "a/b" }))).toMatchObject({ prompt: "another storm", style: "noir", resolution: "1080p", captions: "off", caption_style: "outline", aspect_ratio: "1:1", music: true, model: "a/b" });
  });

  it("that is refused is told apart from other refusals", () => {
    const refused = (status: number, field: string | null) => new Problem({ status, code: "invalid", detail: "not that", field });
    expect(refusedFor(refused(422, "storyboard.resolution"), "resolution")).toBe("not that");
    expect(refusedFor(refused(422, "caption_style"), "captions", "caption_style")).toBe("not that");
    expect([refusedFor(refused(422, "scenes"), "resolution"), refusedFor(refused(422, null), "resolution"), refusedFor(refused(500, "resolution"), "resolution"), refusedFor(null, "resolution")]).toEqual([null, null, null, null]);
  });
});
