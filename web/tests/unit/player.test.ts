import { describe, expect, it } from "vitest";
import { chapterAfter, chapterAt, chapterBefore, chaptersOf } from "@/features/jobs/chapters";
import { deedOf, type Deeds } from "@/features/jobs/keys";
import { sameThing } from "@/features/jobs/links";
import { readPreferences } from "@/features/jobs/preferences";
import { sheetOf, thumbAt, thumbsOf, thumbsOver } from "@/features/jobs/sprites";

const scenes = [
  { number: 1, duration: 4, transition: null, prompt: "A lighthouse at dusk, waves on the rocks" },
  { number: 2, duration: 4, transition: { type: "fade" as const, duration: 1 }, prompt: "Rain" },
  { number: 3, duration: 2.5, transition: { type: "cut" as const, duration: 0 }, prompt: `${"word ".repeat(30)}` },
];

describe("chapters", () => {
  const chapters = chaptersOf(scenes);

  it("meet in the middle of a transition, and end with the programme", () => {
    expect(chapters.map(({ from, to }) => [from, to])).toEqual([
      [0, 3.5],
      [3.5, 7],
      [7, 9.5],
    ]);
  });

  it("are named by their first words", () => {
    expect(chapters.map(({ title }) => title.length <= 60 && title)).toEqual(["A lighthouse at dusk", "Rain", expect.stringMatching(/^word .*…$/)]);
  });

  it("are found by time, and forwards and back from one", () => {
    expect([0, 3.4, 3.5, 6.99, 7, 100].map((time) => chapterAt(chapters, time))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(chapterAfter(chapters, 3.5, 9.5)).toBe(7);
    expect(chapterAfter(chapters, 8, 9.5)).toBe(9.5);
    expect([3.9, 5, 8.5, 0.2].map((time) => chapterBefore(chapters, time))).toEqual([0, 3.5, 7, 0]);
  });

  it("are none of a job that has no scenes yet", () => {
    expect([chaptersOf([]), chapterAt([], 3), chapterBefore([], 3), chapterAfter([], 3, 5)]).toEqual([[], 0, 0, 5]);
  });
});

describe("the sheet of thumbnails", () => {
  const cue = (from: string, to: string, x: number, y: number) => `${from} --> ${to}\nsprites.jpg#xywh=${x},${y},160,90\n\n`;
  const vtt = `WEBVTT\n\n${cue("00:00:00.000", "00:00:02.000", 0, 0)}${cue("00:00:02.000", "00:00:04.000", 160, 0)}${cue("00:00:04.000", "00:01:06.500", 0, 90)}`;
  const thumbs = thumbsOf(vtt);

  it("is read from its cues", () => {
    expect(thumbs[2]).toEqual({ from: 4, to: 66.5, x: 0, y: 90, width: 160, height: 90 });
    expect(sheetOf("sheet.jpg", vtt)).toEqual({ url: "sheet.jpg", thumbs, width: 320, height: 180 });
    expect(sheetOf("sheet.jpg", "WEBVTT")).toBeNull();
    expect(thumbsOf("no cues at all")).toEqual([]);
  });

  it("has a thumbnail for each time, the last one for what is behind", () => {
    expect([0, 1.9, 2, 5, 99].map((time) => thumbAt(thumbs, time)?.x)).toEqual([0, 0, 160, 0, 0]);
    expect(thumbAt([], 1)).toBeUndefined();
  });

  it("fills a stretch with as many as it has there, at least one", () => {
    expect(thumbsOver(thumbs, 0, 4).map(({ x }) => x)).toEqual([0, 160]);
    expect(thumbsOver(thumbs, 0, 0.5)).toHaveLength(1);
    expect(thumbsOver([], 0, 4)).toEqual([]);
  });
});

describe("keys", () => {
  const pressed = (key: string, more: Partial<Record<"shiftKey" | "ctrlKey" | "metaKey" | "altKey", boolean>> = {}) => {
    const done: unknown[] = [];
    const deeds = new Proxy({}, { get: (_, name) => (...given: unknown[]) => done.push([name, ...given]) }) as Deeds;
    deedOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more })?.(deeds);
    return done[0];
  };

  it("do what their help says", () => {
    expect([" ", "k", "K", "ArrowLeft", "l", "3", "End", "m", "C", "f", ">", "."].map((key) => pressed(key))).toEqual([
      ["toggle"], ["toggle"], ["toggle"], ["move", -5], ["move", 10], ["share", 0.3], ["share", 1], ["mute"], ["captions"], ["fullscreen"], ["speed", 1], ["frame", 1],
    ]);
    expect(pressed("ArrowRight", { shiftKey: true })).toEqual(["chapter", 1]);
  });

  it("leave the browser's own alone", () => {
    expect([pressed("f", { ctrlKey: true }), pressed("ArrowLeft", { altKey: true }), pressed("l", { metaKey: true }), pressed("Tab"), pressed("x")]).toEqual(Array(5).fill(undefined));
  });
});

describe("how somebody likes to watch", () => {
  const usual = { volume: 1, muted: false, captions: false, speed: 1 };

  it("is kept", () => {
    const liked = { volume: 0.3, muted: true, captions: true, speed: 1.5 };
    expect(readPreferences(JSON.stringify(liked))).toEqual(liked);
  });

  it.each([null, "", "null", "nonsense", "[]", '{"volume":7,"speed":40,"muted":"yes"}'])("is the usual where %j was kept", (text) => {
    expect(readPreferences(text)).toEqual(usual);
  });
});

describe("signed addresses", () => {
  it("are told apart by what they lead to, not by who signed when", () => {
    expect(sameThing("https://s3/a.mp4?X-Amz-Date=1", "https://s3/a.mp4?X-Amz-Date=2")).toBe(true);
    expect(sameThing("https://s3/a.mp4?x", "https://s3/b.mp4?x")).toBe(false);
    expect([sameThing(null, "https://s3/a.mp4"), sameThing(null, null)]).toEqual([false, true]);
  });
});
