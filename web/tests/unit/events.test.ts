import { describe, expect, it, vi } from "vitest";
import { EventParser, follow, type ServerEvent } from "@/lib/events";

describe("the parser", () => {
  const whole = 'id: 1;0:2\nevent: job\ndata: {"a":1}\n\n: ping\n\ndata: two\ndata: lines\n\n';

  it("reads events however the stream is cut", () => {
    for (let size = 1; size < whole.length; size++) {
      const parser = new EventParser();
      const found: ServerEvent[] = [];
      for (let at = 0; at < whole.length; at += size) found.push(...parser.push(whole.slice(at, at + size)));
      expect(found).toEqual([
        { id: "1;0:2", event: "job", data: '{"a":1}' },
        { id: null, event: "message", data: "two\nlines" },
      ]);
    }
  });

  it("takes a line's end for one, however it is written and cut", () => {
    const windows = whole.replaceAll("\n", "\r\n");
    for (let size = 1; size < windows.length; size++) {
      const parser = new EventParser();
      const found: ServerEvent[] = [];
      for (let at = 0; at < windows.length; at += size) found.push(...parser.push(windows.slice(at, at + size)));
      expect(found.map(({ data }) => data)).toEqual(['{"a":1}', "two\nlines"]);
    }
  });

  it("keeps back what isn't finished", () => {
    expect(new EventParser().push("data: half")).toEqual([]);
  });
});

function streamOf(text: string): Response {
  return new Response(text, { headers: { "Content-Type": "text/event-stream" } });
}

describe("following", () => {
  it("takes a broken line up again where it broke off, and says so", async () => {
    const asked: (string | null)[] = [];
    const lines: boolean[] = [];
    const answers = [streamOf("id: a\ndata: 1\n\n"), new Response("", { status: 503 }), streamOf("id: b\ndata: 2\n\nid: c\ndata: last\n\n")];
    const seen: string[] = [];
    await follow({
      signal: new AbortController().signal,
      longestWait: 1,
      open: async (last) => {
        asked.push(last);
        const answer = answers.shift();
        if (!answer) throw new Error("asked too often");
        return answer;
      },
      onLine: (live) => lines.push(live),
      onEvent: ({ data }) => (seen.push(data), data === "last"),
    });
    expect(seen).toEqual(["1", "2", "last"]);
    expect(asked).toEqual([null, "a", "a"]);
    expect(lines).toEqual([true, false, false, true]);
  }, 10_000);

  it("ends with its signal", async () => {
    const gone = new AbortController();
    let opened = 0;
    const over = follow({ signal: gone.signal, open: async () => (opened++, gone.abort(), Promise.reject(new TypeError("down"))), onLine: () => undefined, onEvent: () => false });
    await over;
    expect(opened).toBe(1);
  });

  it("takes a line that says nothing for dead", async () => {
    let opened = 0;
    await follow({
      signal: new AbortController().signal,
      longestWait: 1,
      longestSilence: 20,
      open: async () => (opened++ === 0 ? new Response(new ReadableStream({ start: () => undefined })) : streamOf("data: last\n\n")),
      onLine: () => undefined,
      onEvent: () => true,
    });
    expect(opened).toBe(2);
  });

  it("doesn't wait any longer once the network is back", async () => {
    vi.useFakeTimers(); // and nobody moves them on
    const nudge = new EventTarget();
    let opened = 0;
    await follow({
      signal: new AbortController().signal,
      nudge,
      open: async () => {
        if (opened++ === 0) throw new TypeError("down");
        return streamOf("data: last\n\n");
      },
      onLine: (live) => live || queueMicrotask(() => nudge.dispatchEvent(new Event("online"))),
      onEvent: () => true,
    });
    expect(opened).toBe(2);
    vi.useRealTimers();
  });
});
