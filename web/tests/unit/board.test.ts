import { describe, expect, it } from "vitest";
import { after, begun, boardOf, bodyOf, edited, lengthOf, redone, startsOf, undone, type Board, type Edit } from "@/features/storyboard/board";

let keys = 0;
const key = () => `k${++keys}`;

function three(): Board {
  keys = 0;
  return boardOf(
    {
      title: "Storm",
      style: "noir",
      scenes: [
        { prompt: "a lighthouse", duration: 5 },
        { prompt: "a storm", duration: 6, transition: { type: "fade", duration: 0.5 } },
        { prompt: "the light", duration: 4, transition: { type: "wipe_left", duration: 1 }, seed: 7, reference_image: "upl_1" },
      ],
    },
    key,
  );
}

const prompts = (board: Board) => board.scenes.map((scene) => scene.prompt);
const joins = (board: Board) => board.scenes.map((scene) => scene.transition.type);

describe("a storyboard", () => {
  it("goes to the API as it came, whatever isn't edited here included", () => {
    const body = bodyOf(three());
    expect(body.style).toBe("noir");
    expect(body.scenes.map(({ prompt, duration, seed }) => [prompt, duration, seed])).toEqual([
      ["a lighthouse", 5, null],
      ["a storm", 6, null],
      ["the light", 4, 7],
    ]);
    expect(boardOf(body, key).scenes.map(({ transition }) => transition)).toEqual(three().scenes.map(({ transition }) => transition));
  });

  it("counts overlaps once", () => {
    expect(lengthOf(three())).toBeCloseTo(5 + 6 - 0.5 + 4 - 1);
    expect(startsOf(three())).toEqual([0, 4.5, 9.5]);
  });

  it.each<[string, Edit, string[]]>([
    ["moves to the front", { do: "move", key: "k3", to: 0 }, ["the light", "a lighthouse", "a storm"]],
    ["moves to the end", { do: "move", key: "k1", to: 9 }, ["a storm", "the light", "a lighthouse"]],
    ["splits", { do: "split", key: "k2", newKey: "n" }, ["a lighthouse", "a storm", "a storm", "the light"]],
    ["duplicates", { do: "duplicate", key: "k1", newKey: "n" }, ["a lighthouse", "a lighthouse", "a storm", "the light"]],
    ["removes", { do: "remove", key: "k1" }, ["a storm", "the light"]],
    ["adds behind", { do: "add", after: "k1", newKey: "n" }, ["a lighthouse", "", "a storm", "the light"]],
    ["adds before all", { do: "add", after: null, newKey: "n" }, ["", "a lighthouse", "a storm", "the light"]],
    ["leaves what it doesn't know", { do: "remove", key: "gone" }, ["a lighthouse", "a storm", "the light"]],
  ])("%s", (_, edit, expected) => {
    expect(prompts(edited(three(), edit))).toEqual(expected);
  });

  it("never has a transition into its first scene", () => {
    expect(joins(edited(three(), { do: "move", key: "k2", to: 0 }))).toEqual(["cut", "cut", "wipe_left"]);
    expect(joins(edited(three(), { do: "remove", key: "k1" }))).toEqual(["cut", "wipe_left"]);
  });

  it("keeps an overlap within half of either neighbour", () => {
    const short = edited(three(), { do: "change", key: "k3", to: { duration: 1.2 } });
    expect(short.scenes[2]?.transition.duration).toBe(0.6);
  });

  it("splits without losing a tenth of a second", () => {
    const split = edited(edited(three(), { do: "change", key: "k1", to: { duration: 5.1 } }), { do: "split", key: "k1", newKey: "n" });
    expect(split.scenes.slice(0, 2).map(({ duration }) => duration)).toEqual([2.5, 2.6]);
  });

  it("has from 1 to 40 scenes", () => {
    let board = three();
    for (let n = 0; n < 60; n++) board = edited(board, { do: "duplicate", key: "k1", newKey: `d${n}` });
    expect(board.scenes).toHaveLength(40);
    for (const { key: each } of board.scenes) board = edited(board, { do: "remove", key: each });
    expect(board.scenes).toHaveLength(1);
  });

  it("bounds lengths", () => {
    const lengthAs = (duration: number) => edited(three(), { do: "change", key: "k1", to: { duration } }).scenes[0]?.duration;
    expect([lengthAs(0.1), lengthAs(500), lengthAs(4.56)]).toEqual([1, 60, 4.5]);
  });
});

describe("its history", () => {
  const say = (to: string): Edit => ({ do: "change", key: "k1", to: { prompt: to } });

  it("takes typing on in one field for one step", () => {
    let history = begun(three());
    for (const text of ["a", "ab", "abc"]) history = after(history, say(text));
    expect(history.past).toHaveLength(1);
    expect(undone(history).now.scenes[0]?.prompt).toBe("a lighthouse");
  });

  it("goes back and forth, until something new is done", () => {
    const removed = after(after(begun(three()), say("x")), { do: "remove", key: "k2" });
    const back = undone(undone(removed));
    expect(prompts(back.now)).toEqual(prompts(three()));
    expect(prompts(redone(redone(back)).now)).toEqual(["x", "the light"]);
    expect(after(back, say("y")).future).toEqual([]);
    expect(undone(begun(three())).now).toEqual(three());
  });

  it("forgets nothing for an edit that changes nothing", () => {
    const history = undone(after(begun(three()), say("x")));
    expect(after(history, { do: "remove", key: "gone" })).toBe(history);
  });
});
