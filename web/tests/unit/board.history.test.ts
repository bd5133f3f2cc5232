// Any edits in any order: what holds of every storyboard, and that each of them can be taken back.
import { describe, expect, it } from "vitest";
import { after, begun, boardOf, bodyOf, lengthOf, longestJoin, MAX_SCENES, redone, settled, SHORTEST, startsOf, undone, type Board, type Edit, type History } from "@/features/storyboard/board";
import { captionsOf } from "@/features/storyboard/output";
import { KINDS } from "@/features/storyboard/transitions";

const RATE = 24;

/** Numbers that look like chance and are the same each time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function start(): Board {
  let keys = 0;
  const scenes = [4, 6, 5.5].map((duration, n) => ({ prompt: `scene ${n}`, duration, transition: n === 0 ? null : { type: "fade" as const, duration: 0.5 } }));
  return boardOf({ title: "Storm", music: "calm", scenes }, () => `k${++keys}`);
}

function anyEdit(board: Board, random: () => number, step: number): Edit {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const { key } = pick(board.scenes);
  const newKey = `n${step}`;
  const edits: (() => Edit)[] = [
    () => ({ do: "change", key, to: { prompt: pick(["", "a", "a storm", "the light"]) } }),
    () => ({ do: "change", key, to: { narration: pick(["", "Once"]) } }),
    () => ({ do: "change", key, to: { duration: random() * 20 } }),
    () => ({ do: "change", key, to: { transition: { type: pick(KINDS), duration: Math.ceil(random() * 30) / 10 } } }),
    () => ({ do: "change", key, to: { referenceImage: pick([null, "upl_1"]), picture: null } }),
    () => ({ do: "move", key, to: Math.floor(random() * 6) - 1 }),
    () => ({ do: "split", key, newKey }),
    () => ({ do: "duplicate", key, newKey }),
    () => ({ do: "remove", key }),
    () => ({ do: "add", after: pick([null, key]), newKey }),
    () => ({ do: "title", to: pick(["Storm", "Calm", ""]) }),
    () => ({ do: "rest", to: pick([{ music: null }, { music: "loud" }, { aspect_ratio: "1:1" as const }, { resolution: "1080p" as const }, captionsOf("boxed")]) }),
    () => ({ do: "replace", by: start() }),
  ];
  return pick(edits)();
}

function walked(seed: number, steps: number): { boards: Board[]; history: History } {
  const random = chance(seed);
  let history = begun(start());
  const boards = [history.now];
  for (let step = 0; step < steps; step++) {
    const next = settled(after(history, anyEdit(history.now, random, step)));
    if (next.now !== history.now) boards.push(next.now);
    history = next;
  }
  return { boards, history };
}

/** What the server would say against it. */
function objections(scenes: Board["scenes"]): string[] {
  const found: string[] = [];
  if (scenes.length < 1 || scenes.length > MAX_SCENES) found.push(`${scenes.length} scenes`);
  if (new Set(scenes.map(({ key }) => key)).size < scenes.length) found.push("two of one key");
  if (scenes[0]?.transition.type !== "cut") found.push("a transition from nothing");
  for (const [n, { duration, transition }] of scenes.entries()) {
    const shorter = Math.min(duration, scenes[n - 1]?.duration ?? duration);
    if (duration < SHORTEST) found.push(`a scene of ${duration} s`);
    if ((transition.type === "cut") !== (transition.duration === 0)) found.push(`a ${transition.type} of ${transition.duration} s`);
    if (Math.round(transition.duration * RATE) > Math.floor(Math.round(shorter * RATE) / 2)) found.push(`an overlap of ${transition.duration} s at ${shorter} s`);
  }
  return found;
}

const WALKS = Array.from({ length: 60 }, (_, seed) => seed);

describe("a storyboard after any edits", () => {
  it("is one that the server takes", () => {
    const refused = WALKS.flatMap((seed) => walked(seed, 40).boards.flatMap(({ scenes }) => objections(scenes).map((why) => `${seed}: ${why}`)));
    expect(refused).toEqual([]);
  });

  it("is as long as its last scene's end says", () => {
    for (const seed of WALKS) {
      const { now } = walked(seed, 25).history;
      const last = now.scenes.at(-1);
      expect((startsOf(now).at(-1) ?? 0) + (last?.duration ?? 0)).toBeCloseTo(lengthOf(now));
    }
  });

  it("is taken back step by step to how it began, and done again", () => {
    for (const seed of WALKS) {
      const { boards, history } = walked(seed, 60);
      let at = history;
      for (const board of boards.toReversed().slice(1)) expect((at = undone(at)).now).toBe(board);
      expect(undone(at)).toBe(at);
      for (const board of boards.slice(1)) expect((at = redone(at)).now).toBe(board);
      expect(redone(at)).toBe(at);
    }
  });

  it("comes back from the server as it went", () => {
    for (const seed of WALKS) {
      const { now } = walked(seed, 25).history;
      expect(bodyOf(boardOf(bodyOf(now), () => "k"))).toEqual(bodyOf(now));
    }
  });
});

describe("steps", () => {
  const words = (prompt: string): Edit => ({ do: "change", key: "k1", to: { prompt } });

  it("end where a field is left", () => {
    const twice = after(settled(after(begun(start()), words("one"))), words("two"));
    expect(undone(twice).now.scenes[0]?.prompt).toBe("one");
  });

  it("are none where nothing changes", () => {
    const history = begun(start());
    for (const edit of [words("scene 0"), { do: "move", key: "k1", to: -1 }, { do: "move", key: "k3", to: 9 }, { do: "change", key: "k2", to: { transition: { type: "fade", duration: 0.5 } } }] satisfies Edit[]) {
      expect(after(history, edit)).toBe(history);
    }
  });

  it("keep a length that isn't theirs to change", () => {
    const odd = boardOf({ scenes: [{ prompt: "a", duration: 4.958 }] }, () => "k1");
    expect(after(begun(odd), words("b")).now.scenes[0]?.duration).toBe(4.958);
  });
});

describe("a join", () => {
  it.each([
    [1, 0.5],
    [1.8, 0.8],
    [2, 1],
    [6, 3],
  ])("between scenes of %f s takes %f s at most: half of the shorter, in whole frames", (duration, most) => {
    const [one, two] = boardOf({ scenes: [{ prompt: "a", duration }, { prompt: "b", duration: 9 }] }, () => "k").scenes;
    expect(one && two && longestJoin(one, two)).toBe(most);
  });
});
