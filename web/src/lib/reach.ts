// Whether the API answers: told by every request, shown by a bar, asked again while it doesn't.

let down = false;
const listeners = new Set<() => void>();

function become(now: boolean): void {
  if (down === now) return;
  down = now;
  for (const listener of listeners) listener();
}

// Below /api: whatever else is asked for comes from the edge's own store on AWS, whether there is an API or not.
export const PROBE = "/api/v1/models";

const GATEWAYS = [502, 503, 504];

/** An answer from the API itself, or a gateway's word that there is none behind it: the API's own errors are problems. */
export function answered({ status, headers }: Pick<Response, "status" | "headers">): void {
  become(GATEWAYS.includes(status) && !headers.get("Content-Type")?.startsWith("application/problem+json"));
}

export function unanswered(error: unknown): void {
  // What is given up by the page itself says nothing about the API.
  if (error instanceof TypeError) become(true);
}

export const isDown = () => down;

export function onReach(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ask until somebody answers or it is called off: soon at first, then every 15 s. */
export async function untilAnswered(signal: AbortSignal, ask: () => Promise<Response> = () => fetch(PROBE, { signal, cache: "no-store" }), pause = waiting): Promise<void> {
  for (let wait = 1_500; !signal.aborted; wait = Math.min(wait * 1.6, 15_000)) {
    await pause(wait, signal);
    const answer = await ask().catch(() => null);
    if (answer) answered(answer);
    if (!down) return;
  }
}

function waiting(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
