// Errors: what the API said (RFC 9457), or that it could not be reached, and a sentence that helps.
import { sentence } from "./format";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  /** Seconds until another try makes sense. */
  readonly retryAfter: number | null;
  readonly requestId: string | null;
  /** It was an answer to a request that spends: such carry an Idempotency-Key. */
  readonly spends: boolean;

  constructor(given: { status: number; code: string; detail: string; field?: string | null; retryAfter?: number | null; requestId?: string | null; spends?: boolean }) {
    super(given.detail);
    this.name = "Problem";
    this.status = given.status;
    this.code = given.code;
    this.field = given.field ?? null;
    this.retryAfter = given.retryAfter ?? null;
    this.requestId = given.requestId ?? null;
    this.spends = given.spends ?? false;
  }
}

export const OFFLINE = "offline";
/** Storage has let go of a video that there was. */
export const EXPIRED = "video_expired";
const OUTDATED = "outdated";
const UNEXPECTED = "unexpected";
/** Turned away at the door, before anything was done. */
const OVERLOADED = "overloaded";

// What Chromium, Firefox and Safari say; every other TypeError is a bug of ours.
const UNREACHABLE = /failed to fetch|networkerror|load failed|network connection was lost|can't be reached/i;
const NO_CODE = /dynamically imported module|importing a module script|unable to preload css/i;

/** The problem that a response carries, whatever stands in its body. */
export async function problemOf(response: Response, request?: Request): Promise<Problem> {
  let told: Record<string, unknown> = {};
  try {
    told = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's page: its status is all there is.
  }
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem({
    status: response.status,
    code: typeof told.code === "string" ? told.code : `http_${response.status}`,
    detail: typeof told.detail === "string" ? told.detail : response.statusText,
    field: typeof told.field === "string" ? told.field : null,
    retryAfter: Number.isFinite(wait) ? wait : null,
    requestId: response.headers.get("X-Request-Id"),
    spends: request?.headers.has("Idempotency-Key") ?? false,
  });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: codeOf(detail), detail });
}

function codeOf(detail: string): string {
  if (NO_CODE.test(detail)) return OUTDATED;
  return UNREACHABLE.test(detail) ? OFFLINE : UNEXPECTED;
}

export interface Words {
  title: string;
  text: string;
}

// What each limit is called, and what helps where it is reached. No wait is named: the API knows none.
const QUOTAS: Readonly<Record<string, Words>> = {
  quota_duration: { title: "Longer than your plan allows", text: "Shorter or fewer scenes help." },
  quota_videos: { title: "Your videos are used up", text: "There are new ones next month; drafts are kept." },
  quota_spend: { title: "More than is left this month", text: "A cheaper model or fewer seconds help." },
  quota_concurrent: { title: "As many at once as your plan allows", text: "It can begin once one of them has ended." },
};

// The key makes it so: the same request is taken once.
const UNKNOWN = "We don't know whether it went through; trying again is safe.";

/** What happened and what to do, in words for people. */
export function wordsFor(error: unknown, online = navigator.onLine): Words {
  const problem = asProblem(error);
  if (problem.code === OFFLINE || problem.code === OUTDATED) {
    if (!online) return { title: "You are offline", text: "What you wrote is kept here. It goes on once there is a connection again." };
    return problem.code === OUTDATED
      ? { title: "This part could not be loaded", text: "The connection broke off, or OmniGen was renewed meanwhile. Load the page again; what you wrote is kept." }
      : { title: "OmniGen can't be reached", text: "The server doesn't answer. What you wrote is kept; try again in a moment." };
  }
  const wait = problem.retryAfter === null ? "in a moment" : `in ${inWords(problem.retryAfter)}`;
  const told = sentence(problem.message);
  switch (problem.status) {
    case 401:
      return { title: "You are signed out", text: "Sign in again; you come back to this very place." };
    case 403:
      return { title: "Not for this account", text: told };
    case 404:
      if (problem.code === EXPIRED) return { title: "No longer kept", text: `${told} Its storyboard still is.` };
      return { title: "There is nothing here", text: "It may have been deleted, or belong to somebody else." };
    case 409:
      return { title: "It has changed meanwhile", text: told };
    case 413:
      return { title: "That is too large", text: told };
    case 422:
      if (problem.code === "max_cost_exceeded") return { title: "The price has risen", text: "It may cost more than was said, so nothing was begun and nothing charged." };
      return { title: "Something needs another look", text: told };
    case 429:
      return refused(problem.code, told, problem.retryAfter === null ? "" : ` Try again ${wait}.`);
    case 503:
      return { title: "OmniGen is busy", text: `${problem.spends && problem.code !== OVERLOADED ? UNKNOWN : "Nothing was lost."} Try again ${wait}.` };
    default:
      return problem.status >= 500
        ? { title: "That is our fault", text: `${problem.spends ? UNKNOWN : "Try again."} If it stays, tell us the number ${problem.requestId ?? "of the request"}.` }
        : { title: "That didn't work", text: told };
  }
}

function refused(code: string, told: string, again: string): Words {
  const quota = QUOTAS[code];
  return quota ? { title: quota.title, text: `${told} ${quota.text}${again}` } : { title: "A little slower", text: told + again };
}

/** The same for a page that could not be drawn: a message for developers is no help there. */
export function wordsForBroken(error: unknown, online = navigator.onLine): Words {
  if (asProblem(error).code !== UNEXPECTED) return wordsFor(error, online);
  return { title: "This page has stumbled", text: "The fault is ours. What you made is safe, and videos in the making go on. Load it again; it mostly helps." };
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} minutes`;
  return `${Math.ceil(seconds / 3600)} hours`;
}
