import { beforeEach, describe, expect, it } from "vitest";
import { answered, isDown, onReach, unanswered, untilAnswered } from "@/lib/reach";

const gone = new TypeError("Failed to fetch");
const now = async () => undefined;

describe("whether the API answers", () => {
  beforeEach(() => answered(200));

  it("is told by requests: errors of its own are answers, a gateway's are not, nor is what was given up", () => {
    const seen = [gone, 500, 504, 404, new DOMException("given up", "AbortError"), 503, 502, 200].map((what) => {
      if (typeof what === "number") answered(what);
      else unanswered(what);
      return isDown();
    });
    expect(seen).toEqual([true, false, true, false, false, false, true, false]);
  });

  it("is told once a change, and to nobody who has left", () => {
    let changes = 0;
    const leave = onReach(() => (changes += 1));
    unanswered(gone);
    unanswered(gone);
    expect(changes).toBe(1);
    leave();
    answered(200);
    expect(changes).toBe(1);
  });

  it("is asked again, less and less often, until somebody answers", async () => {
    unanswered(gone);
    const waits: number[] = [];
    const answers = [null, 502, null, null, null, null, 200];
    const ask = async () => {
      const status = answers.shift();
      if (status === null) throw gone;
      return new Response(null, { status: status ?? 200 });
    };
    await untilAnswered(new AbortController().signal, ask, async (ms) => void waits.push(Math.round(ms)));
    expect(waits).toEqual([1500, 2400, 3840, 6144, 9830, 15000, 15000]);
    expect(isDown()).toBe(false);
  });

  it("is asked no more once it is called off", async () => {
    unanswered(gone);
    const calling = new AbortController();
    await untilAnswered(calling.signal, async () => (calling.abort(), Promise.reject(gone)), now);
    expect(isDown()).toBe(true);
  });
});
