// What is being written, kept in the browser for whoever is signed in: a reload, a crash, an expired session or
// signing out lose nothing, and nobody else who signs in here gets to see it.
import type { Schemas } from "@/lib/api";
import { BLANK, type Board, type SceneDraft } from "./board";

export interface Kept {
  brief: Schemas["BriefRequest"];
  board: Board | null;
}

/** What was sent to have it filmed. It is kept until its answer is here: whether a job has come of it is not known before. */
export interface Attempt {
  body: Schemas["StoryboardBody"];
  maxCost: string;
  key: string;
}

const nameFor = (owner: string) => `omnigen.draft.1.${owner}`;
const attemptFor = (owner: string) => `omnigen.attempt.1.${owner}`;

export const EMPTY: Kept = {
  brief: { prompt: "", duration: 15, aspect_ratio: "16:9", resolution: "720p", style: "cinematic", planner: "free", narration: false, music: true, captions: "sidecar", caption_style: "outline", fit: "auto" },
  board: null,
};

export function kept(storage: Pick<Storage, "getItem">, owner: string): Kept {
  try {
    const found: unknown = JSON.parse(storage.getItem(nameFor(owner)) ?? "null");
    if (typeof found !== "object" || found === null || !("brief" in found)) return EMPTY;
    const { brief, board } = found as Kept;
    return { brief: { ...EMPTY.brief, ...brief }, board: sound(board) };
  } catch {
    return EMPTY;
  }
}

/** A board of an earlier version of this page, made whole; null where it makes no sense. */
function sound(board: Board | null): Board | null {
  if (!board || !Array.isArray(board.scenes) || board.scenes.length === 0) return null;
  const scenes = board.scenes.map((scene: SceneDraft) => ({ ...BLANK, ...scene }));
  const whole = scenes.every(({ key, prompt, duration }) => typeof key === "string" && typeof prompt === "string" && Number.isFinite(duration));
  return whole ? { ...board, scenes } : null;
}

export function keep(storage: Pick<Storage, "setItem">, owner: string, draft: Kept): void {
  put(storage, nameFor(owner), draft);
}

/** The same request again where its answer never came, whatever has been loaded anew since: it is one job, paid once. */
export function attempt(storage: Pick<Storage, "getItem" | "setItem">, owner: string, fresh: Attempt): Attempt {
  const before = tried(storage, owner);
  if (before !== null && JSON.stringify(before.body) === JSON.stringify(fresh.body)) return before;
  put(storage, attemptFor(owner), fresh);
  return fresh;
}

function tried(storage: Pick<Storage, "getItem">, owner: string): Attempt | null {
  try {
    const found = JSON.parse(storage.getItem(attemptFor(owner)) ?? "null") as Partial<Attempt> | null;
    return typeof found?.key === "string" && typeof found.maxCost === "string" ? (found as Attempt) : null;
  } catch {
    return null;
  }
}

function put(storage: Pick<Storage, "setItem">, name: string, what: Kept | Attempt): void {
  try {
    storage.setItem(name, JSON.stringify(what));
  } catch {
    // Full or forbidden: the page works on, without a memory.
  }
}

/** That very request was refused, and would be again. */
export function forgetAttempt(storage: Pick<Storage, "removeItem">, owner: string): void {
  storage.removeItem(attemptFor(owner));
}

export function forget(storage: Pick<Storage, "removeItem">, owner: string): void {
  storage.removeItem(nameFor(owner));
  forgetAttempt(storage, owner);
}
