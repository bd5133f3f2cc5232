// Server-Sent Events read through fetch, since EventSource can't carry a token. Reconnects, resumes with Last-Event-ID.

export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/** Cuts a stream of text into events, as the HTML standard says; comments keep the line alive and are dropped. */
export class EventParser {
  private buffer = "";
  private half = "";

  push(text: string): ServerEvent[] {
    // A return at the end may be the first half of one line's end: it waits for what comes next.
    const whole = this.half + text;
    this.half = whole.endsWith("\r") ? "\r" : "";
    this.buffer += whole.slice(0, whole.length - this.half.length).replace(/\r\n?/g, "\n");
    const blocks = this.buffer.split("\n\n");
    this.buffer = blocks.pop() ?? "";
    return blocks.map(parseBlock).filter((event) => event !== null);
  }
}

function parseBlock(block: string): ServerEvent | null {
  const found: ServerEvent = { id: null, event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "id") found.id = value;
    else if (name === "event") found.event = value;
  }
  found.data = data.join("\n");
  return data.length > 0 ? found : null;
}

export interface Following {
  open(lastEventId: string | null, signal: AbortSignal): Promise<Response>;
  /** True once it was the last: the revision has ended. */
  onEvent(event: ServerEvent): boolean;
  /** Whether events are coming in; false while the line is down. */
  onLine(live: boolean): void;
  signal: AbortSignal;
  /** Longest wait before another try, ms. */
  longestWait?: number;
  /** After so long without a byte the line is taken for dead, ms; the server says something every 15 s. */
  longestSilence?: number;
  /** Whoever fires `online` here ends a wait. */
  nudge?: EventTarget;
}

const FIRST_WAIT = 500;

/** Follow until the last event or the signal: a stream that ends before is taken up again where it broke off. */
export async function follow({ open, onEvent, onLine, signal, longestWait = 15_000, longestSilence = 40_000, nudge }: Following): Promise<void> {
  let last: string | null = null;
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    const line = new AbortController();
    try {
      const response = await open(last, AbortSignal.any([signal, line.signal]));
      if (!response.ok || response.body === null) throw new Error(`events answer ${response.status}`);
      onLine(true);
      for await (const event of eventsOf(response.body, longestSilence)) {
        wait = FIRST_WAIT;
        last = event.id ?? last;
        if (onEvent(event)) return;
      }
    } catch {
      // Said by onLine below; whoever listens polls meanwhile.
    } finally {
      line.abort();
    }
    if (signal.aborted) return;
    onLine(false);
    await pause(wait * (0.75 + Math.random() / 2), signal, nudge);
    wait = Math.min(wait * 2, longestWait);
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>, longestSilence: number): AsyncGenerator<ServerEvent> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await within(longestSilence, reader.read());
    if (done) return;
    yield* parser.push(decoder.decode(value, { stream: true }));
  }
}

/** A line that is cut in the middle of the network never ends by itself. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error("nothing heard")), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal, nudge?: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      nudge?.removeEventListener("online", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
    nudge?.addEventListener("online", over);
  });
}
