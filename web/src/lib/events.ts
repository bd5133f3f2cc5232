// Server-Sent Events read through fetch, since EventSource can't carry a token. Reconnects, resumes with Last-Event-ID.

export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

/** Cuts a stream of text into events, as the HTML standard says; comments keep the line alive and are dropped. */
export class EventParser {
  private buffer = "";

  push(text: string): ServerEvent[] {
    this.buffer += text.replace(/\r\n?/g, "\n");
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
}

/** Follow until the last event or the signal: a stream that ends before is taken up again where it broke off. */
export async function follow({ open, onEvent, onLine, signal, longestWait = 15_000 }: Following): Promise<void> {
  let last: string | null = null;
  let wait = 500;
  while (!signal.aborted) {
    try {
      const response = await open(last, signal);
      if (!response.ok || response.body === null) throw new Error(`events answer ${response.status}`);
      onLine(true);
      const parser = new EventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        wait = 500;
        for (const event of parser.push(value)) {
          last = event.id ?? last;
          if (onEvent(event)) return;
        }
      }
    } catch {
      // Said by onLine below; whoever listens polls meanwhile.
    }
    if (signal.aborted) return;
    onLine(false);
    await pause(wait * (0.75 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, longestWait);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
